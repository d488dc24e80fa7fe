"""Strategies of Hypothesis for documents and paths. They have few keys, so that paths find values."""

from hypothesis import strategies as st

from custom_components.oauth2_client.document.paths import Match

_KEYS = st.sampled_from(["id", "a", "b", "it's", "ü"])
_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 2)
    | st.sampled_from([0.0, 1.0, 1.5])
    | st.sampled_from(["", "x", "y", "2026-11-24", "it's"])
)

DOCUMENTS = st.recursive(
    _SCALARS,
    lambda inside: st.lists(inside, max_size=5) | st.dictionaries(_KEYS, inside),
    max_leaves=30,
)
MATCHES = st.builds(
    Match, key=_KEYS, value=st.integers(-2, 2) | st.sampled_from(["", "x", "it's"])
)
SEGMENTS = st.lists(_KEYS | st.integers(-3, 3) | MATCHES, max_size=4)
