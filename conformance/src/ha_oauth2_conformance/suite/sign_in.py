"""A first sign-in: what is asked, what is checked, what is stored."""

import json
from typing import Any
from urllib.parse import urlsplit

from ..flows import HOME, End
from ..grants import proves
from ..home import OVER, Home
from ..outcome import Failure, NotReached
from ..server import CLIENT_SECRET
from ..verdict import Severity, register, require


@register(
    "sign_in",
    Severity.MUST,
    "A person signs in, and an entry is made.",
    "Make async_oauth_create_entry end in async_create_entry; if it asks the API, put the"
    " answers into the folder of --oauth2-answers.",
)
async def sign_in(home: Home) -> None:
    try:
        end = await home.flows.run()
    except NotReached as err:
        # Of all checks, the first is not to be passed over.
        raise Failure(str(err)) from None
    await home.settle()
    require(
        end.kind == "entry", f"{end} ({home.lines.last_exception()}{home.missed()})"
    )


@register(
    "sign_in_stores_tokens",
    Severity.MUST,
    "Both tokens of the sign-in are stored.",
    "Store data['token'] as it is given to async_oauth_create_entry.",
)
async def stores(home: Home) -> None:
    await home.connected()
    stored = home.at_rest()
    require(home.server.grants.access_tokens[-1] in stored, "no access token is stored")
    require(
        home.server.grants.refresh_tokens[-1] in stored, "no refresh token is stored"
    )


@register(
    "tokens_stored_once",
    Severity.SHOULD,
    "Each token is stored in one place.",
    "Leave the tokens in data['token'], and keep no copy in options or in files: a copy is old"
    " after the next renewal.",
)
async def stored_once(home: Home) -> None:
    await home.connected()
    stored = home.at_rest()
    grants = home.server.grants
    for token in (grants.access_tokens[-1], grants.refresh_tokens[-1]):
        require(stored.count(token) < 2, f"{stored.count(token)} times")


@register(
    "sign_in_set_up",
    Severity.MUST,
    "The new entry is set up.",
    "See why set-up fails; if it asks the API, put the answers into the folder of --oauth2-answers.",
)
async def set_up(home: Home) -> None:
    entry = await home.connected()
    if home.subject.answers is None:
        home.need_loaded(entry)
    require(
        entry.state.value == "loaded",
        f"set-up ends as {entry.state.value} ({home.set_up_failure(entry)})",
    )


@register(
    "sign_in_denied",
    Severity.MUST,
    "Who refuses at the provider sees a message, and nothing is made.",
    "Leave async_step_authorize_rejected as it is, or abort with a reason.",
)
async def denied(home: Home) -> None:
    end = await home.flows.run(deny=True)
    _need_consent(home)
    require(end.is_reported and not home.entries, str(end))


@register(
    "state_present",
    Severity.MUST,
    "The authorization request has a state that belongs to its flow alone.",
    "Build the URL with the base class: its state is signed and names the flow.",
)
async def state(home: Home) -> None:
    """RFC 6749, 10.12."""
    states = {(await _asked(home)).get("state") for _ in range(2)}
    require(None not in states and "" not in states, "there is no state")
    require(len(states) == 2, "two flows have the same state")


@register(
    "state_checked",
    Severity.MUST,
    "A callback with a state that was not given out is refused.",
    "Take callbacks with Home Assistant's own view, which checks the signature of the state.",
)
async def state_checked(home: Home) -> None:
    end = await home.flows.run(stop_at_consent=True)
    asked = _query(home, end)
    flow_id = end.entry["flow_id"]
    good = asked.get("state", "")
    forged = [flow_id, "made-up", f"{good[:-8]}AAAAAAAA", ""]
    for wrong in forged:
        code = home.server.grants.consent(home.server.person, asked)
        await home.flows.call_back(asked, {"state": wrong, "code": code})
        await home.settle()
        if wrong == good:
            continue
        require(
            home.flows.step_of(flow_id) == end.entry["step_id"]
            and not home.server.code_requests,
            "a forged state was taken",
        )
    home.flows.abort(flow_id)


@register(
    "redirect_uri_same",
    Severity.MUST,
    "The token request has the redirect URI of the authorization request.",
    "Send external_data['state']['redirect_uri'] with the code (RFC 6749, 4.1.3).",
)
async def redirect_uri(home: Home) -> None:
    await home.flows.run()
    asked, form = _need_consent(home), _code_form(home)
    require("redirect_uri" in asked, "the authorization request has none")
    require(
        form.get("redirect_uri") == asked["redirect_uri"],
        f"{asked['redirect_uri']} became {form.get('redirect_uri')}",
    )


