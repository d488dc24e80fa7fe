"""The answers that the tests of a scaffolded integration get."""

from collections.abc import Iterator
import json

import pytest

from custom_components.oauth2_client.catalogue import (
    AUTHORIZATION_CODE,
    Provider,
    load_provider,
    load_summaries,
)
from custom_components.oauth2_client.document.paths import MISSING
from scripts.scaffolding.answers import value_at
from scripts.scaffolding.exchanges import Exchanges
from scripts.scaffolding.integration import integration_of
from scripts.scaffolding.names import find_provider

VALUES = {"text": "common", "host": "h.example.com", "url": "https://b.example.com"}


def _with_resources() -> Iterator[Provider]:
    """Yield the providers that have known resources, their variables filled in."""
    for summary in load_summaries():
        provider = load_provider(summary.id)
        if provider.known_resources:
            values = {
                each.name: each.options[0] if each.options else VALUES[each.kind]
                for each in provider.variables
            }
            yield find_provider(provider.id, values)


@pytest.mark.parametrize("provider", _with_resources(), ids=lambda each: each.id)
def test_each_value_is_in_the_answer_of_its_request(provider: Provider) -> None:
    # Nobody signs in with a browser where a client does so for itself.
    is_account = AUTHORIZATION_CODE not in provider.grant_types
    integration = integration_of(
        provider, "my_service", is_account=is_account, has_yaml=False
    )
    files = Exchanges(integration).files()
    written = {resource.key: resource for resource in integration.resources}
    for known in provider.known_resources:
        if (resource := written.get(known.id)) is None:
            continue
        host, path = resource.host, resource.path.replace("{account_id}", "ada")
        suffix = ".json" if resource.method == "GET" else ".post.json"
        answer = json.loads(files[f"{host}/{path.strip('/') or 'index'}{suffix}"])
        for value in known.values:
            assert value_at(value, answer) not in (None, MISSING), value.path


def test_the_answer_of_a_hosts_root_is_where_the_kit_looks() -> None:
    integration = integration_of(
        load_provider("anilist"), "my_service", is_account=False, has_yaml=False
    )

    assert "graphql.anilist.co/index.post.json" in Exchanges(integration).files()


def test_an_identity_at_a_position_is_in_a_list() -> None:
    provider = find_provider("timely", {"account": "ada"})
    integration = integration_of(
        provider, "my_service", is_account=False, has_yaml=False
    )

    answer = json.loads(
        Exchanges(integration).files()["api.timelyapp.com/1.1/accounts.json"]
    )

    assert answer == [{"id": "ada", "name": "Ada Lovelace"}]
