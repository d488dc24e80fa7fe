"""The body of a request from an automation: JSON, text, a form, or files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from mimetypes import guess_type
from pathlib import Path
import re
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import FormData

from homeassistant.const import CONF_HEADERS, CONF_NAME, CONF_PATH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.json import json_bytes

from ..const import DOMAIN
from .schema import (
    CONF_CONTENT_TYPE,
    CONF_FILENAME,
    CONF_FILES,
    CONF_FORM,
    CONF_JSON,
    CONF_TEXT,
)

# All files of a request together.
_MAX_FILES_BYTES: Final = 32 * 1024 * 1024
_UNKNOWN_TYPE: Final = "application/octet-stream"
# A header of a part has one line (RFC 7578, 4.2), and UTF-8 has no surrogates.
_LINE: Final = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Body:
    """The body of a request, and its Content-Type."""

    data: bytes = field(repr=False)
    content_type: str


async def async_body(hass: HomeAssistant, call_data: Mapping[str, Any]) -> Body | None:
    """Return the body that the action's data describes, None where it has none.

    Raises ServiceValidationError, translated, for a file that may not or cannot be sent.
    """
    if files := call_data.get(CONF_FILES):
        return await _async_multipart(hass, call_data.get(CONF_FORM, {}), files)
    if CONF_JSON in call_data:
        return Body(
            data=json_bytes(call_data[CONF_JSON]), content_type="application/json"
        )
    if CONF_TEXT in call_data:
        text = call_data[CONF_TEXT].encode()
        return Body(data=text, content_type="text/plain; charset=utf-8")
    if CONF_FORM in call_data:
        form = urlencode(call_data[CONF_FORM]).encode()
        return Body(data=form, content_type="application/x-www-form-urlencoded")
    return None


async def _async_multipart(
    hass: HomeAssistant, form: Mapping[str, str], files: Sequence[Mapping[str, str]]
) -> Body:
    """Return a multipart form with files (RFC 7578). Raises ServiceValidationError."""
    paths = [Path(file[CONF_PATH]) for file in files]
    await async_check_paths(hass, paths, "file_not_allowed")
    contents = await hass.async_add_executor_job(_read, paths)
    encoder = FormData(quote_fields=False)
    for name, text in form.items():
        encoder.add_field(_line(name), text)
    for file, path, content in zip(files, paths, contents, strict=True):
        encoder.add_field(
            _line(file[CONF_NAME]),
            content,
            filename=_line(file.get(CONF_FILENAME, path.name)),
            content_type=_line(
                file.get(CONF_CONTENT_TYPE) or guess_type(path.name)[0] or _UNKNOWN_TYPE
            ),
        )
    payload = encoder()
    return Body(
        data=await payload.as_bytes(), content_type=payload.headers["Content-Type"]
    )


async def async_check_paths(
    hass: HomeAssistant, paths: Sequence[Path], key: str
) -> None:
    """Raise ServiceValidationError, with the message `key`, for a path that may not be used."""

    def check() -> None:
        for path in paths:
            # Checked first, since is_allowed_path raises ValueError for a null byte.
            if "\0" in str(path) or not path.is_absolute():
                raise file_error(key, path)
            if not hass.config.is_allowed_path(str(path)):
                raise file_error(key, path)

    await hass.async_add_executor_job(check)


def check_body(call_data: Mapping[str, Any]) -> None:
    """Raise ServiceValidationError for several bodies, or files with a Content-Type header."""
    has_form = CONF_FORM in call_data or bool(call_data.get(CONF_FILES))
    if (CONF_JSON in call_data) + (CONF_TEXT in call_data) + has_form > 1:
        raise ServiceValidationError(
            translation_domain=DOMAIN, translation_key="one_body"
        )
    if not call_data.get(CONF_FILES):
        return
    for name in call_data[CONF_HEADERS]:
        # The type of a multipart body contains the boundary between its parts.
        if name.lower() == "content-type":
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="header_not_allowed",
                translation_placeholders={"header": name},
            )


def file_error(key: str, path: Path) -> ServiceValidationError:
    """Return the error for a file that may not or cannot be used."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=key,
        translation_placeholders={"path": str(path)},
    )


def _line(text: str) -> str:
    """Return a text for a header of a part, which a line break would end. Raises ServiceValidationError."""
    if not _LINE.fullmatch(text):
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="part_not_a_line",
            translation_placeholders={"text": repr(text)},
        )
    return text


def _read(paths: Sequence[Path]) -> list[bytes]:
    """Return the contents of files. Raises ServiceValidationError."""
    remaining = _MAX_FILES_BYTES
    contents = []
    for path in paths:
        # Opening a named pipe blocks until another process writes to it.
        if not path.is_file():
            raise file_error("file_unreadable", path)
        try:
            with path.open("rb") as file:
                content = file.read(remaining + 1)
        except OSError:
            raise file_error("file_unreadable", path) from None
        if len(content) > remaining:
            raise file_error("files_too_large", path)
        remaining -= len(content)
        contents.append(content)
    return contents
