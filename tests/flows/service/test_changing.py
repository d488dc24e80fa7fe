"""Which changes of a service lead to another server."""

import pytest

from custom_components.oauth2_client.catalogue import Provider, parse_provider
from custom_components.oauth2_client.flows.service.changing import is_moved


def _provider(token_url: str, issuer: str | None) -> Provider:
    raw = {"id": "user_a", "name": "A", "token_url": token_url}
    return parse_provider(
        raw if issuer is None else {**raw, "issuer": issuer}, category="user"
    )


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        (("https://a.example/x", None), ("https://a.example/y", None), False),
        (("https://a.example/x", None), ("https://A.example/x", None), False),
        (("https://a.example/x", None), ("https://b.example/x", None), True),
        (("https://a.example/x", None), ("https://a.example:8443/x", None), True),
        (("https://a.example/x", None), ("http://a.example/x", None), True),
        (
            ("https://a.example/x", "https://a.example/1"),
            ("https://a.example/x", "https://a.example/2"),
            True,
        ),
        (
            ("https://a.example/x", None),
            ("https://a.example/x", "https://a.example"),
            False,
        ),
        (("{base_url}/x", None), ("{base_url}/y", None), False),
        (("https://{host}/x", None), ("https://{host}/y", None), False),
        (("https://{host}/x", None), ("{base_url}/x", None), True),
    ],
)
def test_another_origin_or_issuer_is_another_server(
    before: tuple[str, str | None], after: tuple[str, str | None], moved: bool
) -> None:
    assert is_moved(_provider(*before), _provider(*after)) is moved
