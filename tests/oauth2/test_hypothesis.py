"""Properties that hold for any answer of a server."""

from base64 import b64encode
from datetime import timedelta
import json
from math import isfinite
from typing import Any
from urllib.parse import quote_plus, urlencode

from hypothesis import example, given, settings, strategies as st
from hypothesis.strategies import SearchStrategy
import pytest

from custom_components.oauth2_client.oauth2 import (
    AuthorizationServer,
    Client,
    OAuth2Error,
    Request,
    Response,
    TokenSet,
    authorization_code_request,
    authorization_error,
    parse_token_response,
    refresh_request,
    retry_after,
)

NOW = 1_800_000_000.0
PREVIOUS = TokenSet(access_token="access-0", refresh_token="refresh-0", received_at=NOW)
# Generous: it only has to fail where the time grows faster than the length.
settings.register_profile("oauth2", deadline=timedelta(seconds=2), max_examples=200)
bounded = settings(settings.get_profile("oauth2"))

FIELDS = (
    "access_token",
    "token_type",
    "expires_in",
    "expires_at",
    "expires_on",
    "expires",
    "refresh_token",
    "id_token",
    "scope",
    "error",
    "error_description",
    "errors",
    "errorType",
    "code",
    "data",
)
CODES = ("invalid_grant", "invalid_client", "invalid_scope", "server_error")

numbers = st.one_of(
    st.integers(),
    st.integers(-3, 3).map(lambda away: int(NOW) + away),
    st.integers(-3, 3).map(lambda away: (int(NOW) + away) * 1000),
    st.sampled_from([10**9, 10**9 - 1, 10**11, 10**400, -(10**400), 1e-300]),
    st.floats(),
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    numbers,
    numbers.map(str),
    st.text(),
    st.sampled_from(["Bearer", "bearer", "mac", "access-1", "a.b.c", *CODES]),
)
keys = st.one_of(st.sampled_from(FIELDS), st.text(max_size=8))
documents = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=6)
    ),
    max_leaves=12,
)
answers = st.dictionaries(keys, documents, max_size=8)
tokens = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1)


def _as_bytes(document: object) -> bytes:
    return json.dumps(document).encode()


jwts = answers.map(lambda claims: f"a.{b64encode(_as_bytes(claims)).decode()}.c")
with_token = st.builds(
    lambda token, rest: {**rest, "access_token": token},
    st.one_of(tokens, jwts),
    st.dictionaries(
        st.sampled_from([field for field in FIELDS if not field.startswith("err")]),
        documents,
    ),
)
forms = st.dictionaries(keys, st.text(), max_size=8).map(
    lambda fields: urlencode(fields).encode()
)
bodies: SearchStrategy[bytes] = st.one_of(
    st.binary(max_size=500),
    documents.map(_as_bytes),
    answers.map(_as_bytes),
    with_token.map(_as_bytes),
    with_token.map(lambda answer: _as_bytes({"data": answer})),
    with_token.map(lambda answer: urlencode(answer).encode()),
    forms,
    st.tuples(answers.map(_as_bytes), st.integers(0, 200)).map(
        lambda cut: cut[0][: cut[1]]
    ),
)
headers = st.dictionaries(
    st.one_of(
        st.sampled_from(["Retry-After", "retry-after", "Content-Type"]), st.text()
    ),
    st.one_of(
        st.text(),
        st.integers().map(str),
        st.datetimes().map(lambda date: date.strftime("%a, %d %b %Y %H:%M:%S GMT")),
    ),
    max_size=3,
)
statuses = st.one_of(
    st.sampled_from([200, 400, 401, 403, 429, 503]), st.integers(100, 599)
)
responses = st.builds(Response, status=statuses, headers=headers, body=bodies)
servers = st.builds(
    AuthorizationServer,
    authorize_url=st.just("https://auth.example/authorize"),
    token_url=st.just("https://auth.example/token"),
    client_authentication=st.sampled_from(
        ["client_secret_basic", "client_secret_post", "none"]
    ),
    token_encoding=st.sampled_from(["form", "json"]),
    scope_separator=st.sampled_from([" ", ",", "+"]),
    token_path=st.sampled_from([(), ("data",), ("data", "data")]),
    token_fields=st.dictionaries(
        st.sampled_from(FIELDS), st.sampled_from(FIELDS), max_size=3
    ),
    token_lifetime=st.one_of(st.none(), st.integers(1, 10**9)),
)


