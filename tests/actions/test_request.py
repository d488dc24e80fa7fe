"""The action `request`: pages, forms, files, and what is kept of an answer."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
import errno
import os
from pathlib import Path
import threading
from typing import Any

import pytest
import voluptuous as vol

from custom_components.oauth2_client.actions.shown_answer import is_too_large
from custom_components.oauth2_client.const import DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.core_config import Config
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from ..account_flow import AccountFlow
from ..fake_server import FakeServer, Fault
from ..request_action import send_request
from ..waiting import until

ALL = [{"id": number} for number in range(1, 8)]


@pytest.fixture
async def account(flow: AccountFlow) -> ConfigEntry:
    """An account that works."""
    return await flow.add_account()


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """A folder that Home Assistant may use."""
    allowed = tmp_path.resolve() / "allowed"
    allowed.mkdir()
    hass.config.allowlist_external_dirs.add(str(allowed))
    return allowed


async def _refusal(
    hass: HomeAssistant, account: ConfigEntry, *args: Any, **asked: Any
) -> str | None:
    with pytest.raises(HomeAssistantError) as raised:
        await send_request(hass, account, *args, **asked)
    return raised.value.translation_key


@pytest.mark.parametrize(
    ("pages", "data"),
    [
        ({"kind": "link"}, ALL),
        (
            {"kind": "next_url", "path": "$.next", "items": "$.items"},
            {"items": ALL, "total": 7, "next": "/api/pages/next_url?at=3"},
        ),
        (
            {
                "kind": "cursor",
                "path": "$.cursor",
                "parameter": "at",
                "items": "$.items",
            },
            {"items": ALL, "total": 7, "cursor": 3},
        ),
        (
            {"kind": "page", "parameter": "at", "items": "$.items"},
            {"items": ALL, "total": 7},
        ),
        (
            {"kind": "offset", "parameter": "at", "items": "$.items"},
            {"items": ALL, "total": 7},
        ),
        (
            {"kind": "offset", "parameter": "at", "items": "items", "most": 2},
            {"items": ALL[:6], "total": 7},
        ),
    ],
)
async def test_pages_are_joined(
    hass: HomeAssistant, account: ConfigEntry, pages: dict[str, Any], data: object
) -> None:
    answer = await send_request(hass, account, f"/pages/{pages['kind']}", pages=pages)

    assert answer["data"] == data


async def test_a_page_that_is_refused_is_told(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    link = {"Link": '</api/status/403>; rel="next"'}
    server.api_faults.append(Fault(200, link, b"[1]"))

    assert await _refusal(hass, account, pages={"kind": "link"}) == "api_forbidden"


async def test_of_pages_that_are_refused_the_refusal_is_the_answer(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    link = {"Link": '</api/me>; rel="next"'}
    server.api_faults.extend([Fault(200, link, b"[1]"), Fault(502, {}, b"<html>")])
    answer = await send_request(
        hass, account, pages={"kind": "link"}, fail_on_error=False, response_path="$[0]"
    )

    assert (answer["status"], answer["data"]) == (502, "<html>")


async def test_an_error_in_the_place_of_a_page_is_one_of_the_whole(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    pages = {"kind": "page", "parameter": "page", "items": "items"}
    told = Fault.json(200, {"error": {"code": 429, "message": "Too fast"}})
    server.api_faults.extend([Fault.json(200, {"items": [1]}), told])

    assert await _refusal(hass, account, pages=pages) == "api_busy"


FAILED = {"success": False, "message": "Out of order"}


@pytest.mark.parametrize("asked", [{}, {"response_path": "$.level"}], ids=str)
async def test_an_error_in_an_answer_of_200_is_an_error(
    hass: HomeAssistant,
    account: ConfigEntry,
    server: FakeServer,
    asked: dict[str, Any],
) -> None:
    server.api_faults.append(Fault.json(200, FAILED))

    assert await _refusal(hass, account, **asked) == "api_reported_error"


async def test_who_does_not_want_the_answer_is_told_of_an_error_in_it(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    server.api_faults.append(Fault.json(200, FAILED))
    with pytest.raises(HomeAssistantError) as raised:
        await hass.services.async_call(
            DOMAIN,
            "request",
            {"account": account.entry_id, "url": "/echo"},
            blocking=True,
        )

    assert raised.value.translation_key == "api_reported_error"


async def test_an_error_in_an_answer_of_200_is_not_saved(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer, folder: Path
) -> None:
    target = folder / "door.jpg"
    server.api_faults.append(Fault.json(200, FAILED))

    assert await _refusal(hass, account, save_to=str(target)) == "api_reported_error"
    assert not target.exists()


@pytest.mark.parametrize(
    ("document", "asked", "data"),
    [
        (FAILED, {"fail_on_error": False}, FAILED),
        (FAILED, {"response_path": "$.message"}, "Out of order"),
        ({"state": "off", "error": "E18"}, {}, {"state": "off", "error": "E18"}),
        ({"state": "off", "error": "E18"}, {"response_path": "$.error"}, "E18"),
    ],
    ids=str,
)
async def test_what_is_wanted_of_an_answer_is_given(
    hass: HomeAssistant,
    account: ConfigEntry,
    server: FakeServer,
    document: object,
    asked: dict[str, Any],
    data: object,
) -> None:
    server.api_faults.append(Fault.json(200, document))

    assert (await send_request(hass, account, **asked))["data"] == data


async def test_a_dead_token_that_is_told_in_an_answer_is_renewed_unseen(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    asked = len(server.token_requests)
    told = Fault.json(200, {"status": 401, "error": "invalid_token"})
    server.api_faults.extend([told, Fault.json(200, {"level": 1})])

    assert (await send_request(hass, account))["data"] == {"level": 1}
    assert len(server.token_requests) - asked == 1


async def test_the_token_is_not_in_pages_that_echo_it(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    token = account.runtime_data.account.token_set.access_token
    link = {"Link": '</api/me>; rel="next"'}
    echo = Fault.json(200, [token])
    server.api_faults.extend([Fault(200, link, echo.body), echo])
    answer = await send_request(hass, account, pages={"kind": "link"})

    assert answer["data"] == ["**redacted**"] * 2


async def test_pages_are_asked_for_with_a_body_too(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    server.api_faults.extend(
        [
            Fault.json(200, {"items": [1], "next": "b"}),
            Fault.json(200, {"items": [2]}),
        ]
    )
    pages = {"kind": "cursor", "path": "next", "parameter": "after", "items": "items"}
    await send_request(hass, account, method="POST", json={"q": "ä"}, pages=pages)

    first, second = server.api_requests
    assert first.body == second.body == '{"q":"ä"}'.encode()
    assert second.headers["content-type"] == "application/json"
    assert dict(second.query) == {"after": "b"}


async def test_the_token_follows_no_page_to_another_host(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    link = {"Link": '<https://example.com/2>; rel="next"'}
    server.api_faults.append(Fault(200, link, b"[1]"))

    assert await _refusal(hass, account, pages={"kind": "link"}) == "host_not_allowed"


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        (Fault(disconnect=True), "cannot_connect"),
        (Fault(200, {}, b"{"), "answer_not_json"),
    ],
)
async def test_a_request_without_an_answer_that_can_be_read_names_its_address(
    hass: HomeAssistant,
    account: ConfigEntry,
    server: FakeServer,
    fault: Fault,
    key: str,
) -> None:
    server.api_faults.extend([fault, fault])

    with pytest.raises(HomeAssistantError) as raised:
        await send_request(hass, account, "/echo?api_key=secret", expected="json")

    assert raised.value.translation_key == key
    assert f"({server.api_base_url}/echo)" in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"pages": {"kind": "scroll"}}, "pages_kind"),
        ({"pages": {"kind": "cursor", "path": "$.a"}}, "pages_parameter"),
        ({"pages": {"kind": "next_url", "path": "$["}}, "pages_path"),
        ({"pages": {"kind": "link", "items": "$..a"}}, "pages_items"),
        ({"pages": {"kind": "link", "most": 1}}, "pages_most"),
        ({"pages": {"kind": "page", "parameter": "p", "size": 0}}, "pages_size"),
        (
            {"pages": {"kind": "page", "parameter": "p", "in_body": "often"}},
            "pages_in_body",
        ),
        ({"response_path": "$.a["}, "invalid_path"),
        ({"response_path": "$.nothing"}, "path_not_found"),
        ({"save_to": "/etc/planted"}, "target_not_allowed"),
        ({"save_to": "relative"}, "target_not_allowed"),
        ({"files": [{"name": "f", "path": "/etc/passwd"}]}, "file_not_allowed"),
        ({"save_to": "/etc/planted", "response_path": "$.a"}, "saved_as_it_is"),
        ({"save_to": "/etc/planted", "pages": {"kind": "link"}}, "saved_as_it_is"),
        ({"json": 1, "files": [{"name": "f", "path": "/etc/passwd"}]}, "one_body"),
        ({"text": "", "files": [{"name": "f", "path": "/etc/passwd"}]}, "one_body"),
        (
            {
                "headers": {"content-type": "multipart/form-data"},
                "files": [{"name": "f", "path": "/etc/passwd"}],
            },
            "header_not_allowed",
        ),
    ],
)
async def test_what_cannot_be_done_is_told(
    hass: HomeAssistant, account: ConfigEntry, asked: dict[str, Any], key: str
) -> None:
    assert await _refusal(hass, account, **asked) == key


@pytest.mark.parametrize(
    "asked",
    [
        {"response_path": "$.a["},
        {"save_to": "/etc/planted"},
        {"pages": {"kind": "scroll"}},
        {"method": "POST", "files": [{"name": "f", "path": "/etc/passwd"}]},
    ],
)
async def test_what_cannot_be_done_is_told_before_anything_is_sent(
    hass: HomeAssistant,
    account: ConfigEntry,
    server: FakeServer,
    asked: dict[str, Any],
) -> None:
    sent = len(server.api_requests)
    with pytest.raises(ServiceValidationError):
        await send_request(hass, account, **asked)

    assert len(server.api_requests) == sent


async def test_a_form_is_sent_as_one(hass: HomeAssistant, account: ConfigEntry) -> None:
    answer = await send_request(
        hass, account, method="POST", form={"a": "1 & 2", "b": True}
    )

    assert answer["data"]["body"] == "a=1+%26+2&b=true"
    kind = answer["data"]["headers"]["content-type"]
    assert kind == "application/x-www-form-urlencoded"


async def test_files_are_uploaded_with_a_form(
    hass: HomeAssistant, account: ConfigEntry, folder: Path
) -> None:
    (folder / "photo.png").write_bytes(b"PNG")
    (folder / "b").write_bytes(b"other")
    answer = await send_request(
        hass,
        account,
        method="POST",
        form={"title": "Größe"},
        files=[
            {"name": "file", "path": str(folder / "photo.png")},
            {
                "name": "more",
                "path": str(folder / "b"),
                "filename": "b.txt",
                "content_type": "text/plain",
            },
        ],
    )

    kind = answer["data"]["headers"]["content-type"]
    assert kind.startswith("multipart/form-data; boundary=")
    boundary = kind.partition("boundary=")[2]
    parts = answer["data"]["body"].split(f"--{boundary}")[1:-1]
    assert len(parts) == 3
    assert 'name="title"' in parts[0]
    assert "Größe" in parts[0]
    assert 'name="file"; filename="photo.png"' in parts[1]
    assert "Content-Type: image/png" in parts[1]
    assert parts[1].endswith("\r\n\r\nPNG\r\n")
    assert 'name="more"; filename="b.txt"' in parts[2]


@pytest.mark.parametrize("field", ["name", "filename", "content_type"])
@pytest.mark.parametrize("text", ["a\r\nX-Mine: b", "a\n", "a\0", "\ud800"])
async def test_nothing_of_a_file_ends_a_line_of_its_part(
    hass: HomeAssistant, account: ConfigEntry, folder: Path, field: str, text: str
) -> None:
    (folder / "a").write_bytes(b"a")
    file = {"name": "f", "path": str(folder / "a"), field: text}

    refusal = await _refusal(hass, account, method="POST", files=[file])
    assert refusal == "part_not_a_line"


@pytest.mark.parametrize("field", ["name", "filename", "content_type"])
async def test_nothing_of_a_file_is_empty(
    hass: HomeAssistant, account: ConfigEntry, folder: Path, field: str
) -> None:
    file = {"name": "f", "path": str(folder / "a"), field: ""}

    with pytest.raises(vol.Invalid):
        await send_request(hass, account, method="POST", files=[file])


async def test_a_field_beside_a_file_has_a_name_of_one_line(
    hass: HomeAssistant, account: ConfigEntry, folder: Path
) -> None:
    (folder / "a").write_bytes(b"a")
    asked: dict[str, Any] = {
        "method": "POST",
        "form": {"a\nb": "text\nof two lines"},
        "files": [{"name": "f", "path": str(folder / "a")}],
    }

    with pytest.raises(ServiceValidationError) as raised:
        await send_request(hass, account, **asked)
    assert raised.value.translation_key == "part_not_a_line"
    assert raised.value.translation_placeholders == {"text": r"'a\nb'"}


async def test_a_form_without_files_has_fields_of_any_name(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    answer = await send_request(hass, account, method="POST", form={"a\nb": "1\n2"})

    assert answer["data"]["body"] == "a%0Ab=1%0A2"


async def test_a_file_whose_own_name_has_two_lines_is_sent_under_another(
    hass: HomeAssistant, account: ConfigEntry, folder: Path
) -> None:
    path = folder / "a\nb"
    path.write_bytes(b"a")
    file = {"name": "f", "path": str(path)}

    assert await _refusal(hass, account, method="POST", files=[file]) == (
        "part_not_a_line"
    )
    file["filename"] = "ab"
    answer = await send_request(hass, account, method="POST", files=[file])
    assert 'filename="ab"' in answer["data"]["body"]


@pytest.mark.parametrize("text", ["a\nb", "a\0", "\ud800"])
async def test_no_header_has_a_character_that_cannot_be_sent(
    hass: HomeAssistant, account: ConfigEntry, text: str
) -> None:
    refusal = await _refusal(hass, account, headers={"X-Mine": text})
    assert refusal == "invalid_header"


async def test_a_way_out_of_an_allowed_folder_is_none(
    hass: HomeAssistant, account: ConfigEntry, folder: Path
) -> None:
    outside = folder.parent / "outside"
    outside.write_bytes(b"outside")
    (folder / "link").symlink_to(outside)
    for path in (folder / "link", folder / ".." / "outside"):
        files = [{"name": "f", "path": str(path)}]
        assert await _refusal(hass, account, files=files) == "file_not_allowed"
        assert await _refusal(hass, account, save_to=str(path)) == "target_not_allowed"

    assert outside.read_bytes() == b"outside"


async def test_the_disk_is_not_asked_in_the_event_loop(
    hass: HomeAssistant,
    account: ConfigEntry,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads: list[int] = []
    allowed = Config.is_allowed_path

    def noted(config: Config, path: str) -> bool:
        threads.append(threading.get_ident())
        return allowed(config, path)

    monkeypatch.setattr(Config, "is_allowed_path", noted)
    target = folder / "saved"
    await send_request(hass, account, save_to=str(target))
    files = [{"name": "f", "path": str(target)}]
    await send_request(hass, account, method="POST", files=files)

    assert len(threads) == 2
    assert threading.get_ident() not in threads


async def test_a_file_that_is_not_there_is_told(
    hass: HomeAssistant, account: ConfigEntry, folder: Path
) -> None:
    files = [{"name": "f", "path": str(folder / "gone")}]

    assert await _refusal(hass, account, files=files) == "file_unreadable"


async def test_a_pipe_that_nobody_writes_to_is_not_waited_for(
    hass: HomeAssistant, account: ConfigEntry, folder: Path
) -> None:
    os.mkfifo(folder / "pipe")
    files = [{"name": "f", "path": str(folder / "pipe")}]

    async with asyncio.timeout(60):
        assert await _refusal(hass, account, files=files) == "file_unreadable"


@pytest.mark.parametrize("name", ["a\0b", "a\0b/c"])
async def test_what_is_no_path_is_told(
    hass: HomeAssistant, account: ConfigEntry, folder: Path, name: str
) -> None:
    path = f"{folder}/{name}"
    files = [{"name": "f", "path": path}]

    assert await _refusal(hass, account, files=files) == "file_not_allowed"
    assert await _refusal(hass, account, save_to=path) == "target_not_allowed"


async def test_files_are_bounded(
    hass: HomeAssistant, account: ConfigEntry, folder: Path
) -> None:
    large = folder / "large"
    with large.open("wb") as file:
        file.truncate(33 * 1024 * 1024)
    files = [{"name": "f", "path": str(large)}]

    assert await _refusal(hass, account, files=files) == "files_too_large"


async def test_files_and_pages_exclude_each_other(
    hass: HomeAssistant, account: ConfigEntry
) -> None:
    files = [{"name": "f", "path": "/etc/passwd"}]
    asked = {"files": files, "pages": {"kind": "link"}}

    assert await _refusal(hass, account, **asked) == "files_in_pages"


@pytest.mark.parametrize(
    "bodies",
    [
        {"json": 1, "text": "a"},
        {"form": {}, "text": "a"},
        {"form": {}, "json": None},
        {"files": [{"name": "f", "path": "/etc/passwd"}], "json": None},
    ],
)
async def test_a_request_has_one_body(
    hass: HomeAssistant,
    account: ConfigEntry,
    server: FakeServer,
    bodies: dict[str, Any],
) -> None:
    assert await _refusal(hass, account, **bodies) == "one_body"
    assert server.api_requests == []


async def test_an_answer_is_saved_as_it_is(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer, folder: Path
) -> None:
    body = b"\x89PNG\x00\xff"
    server.api_faults.append(Fault(200, {"Content-Type": "image/png"}, body))
    target = folder / "saved.png"
    answer = await send_request(hass, account, save_to=str(target))

    assert target.read_bytes() == body
    assert answer["saved_to"] == str(target)
    assert (answer["size"], answer["content_type"]) == (6, "image/png")
    assert "data" not in answer


async def test_a_file_is_replaced_without_the_answer_being_asked_for(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer, folder: Path
) -> None:
    target = folder / "saved"
    target.write_bytes(b"a longer one of before")
    server.api_faults.append(Fault(200, {}, b"new"))
    await hass.services.async_call(
        DOMAIN,
        "request",
        {"account": account.entry_id, "url": "/echo", "save_to": str(target)},
        blocking=True,
    )

    assert target.read_bytes() == b"new"
    assert list(folder.iterdir()) == [target]


async def test_a_refusal_is_not_saved(
    hass: HomeAssistant, account: ConfigEntry, folder: Path
) -> None:
    target = folder / "saved"
    answer = await send_request(
        hass, account, "/status/404", save_to=str(target), fail_on_error=False
    )

    assert not target.exists()
    assert answer["data"] == {"status": 404}


@pytest.mark.parametrize("target", ["gone/saved", "file/saved", ".", "pipe"])
async def test_nothing_is_sent_whose_answer_could_not_be_written(
    hass: HomeAssistant,
    account: ConfigEntry,
    server: FakeServer,
    folder: Path,
    target: str,
) -> None:
    (folder / "file").touch()
    os.mkfifo(folder / "pipe")
    save_to = str(folder / target)

    assert await _refusal(hass, account, save_to=save_to) == "file_not_written"
    assert server.api_requests == []


async def test_a_file_that_cannot_be_written_any_more_is_told(
    hass: HomeAssistant,
    account: ConfigEntry,
    server: FakeServer,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    below = folder / "below"
    below.mkdir()
    let = asyncio.Event()
    server.api_faults.append(Fault(let=let))
    saving = asyncio.create_task(_refusal(hass, account, save_to=str(below / "saved")))
    await until(lambda: len(server.api_requests) == 1)
    below.rmdir()
    let.set()

    assert await saving == "file_not_written"
    assert "Traceback" not in caplog.text


async def test_a_disk_that_is_full_is_told_and_nothing_is_left(
    hass: HomeAssistant,
    account: ConfigEntry,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = folder / "saved"
    target.write_text("before")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    refused = await _refusal(hass, account, save_to=str(target))

    assert refused == "file_not_written"
    assert [file.name for file in folder.iterdir()] == ["saved"]
    assert target.read_text() == "before"
    assert "Traceback" not in caplog.text


async def test_the_token_is_not_saved_from_an_answer_that_echoes_it(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer, folder: Path
) -> None:
    token = account.runtime_data.account.token_set.access_token
    server.api_faults.append(Fault(200, {}, f"\x00<{token}>".encode()))
    target = folder / "saved"
    answer = await send_request(hass, account, save_to=str(target))

    assert target.read_bytes() == b"\x00<**redacted**>"
    assert answer["size"] == len(target.read_bytes())


@pytest.mark.parametrize(
    "spell",
    [
        lambda token: b64encode(f"id:{token}".encode()).decode(),
        lambda token: "".join(f"%{ord(character):02x}" for character in token),
        lambda token: "".join(f"\\u{ord(character):04X}" for character in token),
        lambda token: token.encode().hex(),
    ],
    ids=["base64", "percent", "unicode", "hexadecimal"],
)
@pytest.mark.parametrize("refused", [False, True])
async def test_no_spelling_of_the_token_is_in_an_answer(
    hass: HomeAssistant,
    account: ConfigEntry,
    server: FakeServer,
    folder: Path,
    spell: Callable[[str], str],
    refused: bool,
) -> None:
    spelled = spell(account.runtime_data.account.token_set.access_token)
    echo = Fault.json(
        403 if refused else 200, {"message": f"<{spelled}>"}, X_Seen=spelled
    )
    target = folder / "saved"
    server.api_faults.extend([echo] * 2)
    shown = str(await send_request(hass, account, fail_on_error=False))
    if refused:
        with pytest.raises(HomeAssistantError) as raised:
            await send_request(hass, account)
        shown += str(raised.value.translation_placeholders)
    else:
        await send_request(hass, account, save_to=str(target))
        shown += target.read_text()

    # Of base64, a few characters depend on what stands beside the token.
    assert spelled[8:-6] not in shown
    assert shown.count("**redacted**") >= 3


@pytest.mark.parametrize(
    ("path", "found"),
    [("$.method", "GET"), ("method", "GET"), ("$..method", ["GET"])],
)
async def test_a_part_of_an_answer_can_be_asked_for(
    hass: HomeAssistant, account: ConfigEntry, path: str, found: object
) -> None:
    answer = await send_request(hass, account, response_path=path)

    assert answer["data"] == found


async def test_no_words_of_the_api_repeat_what_was_sent(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    # An automation logs the error that it ends with.
    private = [f"private-{number}" for number in range(4)]
    server.api_faults.append(Fault.json(403, {"message": " ".join(private)}))
    with pytest.raises(HomeAssistantError) as raised:
        await send_request(
            hass,
            account,
            f"/echo?key={private[0]}",
            method="POST",
            query={"other": private[1]},
            headers={"X-Key": private[2]},
            json={"key": private[3]},
        )

    placeholders = raised.value.translation_placeholders
    said = " ".join(["**redacted**"] * 4)
    assert placeholders == {
        "status": "403",
        "quotation": f": “{said}”",
        "address": f"{server.api_base_url}/echo",
    }


async def test_an_answer_is_returned_up_to_a_bound(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer, folder: Path
) -> None:
    # A quarter of it is about as much as is returned.
    records = [{"id": index, "note": "x" * 1000} for index in range(16_000)]
    fault = Fault.json(200, {"records": records, "count": 16_000})
    server.api_faults.extend([fault] * 5)

    assert await _refusal(hass, account) == "returned_too_large"
    assert await _refusal(hass, account, expected="text") == "returned_too_large"
    answer = await send_request(hass, account, response_path="$.records[:4000]")
    assert len(answer["data"]) == 4000
    answer = await send_request(hass, account, response_path="$.count")
    assert answer["data"] == 16_000
    answer = await send_request(hass, account, save_to=str(folder / "all.json"))
    assert answer["size"] > 16_000_000


async def test_what_is_not_returned_has_no_such_bound(
    hass: HomeAssistant, account: ConfigEntry, server: FakeServer
) -> None:
    server.api_faults.append(Fault.json(200, ["x" * 8_000_000]))
    asked = {"account": account.entry_id, "url": "/weather"}

    await hass.services.async_call(DOMAIN, "request", asked, blocking=True)


@pytest.mark.parametrize(
    "few",
    [
        "x" * 4_000_000,
        [1] * 500_000,
        [["x" * 1000] * 10] * 300,
        {"a": {"b": ["x" * 2_000_000, {"c": "x" * 2_000_000}]}},
        [],
        None,
    ],
)
def test_what_takes_less_than_the_bound_is_not_too_large(few: object) -> None:
    assert not is_too_large(few)


@pytest.mark.parametrize(
    "many",
    [
        "x" * 4_200_000,
        [1] * 600_000,
        [["x" * 1000] * 10] * 500,
        {"a": {"b": ["x" * 2_100_000, {"c": "x" * 2_100_000}]}},
        {f"{'k' * 100}{index}": 1 for index in range(50_000)},
    ],
)
def test_what_takes_more_than_the_bound_is(many: object) -> None:
    assert is_too_large(many)
