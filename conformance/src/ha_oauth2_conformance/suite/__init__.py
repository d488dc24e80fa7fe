"""The checks. To import this is to register them, in the order in which they are reported."""

from . import (  # noqa: F401  # each registers its checks
    conduct,
    identity,
    life,
    platform,
    reauth,
    reconfigure,
    renewal,
    renewal_answers,
    running,
    secrecy,
    sign_in,
    sign_in_answers,
)
