"""The twelve parts of a package, and what of them is missing; "not known" is said, and so is not missing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that a mandatory part lacks."""

    part: int
    name: str
    what: str

    def __str__(self) -> str:
        """Number, name and what is missing."""
        return f"part {self.part}, {self.name}: {self.what}"


def missing_in(document: Document) -> list[Missing]:
    """What is missing, by part; a package of which anything is missing cannot be sent."""
    return [Missing(part, name, what) for part, (name, lacks) in PARTS.items() for what in lacks(document)]


def _named(holder: Any, where: str, *names: str) -> Iterator[str]:
    """Texts, numbers and lists that must be there and say something."""
    for name in names:
        if not isinstance(holder, Mapping) or holder.get(name) in (None, "", [], {}):
            yield f"{where} {name.replace('_', ' ')}".strip()


def _there(holder: Any, where: str, *names: str) -> Iterator[str]:
    """Lists and figures that must be there and may be empty."""
    for name in names:
        if not isinstance(holder, Mapping) or name not in holder:
            yield f"{where} {name.replace('_', ' ')}".strip()


def _subjects(document: Document) -> list[tuple[str, Mapping[str, Any]]]:
    return [(str(one.get("subject_id", "a subject")), one) for one in document.get("subjects") or ()]


def _each(lacks: Callable[[Any, str], Iterator[str]]) -> Callable[[Document], Iterator[str]]:
    def of_all(document: Document) -> Iterator[str]:
        for name, one in _subjects(document):
            yield from lacks(one, name)

    return of_all


def _header(document: Document) -> Iterator[str]:
    yield from _named(document, "", "package_id", "operation", "originator")
    yield from _named(document.get("recipient"), "recipient", "country")
    wanted = ("purpose", "offence", "urgency", "urgency_why", "contact", "permitted_uses", "review_on")
    yield from _named(document.get("heading"), "heading", *wanted)
    yield from _named(document.get("handling"), "handling", "code", "tlp", "review_on", "meaning")


def _subject_set(document: Document) -> Iterator[str]:
    yield from _named(document, "", "subjects")
    for name, one in _subjects(document):
        yield from _named(one, name, "accounts", "status")
        yield from _there(one, name, "persons")
        if one.get("status") not in (None, "unidentified") and not one.get("persons"):
            yield f"{name} the judgements behind its status"


def _why(document: Document) -> Iterator[str]:
    yield from _named(document.get("why"), "why", "text", "caution")
    for name, one in _subjects(document):
        route = one.get("route")
        yield from _named(route, f"{name} route", "rule")
        if isinstance(route, Mapping) and route.get("rule") == "person":
            yield from _named(route, f"{name} route", "reason", "by")


def _identifiers(one: Any, name: str) -> Iterator[str]:
    yield from _there(one, name, "keys", "shown")
    for account in one.get("accounts") or ():
        yield from _named(account, f"{name} account", "account_id", "market", "exhibits")


def _activity(one: Any, name: str) -> Iterator[str]:
    yield from _there(one, name, "orders", "value", "months", "substances", "names_lethal_opioid", "supply", "money")
    yield from _named(one, name, "last_active_at", "last_seen_on")


def _reasoning(one: Any, name: str) -> Iterator[str]:
    yield from _there(one, name, "known", "proposed", "against")
    yield from _named(one, name, "not_known")


def _provenance(document: Document) -> Iterator[str]:
    yield from _named(document, "", "provenance", "software")
    known = {one.get("exhibit_id"): one for one in document.get("provenance") or ()}
    for exhibit_id, one in known.items():
        yield from _named(one, f"exhibit {exhibit_id}", "authority", "sha256", "profile")
    used = {row.partition("|")[0] for figure in document.get("figures") or () for row in figure["rows"]}
    used |= {
        name
        for _, one in _subjects(document)
        for account in one.get("accounts") or ()
        for name in account.get("exhibits") or ()
    }
    yield from (f"exhibit {name}, from which rows are shown" for name in sorted(used - known.keys()))


def _law(document: Document) -> Iterator[str]:
    yield from _named(document, "", "law", "uses", "uses_in_short")
    told = {one.get("exhibit_id") for one in document.get("uses") or ()}
    known = {one.get("exhibit_id") for one in document.get("provenance") or ()}
    yield from (f"how exhibit {name} may be used" for name in sorted(map(str, known - told)))


def _deconfliction(document: Document) -> Iterator[str]:
    yield from _named(document.get("deconfliction"), "deconfliction", "state", "text")


def _next(document: Document) -> Iterator[str]:
    yield from _named(document, "", "do_first", "expires_first")
    for name, one in _subjects(document):
        yield from _there(one, name, "requests")


def _risk(document: Document) -> Iterator[str]:
    yield from _named(document, "", "risks")
    for one in document.get("risks") or ():
        yield from _named(one, "risk", "what", "state", "text")


def _form(document: Document) -> Iterator[str]:
    yield from _named(document, "", "feedback")


PARTS: Final[Mapping[int, tuple[str, Callable[[Document], Iterator[str]]]]] = {
    1: ("header", _header),
    2: ("subject set", _subject_set),
    3: ("why this recipient", _why),
    4: ("identifiers", _each(_identifiers)),
    5: ("activity", _each(_activity)),
    6: ("reasoning", _each(_reasoning)),
    7: ("provenance", _provenance),
    8: ("law", _law),
    9: ("deconfliction", _deconfliction),
    10: ("next lawful steps", _next),
    11: ("risk", _risk),
    12: ("feedback form", _form),
}
