"""The resources below /api, for a Bearer token (RFC 6750)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
import itertools
import math
import re
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler

from .grants import Clock, Grant, GrantStore

_GRANT: Final = web.RequestKey("grant", Grant)
_AROUND: Final = (0.0, 0.2, 0.4, 0.1, -0.2, -0.3, -0.1)
_LARGEST: Final = 64 * 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiRequest:
    """A request as the API received it; header names are in lower case."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


async def record(request: web.Request) -> ApiRequest:
    return ApiRequest(
        method=request.method,
        path=request.path,
        query=request.query,
        headers=lower_case(request.headers),
        body=await request.read(),
    )


def lower_case(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


class Api:
    """The resource server."""

    def __init__(self, store: GrantStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._calls = itertools.count()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/api/me", self._for_bearer(_me)),
            # GitHub's address of it, which the example of docs/library.md uses.
            web.get("/api/user", self._for_bearer(_me)),
            web.get("/api/weather", self._for_bearer(self._weather)),
            web.get("/api/usage", self._for_bearer(self._usage)),
            web.route("*", "/api/echo", self._for_bearer(_echo)),
            web.route("*", "/api/echo/{rest:.*}", self._for_bearer(_echo)),
            web.get(r"/api/status/{code:[2-5]\d\d}", self._for_bearer(_status)),
            web.get("/api/redirect", self._for_bearer(_redirect)),
            web.get("/api/slow", self._for_bearer(_slow)),
            web.get("/api/large", self._for_bearer(_large)),
            web.get("/api/pages/{kind}", self._for_bearer(_page)),
            web.route("*", "/api/{rest:.*}", self._for_bearer(_missing)),
        ]

    def _for_bearer(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            grant = (
                self._store.holder(token.strip())
                if scheme.lower() in ("bearer", "dpop")
                else None
            )
            if grant is None:
                return web.json_response(
                    {"message": "A good access token is needed"},
                    status=401,
                    headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
                )
            request[_GRANT] = grant
            return await handler(request)

        return guarded

    async def _weather(self, request: web.Request) -> web.Response:
        now = datetime.fromtimestamp(self._clock(), UTC)
        call = next(self._calls)
        return web.json_response(
            {
                "station": "Sandbox Roof",
                "current": {
                    "temperature": round(21.5 + _AROUND[call % len(_AROUND)], 1),
                    "temperature_unit": "°C",
                    "humidity": 48,
                    "condition": "partly cloudy",
                },
                "wind": {"speed": 3.4, "unit": "m/s"},
                "battery": 87,
                "updated": now.isoformat(timespec="seconds"),
                "forecast": [
                    {
                        "date": (now.date() + timedelta(days=day)).isoformat(),
                        "condition": condition,
                        "high": high,
                        "low": low,
                    }
                    for day, condition, high, low in (
                        (1, "sunny", 24.0, 13.5),
                        (2, "rainy", 19.5, 12.0),
                        (3, "cloudy", 20.5, 11.0),
                    )
                ],
            }
        )

    async def _usage(self, request: web.Request) -> web.Response:
        call = next(self._calls)
        return web.json_response(
            {
                "energy": {"total": round(1284.6 + 0.1 * call, 1), "unit": "kWh"},
                "cost": {"amount": round(312.45 + 0.03 * call, 2), "currency": "EUR"},
                "counters": {"requests": call + 1, "devices": 7, "alerts": 0},
            }
        )


async def _me(request: web.Request) -> web.Response:
    user = request[_GRANT].user
    return web.json_response(
        {"id": user.id, "login": user.login, "name": user.name, "followers": 42}
    )


async def _echo(request: web.Request) -> web.Response:
    headers = lower_case(request.headers)
    headers.pop("authorization")
    query: dict[str, Any] = {}
    for name in request.query:
        values = request.query.getall(name)
        query[name] = values[0] if len(values) == 1 else values
    return web.json_response(
        {
            "method": request.method,
            "path": request.path,
            "query": query,
            "headers": headers,
            "body": (await request.read()).decode(errors="replace"),
        }
    )


async def _status(request: web.Request) -> web.Response:
    status = int(request.match_info["code"])
    if status in (204, 205, 304):
        return web.Response(status=status)
    return web.json_response({"status": status}, status=status)


async def _redirect(request: web.Request) -> web.Response:
    to = request.query.get("to", "")
    if not to or re.search(r"[\x00-\x20\x7f]", to):
        return _bad_request("to must be an address")
    return web.Response(status=302, headers={"Location": to})


async def _slow(request: web.Request) -> web.Response:
    try:
        seconds = float(request.query.get("seconds", "1"))
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= 600:
        return _bad_request("seconds must be from 0 to 600")
    await asyncio.sleep(seconds)
    return web.json_response({"seconds": seconds})


async def _large(request: web.Request) -> web.Response:
    """Answer with a JSON string of so many bytes; `chunked=1` leaves Content-Length out."""
    asked = request.query.get("bytes", "1000000")
    size = int(asked) if re.fullmatch(r"[0-9]{1,9}", asked) else 0
    if not 2 <= size <= _LARGEST:
        return _bad_request(f"bytes must be from 2 to {_LARGEST}")
    response = web.Response(
        body=b'"' + b"x" * (size - 2) + b'"', content_type="application/json"
    )
    if "chunked" in request.query:
        response.enable_chunked_encoding()
    return response


_ELEMENTS: Final = [{"id": number} for number in range(1, 8)]
_PAGE: Final = 3


async def _page(request: web.Request) -> web.Response:
    """Answer with a page of a list, and say where the next one is in the way that is asked for."""
    kind = request.match_info["kind"]
    asked = int(request.query.get("at", "0"))
    start = (max(asked, 1) - 1) * _PAGE if kind == "page" else asked
    page = _ELEMENTS[start : start + _PAGE]
    following = start + _PAGE if start + _PAGE < len(_ELEMENTS) else None
    if kind == "link":
        headers = {}
        if following is not None:
            headers["Link"] = f'</api/pages/link?at={following}>; rel="next"'
        return web.json_response(page, headers=headers)
    document: dict[str, Any] = {"items": page, "total": len(_ELEMENTS)}
    if kind == "next_url" and following is not None:
        document["next"] = f"/api/pages/next_url?at={following}"
    if kind == "cursor":
        document["cursor"] = following
    return web.json_response(document)


async def _missing(request: web.Request) -> web.Response:
    return web.json_response({"message": "There is no such resource"}, status=404)


def _bad_request(message: str) -> web.Response:
    return web.json_response({"message": message}, status=400)
