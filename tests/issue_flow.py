"""Opens a repair issue and mends it as a person does, over the views of the frontend."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp.test_utils import TestClient

from custom_components.oauth2_client.const import DOMAIN
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .account_flow import Result
from .translations import ENGLISH, check_filled

_VIEW = "/api/repairs/issues/fix"


class IssueFlow:
    """One flow at a time; `result` is where it stands."""

    def __init__(self, hass: HomeAssistant, client: TestClient[Any, Any]) -> None:
        self.result: Result = None
        self._hass = hass
        self._client = client
        self._key = ""
        self._placeholders: Mapping[str, str] = {}

    async def open(self, key: str, entry: ConfigEntry | None = None) -> Result:
        """Open the only issue of a kind, or that of an account."""
        [issue] = [
            issue
            for issue in ir.async_get(self._hass).issues.values()
            if issue.domain == DOMAIN
            and issue.translation_key == key
            and (entry is None or issue.issue_id == f"{key}_{entry.entry_id}")
        ]
        assert issue.is_fixable
        self._key = key
        self._placeholders = issue.translation_placeholders or {}
        return await self._post(_VIEW, {"handler": DOMAIN, "issue_id": issue.issue_id})

    async def submit(self, **answers: Any) -> Result:
        """Send the form that is shown."""
        return await self._post(f"{_VIEW}/{self.result['flow_id']}", answers)

    async def _post(self, path: str, sent: dict[str, Any]) -> Result:
        response = await self._client.post(path, json=sent)
        assert response.status == HTTPStatus.OK, await response.text()
        self.result = await response.json()
        self._check_words()
        return self.result

    def _check_words(self) -> None:
        """Fail where the flow shows what there are no words for."""
        issue, result = ENGLISH["issues"][self._key], self.result
        words = issue["fix_flow"]
        plain, markdown = [issue["title"]], []
        if result["type"] == "form":
            step = words["step"][result["step_id"]]
            plain.append(step["title"])
            markdown.append(step["description"])
            for field in result["data_schema"] or ():
                plain.append(step["data"][field["name"]])
                markdown.append(step["data_description"][field["name"]])
            plain += [words["error"][key] for key in (result["errors"] or {}).values()]
        elif result["type"] == "abort":
            markdown.append(words["abort"][result["reason"]])
        else:
            return
        # As the frontend does.
        filled = {**self._placeholders, **(result["description_placeholders"] or {})}
        check_filled(plain, markdown, filled)


def issue_keys(hass: HomeAssistant) -> list[str]:
    """Return the kinds of the issues that there are."""
    return sorted(
        str(issue.translation_key)
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == DOMAIN and issue.active
    )
