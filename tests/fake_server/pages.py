"""What a person sees: the consent page, the page for devices, the root page, and a page for what went wrong."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final, Protocol
from urllib.parse import urlsplit

from aiohttp import web

from .grants import AuthorizationRequest
from .settings import User

_PAGE_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
}
_STYLE: Final = """
:root { color-scheme: light dark; --ground: #eef1f6; --card: #fff; --text: #1b2330;
  --quiet: #596579; --line: #dbe1ea; --accent: #2456d6; --on-accent: #fff; --chip: #eaf0fe; }
@media (prefers-color-scheme: dark) { :root { --ground: #10141b; --card: #1a202a;
  --text: #e8ecf3; --quiet: #9daabd; --line: #303a49; --accent: #86a8ff; --on-accent: #0d1526;
  --chip: #243049; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.25rem;
  background: var(--ground); color: var(--text);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { width: 100%; max-width: 27rem; padding: 2rem; background: var(--card);
  border: 1px solid var(--line); border-radius: 1rem; box-shadow: 0 8px 30px rgb(0 0 0 / 8%); }
main.wide { max-width: 46rem; }
.brand { display: flex; align-items: center; gap: .6rem; margin: 0 0 1.5rem; font-weight: 600; }
.brand span { display: grid; place-items: center; width: 2rem; height: 2rem;
  border-radius: .6rem; background: var(--accent); color: var(--on-accent); }
h1 { margin: 0 0 .75rem; font-size: 1.4rem; line-height: 1.3; text-wrap: balance; }
h2 { margin: 1.75rem 0 .5rem; font-size: 1rem; }
p { margin: 0 0 1rem; }
.quiet { color: var(--quiet); font-size: .9rem; }
ul.scopes { list-style: none; margin: 0 0 1.25rem; padding: 0; display: grid; gap: .4rem; }
ul.scopes li { padding: .5rem .75rem; border-radius: .6rem; background: var(--chip); }
code, .word { overflow-wrap: anywhere; }
code { font: .9em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
label { display: block; margin: 1rem 0 .35rem; font-weight: 600; }
input[type=text] { width: 100%; padding: .7rem .9rem; border: 1px solid var(--line);
  border-radius: .7rem; background: var(--ground); color: inherit; text-transform: uppercase;
  font: 1.2rem ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: .12em; }
input:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.5rem; }
button { flex: 1 1 8rem; padding: .75rem 1rem; border: 1px solid var(--line);
  border-radius: .7rem; background: transparent; color: inherit; font: inherit;
  font-weight: 600; cursor: pointer; }
button.main { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
button:hover { filter: brightness(1.08); }
button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
dl { display: grid; grid-template-columns: minmax(7rem, 14rem) 1fr; gap: .4rem 1rem; margin: 0; }
dt { color: var(--quiet); } dd { margin: 0; }
@media (max-width: 32rem) { main { padding: 1.5rem; } dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: .6rem; } }
"""

_RESOURCES: Final = {
    "GET /api/me": "who is signed in",
    "GET /api/weather": "a nested document; the temperature moves with each call",
    "GET /api/usage": "energy, money and counters",
    "ANY /api/echo": "the request that was received, as JSON",
    "GET /api/status/418": "an answer with that status",
    "GET /api/redirect?to=URL": "a redirect to that address",
    "GET /api/slow?seconds=2": "an answer that takes its time",
    "GET /api/large?bytes=1000000": "an answer of that size (&chunked=1: of untold length)",
}


def page(content: str, *, status: int = 200) -> web.Response:
    return web.Response(
        text=content, status=status, content_type="text/html", headers=_PAGE_HEADERS
    )


def consent_page(request: AuthorizationRequest, *, user: User, ticket: str) -> str:
    """Say who asks for what; the two buttons post to /authorize/decision."""
    client = escape(request.client_id)
    return _page(
        "Allow access?",
        f"""<h1><span class="word">{client}</span> wants to use your account at Sandbox</h1>
{_signed_in(user)}
{_asked(request.scope)}
<p class="quiet">Your answer goes to
<strong class="word">{escape(urlsplit(request.redirect_uri).netloc)}</strong>.</p>
<form method="post" action="/authorize/decision" class="actions">
<input type="hidden" name="ticket" value="{escape(ticket)}">
<button class="main" name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</form>""",
    )


class DeviceAsking(Protocol):
    """A device that waits for an answer."""

    client_id: str
    scope: str


def device_page(user_code: str, *, user: User, asked: DeviceAsking | None) -> str:
    """Ask for the code of a device, and say who asks for what once it is known."""
    device = (
        f"""<p><strong class="word">{escape(asked.client_id)}</strong> wants to use your account.
Go on only if your device shows this code.</p>{_asked(asked.scope)}"""
        if asked
        else "<p>Enter the code that your device shows.</p>"
    )
    return _page(
        "Connect a device",
        f"""<h1>Connect a device to your account at Sandbox</h1>
{_signed_in(user)}
{device}
<form method="post" action="/device/decision">
<label for="user_code">Code</label>
<input type="text" id="user_code" name="user_code" value="{escape(user_code)}" required
autocomplete="off" autocapitalize="characters" spellcheck="false" placeholder="ABCD-EFGH">
<div class="actions">
<button class="main" name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</div>
</form>""",
    )


def device_done_page(*, allowed: bool) -> str:
    outcome = "Your device is connected" if allowed else "Your device was turned away"
    return _page(
        outcome,
        f"""<h1>{outcome}</h1>
<p class="quiet">You can close this page and go back to your device.</p>""",
    )


def problem_page(problem: str) -> str:
    return _page(
        "This cannot go on",
        f"""<h1>This cannot go on</h1>
<p class="word" role="alert">{escape(problem)}</p>
<p class="quiet">You can close this page. Nothing was shared.</p>""",
    )


def root_page(endpoints: Mapping[str, str], clients: Mapping[str, str | None]) -> str:
    """Say what this server is and what a person can try."""
    credentials = {
        client: "no secret (public client)" if secret is None else secret
        for client, secret in clients.items()
    }
    return _page(
        "Welcome",
        f"""<h1>A provider to try OAuth2 with</h1>
<p>This is the fake authorization server and API of the tests. It listens on this computer
only, forgets everything when it ends, and anyone who asks may sign in as its one user.</p>
<h2>Endpoints</h2>{_list(endpoints.items())}
<h2>Client id and secret</h2>{_list(credentials.items(), code_terms=True)}
<h2>Resources, with an access token</h2>
{_list(_RESOURCES.items(), code_terms=True, code_values=False)}
<h2>How it behaves</h2>
<p>Authorization code with PKCE (S256), also pushed; device code; client credentials. Any http or https redirect address. A code works once.
Each refresh gives a new refresh token, and the use of an old one revokes the access.</p>""",
        wide=True,
    )


def _signed_in(user: User) -> str:
    name, login = escape(user.name), escape(user.login)
    return f'<p class="quiet">Signed in as <strong>{name}</strong> ({login})</p>'


def _asked(scope: str) -> str:
    scopes = "".join(f"<li><code>{escape(name)}</code></li>" for name in scope.split())
    if not scopes:
        return "<p>It asks for basic access and names no scopes.</p>"
    return f'<p>It asks for:</p>\n<ul class="scopes">{scopes}</ul>'


def _list(
    rows: Iterable[tuple[str, str]],
    *,
    code_terms: bool = False,
    code_values: bool = True,
) -> str:
    def cell(text: str, code: bool) -> str:
        return f"<code>{escape(text)}</code>" if code else escape(text)

    items = (
        f"<dt>{cell(term, code_terms)}</dt><dd>{cell(value, code_values)}</dd>"
        for term, value in rows
    )
    return f"<dl>{''.join(items)}</dl>"


def _page(title: str, content: str, *, wide: bool = False) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)} · Sandbox</title>
<style>{_STYLE}</style>
</head>
<body>
<main{' class="wide"' if wide else ""}>
<p class="brand"><span aria-hidden="true">S</span> Sandbox</p>
{content}
</main>
</body>
</html>
"""