@register(
    "redirect_uri_of_home",
    Severity.MUST,
    "The redirect URI is that of this home, or of My Home Assistant.",
    "Use async_get_redirect_uri(hass).",
)
async def redirect_uri_of_home(home: Home) -> None:
    asked = await _asked(home)
    if home.lacks("redirect_uri"):
        raise NotReached("the provider has a name in its place, says provider.json")
    target = asked.get("redirect_uri", "")
    require(
        target.startswith((HOME, "https://my.home-assistant.io/")), target or "none"
    )


@register(
    "pkce",
    Severity.SHOULD,
    "The authorization request is bound to this client with PKCE (S256).",
    "Return LocalOAuth2ImplementationWithPkce from async_get_auth_implementation, unless the"
    " provider refuses it (RFC 9700, 2.1.1); then say so in provider.json.",
)
async def pkce(home: Home) -> None:
    """RFC 7636."""
    asked = await _asked(home)
    if home.lacks("pkce"):
        raise NotReached("the provider does not take S256, says provider.json")
    require("code_challenge" in asked, "there is no code_challenge")
    method = asked.get("code_challenge_method", "plain")
    require(method == "S256", f"the method is {method}")


@register(
    "pkce_verifier",
    Severity.MUST,
    "Where PKCE is used, the verifier fits its challenge, and each sign-in has its own.",
    "Make the verifier where the implementation is made, and send it with the code alone.",
)
async def pkce_verifier(home: Home) -> None:
    """RFC 7636, 4.1: one for each request."""
    await home.flows.run()
    asked = _need_consent(home)
    if "code_challenge" not in asked:
        raise NotReached("PKCE is not used")
    verifier = _code_form(home).get("code_verifier")
    require(verifier, "no code_verifier is sent")
    method = asked.get("code_challenge_method")
    fits = proves(verifier, asked["code_challenge"], method)
    require(fits, "the verifier does not fit")
    shown = method == "S256" and str(verifier) in home.flows.urls[0]
    require(not shown, "the browser's address has it")
    for entry in home.entries:
        # There may be one alone.
        await home.hass.config_entries.async_remove(entry.entry_id)
    again = await _asked(home)
    require(again["code_challenge"] != asked["code_challenge"], "it is used again")


@register(
    "secret_not_in_url",
    Severity.MUST,
    "The client's secret is not in the URL that the browser opens.",
    "Send the secret to the token endpoint only.",
)
async def secret_in_url(home: Home) -> None:
    await _asked(home)
    require(CLIENT_SECRET not in home.flows.urls[-1], "the secret is in the address")


@register(
    "secret_not_in_entry",
    Severity.SHOULD,
    "The client's secret is not stored in the entry.",
    "Leave the credential to application credentials, and ask its implementation for it.",
)
async def secret_in_entry(home: Home) -> None:
    entry = await home.connected()
    require(
        CLIENT_SECRET not in json.dumps(entry.as_dict(), default=str), "it is in there"
    )


@register(
    "https_only",
    Severity.MUST,
    "The browser, tokens and requests to the API go over https.",
    "Begin every address with https (RFC 6749, 3.1 and 3.2).",
)
async def https_only(home: Home) -> None:
    entry = await home.connected(lifetime=OVER)
    await home.hass.config_entries.async_remove(entry.entry_id)
    await home.settle()
    browser = [url for url in home.flows.urls if url.startswith("http://")]
    plain = {*home.wires.plain, *(str(urlsplit(url).hostname) for url in browser)}
    require(not plain, f"over plain HTTP: {', '.join(sorted(plain))}")


async def _asked(home: Home) -> dict[str, str]:
    """Return what an authorization request asks, and abort its flow."""
    end = await home.flows.run(stop_at_consent=True)
    asked = _query(home, end)
    home.flows.urls.append(end.reason)
    home.flows.abort(end.entry["flow_id"])
    return asked


def _query(home: Home, end: End) -> dict[str, str]:
    if end.kind != "consent":
        raise NotReached(f"no authorization request: {end}")
    return home.flows.query(end.reason)


def _need_consent(home: Home) -> dict[str, str]:
    if not home.flows.asked:
        raise NotReached("there was no authorization request")
    return home.flows.asked[-1]


def _code_form(home: Home) -> dict[str, Any]:
    if not home.server.code_requests:
        raise NotReached("the code was not redeemed")
    return dict(home.server.code_requests[-1].form)
