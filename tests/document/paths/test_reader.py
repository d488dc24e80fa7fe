"""A reader finds for each of many paths what the path finds by itself."""

from collections.abc import Callable

from hypothesis import given, strategies as st

from custom_components.oauth2_client.document.paths import (
    MISSING,
    Segment,
    compile_path,
    compile_paths,
)
from custom_components.oauth2_client.document.paths.syntax import path_text

from ...growth import takes_longer
from ..documents import DOCUMENTS, SEGMENTS


@given(DOCUMENTS, st.lists(SEGMENTS, max_size=12))
def test_each_path_finds_what_it_finds_alone(
    document: object, segments: list[list[Segment]]
) -> None:
    paths = [compile_path(path_text(one)) for one in segments]

    read = compile_paths(paths).read(document)

    alone = [path.find(document) for path in paths]
    assert all(one is other for one, other in zip(read, alone, strict=True))


def test_paths_may_be_equal_or_begin_with_another_path() -> None:
    document = {"a": {"b": [{"id": 1, "t": 20}, {"id": 1}, {"id": True}]}, "c": None}
    texts = [
        "$", "a", "a.b", "a.b[0]", "a.b[0].t", "a.b[-3].t", "a.b[?@.id == 1].t", "a.b[?@.id == 1]",
        "a.b[?@.id == 2]", "a.b[3]", "a.b.t", "a[0]", "c", "c", "d",
    ]  # fmt: skip

    read = compile_paths(map(compile_path, texts)).read(document)

    element = {"id": 1, "t": 20}
    assert read == [
        document, document["a"], [element, {"id": 1}, {"id": True}], element, 20, 20, 20, element,
        MISSING, MISSING, MISSING, MISSING, None, None, MISSING,
    ]  # fmt: skip


def test_nothing_is_read_for_no_path() -> None:
    assert compile_paths([]).read({"a": 1}) == []


def _reading(size: int) -> Callable[[], object]:
    """Return what reads each element of a list of a size."""
    document = [{"id": f"x{number}", "t": number} for number in range(size)]
    paths = [compile_path(f"$[?@.id == 'x{number}'].t") for number in range(size)]
    reader = compile_paths(paths)
    assert reader.read(document) == [*range(size)]
    return lambda: reader.read(document)


def test_values_by_key_take_linear_time() -> None:
    # With sixteen times as many paths, quadratic time would be 256 times as long.
    assert not takes_longer(_reading(8000), _reading(500), 128)
