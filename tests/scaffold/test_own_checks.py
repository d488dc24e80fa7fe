"""Repositories that scripts/scaffold writes pass their own checks, the conformance kit's among them."""

from pathlib import Path

import pytest

from .own_tests import faults, paged, scaffold


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        # Basic authentication; binary sensors.
        "spotify",
        # Neither a lifetime nor a refresh token, as its applications answer.
        "github",
        # A wrapped answer with errors of its own, and who it is in the token answer.
        "withings --yaml",
        # Another name for scopes, no PKCE.
        "slack",
        # Offline access asked for in the browser; a request whose dates change.
        "google",
        # A variable with a default, ids that the API tells.
        "microsoft",
        # The client's id with each request, the account's id in addresses.
        "twitch",
        # Its own address, which a person types.
        "gitea --set base_url=https://git.example.com",
        # Who it is in the claims of the access token.
        "daikin_onecta",
        # Binary sensors of several devices.
        "home_connect",
        # Token requests in JSON, whose answer has another name for the token; nothing known of its API.
        "qiita",
        # Token requests as a query, whose address has secrets then.
        "ihealth",
        # A plain challenge only.
        "myanimelist",
        # For accounts of OAuth2 Client.
        "strava --account",
    ],
)
def test_it_passes_its_own_checks(tmp_path: Path, arguments: str) -> None:
    provider, *options = arguments.split()
    done = scaffold(provider, f"my_{provider}", str(tmp_path / "new"), *options)
    assert done.returncode == 0, done.stderr

    found = faults(tmp_path / "new", is_account="--account" in options)
    assert found == ""


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--account",)], ids=["own", "account"])
def test_each_way_to_further_pages_passes_its_own_checks(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    file = paged(
        tmp_path,
        {"kind": "link"},
        {"kind": "next_url", "path": "$.meta.next"},
        {"kind": "cursor", "path": "$.data.cursor", "parameter": "after"}
        | {"items": "$.data.rows[0].list"},
        {"kind": "page", "parameter": "page", "most": 7},
        {"kind": "offset", "parameter": "start", "size": 20},
        {"kind": "offset", "parameter": "start"},
    )
    done = scaffold(str(file), "my_paged", str(tmp_path / "new"), *options)
    assert done.returncode == 0, done.stderr

    assert faults(tmp_path / "new", is_account=bool(options)) == ""
