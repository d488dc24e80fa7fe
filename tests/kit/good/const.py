"""Names that several modules share."""

from typing import Final

DOMAIN: Final = "good"
AUTHORIZE_URL: Final = "https://auth.good.example/authorize"
TOKEN_URL: Final = "https://auth.good.example/token"
REVOKE_URL: Final = "https://auth.good.example/revoke"
ME_URL: Final = "https://api.good.example/me"
