"""An id of the catalogue is never removed: accounts refer to it."""

import json
from pathlib import Path
from typing import Final

from custom_components.oauth2_client.catalogue import load_provider

# Those that were in the catalogue once. New ones are added, none is taken out.
_IDS: Final = Path(__file__).parent / "ids.json"


def test_every_id_that_was_there_is_there() -> None:
    for provider_id in json.loads(_IDS.read_text(encoding="utf-8")):
        assert load_provider(provider_id).id == provider_id
