"""Refusals of random shapes at the token endpoint: what they lead to, and what they never show."""

import json
from typing import Any, Final

from hypothesis import example, given, settings, strategies as st
import pytest

from custom_components.oauth2_client.errors import message_placeholders
from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    Client,
    OAuth2Error,
    Response,
    TemporaryFailure,
    authorization_code_request,
    parse_token_response,
)

NOW: Final = 1_800_000_000.0
SERVER: Final = AuthorizationServer(
    authorize_url="https://auth.example/authorize",
    token_url="https://auth.example/token",
    client_authentication="client_secret_basic",
)
SECRETS: Final = ("s3cr3t/value+1", "authorization-code-1", "v3rifier" * 8)
REQUEST: Final = authorization_code_request(
    SERVER,
    Client(id="client-id-1", secret=SECRETS[0]),
    code=SECRETS[1],
    redirect_uri="https://my.home-assistant.io/redirect/oauth",
    code_verifier=SECRETS[2],
)
# What asks to wait: codes and words. Other refusals of a first sign-in never do.
_WAITS: Final = (
    "temporarily",
    "server_error",
    "rate",
    "limit",
    "too many",
    "unavailable",
)

_CODES = st.sampled_from(
    [
        "invalid_client",
        "ERR_INVALID_GRANT",
        "oauth.invalidScope",
        "AADSTS7000215",
        "unheard_of",
        "BAD_REQUEST",
        *SECRETS,
    ]
)
_WORDS = st.one_of(
    st.sampled_from(
        [
            "Invalid client secret",
            "Falscher Schlüssel, leider",
            "密钥错误",
            "See [here](https://x.example) <b>now</b>",
            *(f"The value '{secret}' is wrong" for secret in SECRETS),
            *SECRETS,
        ]
    ),
    st.text(max_size=40),
)
_KEYS = st.sampled_from(
    [
        "error",
        "errors",
        "Error",
        "error_description",
        "errorCode",
        "code",
        "type",
        "message",
        "msg",
        "status",
        "data",
        "fault",
        "meta",
        "result",
        "detail",
        "resource",
        "x",
    ]
)
_DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _CODES | _WORDS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(_KEYS, inner, max_size=5)
    ),
    max_leaves=12,
)
_OBJECTS = st.dictionaries(_KEYS, _DOCUMENTS, min_size=1, max_size=5)
_BODIES = st.one_of(
    _DOCUMENTS.map(lambda document: json.dumps(document).encode()),
    _WORDS.map(str.encode),
    st.builds(
        lambda code, words: f"<r><error>{code}</error><m>{words}</m></r>".encode(),
        _CODES,
        _WORDS,
    ),
    _WORDS.map(
        lambda words: f"<html><title>{words}</title><p>{words}</p></html>".encode()
    ),
    st.binary(max_size=200),
)
_HEADERS = st.fixed_dictionaries(
    {
        "Content-Type": st.sampled_from(
            ["application/json", "text/html", "text/plain", "application/xml"]
        )
    },
    optional={
        "WWW-Authenticate": st.builds(
            lambda code, words: f'Basic error="{code}", error_description="{words}"',
            _CODES,
            _WORDS,
        )
    },
)


def _error(response: Response) -> OAuth2Error:
    with pytest.raises(OAuth2Error) as refused:
        parse_token_response(response, server=SERVER, now=NOW, request=REQUEST)
    return refused.value


@settings(max_examples=400)
@given(
    status=st.sampled_from([400, 401, 403, 404, 409, 418, 422, 429, 500, 503]),
    headers=_HEADERS,
    body=_BODIES,
)
@example(status=400, headers={}, body=f'{{"error": "{SECRETS[0]}"}}'.encode())
@example(status=400, headers={}, body=f"<a><b>{SECRETS[1]}</b></a>".encode())
def test_no_refusal_shows_a_secret(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    raised = _error(Response(status=status, headers=headers, body=body))

    shown: list[Any] = [str(raised), repr(raised), raised.args, raised.description]
    shown += message_placeholders(raised).values()
    for secret in SECRETS:
        assert secret not in str(shown)
    assert len(raised.code) <= 64
    assert len(raised.description or "") <= 201
    assert (raised.description or "").isprintable()


@settings(max_examples=400)
@given(
    status=st.sampled_from([400, 401, 402, 403, 404, 405, 409, 418, 422, 451]),
    headers=_HEADERS,
    body=_BODIES | _OBJECTS.map(lambda document: json.dumps(document).encode()),
)
@example(status=400, headers={}, body=b'{"data": {"error": []}}')
@example(status=400, headers={}, body=b"")
@example(status=404, headers={}, body=b"<html>Not here</html>")
def test_a1_a_refusal_of_a_first_sign_in_is_not_temporary(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    raised = _error(Response(status=status, headers=headers, body=body))

    said = f"{body.decode(errors='replace')} {headers}".lower()
    if not any(word in said for word in _WAITS):
        assert not isinstance(raised, TemporaryFailure)


@pytest.mark.parametrize(
    "piece",
    [
        "client secret ",
        "<error>x</error>",
        '<a b="c" ',
        "<html><p ",
        "&amp;",
        "aA<![CDATA[",
    ],
)
def test_a_refusal_that_is_not_json_is_read_up_to_a_bound(piece: str) -> None:
    bodies = [(piece * 30_000).encode()[:length] for length in (60_000, 200_000)]
    short, long = (_error(Response(status=400, body=body)) for body in bodies)

    assert (type(short), short.code) == (type(long), long.code)
    assert short.description == long.description


@pytest.mark.parametrize(
    "template",
    [
        '{{"error": "invalid_grant", "error_description": "No {} here"}}',
        '{{"message": "No {}"}}',
        '{{"error": "{}"}}',
        "<r><message>No {}</message></r>",
        "<html><title>No {}</title><p>{}</p></html>",
        "<html><h1>No {}",
        "No {}",
    ],
)
@pytest.mark.parametrize("length", [40, 190, 990, 2_500, 20_000])
def test_no_part_of_a_long_secret_is_shown(template: str, length: int) -> None:
    secret = "".join(f"{number:05}" for number in range(length // 5))
    request = authorization_code_request(
        SERVER,
        Client(id="client-id-1", secret=SECRETS[0]),
        code=secret,
        redirect_uri="https://my.home-assistant.io/redirect/oauth",
    )
    body = template.replace("{{", "{").replace("}}", "}").replace("{}", secret)
    headers = {"WWW-Authenticate": f"Basic error_description={secret}"}
    with pytest.raises(OAuth2Error) as refused:
        parse_token_response(
            Response(status=400, headers=headers, body=body.encode()),
            server=SERVER,
            now=NOW,
            request=request,
        )

    assert secret[:30] not in f"{refused.value.code} {refused.value.description}"
