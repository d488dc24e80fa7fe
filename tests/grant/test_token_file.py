"""The file of one token set, and the files that a kill can leave."""

import os
from pathlib import Path
import stat

import pytest

from custom_components.oauth2_client.grant.stored_tokens import (
    StoredTokens,
    read_tokens,
)
from custom_components.oauth2_client.grant.token_file import (
    NextTokensFile,
    remove_tokens,
    save_tokens,
)
from custom_components.oauth2_client.oauth2 import TokenSet
from homeassistant.util.file import WriteError


def _stored(number: int, *, sign_in: int = 1) -> StoredTokens:
    token_set = TokenSet(
        access_token=f"planted-{number}",
        refresh_token=f"planted-r{number}",
        received_at=float(number),
    )
    return StoredTokens(token_set=token_set, sign_in=sign_in)


FIRST, SECOND = _stored(1), _stored(2)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of the token set; its folder does not exist yet."""
    return tmp_path / ".storage" / "tokens"


@pytest.fixture
def next_path(path: Path) -> Path:
    """The file that the next token set is written to."""
    return path.with_name("tokens.next")


def _left_by_a_kill(path: Path, stored: StoredTokens) -> None:
    """Write what a kill right after the write leaves: a complete `.next`."""
    save_tokens(path.with_name("other"), stored)
    content = path.with_name("other").read_text()
    path.with_name("tokens.next").write_text(content + " " * 50)


def test_space_is_reserved_before_a_token_set_is_requested(
    path: Path, next_path: Path
) -> None:
    save_tokens(path, FIRST)
    with NextTokensFile(path, sign_in=1) as next_file:
        assert next_path.stat().st_size >= 2 * path.stat().st_size
        assert stat.S_IMODE(next_path.stat().st_mode) == 0o600
        assert next_file.written is None
        # After a kill now, the previous token set is read.
        assert read_tokens(path) == FIRST


def test_a_file_that_others_could_read_is_private_from_now_on(
    path: Path, next_path: Path
) -> None:
    path.parent.mkdir()
    for each in (path, next_path):
        each.touch()
        each.chmod(0o666)
    save_tokens(path, FIRST)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_in_the_place_of_the_next_token_set_is_not_followed(
    path: Path, next_path: Path
) -> None:
    elsewhere = path.with_name("elsewhere")
    save_tokens(elsewhere, FIRST)
    next_path.symlink_to(elsewhere)

    with pytest.raises(WriteError):
        save_tokens(path, SECOND)
    assert read_tokens(elsewhere) == FIRST


def test_a_link_in_the_place_of_a_token_set_is_replaced(path: Path) -> None:
    elsewhere = path.with_name("elsewhere")
    save_tokens(elsewhere, FIRST)
    path.symlink_to(elsewhere)
    save_tokens(path, SECOND)

    assert (read_tokens(path), read_tokens(elsewhere)) == (SECOND, FIRST)


def test_a_request_without_an_answer_leaves_no_file(
    path: Path, next_path: Path
) -> None:
    save_tokens(path, FIRST)
    with NextTokensFile(path, sign_in=1):
        pass

    assert not next_path.exists()
    assert read_tokens(path) == FIRST


def test_a_token_set_is_in_its_place_once_it_is_written(
    path: Path, next_path: Path
) -> None:
    save_tokens(path, FIRST)
    with NextTokensFile(path, sign_in=1) as next_file:
        next_file.write(SECOND.token_set)
        assert next_file.written is SECOND.token_set
        assert not next_path.exists()
        assert read_tokens(path) == SECOND
    size = path.stat().st_size
    assert size == len(path.read_bytes().rstrip())


def test_what_a_kill_left_complete_is_the_newest(path: Path, next_path: Path) -> None:
    save_tokens(path, FIRST)
    _left_by_a_kill(path, SECOND)

    assert read_tokens(path) == SECOND
    assert not next_path.exists()
    assert read_tokens(path) == SECOND


@pytest.mark.parametrize("length", [0, 1, 40, -20, -1])
def test_what_a_kill_left_incomplete_is_removed(
    path: Path, next_path: Path, length: int
) -> None:
    save_tokens(path, FIRST)
    save_tokens(path.with_name("other"), SECOND)
    content = path.with_name("other").read_bytes()
    next_path.write_bytes(content[:length] + b" " * 4096)

    assert read_tokens(path) == FIRST
    assert not next_path.exists()


def test_a_kill_before_the_first_token_set_leaves_none(
    path: Path, next_path: Path
) -> None:
    path.parent.mkdir()
    next_path.write_bytes(b" " * 4096)

    assert read_tokens(path) is None
    assert list(path.parent.iterdir()) == []


def test_a_folder_that_cannot_be_written_fails_before_the_token_request(
    path: Path, next_path: Path
) -> None:
    save_tokens(path, FIRST)
    next_path.mkdir()

    with pytest.raises(WriteError):
        NextTokensFile(path, sign_in=1)


def test_a_full_disk_fails_before_the_token_request(
    path: Path, next_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_tokens(path, FIRST)
    _fill(monkeypatch)

    with pytest.raises(WriteError):
        NextTokensFile(path, sign_in=1)
    assert not next_path.exists()
    assert read_tokens(path) == FIRST


def test_a_disk_that_fails_between_is_told_by_what_is_written(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_tokens(path, FIRST)
    with NextTokensFile(path, sign_in=1) as next_file:
        _fill(monkeypatch)
        next_file.write(SECOND.token_set)
        assert next_file.written is None

    assert read_tokens(path) == FIRST


def _fill(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwrite", no_room)


def test_a_write_by_parts_is_complete(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pwrite = os.pwrite

    def some(file: int, content: bytes, offset: int) -> int:
        return pwrite(file, content[:10], offset)

    monkeypatch.setattr(os, "pwrite", some)
    save_tokens(path, FIRST)

    assert read_tokens(path) == FIRST


def test_what_is_there_and_cannot_be_put_in_place_is_used(
    path: Path, next_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_tokens(path, FIRST)
    _left_by_a_kill(path, SECOND)

    def read_only(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "replace", read_only)

    assert read_tokens(path) == SECOND
    assert next_path.exists()


def test_a_disk_that_cannot_be_read_is_not_taken_for_an_empty_one(path: Path) -> None:
    path.mkdir(parents=True)

    with pytest.raises(WriteError):
        read_tokens(path)


def test_reading_during_a_refresh_does_not_remove_its_open_file(path: Path) -> None:
    # A refused refresh, or a sign-in, reads while a refresh is under way.
    save_tokens(path, FIRST)
    with NextTokensFile(path, sign_in=1) as next_file:
        assert read_tokens(path, finish_write=False) == FIRST
        next_file.write(SECOND.token_set)

        assert next_file.written == SECOND.token_set
    assert read_tokens(path) == SECOND


def test_a_removed_token_set_leaves_nothing(path: Path) -> None:
    save_tokens(path, FIRST)
    _left_by_a_kill(path, SECOND)
    path.with_name("other").unlink()
    remove_tokens(path)
    remove_tokens(path)

    assert list(path.parent.iterdir()) == []


def test_the_number_of_a_sign_in_is_kept(path: Path) -> None:
    save_tokens(path, _stored(1, sign_in=7))

    stored = read_tokens(path)
    assert stored is not None
    assert stored.sign_in == 7


def test_what_an_earlier_version_stored_is_of_no_sign_in(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(
        '{"version": 1, "data": {"access_token": "planted", "received_at": 1}}'
    )

    stored = read_tokens(path)
    assert stored is not None
    assert stored.sign_in == 0
