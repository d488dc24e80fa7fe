"""Proof Key for Code Exchange."""

import re
from secrets import token_bytes

from custom_components.oauth2_client.oauth2 import code_challenge, code_verifier


def test_the_challenge_is_that_of_rfc_7636_appendix_b() -> None:
    assert code_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == (
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


def test_a_verifier_has_the_characters_and_length_of_rfc_7636() -> None:
    verifier = code_verifier(token_bytes)

    assert re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier)


def test_a_verifier_is_made_of_the_randomness_handed_in() -> None:
    assert code_verifier(bytes) == "A" * 64
    assert code_verifier(lambda size: b"\xff" * size) == "_" * 64


def test_a_verifier_is_made_of_at_least_256_bits() -> None:
    asked: list[int] = []

    def random(size: int) -> bytes:
        asked.append(size)
        return bytes(size)

    code_verifier(random)

    assert sum(asked) * 8 >= 256
