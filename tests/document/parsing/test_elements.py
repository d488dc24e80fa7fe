"""The elements of JSON are counted without the separators inside its texts."""

import json
import re

from hypothesis import given, strategies as st
import pytest

from custom_components.oauth2_client.document.parsing import elements
from custom_components.oauth2_client.document.parsing.elements import has_more_elements

_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)


@given(st.lists(st.text('a"\\,[{]}', max_size=12), max_size=8))
def test_separators_inside_texts_do_not_count(texts: list[str]) -> None:
    body = json.dumps([*texts, [1, {"a": 2}]]).encode()
    left = _TEXT.sub(b"", body)
    count = sum(map(left.count, (b",", b"[", b"{")))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(elements, "_CHUNK_BYTES", 7)
        assert has_more_elements(body, count)
        assert not has_more_elements(body, count + 1)
