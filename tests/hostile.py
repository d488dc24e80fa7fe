"""Hostile texts and documents of any length, and the public functions of the pure rooms with them."""

from annotationlib import Format
import ast
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
import functools
from importlib import import_module
import inspect
from itertools import islice
import json
from pathlib import Path
import pkgutil
from types import ModuleType
from typing import Any, Final
from urllib.parse import urlsplit

from yarl import URL

from custom_components.oauth2_client import oauth2
from custom_components.oauth2_client.api import ApiRequest
from custom_components.oauth2_client.api.page_end import PageMetadata
from custom_components.oauth2_client.api.paging import PageAfter, Pages
from custom_components.oauth2_client.api.redaction import Redaction
from custom_components.oauth2_client.api.spellings import Spellings
from custom_components.oauth2_client.document.guessing import Leaf, judge, leaves
from custom_components.oauth2_client.document.guessing.place import Place
from custom_components.oauth2_client.document.guessing.tables.vocabulary import (
    QUANTITIES,
)
from custom_components.oauth2_client.document.paths import (
    Match,
    Path as DocumentPath,
    compile_path,
    compile_paths,
)
from custom_components.oauth2_client.document.paths.query import compile_query
from custom_components.oauth2_client.document.reported_error import ReportedError
from custom_components.oauth2_client.oauth2.client import TokenRequest
from custom_components.oauth2_client.oauth2.dpop import new_key
from custom_components.oauth2_client.oauth2.metadata import ServerMetadata
from custom_components.oauth2_client.oauth2.refusal import Refusal
from custom_components.oauth2_client.oauth2.registration import Registration

from .patterns import PACKAGE

ROOMS: Final = ("oauth2", "document", "api")
# Functions that are not called here, and why.
LEFT_OUT: Final = {
    "api.answer.async_read_answer": "calls what is tried here, and Home Assistant",
    "api.answer.async_run_sized": "calls the job that is handed in",
    "api.next_address.VisitedPages.has_seen": "is asked once for each page",
    "api.next_address.VisitedPages.add": "is asked once for each page",
    "api.page_join.joined_lists": "Pages.join calls it, and is tried",
    "document.numbering.numbered_names": "has no end; whoever calls it takes a few",
    "document.paths.query.Query.find": "bounds its work by counting: test_query",
    "document.paths.query.Query.values": "bounds its work by counting: test_query",
    "document.paths.query.compile_query": "compile_path bounds its text, and is tried",
    "oauth2.assertion.sign_jwt": "signs what we write ourselves",
    "oauth2.assertion.private_key_jwt": "signs what we write ourselves",
    "oauth2.registration.Registration.from_dict": "reads what we stored ourselves",
    "oauth2.frozen.Frozen.differing_fields": "has the fields of a class",
    "oauth2.service_account.service_account_assertion": "signs what we write ourselves",
}
_PIECES: Final = (
    *"[{<>()a09 \t\n\r\0,;=&%\\\"'-_./:?#@*|~+$AéΩ\u2003\u3000\u0661\ufffd",
    *(
        '{"a":',
        '{"a":[',
        "[1,",
        "[[],",
        '{"a":1}\n',
        "<a>",
        "<a/>",
        "<a b='c'>",
        "<!--",
    ),
    *("<!---->", "<title", "<title>", "<?xml ", "<![CDATA[", "&amp;", "&#x41;", "&lt"),
    *("a=b&", "a=b;", "%41", "%25", "%C3%A9", "\\u0041", "\\ud800", '\\"', '"a",'),
    *(
        "a,b\n",
        "a\tb\n",
        ",\n",
        "\r\n\r\n",
        "../",
        "//",
        "a.",
        "://",
        "http://a/",
        "a@",
    ),
    *(
        'Bearer error="x", ',
        'Bearer a="',
        "Basic ",
        '<u>; rel="next", ',
        "<a>;",
        ';a="',
    ),
    *(
        "scope ",
        "read,",
        "1e",
        "0x",
        "1.",
        "T12:00",
        "2026-01-01",
        "id_",
        "aB",
        "a_b-C",
    ),
    *(
        "token ",
        "invalid_grant ",
        "password: ",
        "while(1);",
        ")]}'",
        "xn--",
        "[::",
        "1:",
    ),
)


