"""What the API of a provider answers, from a folder that an author keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any, Final

_DOCUMENTS: Final = frozenset(
    {"provider.json", "claims.json", "flow.json", "token.json", "use.json"}
)
# The folder of the second person: what is in it goes before what is beside it.
_OTHER: Final = "other"
# What a provider may lack.
_LACKS: Final = frozenset(
    {"revocation", "pkce", "api_header", "token_body", "redirect_uri"}
)


class Unreadable(Exception):
    """A folder of answers cannot be used; the text says where it is wrong."""


def check(folder: Path) -> None:
    """Read all of a folder once; raises Unreadable."""
    if not folder.is_dir():
        raise Unreadable(f"{folder} is no folder of canned answers")
    for path in sorted(folder.rglob("*.json")):
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as err:
            raise Unreadable(f"{path} is no JSON: {err}") from None
        if path.name not in _DOCUMENTS:
            continue
        if not isinstance(document, dict):
            raise Unreadable(f"{path} is no JSON object")
        if unknown := set(document.get("lacks", ())) - _LACKS:
            raise Unreadable(
                f"{path}: 'lacks' has {min(unknown)!r}, and knows {', '.join(sorted(_LACKS))}"
            )


@dataclass(frozen=True, slots=True)
class Canned:
    """A folder of answers, or none: `HOST/PATH.json`, else `PATH.json`."""

    folder: Path | None
    # What a text of a file stands for: the server's base URL, the entry's id.
    replaced: dict[str, str] = field(default_factory=dict)
    # What was asked for and is not kept, as `METHOD HOST/PATH`.
    missed: list[str] = field(default_factory=list)
    # The files of the second person's folder that were asked for.
    of_other: list[str] = field(default_factory=list)

    def answer(self, method: str, host: str, path: str, *, other: bool) -> bytes:
        """Return the body of an API's answer, `{}` where none is kept."""
        name = path.strip("/") or "index"
        suffixes = (
            [".json"] if method == "GET" else [f".{method.lower()}.json", ".json"]
        )
        for suffix in suffixes:
            for stem in (f"{host}/{name}", name):
                if (text := self._text(f"{stem}{suffix}", other=other)) is not None:
                    return text.encode()
        self.missed.append(f"{method} {host}{path}")
        return b"{}"

    def document(self, name: str, *, other: bool = False) -> dict[str, Any]:
        """Return a JSON object of the folder, `{}` where there is none."""
        text = self._text(name, other=other)
        found: dict[str, Any] = {} if text is None else json.loads(text)
        return found

    def standard[T](self, asked: Mapping[str, T]) -> dict[str, T]:
        """Return parameters under their names of RFC 6749, where the provider has its own."""
        names = self.document("provider.json").get("names", {})
        standard = {own: name for name, own in names.items()}
        return {standard.get(name, name): value for name, value in asked.items()}

    def _text(self, name: str, *, other: bool) -> str | None:
        if self.folder is None:
            return None
        root = self.folder.resolve()
        for folder in (root / _OTHER, root) if other else (root,):
            path = (folder / name).resolve()
            # What a request asks for is not to lead out of the folder.
            if path.is_relative_to(root) and path.is_file():
                if folder != root:
                    self.of_other.append(name)
                text = path.read_text(encoding="utf-8")
                for word, value in self.replaced.items():
                    text = text.replace(word, value)
                return text
        return None
