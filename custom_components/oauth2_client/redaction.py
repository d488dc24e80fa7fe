"""An answer without what was sent for it: an API may echo its caller's secrets."""

from collections.abc import Set as AbstractSet
from typing import Any, Final

_REDACTED: Final = "**redacted**"


def without_secrets(answer: Any, secrets: AbstractSet[str]) -> Any:
    """Return a document with the secrets replaced wherever they occur in its texts."""
    match answer:
        case str():
            for secret in secrets:
                answer = answer.replace(secret, _REDACTED)
            return answer
        case list():
            return [without_secrets(item, secrets) for item in answer]
        case dict():
            return {
                without_secrets(key, secrets): without_secrets(item, secrets)
                for key, item in answer.items()
            }
    return answer