def _texts() -> dict[str, Callable[[int], str]]:
    """Return hostile texts by names, each a function of its length."""
    made: dict[str, Callable[[int], str]] = {}

    def pumped(piece: str, before: str, after: str) -> Callable[[int], str]:
        return lambda size: before + piece * max(1, size // len(piece)) + after

    for piece in _PIECES:
        made[repr(piece)] = pumped(piece, "", "")
        made[f"{piece!r} in JSON"] = pumped(
            json.dumps(piece)[1:-1], '{"error": "', '"}'
        )
    made["'[' closed"] = lambda size: "[" * (size // 2) + "]" * (size // 2)
    made["'9' in JSON"] = pumped("9", "[", "]")
    made["'a' in XML"] = pumped("<b>1</b>", "<a>", "</a>")
    made["'9' after a name"] = pumped("9", "a: ", "!")
    made["different names"] = lambda size: json.dumps(
        {f"key_{number}": number for number in range(size // 16)}
    )
    return made


TEXTS: Final = _texts()
DOCUMENTS: Final[Mapping[str, Callable[[int], object]]] = {
    "numbers": lambda size: list(range(size // 4)),
    "equal objects": lambda size: [{"id": 1, "name": "a"}] * (size // 16),
    "equal objects but for one": lambda size: [
        *[{"id": number, "name": "a"} for number in range(size // 16)],
        {"id": 0, "name": "a"},
    ],
    "objects with many keys": lambda size: [
        {f"a{key}_id": number for key in range(30)} for number in range(size // 256 + 1)
    ],
    "different keys": lambda size: {
        f"key_{number}": "v" for number in range(size // 16)
    },
    "keys that begin alike": lambda size: {
        f"{'a' * 100}{number}": 1 for number in range(size // 128)
    },
    "secret names": lambda size: [{"name": "token", "value": "abcdefg"}] * (size // 32),
    "lists of lists": lambda size: [[[]]] * (size // 8),
    "deep ones": lambda size: [_deep(90)] * (size // 256 + 1),
    "long text": lambda size: {"message": "a" * size},
    "long key": lambda size: {"a" * size: 1},
    "texts": lambda size: {"errors": ["invalid scope"] * (size // 16)},
    "long number": lambda size: {"a": 10 ** min(size, 4000), "b": "9" * size},
}


def _deep(levels: int) -> object:
    node: object = 1
    for level in range(levels):
        node = [node] if level % 2 else {"a": node}
    return node


@dataclass(frozen=True, kw_only=True, slots=True)
class Called:
    """A function with one argument that is hostile."""

    name: str
    parameter: str
    hostile: Mapping[str, Callable[[int], object]]
    function: Callable[[Any], object]

    def run(self, value: object) -> None:
        """Call the function; whatever it raises is an answer too."""
        try:
            result = self.function(value)
            if isinstance(result, Iterator):
                for _ in islice(result, 1_000_000):
                    pass
        except Exception:  # noqa: BLE001 - what a function refuses is tested elsewhere
            pass


_NOW: Final = 1_800_000_000.0
_SERVER: Final = oauth2.AuthorizationServer(
    authorize_url="https://a.example/authorize",
    token_url="https://a.example/token",
    device_authorization_url="https://a.example/device",
    introspection_url="https://a.example/introspect",
    pushed_authorization_url="https://a.example/par",
    registration_url="https://a.example/register",
)
# What answers of a server have at least.
_LEAST: Final = {
    "access_token": "a",
    "authorization_endpoint": "https://a.example/authorize",
    "client_id": "c",
    "device_code": "d",
    "expires_in": 60,
    "issuer": "https://a.example",
    "request_uri": "urn:a",
    "resource": "https://a.example",
    "response_types_supported": ["code"],
    "token_endpoint": "https://a.example/token",
    "token_type": "Bearer",
    "user_code": "u",
    "verification_uri": "https://a.example/device",
}
_CLIENT: Final = oauth2.Client(id="client", secret="secret-of-it")
_PLACE: Final = Place.of(Leaf(("a", "b"), 1), {"a": {"b": 1}})
_RESPONSE: Final = oauth2.Response(
    status=200, headers={}, body=json.dumps(_LEAST).encode()
)
# What stands in for a parameter that is not hostile, by its name or its type.
_GIVEN: Final[Mapping[str, Any]] = {
    "authorization_endpoint": "https://a.example/x",
    "content_type": "text/plain",
    "endpoint": "https://a.example/x",
    "format": "auto",
    "issuer": "https://a.example",
    "method": "GET",
    "one": "https://a.example",
    "other": "https://a.example",
    "redirect_uri": "https://a.example/back",
    "resource": "https://a.example",
    "url": "https://a.example/x",
    "zone": UTC,
    "AnyPath": compile_path("a"),
    "ApiRequest": ApiRequest(url="https://a.example/x"),
    "AuthorizationServer": _SERVER,
    "Callable[[int], bytes]": bytes,
    "Callable[[object], bool]": callable,
    "Callable[[str], str]": str,
    "Client": _CLIENT,
    "DpopKey": new_key(lambda count: b"\1" * count),
    "Iterable[Segment]": ("a",),
    "Sequence[Segment]": ("a",),
    "Leaf": Leaf(("a",), 1),
    "OAuth2Error": oauth2.TemporaryFailure("timeout"),
    "PageAfter": PageAfter(digest=None),
    "Place": _PLACE,
    "Redaction": Redaction(["abcdefghijkl", "aaaaaaaaaaaaaaaa"]),
    "Refusal": Refusal(codes=("invalid_grant",)),
    "Registration": Registration(client=_CLIENT, client_authentication="none"),
    "Request": oauth2.Request(method="GET", url="https://a.example/x", headers={}),
    "Response": _RESPONSE,
    "Self": ServerMetadata(issuer="https://a.example", token_url="https://a.example/t"),
    "TokenRequest": TokenRequest(url="https://a.example/token", parameters={}),
    "DeviceAuthorization": oauth2.DeviceAuthorization(
        device_code="d",
        user_code="u",
        verification_uri="https://example.com",
        expires_at=_NOW + 900,
    ),
    "TokenSet": oauth2.TokenSet(access_token="a", received_at=_NOW),
    "ReportedError": ReportedError(200, "text", is_all=True),
    "URL": URL("https://a.example/x"),
    "Sequence[Mapping[str, object] | None]": ({"a": "b"}, None),
    "Sequence[tuple[str, str]]": (("a", "b"),),
    "tuple[Quantity, ...]": QUANTITIES["temperature"],
    "SplitResult": urlsplit("https://a.example/x"),
    "bool": False,
    "bytes": b"[]",
    "float": _NOW,
    "frozenset[str]": frozenset(),
    "int": 401,
    "str": "text",
    "str | int": "text",
    "DocumentFormat": "auto",
}
# The instances whose methods are called, several where they differ much.
_INSTANCES: Final[Mapping[str, list[Any]]] = {
    "ApiRequest": [_GIVEN["ApiRequest"]],
    "DpopKey": [_GIVEN["DpopKey"]],
    "Match": [Match("id", -1)],
    "Pages": [
        Pages.from_dict({"kind": kind, "path": "a", "parameter": "p", **more}, "")
        for kind in ("link", "next_url", "cursor", "page", "offset")
        for more in ({}, {"items": "errors"})
    ],
    "Path": [DocumentPath("a", ("a", 0)), DocumentPath("b", (Match("id", -1), "a"))],
    "Place": [_PLACE],
    "Reader": [compile_paths(map(compile_path, ("a", "[?@.id == -1].a", "[-1].b")))],
    "Redaction": [_GIVEN["Redaction"]],
    "Registration": [_GIVEN["Registration"]],
    "Response": [_RESPONSE],
    "ServerMetadata": [_GIVEN["Self"]],
    "PageMetadata": [PageMetadata({"total": 1}, ())],
    "VisitedPages": [None],
    "Spellings": [Spellings(["abcdefghijkl", "aaaaaaaaaaaaaaaa"])],
    "TokenRequest": [_GIVEN["TokenRequest"]],
    "TokenSet": [_GIVEN["TokenSet"]],
    "Query": [compile_query("$..a")],
}


def called_functions() -> Iterator[Called]:
    """Yield each public function of the rooms, once for each parameter that can be hostile.

    Raises KeyError for a function with a parameter of a type that is not known here yet.
    """
    for room in ROOMS:
        package = import_module(f"{PACKAGE}.{room}")
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            module = import_module(found.name)
            keys = _keys(module)
            for name, function in _functions(module):
                if name not in LEFT_OUT:
                    yield from _called(name, function, keys)


def _functions(module: ModuleType) -> Iterator[tuple[str, Callable[..., object]]]:
    """Yield the public functions and methods of a module, by their full names."""
    where = module.__name__.removeprefix(f"{PACKAGE}.")
    for name, found in vars(module).items():
        if name.startswith("_") or getattr(found, "__module__", "") != module.__name__:
            continue
        if inspect.isfunction(inspect.unwrap(found)):
            yield f"{where}.{name}", found
        elif inspect.isclass(found):
            for each, member in vars(found).items():
                if each.startswith("_"):
                    continue
                if isinstance(member, classmethod):
                    yield f"{where}.{name}.{each}", getattr(found, each)
                elif inspect.isfunction(member):
                    for instance in _INSTANCES.get(name, [None]):
                        bound = functools.partial(member, instance)
                        yield f"{where}.{name}.{each}", bound


def _called(
    name: str, function: Callable[..., object], keys: list[str]
) -> Iterator[Called]:
    parameters = inspect.signature(
        function, annotation_format=Format.STRING
    ).parameters.values()
    given = {
        parameter.name: _given(parameter)
        for parameter in parameters
        if parameter.default is parameter.empty
        and parameter.kind != parameter.VAR_POSITIONAL
    }
    for parameter in parameters:
        if hostile := _hostile(_type(parameter), keys):
            yield Called(
                name=name,
                parameter=parameter.name,
                hostile=hostile,
                function=_with_one(function, parameter, given),
            )


def _with_one(
    function: Callable[..., object], hostile: inspect.Parameter, given: dict[str, Any]
) -> Callable[[Any], object]:
    if hostile.kind == hostile.VAR_POSITIONAL:
        return lambda value: function(*value, **given)
    by_place = {
        parameter.name
        for parameter in inspect.signature(
            function, annotation_format=Format.STRING
        ).parameters.values()
        if parameter.kind == parameter.POSITIONAL_ONLY
    }
    assert not by_place
    return lambda value: function(**{**given, hostile.name: value})


def _type(parameter: inspect.Parameter) -> str:
    return str(parameter.annotation).removesuffix(" | None")


def _given(parameter: inspect.Parameter) -> Any:
    kind = _type(parameter)
    for known in (parameter.name, kind) if kind == "str" else (kind, parameter.name):
        if known in _GIVEN:
            return _GIVEN[known]
    if _hostile(kind, []):
        # Of what can be hostile, something that is not.
        return next(iter(_hostile(kind, []).values()))(4)
    raise KeyError(f"{parameter.name}: {kind}")


def _hostile(  # noqa: C901 - one case for each type
    kind: str, keys: list[str]
) -> Mapping[str, Callable[[int], object]]:
    """Return what a parameter of a type can be, {} where it is not from outside.

    `keys` are those that the module of the function knows.
    """
    match kind:
        case "str":
            return TEXTS | {"a token": _token}
        case "bytes" | "bytes | str":
            return _mapped(TEXTS, _encoded) | _dumped_documents()
        case "object" | "Any" | "Shown" | "str | Sequence[object]":
            return {**TEXTS, **DOCUMENTS, **_by_keys(keys)}
        case (
            "Mapping[str, object]"
            | "Mapping[str, Any]"
            | "Mapping[str, str]"
            | "Document"
        ):
            return {**_mapped(DOCUMENTS, _object), **_by_keys(keys)}
        case "Response" | "Sequence[Response]":
            bodies = {
                **_mapped(TEXTS, _encoded),
                **_dumped_documents(),
                **_mapped(_by_keys(keys), _dumped),
            }
            made = _mapped(bodies, _response) | _mapped(TEXTS, _with_headers)
            for name, make in _mapped(_by_keys(keys), _success).items():
                made[f"{name} of a success"] = make
            return made if kind == "Response" else _mapped(made, lambda one: [one])
        case "Request" | "ApiRequest":
            request = oauth2.Request if kind == "Request" else ApiRequest
            return _mapped(
                _mapped(TEXTS, _encoded),
                lambda body: request(
                    url="https://a.example/",
                    method="POST",
                    headers=_none(request),
                    body=body,
                ),
            )
        case "Sequence[str]" | "Iterable[str]" | "Collection[str]" | "tuple[str, ...]":
            return {
                "one text": lambda size: ("a" * size,),
                "many": lambda size: tuple("ab" for _ in range(size // 2)),
                "many different ones": lambda size: tuple(map(str, range(size // 4))),
            }
        case "Sequence[tuple[str, str]]":
            return {
                "one pair": lambda size: (("a", "b" * size),),
                "many pairs": lambda size: tuple(
                    ("a", str(number)) for number in range(size // 4)
                ),
            }
        case "Sequence[object]" | "list[object]":
            return _mapped(DOCUMENTS, _listed)
        case "Iterable[Leaf]":
            return _mapped(DOCUMENTS, leaves)
        case "Iterable[Judged]":
            return _mapped(
                DOCUMENTS,
                lambda document: [judge(leaf, document) for leaf in leaves(document)],
            )
        case "Iterable[Name]":
            return _mapped(
                DOCUMENTS,
                lambda document: [
                    judge(leaf, document).name for leaf in leaves(document)
                ],
            )
        case "Leaf":
            return _mapped(TEXTS, lambda text: Leaf((text, text), text))
        case "Place":
            return _mapped(
                DOCUMENTS,
                lambda document: Place.of(Leaf(("a", "b"), 1), {"a": document}),
            )
        case "Refusal":
            return _mapped(TEXTS, lambda text: Refusal(codes=(text,), words=text))
        case "Iterable[AnyPath]":
            return {
                "many": lambda size: [
                    compile_path(f"a.b{n}") for n in range(size // 64)
                ]
            }
        case "Iterable[Segment]":
            return _mapped(TEXTS, lambda text: (text,)) | {
                "many": lambda size: ("a",) * (size // 4)
            }
        case "TokenSet" | "Iterable[TokenSet]":
            made_set = _mapped(
                TEXTS,
                lambda text: oauth2.TokenSet(
                    access_token=text, id_token=text, scopes=(text,), received_at=_NOW
                ),
            )
            return (
                made_set if kind == "TokenSet" else _mapped(made_set, lambda one: [one])
            )
    return {}


def _mapped(
    made: Mapping[str, Callable[[int], Any]], change: Callable[[Any], object]
) -> dict[str, Callable[[int], object]]:
    def changed(make: Callable[[int], Any]) -> Callable[[int], object]:
        return lambda size: change(make(size))

    return {name: changed(make) for name, make in made.items()}


def _none(made: type) -> Any:
    return {} if made is oauth2.Request else ()


def _encoded(text: str) -> bytes:
    return text.encode(errors="replace")


@functools.cache
def _dumped_documents() -> dict[str, Callable[[int], object]]:
    """Return the documents as bytes, each length written once: most functions get them."""
    written = _mapped(DOCUMENTS, _dumped)
    return {name: functools.cache(make) for name, make in written.items()}


def _dumped(document: object) -> bytes:
    return json.dumps(document).encode()


def _object(document: object) -> object:
    return document if isinstance(document, dict) else {"a": document}


def _listed(document: object) -> object:
    return document if isinstance(document, list) else [document]


def _response(body: object) -> oauth2.Response:
    assert isinstance(body, bytes)
    return oauth2.Response(status=400, headers={}, body=body)


def _success(document: object) -> oauth2.Response:
    assert isinstance(document, dict)
    told = {key: value for key, value in document.items() if "err" not in key}
    body = json.dumps({**told, **_LEAST}).encode()
    return oauth2.Response(status=200, headers={}, body=body)


def _with_headers(text: str) -> oauth2.Response:
    names = (
        *("Content-Type", "Link", "WWW-Authenticate", "Retry-After", "Location"),
        *("DPoP-Nonce", "Date", "Set-Cookie", "Age", "RateLimit", "RateLimit-Policy"),
        *("X-RateLimit-Reset", "X-RateLimit-Remaining", "X-RateLimit-Usage"),
    )
    return oauth2.Response(status=401, headers=dict.fromkeys(names, text), body=b"x")


def _token(size: int) -> str:
    """Return a signed token whose claims are long."""
    claims = json.dumps(dict.fromkeys(("sub", "name", "iss", "aud"), "a" * (size // 4)))
    parts = ('{"alg": "HS256"}', claims, "signature")
    return ".".join(urlsafe_b64encode(part.encode()).decode() for part in parts)


def _by_keys(keys: list[str]) -> dict[str, Callable[[int], object]]:
    """Return documents with a hostile text, list or object at each key that a module knows."""
    if not keys:
        return {}

    def at_keys(make: Callable[[int], object]) -> Callable[[int], object]:
        return lambda size: dict.fromkeys(keys, make(max(1, size // len(keys))))

    contents: dict[str, Callable[[int], object]] = {
        **TEXTS,
        "a list": lambda size: ["scope"] * (size // 4),
        "an object": lambda size: {str(number): "a" for number in range(size // 4)},
    }
    return {f"{name} at keys": at_keys(make) for name, make in contents.items()}


@functools.cache
def _keys(module: ModuleType) -> list[str]:
    """Return the texts of a module that may be keys of an answer."""
    assert module.__file__ is not None
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    texts = {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return sorted(text for text in texts if text.isidentifier() and len(text) < 40)
