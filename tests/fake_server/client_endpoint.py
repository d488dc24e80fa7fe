"""What the endpoints for clients have in common: a form, an authenticated client, JSON answers."""

from collections.abc import Callable, Mapping
import json
from typing import Any, Final
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.typedefs import Handler

from .client_authentication import OAuthError, authenticate
from .settings import Settings

_FORM: Final = "application/x-www-form-urlencoded"
_NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}

# Called with the client's id and the parameters; may raise OAuthError.
type Act = Callable[[str, Mapping[str, str]], web.Response]


def client_endpoint(settings: Settings, act: Act, *, json_too: bool = False) -> Handler:
    """Return a handler of POST requests that clients send directly (RFC 6749, 2.3 and 5.2)."""

    async def handle(request: web.Request) -> web.Response:
        try:
            parameters = await read_parameters(request, json_too=json_too)
            client_id = authenticate(
                request.headers.get("Authorization"),
                parameters,
                settings,
                path=request.path,
            )
            return act(client_id, parameters)
        except OAuthError as error:
            return _refusal(error)

    return handle


def json_answer(document: Mapping[str, Any], *, status: int = 200) -> web.Response:
    return web.json_response(document, status=status, headers=_NO_STORE)


def empty_answer() -> web.Response:
    return web.Response(headers=_NO_STORE)


def required(parameters: Mapping[str, str], name: str) -> str:
    if name not in parameters:
        raise OAuthError("invalid_request", f"{name} is missing")
    return parameters[name]


async def read_parameters(
    request: web.Request, *, json_too: bool = True
) -> dict[str, str]:
    """Decode a form or JSON body; a repeated parameter is an error, an empty one is left out."""
    if not json_too and request.content_type != _FORM:
        raise OAuthError("invalid_request", "the body is not a form")
    try:
        text = (await request.read()).decode()
        pairs = _pairs(request.content_type, text)
    except ValueError as error:  # both decoding errors and malformed JSON
        raise OAuthError("invalid_request", "the body cannot be decoded") from error
    if len(pairs) != len({name for name, _ in pairs}):
        raise OAuthError("invalid_request", "a parameter is repeated")
    if not all(isinstance(value, str) for _, value in pairs):
        raise OAuthError("invalid_request", "a parameter is not a string")
    # RFC 6749, 3.2: a parameter without a value is treated as if it were left out.
    return {name: value for name, value in pairs if value}


def _pairs(content_type: str, text: str) -> list[tuple[str, Any]]:
    if content_type == _FORM:
        return list(parse_qsl(text, keep_blank_values=True, errors="strict"))
    if content_type == "application/json":
        pairs = json.loads(text, object_pairs_hook=_Object)
        if isinstance(pairs, _Object):
            return pairs
        raise OAuthError("invalid_request", "the JSON body is not an object")
    raise OAuthError("invalid_request", "the body is neither a form nor JSON")


class _Object(list[tuple[str, Any]]):
    """The members of a JSON object, a repeated one included; not to be taken for an array."""


def _refusal(error: OAuthError) -> web.Response:
    document = {"error": error.code, "error_description": error.description}
    if error.code != "invalid_client":
        return json_answer(document, status=400)
    answer = json_answer(document, status=401)
    answer.headers["WWW-Authenticate"] = 'Basic realm="Sandbox"'
    return answer