def _outcome(response: Response, **context: Any) -> TokenSet | OAuth2Error:
    try:
        return parse_token_response(response, now=NOW, **context)
    except OAuth2Error as error:
        return error


@bounded
@given(response=responses, server=servers, previous=st.sampled_from([None, PREVIOUS]))
def test_any_answer_gives_a_token_set_or_an_oauth2_error(
    response: Response, server: AuthorizationServer, previous: TokenSet | None
) -> None:
    outcome = _outcome(response, server=server, previous=previous)

    assert isinstance(outcome, TokenSet | OAuth2Error)


@bounded
@given(
    body=with_token.map(_as_bytes),
    server=servers,
    previous=st.sampled_from([None, PREVIOUS]),
)
@example(
    body=b'{"access_token": "access-1", "expires_in": 1e-300}',
    server=AuthorizationServer(authorize_url="", token_url=""),
    previous=None,
)
def test_the_expiry_is_unknown_or_in_the_future(
    body: bytes, server: AuthorizationServer, previous: TokenSet | None
) -> None:
    outcome = _outcome(
        Response(status=200, body=body), server=server, previous=previous
    )

    if isinstance(outcome, TokenSet) and outcome.expires_at is not None:
        assert isfinite(outcome.expires_at)
        assert outcome.expires_at > NOW


@bounded
@given(body=bodies, server=servers, previous=st.sampled_from([None, PREVIOUS]))
@example(
    body=b'{"access_token": "access-1", "scope": "read \\ud800"}',
    server=AuthorizationServer(authorize_url="", token_url=""),
    previous=None,
)
def test_every_token_set_can_be_stored_and_read_back(
    body: bytes, server: AuthorizationServer, previous: TokenSet | None
) -> None:
    outcome = _outcome(
        Response(status=200, body=body), server=server, previous=previous
    )

    if isinstance(outcome, TokenSet):
        # Home Assistant writes UTF-8, which has no lone surrogates.
        stored = json.dumps(outcome.as_dict(), ensure_ascii=False, allow_nan=False)
        assert TokenSet.from_dict(json.loads(stored.encode())) == outcome


@bounded
@given(body=bodies)
def test_a_refresh_never_loses_the_refresh_token(body: bytes) -> None:
    server = AuthorizationServer(authorize_url="", token_url="")
    outcome = _outcome(
        Response(status=200, body=body), server=server, previous=PREVIOUS
    )

    if isinstance(outcome, TokenSet):
        assert outcome.refresh_token


@pytest.mark.timeout(5)
@pytest.mark.parametrize(
    "piece",
    [
        b"[",
        b'{"a":',
        b'{"error":',
        b"a=1&",
        b"error=%00&",
        b"%",
        b"\\u",
        b"9",
        b'"',
        b" ",
    ],
)
@pytest.mark.parametrize("size", [1_000, 250_000, 2_000_000])
@pytest.mark.parametrize("status", [200, 400])
def test_an_answer_that_repeats_one_piece_is_an_error(
    status: int, size: int, piece: bytes
) -> None:
    server = AuthorizationServer(authorize_url="", token_url="", token_path=("a",))
    response = Response(status=status, body=(piece * size)[:size])

    assert isinstance(_outcome(response, server=server), OAuth2Error)


secrets = st.one_of(
    st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=12),
    st.text(min_size=12, max_size=40),
)


