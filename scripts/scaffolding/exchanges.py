"""The requests of the tests that are written, and the answers for two accounts."""

from ast import literal_eval
from collections.abc import Iterator, Mapping
import json
from typing import Any, Final

from jwt import encode

from .answers import with_member
from .integration import Integration

_PERSON: Final = "ada"
_OTHER: Final = "grace"
# Signs access tokens whose claims are read. Nobody checks the signature.
_SIGNING_KEY: Final = "0123456789abcdef" * 4


class Exchanges:
    """The exchanges of an integration's tests. Answers are files as the conformance kit reads them."""

    def __init__(self, integration: Integration) -> None:
        self._integration = integration
        account_id = integration.account_id
        # Where the account's id is: in a claim of the access token, or in the token answer.
        self._is_in_claim = bool(account_id and account_id.is_claim)
        self._is_in_token_answer = bool(
            account_id and not account_id.url and not self._is_in_claim
        )

    @property
    def account_id(self) -> str:
        """The unique id of the account."""
        return _PERSON

    @property
    def access_token(self) -> str:
        """An access token, with the account's id in a claim where it is read there."""
        if not self._is_in_claim:
            return "planted-access-token"
        assert self._integration.account_id is not None
        claims = with_member({}, self._integration.account_id.id_path[1:], _PERSON)
        return encode(claims, _SIGNING_KEY, algorithm="HS256")

    @property
    def token_values(self) -> Mapping[str, Any]:
        """Further members of a token answer, which identify the account."""
        return self._token_values_of(_PERSON)

    @property
    def parameter_names(self) -> Mapping[str, str]:
        """The name of the client id in the authorization URL, by its usual name."""
        return {
            "client_id": self._integration.server.parameter_names.get(
                "client_id", "client_id"
            )
        }

    @property
    def requests(self) -> list[tuple[str, str, str]]:
        """Method and URL of each request, and the file of its answer."""
        found = [
            (method, f"https://{host}{path}", _file(method, host, path))
            for method, host, path, _ in self._exchanges()
        ]
        return list(dict.fromkeys(found))

    @property
    def paths(self) -> list[tuple[str, str, str]]:
        """As `requests`, with the URLs that are given to an account of OAuth2 Client."""
        found = [
            (
                each.method,
                literal_eval(each.url),
                _file(each.method, each.host, each.path),
            )
            for each in self._integration.resources
        ]
        return list(dict.fromkeys(found))

    def files(self) -> dict[str, str]:
        """Return the files by their names: answers, and what the kit is to know of the provider."""
        answers: dict[str, Any] = {}
        for method, host, path, answer in self._exchanges():
            name = _file(method, host, path)
            answers[name] = (
                _merged(answers[name], answer) if name in answers else answer
            )
        account_id = self._integration.account_id
        if account_id is not None and account_id.url is not None:
            name = _file(account_id.method, account_id.host, account_id.path)
            own = answers[name]
            answers[name] = with_member(own, account_id.id_path, _PERSON)
            answers[f"other/{name}"] = with_member(own, account_id.id_path, _OTHER)
        if self._is_in_token_answer:
            answers["token.json"] = self._token_values_of(_PERSON)
            answers["other/token.json"] = self._token_values_of(_OTHER)
        if not self._integration.is_account:
            answers["provider.json"] = self._provider()
        return {
            name: json.dumps(answer, indent=2, ensure_ascii=False) + "\n"
            for name, answer in answers.items()
        }

    def _provider(self) -> dict[str, Any]:
        """Return what the kit is to know of the provider: what it lacks, and its own parameter names."""
        server = self._integration.server
        lacks = [] if server.revocation_url else ["revocation"]
        if not server.pkce or server.code_challenge_method == "plain":
            lacks.append("pkce")
        if "redirect_uri" in server.token_parameters:
            lacks.append("redirect_uri")
        lacks += self._only_in_urls()
        names = {**server.token_parameter_names, **server.parameter_names}
        return {"lacks": lacks, **({"names": names} if names else {})}

    def _only_in_urls(self) -> Iterator[str]:
        """Yield what the provider lacks because it takes secrets only in URLs."""
        server, provider = self._integration.server, self._integration.provider
        in_query = any(
            "{client_secret}" in text for text in provider.api_query.values()
        )
        if provider.api_token_query or in_query:
            yield "api_header"
        if (
            server.token_encoding == "query"
            or server.token_method == "GET"
            or server.exchange_url
            or server.renewal_url
        ):
            yield "token_body"

    def _exchanges(self) -> Iterator[tuple[str, str, str, Any]]:
        """Yield method, host, path and answer of each request."""
        for each in self._integration.resources:
            path = each.path.replace("{account_id}", _PERSON)
            yield each.method, each.host, path, each.answer
        account_id = self._integration.account_id
        if account_id is not None and account_id.url is not None:
            answer: Any = {}
            if account_id.name_path:
                answer = with_member(answer, account_id.name_path, "Ada Lovelace")
            answer = with_member(answer, account_id.id_path, _PERSON)
            yield account_id.method, account_id.host, account_id.path, answer

    def _token_values_of(self, person: str) -> Mapping[str, Any]:
        if not self._is_in_token_answer:
            return {}
        assert self._integration.account_id is not None
        values: dict[str, Any] = with_member(
            {}, self._integration.account_id.id_path, person
        )
        return values


def _file(method: str, host: str, path: str) -> str:
    """Return where the kit looks for the answer of a request."""
    name = f"{host}/{path.strip('/') or 'index'}"
    return f"{name}.json" if method == "GET" else f"{name}.post.json"


def _merged(one: Any, other: Any) -> Any:
    """Return an answer that serves two requests which differ in their query or body."""
    if isinstance(one, list) and isinstance(other, list):
        merged = [_merged(*pair) for pair in zip(one, other, strict=False)]
        others = [
            right
            for left, right in zip(one, other, strict=False)
            if _differ(left, right)
        ]
        return [*merged, *one[len(merged) :], *other[len(merged) :], *others]
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return one
    both = {key: _merged(one[key], other[key]) for key in one.keys() & other.keys()}
    return {**other, **one, **both}


def _differ(one: Any, other: Any) -> bool:
    """Return whether elements of lists are of two kinds: a text of theirs, such as the type, differs."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    shared = one.keys() & other.keys()
    return any(isinstance(one[key], str) and one[key] != other[key] for key in shared)
