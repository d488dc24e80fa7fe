"""One scenario's client: `python -m tests.conformance.client URL`, started by the suite.

It does in Home Assistant what a person does: finds the server by its address, registers, signs in,
and has an automation send the requests of an MCP client.
"""

import asyncio
import json
import os
import sys
import time
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp

from tests.live.flows import FlowFailed, step, suggested, where
from tests.live.rest import RequestFailed, Rest

HOME: Final = "OAUTH2_CLIENT_HOME"
_CONTEXT: Final = "MCP_CONFORMANCE_CONTEXT"
_SCENARIO: Final = "MCP_CONFORMANCE_SCENARIO"
_FIX: Final = "/api/repairs/issues/fix"
_FLOW: Final = "/api/config/config_entries/flow"
_STEPS: Final = 10
_PAUSE_SECONDS: Final = 0.2
_VERSION: Final = "2025-11-25"
# What an MCP client sends, one after another.
_REQUESTS: Final[tuple[dict[str, Any], ...]] = (
    {
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": _VERSION,
            "capabilities": {},
            "clientInfo": {"name": "Home Assistant", "version": "1"},
        },
    },
    {"method": "notifications/initialized"},
    {"id": 2, "method": "tools/list"},
    {"id": 3, "method": "tools/call", "params": {"name": "test-tool", "arguments": {}}},
)


def main() -> int:
    """Run one scenario; 1 where Home Assistant does not get through it."""
    home = json.loads(os.environ[HOME])
    rest = Rest(home["base_url"])
    rest.resume(home["tokens"])
    context = json.loads(os.environ.get(_CONTEXT) or "{}")
    try:
        entry_id = _sign_in(rest, sys.argv[1], context)
        for request in _REQUESTS:
            try:
                _send(rest, entry_id, sys.argv[1], request)
            except RequestFailed:
                if not _fix_scopes(rest, entry_id):
                    raise
                _send(rest, entry_id, sys.argv[1], request)
    except (FlowFailed, RequestFailed) as err:
        print(f"{type(err).__name__}: {err}", file=sys.stderr)
        return 1
    return 0


def _sign_in(rest: Rest, url: str, context: dict[str, Any]) -> str:
    """Add an account at the server of an API; return the id of its entry."""
    flow = rest.request("POST", _FLOW, {"handler": "oauth2_client"})
    flow_id = flow["flow_id"]
    step(rest, flow_id, {"next_step_id": "discover"})
    result = step(rest, flow_id, {"address": url})
    for _ in range(_STEPS):
        if result["type"] == "create_entry":
            return str(result["result"]["entry_id"])
        if result.get("errors") or result["type"] == "abort":
            break
        if result["type"] == "external":
            asyncio.run(_allow(result["url"], rest.base_url))
            result = where(rest, flow_id)
        elif result["step_id"] == "found":
            form = suggested(result["data_schema"])
            form = {**form, "name": f"Conformance {flow_id}", "api_base_url": url}
            form["details"] |= _details()
            result = step(rest, flow_id, form)
        else:
            form = suggested(result["data_schema"])
            form |= _credential(context, may_register="register" in form)
            result = step(rest, flow_id, form)
    raise FlowFailed(str({key: result.get(key) for key in ("step_id", "errors")}))


def _fix_scopes(rest: Rest, entry_id: str) -> bool:
    """Fix the issue of a scope that is missing, once; return whether there was one."""
    issue_id = f"scope_missing_{entry_id}"
    if not _is_open(rest, issue_id):
        return False
    named = {"handler": "oauth2_client", "issue_id": issue_id}
    form = rest.request("POST", _FIX, named)
    _, flow_id = rest.request("POST", f"{_FIX}/{form['flow_id']}", {})["next_flow"]
    result = where(rest, flow_id)
    if result["type"] != "external":
        raise FlowFailed(str(result.get("step_id")))
    asyncio.run(_allow(result["url"], rest.base_url))
    result = where(rest, flow_id)
    if result.get("reason") != "reconfigure_successful":
        raise FlowFailed(str(result.get("errors")))
    # The account is being loaded anew, with its new token.
    for _ in range(_STEPS):
        time.sleep(_PAUSE_SECONDS)
        command = {"type": "config_entries/get_single", "entry_id": entry_id}
        if rest.websocket(command)["config_entry"]["state"] == "loaded":
            return True
    raise FlowFailed("the account is not loaded")


def _is_open(rest: Rest, issue_id: str) -> bool:
    issues = rest.websocket({"type": "repairs/list_issues"})["issues"]
    return any(issue["issue_id"] == issue_id for issue in issues)


def _details() -> dict[str, Any]:
    """Return what a person chooses who wants no sign-in with the browser; nothing for others."""
    scenario = os.environ[_SCENARIO]
    if "client-credentials" not in scenario:
        return {}
    signs = scenario.endswith("jwt")
    return {
        "grants": ["client_credentials"],
        "client_authentication": "private_key_jwt" if signs else "client_secret_basic",
    }


def _credential(context: dict[str, Any], *, may_register: bool) -> dict[str, Any]:
    """Return what a person types who has registered an application; nothing for others."""
    if "client_id" not in context:
        return {}
    secret = context.get("client_secret") or context.get("private_key_pem", "")
    credential = {"client_id": context["client_id"], "client_secret": secret}
    return credential | ({"register": False} if may_register else {})


async def _allow(url: str, base_url: str) -> None:
    """Open the sign-in page; the suite's server allows everything and leads back.

    Home Assistant's external address leads nowhere here, so it is opened where it is.
    """
    async with aiohttp.ClientSession() as session:
        async with session.get(url, allow_redirects=False) as response:
            back = urlsplit(response.headers["Location"])
        async with session.get(f"{base_url}{back.path}?{back.query}") as response:
            await response.read()
    await asyncio.sleep(_PAUSE_SECONDS)


def _send(rest: Rest, entry_id: str, url: str, request: dict[str, Any]) -> None:
    """Send one message of the protocol by the action."""
    path = "/api/services/oauth2_client/request?return_response"
    action = {
        "account": entry_id,
        "method": "POST",
        "url": url,
        "headers": {
            "Accept": "application/json, text/event-stream",
            "MCP-Protocol-Version": _VERSION,
        },
        "json": {"jsonrpc": "2.0", **request},
        "expected": "text",
    }
    print(json.dumps(rest.request("POST", path, action)["service_response"]))


if __name__ == "__main__":
    sys.exit(main())
