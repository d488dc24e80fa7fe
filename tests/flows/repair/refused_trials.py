"""How a token endpoint can answer any trial, and what the form says of it."""

from typing import Final

from ...fake_server import Fault

REFUSED_TRIALS: Final = [
    (Fault.json(400, {"error": "invalid_scope"}), "scope_rejected"),
    (Fault.json(401, {"error": "invalid_client"}), "client_rejected"),
    (Fault(503), "temporary_failure"),
    (Fault(302, {"Location": "https://other.example/"}), "redirect_refused"),
    (Fault(disconnect=True), "cannot_connect"),
    (Fault(200, {}, b"{" + b" " * 2_000_000), "response_too_large"),
]
