"""Whether what was sold fits what a laboratory found: the same, a trace or relative, not looked for, or not there.

A laboratory's "not detected" speaks against; silence about a substance says nothing. Source:
``related_substances.toml``.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

from crossbearing.reference.folding import folded
from crossbearing.reference.substances import group_of, substances_in

_PRESENT: Final = frozenset({"present", "positive", "detected", "confirmed"})
_ABSENT: Final = frozenset({"not detected", "negative", "absent", "none detected", "not present"})


class Fit(StrEnum):
    """How what was sold fits what was found, best first."""

    MATCH = "match"
    COMPATIBLE = "compatible"
    NOT_TESTED = "not tested"
    NOT_KNOWN = "not known"
    INCOMPATIBLE = "incompatible"


@dataclass(frozen=True, slots=True)
class Screen:
    """What the laboratories say of one case, in our names.

    Attributes:
        present: Found.
        absent: Looked for and not found in any specimen.
    """

    present: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()


def screen_of(results: Iterable[tuple[str | None, str | None]]) -> Screen:
    """The screen that pairs of substance and result make; whatever says neither yes nor no is not tested."""
    present, absent = set(), set()
    for substance, result in results:
        said = " ".join(folded(result or "").split())
        if said in _PRESENT:
            present.add(substance_called(substance or ""))
        elif said in _ABSENT:
            absent.add(substance_called(substance or ""))
    return Screen(frozenset(present), frozenset(absent - present))


@lru_cache(maxsize=1 << 12)
def substance_called(name: str) -> str:
    """Our name of a substance as a laboratory writes it; its own where we have none."""
    plain = " ".join(folded(name).split())
    plain = str(_lists()["same_as"].get(plain, plain))
    if plain in _traces() or plain in _all_traces():
        return plain
    found = substances_in(name)
    # A name that says only what group it is of is not the same as another one of that group.
    return found[0].substance if found and found[0].substance != found[0].group else plain


def fit_of(sold: Iterable[str], screen: Screen) -> Fit:
    """How the substances that one advert names fit a screen; the best of them counts.

    Args:
        sold: Our names; empty if the advert names none, which is not known and speaks neither way.
        screen: What was found and what was not.
    """
    fits = {_fit(one, screen) for one in sold}
    return next((fit for fit in Fit if fit in fits), Fit.NOT_KNOWN)


def _fit(sold: str, screen: Screen) -> Fit:
    traces = _traces().get(sold, frozenset())
    if sold in screen.present:
        return Fit.MATCH
    own = {trace for trace in traces & screen.present if _makers()[trace] == {sold}}
    if own:
        return Fit.MATCH
    group = _group(sold)
    relatives = {one for one in screen.present if _may_stand_for(group, _group(one))}
    if relatives or traces & screen.present:
        return Fit.COMPATIBLE
    return Fit.INCOMPATIBLE if sold in screen.absent else Fit.NOT_TESTED


@lru_cache(maxsize=1 << 12)
def _group(name: str) -> str | None:
    """The group of a substance, or of what the end of its name makes it."""
    found = group_of(name)
    if found is None and (read := substances_in(name)):
        return read[0].group
    return found


def _may_stand_for(sold: str | None, found: str | None) -> bool:
    return any(sold in one["sold"] and found in one["found"] for one in _lists()["replaced"])


@cache
def _traces() -> Mapping[str, frozenset[str]]:
    return {name: frozenset(traces) for name, traces in _lists()["traces"].items()}


@cache
def _all_traces() -> frozenset[str]:
    return frozenset().union(*_traces().values())


@cache
def _makers() -> Mapping[str, set[str]]:
    """Substances that may have left each trace; a substance that is sold itself is its own."""
    makers: dict[str, set[str]] = {}
    for name, traces in _traces().items():
        for trace in traces:
            makers.setdefault(trace, {trace} if group_of(trace) else set()).add(name)
    return makers


@cache
def _lists() -> dict[str, Any]:
    path = resources.files("crossbearing.reference") / "related_substances.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))
