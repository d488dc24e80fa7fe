"""Config and subentry flows over Home Assistant's REST API."""

from typing import Any, Final

from .rest import Rest

_FLOW: Final = "/api/config/config_entries/flow"
_SUBENTRY_FLOW: Final = "/api/config/config_entries/subentries/flow"
_DETAILS: Final = {
    "client_authentication": "client_secret_post",
    "pkce": True,
    "dpop": False,
    "scope_separator": "space",
    "token_encoding": "form",
    "grants": ["authorization_code"],
    "allow_http": False,
}


_REDIRECT: Final = ("redirect_uri", "other_redirect_uri")


class FlowFailed(Exception):
    """A flow does not stand where it should: the text is where it stands."""


def start_account(
    rest: Rest,
    *,
    name: str,
    authorize_url: str,
    token_url: str,
    api_base_url: str,
    client_id: str,
    client_secret: str,
    scopes: list[str],
) -> tuple[str, str]:
    """Enter a provider by hand and a credential; return the flow's id and where to sign in."""
    flow = rest.request("POST", _FLOW, {"handler": "oauth2_client"})
    path = f"{_FLOW}/{flow['flow_id']}"
    rest.request("POST", path, {"next_step_id": "manual"})
    provider = {
        "name": name,
        "authorize_url": authorize_url,
        "token_url": token_url,
        "api_base_url": api_base_url,
        "scopes": " ".join(scopes),
        "details": _DETAILS,
    }
    form = _expect_credential(rest.request("POST", path, provider))
    credential = {
        "client_id": client_id,
        "client_secret": client_secret,
        "details": {"scopes": scopes},
    }
    answers = credential_answers(form, credential)
    result = _expect(rest.request("POST", path, answers), type="external")
    return flow["flow_id"], result["url"]


def find_account(
    rest: Rest,
    *,
    address: str,
    credential: dict[str, Any],
    changed: dict[str, Any],
    details: dict[str, Any],
) -> Any:
    """Find a provider by its address and send a credential; return where the flow stands.

    `changed` is what is typed over what was found, `details` what over its details.
    """
    flow = rest.request("POST", _FLOW, {"handler": "oauth2_client"})
    path = f"{_FLOW}/{flow['flow_id']}"
    rest.request("POST", path, {"next_step_id": "discover"})
    form = _expect(rest.request("POST", path, {"address": address}), step_id="found")
    found = suggested(form["data_schema"])
    provider = {**found, **changed, "details": {**found["details"], **details}}
    form = _expect_credential(rest.request("POST", path, provider))
    return rest.request("POST", path, credential_answers(form, credential))


def credential_answers(form: Any, credential: dict[str, Any]) -> dict[str, Any]:
    """Return a credential as its form takes it: the redirect URI is in a section, where there is one."""
    names = {field["name"] for field in form["data_schema"]}
    if "redirect" not in names:
        return credential
    answers = {**credential}
    redirect = {key: answers.pop(key) for key in _REDIRECT if key in answers}
    return {**answers, "redirect": redirect}


def suggested(schema: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what a form is filled in with."""
    values: dict[str, Any] = {}
    for field in schema:
        if field.get("type") == "expandable":
            values[field["name"]] = suggested(field["schema"])
            continue
        value = field.get("description", {}).get("suggested_value")
        if (value := field.get("default") if value is None else value) is not None:
            values[field["name"]] = value
    return values


def step(rest: Rest, flow_id: str, answers: dict[str, Any]) -> Any:
    """Send a form; return where the flow stands then."""
    return rest.request("POST", f"{_FLOW}/{flow_id}", answers)


def where(rest: Rest, flow_id: str) -> Any:
    """Return where a flow stands."""
    return rest.request("GET", f"{_FLOW}/{flow_id}")


def finish_account(rest: Rest, flow_id: str) -> str:
    """Go on after the callback; return the id of the account's config entry."""
    result = _expect(rest.request("GET", f"{_FLOW}/{flow_id}"), type="create_entry")
    return str(result["result"]["entry_id"])


def add_resource(
    rest: Rest, entry_id: str, *, name: str, url: str, picked: list[str]
) -> None:
    """Add a resource to an account, and tick values of its live answer by their paths."""
    flow = rest.request("POST", _SUBENTRY_FLOW, {"handler": [entry_id, "resource"]})
    path = f"{_SUBENTRY_FLOW}/{flow['flow_id']}"
    sections: dict[str, Any] = {
        section: {} for section in ("request", "schedule", "pages", "import")
    }
    request = {"name": name, "url": url, "interval": 10, **sections}
    form = _expect(rest.request("POST", path, request), step_id="pick")
    ticks: dict[str, Any] = {"adjust": False}
    for part in form["data_schema"]:
        if part.get("type") != "expandable":
            continue
        offered = {
            option["value"]
            for field in part["schema"]
            for option in field["selector"].get("select", {}).get("options", ())
        }
        ticked = [each for each in picked if each in offered]
        ticks[part["name"]] = {"ticked": ticked} if offered else {}
    _expect(rest.request("POST", path, ticks), type="create_entry")


def _expect_credential(result: Any) -> Any:
    """Expect the form for a new credential, with a redirect URI or without."""
    if not str(result.get("step_id")).startswith("credential"):
        raise FlowFailed(str(result))
    return result


def _expect(result: Any, **wanted: str) -> Any:
    if any(result.get(key) != value for key, value in wanted.items()):
        raise FlowFailed(str(result))
    return result
