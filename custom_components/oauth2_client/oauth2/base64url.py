"""Base64 for URLs, without padding (RFC 7515, 2)."""

from base64 import urlsafe_b64encode


def base64url(content: bytes) -> str:
    """Return bytes in base64url."""
    return urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