@st.composite
def echoes(draw: st.DrawFn) -> tuple[Request, Response, AuthorizationServer, list[str]]:
    """Return a request, an answer that repeats its secrets, and these secrets."""
    server = draw(servers)
    secret, grant = f"{draw(secrets)}~1", f"{draw(secrets)}~2"
    client = Client(id="client-1", secret=secret)
    request = draw(
        st.sampled_from(
            [
                refresh_request(server, client, refresh_token=grant),
                authorization_code_request(
                    server, client, code=grant, redirect_uri="https://ha.example"
                ),
            ]
        )
    )
    sent = [grant] if server.client_authentication == "none" else [secret, grant]
    forms_of_it = [form for value in sent for form in (value, quote_plus(value))]
    if "Authorization" in request.headers:
        forms_of_it.append(request.headers["Authorization"].removeprefix("Basic "))
    words = st.sampled_from(["", "Bad value: ", "x" * 190])
    echoed = st.builds(str.__add__, words, st.sampled_from(forms_of_it))
    places = st.one_of(echoed, st.sampled_from(CODES), documents)
    answer = draw(st.dictionaries(st.sampled_from(FIELDS), places, min_size=1))
    answer |= draw(
        st.one_of(
            st.just({}),
            st.builds(lambda text: {"errors": [{"errorType": text}]}, echoed),
            st.builds(lambda text: {"data": {"error": text}}, echoed),
            st.builds(lambda text: {"error_description": text}, echoed),
        )
    )
    body = draw(
        st.sampled_from(
            [
                _as_bytes(answer),
                urlencode(answer, errors="replace").encode(),
                str(answer).encode(errors="replace"),
            ]
        )
    )
    echo = draw(echoed).encode(errors="replace").decode()
    response = Response(
        status=draw(statuses),
        headers=draw(st.sampled_from([{}, {"Retry-After": echo}, {"Location": echo}])),
        body=body,
    )
    return request, response, server, forms_of_it


@settings(parent=bounded, max_examples=500)
@given(exchange=echoes())
def test_no_error_repeats_a_secret_that_the_server_echoes(
    exchange: tuple[Request, Response, AuthorizationServer, list[str]],
) -> None:
    request, response, server, sent = exchange
    outcome = _outcome(response, server=server, request=request)

    if isinstance(outcome, OAuth2Error):
        shown = (str(outcome), repr(outcome), outcome.code, outcome.description or "")
        assert [
            secret for secret in sent if any(secret in text for text in shown)
        ] == []


# In seconds since the epoch, until the year 9999.
times = st.floats(min_value=-253_402_214_400, max_value=253_402_214_400)
token_sets = st.builds(
    TokenSet,
    access_token=st.text(min_size=1),
    token_type=st.text(min_size=1),
    refresh_token=st.one_of(st.none(), st.text(min_size=1)),
    received_at=times,
    expires_at=st.one_of(st.none(), times),
    scopes=st.one_of(st.none(), st.lists(st.text()).map(tuple)),
    id_token=st.one_of(st.none(), st.text(min_size=1)),
)


@bounded
@given(token_set=token_sets)
def test_a_token_set_comes_back_as_it_was(token_set: TokenSet) -> None:
    stored = json.loads(json.dumps(token_set.as_dict()))

    assert TokenSet.from_dict(stored) == token_set


stored_forms = st.one_of(
    answers,
    st.builds(
        lambda good, changed: {**good.as_dict(), **changed},
        token_sets,
        st.dictionaries(
            st.sampled_from([*PREVIOUS.as_dict(), "expires_in", "scope"]), documents
        ),
    ),
)


@bounded
@given(stored=stored_forms)
@example(stored={"access_token": "access-1", "expires_at": 10**400})
@example(stored={"access_token": "access-1", "expires_at": 1.0, "expires_in": 10**400})
def test_what_was_stored_is_read_or_a_value_error(stored: dict[str, Any]) -> None:
    stored = json.loads(json.dumps(stored))
    try:
        outcome = TokenSet.from_dict(stored).access_token
    except ValueError as unreadable:
        outcome = str(unreadable)

    assert outcome in [stored.get("access_token"), *PREVIOUS.as_dict(), "expires_in"]


@bounded
@given(value=st.one_of(st.text(), st.from_regex(r"[A-Z][a-z]{2}, [ -~]{1,40}")))
def test_a_wait_is_unknown_or_at_most_a_day(value: str) -> None:
    waits = retry_after(Response(status=503, headers={"Retry-After": value}), now=NOW)

    assert waits is None or 0 <= waits <= 86400


@bounded
@given(code=st.text())
def test_a13_an_error_of_the_authorization_response_has_a_code_on_one_line(
    code: str,
) -> None:
    error = authorization_error(code)

    assert error.code.isascii()
    assert error.code.isprintable()
    assert len(error.code) <= 64
