"""A first sign-in whose token request is answered oddly, or not as hoped."""

from ..home import Home
from ..outcome import NotReached
from ..verdict import Severity, register, require
from .rows import CLIENT_REFUSED, ODD, REFUSED, TEMPORARY, Row, need_possible


def _accepted(row: Row) -> None:
    @register(
        f"sign_in_accepts_{row.name}",
        row.severity,
        f"A sign-in takes {row.words}.",
        "Read the answer in async_resolve_external_data of an implementation of your own, and"
        " give core what it needs: access_token and a whole number in expires_in.",
    )
    async def run(home: Home) -> None:
        need_possible(home, row)
        home.server.code_fault = row.fault
        end = await home.flows.run()
        await home.settle()
        _need_request(home)
        require(end.kind == "entry", str(end))


def _told(row: Row) -> None:
    @register(
        f"sign_in_tells_{row.name}",
        Severity.SHOULD if row.severity < Severity.MUST else Severity.MUST,
        f"A sign-in that gets {row.words} ends with a message, and nothing is made.",
        "Let token errors be those of core's base class, and check the answer before you"
        " use it in async_oauth_create_entry.",
    )
    async def run(home: Home) -> None:
        home.server.code_fault = row.fault
        end = await home.flows.run()
        await home.settle()
        _need_request(home)
        require(end.is_reported, str(end))
        require(not home.entries, "an entry was made")


def _need_request(home: Home) -> None:
    if not home.server.code_requests:
        raise NotReached("the code was not redeemed")


for _row in ODD:
    _accepted(_row)
for _row in (*REFUSED, *CLIENT_REFUSED, *TEMPORARY):
    _told(_row)
