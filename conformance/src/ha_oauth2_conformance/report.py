"""The verdicts as lines, as a table and as a badge."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

from .verdict import Severity, Verdict

_COLOURS: Final = {"held": "#4c1", "should": "#a4a61d", "must": "#e05d44"}


def line(verdict: Verdict) -> str:
    """Return a verdict for the terminal."""
    check = verdict.check
    text = f"{verdict.integration} {check.severity.name.lower():6} {verdict.outcome:11} {check.name}"
    return f"{text}: {verdict.seen}" if verdict.seen else text


def markdown(verdicts: Sequence[Verdict]) -> str:
    """Return a report: a table for each integration, and what to do where a check failed."""
    parts = ["# Conformance of OAuth2", ""]
    for domain in dict.fromkeys(verdict.integration for verdict in verdicts):
        own = [verdict for verdict in verdicts if verdict.integration == domain]
        parts += [f"## {domain}", "", summary(own), ""]
        parts += ["| check | severity | outcome | seen |", "| --- | --- | --- | --- |"]
        parts += [
            f"| {verdict.check.name} | {verdict.check.severity.name.lower()}"
            f" | {verdict.outcome} | {_cell(verdict.seen)} |"
            for verdict in own
        ]
        failed = [verdict for verdict in own if verdict.outcome == "failed"]
        if failed:
            parts += ["", "What to do:", ""]
            parts += [
                f"- **{verdict.check.name}**: {verdict.check.promise} {verdict.check.advice}"
                for verdict in failed
            ]
        parts.append("")
    return "\n".join(parts)


def summary(verdicts: Iterable[Verdict]) -> str:
    """Return how many checks of each severity hold."""
    counts = []
    judged = list(verdicts)
    for severity in Severity:
        own = [verdict for verdict in judged if verdict.check.severity is severity]
        held = sum(verdict.outcome == "held" for verdict in own)
        made = sum(verdict.outcome != "not reached" for verdict in own)
        counts.append(f"{severity.name.lower()} {held} of {made}")
    unreached = sum(verdict.outcome == "not reached" for verdict in judged)
    return f"{', '.join(counts)}; not reached {unreached}"


def badge(verdicts: Sequence[Verdict]) -> str:
    """Return an SVG that says how much is held."""
    failed = {v.check.severity for v in verdicts if v.outcome == "failed"}
    if Severity.MUST in failed:
        text, colour = "fails", _COLOURS["must"]
    elif Severity.SHOULD in failed:
        text, colour = "must", _COLOURS["should"]
    else:
        text, colour = "must and should", _COLOURS["held"]
    label = "OAuth2 conformance"
    left, right = 7 * len(label) + 10, 7 * len(text) + 10
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20"'
        f' role="img" aria-label="{escape(label)}: {escape(text)}">'
        f'<rect width="{left}" height="20" fill="#555"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/>'
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,sans-serif" font-size="11">'
        f'<text x="{left / 2}" y="14">{escape(label)}</text>'
        f'<text x="{left + right / 2}" y="14">{escape(text)}</text></g></svg>\n'
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
