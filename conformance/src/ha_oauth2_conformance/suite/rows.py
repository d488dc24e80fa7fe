"""The answers of token endpoints that are seen in the wild, a row for each."""

from dataclasses import dataclass
from typing import Final

from .. import faults
from ..faults import Fault, but, page, refusal, saying, without
from ..home import Home
from ..outcome import NotReached
from ..verdict import Severity

_MUST, _SHOULD, _MAY = Severity.MUST, Severity.SHOULD, Severity.MAY


@dataclass(frozen=True, slots=True)
class Row:
    """An answer, how it is named, and how much it matters that it is met well."""

    name: str
    words: str
    fault: Fault
    severity: Severity


# Good answers in an odd form: they are to be taken.
ODD: Final = (
    Row("expires_in_as_text", "expires_in as a text", but(expires_in="3600"), _MUST),
    Row("extra_fields", "fields that nobody knows", but(more={"a": [1]}), _MUST),
    Row("no_token_type", "no token_type", without("token_type"), _MUST),
    Row("no_expires_in", "no expires_in", without("expires_in"), _MAY),
    Row("expires_in_null", "expires_in is null", but(expires_in=None), _MAY),
    Row(
        "expires_in_as_float",
        "expires_in as a text with a point",
        but(expires_in="3600.0"),
        _MAY,
    ),
    Row("as_page", "JSON that says it is text/html", faults.AS_PAGE, _MAY),
    Row("byte_order_mark", "JSON after a byte order mark", faults.WITH_MARK, _MAY),
    Row("as_form", "a form-encoded answer", faults.AS_FORM, _MAY),
)
# The person has to sign in again.
REFUSED: Final = (
    Row("400_invalid_grant", "400 invalid_grant", refusal(400, "invalid_grant"), _MUST),
    Row("401_invalid_grant", "401 invalid_grant", refusal(401, "invalid_grant"), _MUST),
    Row(
        "200_invalid_grant",
        "200 with the error invalid_grant",
        refusal(200, "invalid_grant"),
        _MAY,
    ),
)
# The credential is wrong: a reauth or a repair says so.
CLIENT_REFUSED: Final = (
    Row(
        "401_invalid_client",
        "401 invalid_client",
        refusal(401, "invalid_client"),
        _MUST,
    ),
    Row(
        "400_unauthorized_client",
        "400 unauthorized_client",
        refusal(400, "unauthorized_client"),
        _MUST,
    ),
)
# It passes: try again, with the tokens as they are.
TEMPORARY: Final = (
    Row("500", "500", page(500), _MUST),
    Row("502", "502 of a proxy", page(502), _MUST),
    Row("503", "503", page(503), _MUST),
    Row("504", "504 of a proxy", page(504), _MUST),
    Row("429", "429", saying({"message": "Too Many Requests"}, 429), _MUST),
    Row(
        "closed", "a connection that is closed before the answer", faults.CLOSED, _MUST
    ),
    Row("portal", "200 with the page of a captive portal", page(200), _MUST),
    Row("empty", "200 with an empty body", Fault(), _SHOULD),
    Row(
        "truncated",
        "200 with truncated JSON",
        Fault(body=b'{"access_token": "pla'),
        _SHOULD,
    ),
    Row("list", "200 with a JSON list", saying([]), _SHOULD),
    Row(
        "no_access_token",
        "200 without access_token",
        saying({"token_type": "Bearer", "expires_in": 3600}),
        _SHOULD,
    ),
    Row(
        "access_token_null",
        "200 whose access_token is null",
        but(access_token=None),
        _SHOULD,
    ),
    Row("408", "408", page(408), _SHOULD),
    Row("403_of_firewall", "403 with the page of a firewall", page(403), _SHOULD),
    Row("404_page", "404 with a page", page(404), _SHOULD),
    Row(
        "temporarily_unavailable",
        "400 temporarily_unavailable",
        refusal(400, "temporarily_unavailable"),
        _SHOULD,
    ),
)


def need_possible(home: Home, row: Row) -> None:
    """Go on only where the provider could answer so: a form has no objects and no lists."""
    if row.fault is not faults.AS_FORM:
        return
    for name, value in home.server.canned.document("token.json").items():
        if isinstance(value, dict | list):
            raise NotReached(f"a form cannot have {name!r} of token.json")
