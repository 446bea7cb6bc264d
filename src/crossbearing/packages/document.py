"""The package of one country as one document: JSON with a published schema, from which the page is made.

Every figure has a number; under that number the document says how it was computed and names every
source row. Nothing in it depends on the day it is built, so the same records give the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from crossbearing.domain.exhibit import Exhibit
from crossbearing.domain.labels import HANDLING_MEANING, Label
from crossbearing.packages.gather import SubjectFacts
from crossbearing.packages.subject_page import described
from crossbearing.presentation.text import day, moment, plural, seized
from crossbearing.reference.countries import country_name, in_sentence

SCHEMA: Final = "crossbearing/package/1"


@dataclass(slots=True)
class Figures:
    """The numbered figures of one document, each with its rows."""

    entries: list[dict[str, Any]] = field(default_factory=list)

    def add(self, value: str, says: str, how: str, places: Sequence[str]) -> dict[str, Any]:
        """Number a figure; gives the value with its number, to be shown where it is said."""
        number = len(self.entries) + 1
        rows = sorted(set(places))
        self.entries.append(
            {
                "number": number,
                "value": value,
                "says": says,
                "how": how,
                "source_rows": len(rows),
                "rows": rows,
            }
        )
        return {"value": value, "figure": number}


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a package says of itself."""

    operation: str
    coordinator: str
    package_id: str
    country: str
    label: Label
    is_simulated: bool
    hidden_tables: int = 0


def build_document(
    header: Header, subjects: Sequence[SubjectFacts], exhibits: Mapping[str, Exhibit], software: str
) -> dict[str, Any]:
    """The document without version and date, which the register adds.

    Args:
        header: What the package says of itself.
        subjects: The country's subjects, by rank.
        exhibits: Exhibits that the subjects' rows come from, by id.
        software: Name and version of what made it.
    """
    figures = Figures()
    why = _why(subjects, header.country, figures)  # first, so that notes are numbered in reading order
    pages = [described(facts, figures, header.country) for facts in subjects]
    return {
        "schema": SCHEMA,
        "package_id": header.package_id,
        "operation": header.operation,
        "originator": header.coordinator,
        "recipient": {"country": header.country, "name": in_sentence(header.country)},
        "is_simulated": header.is_simulated,
        "software": software,
        "handling": _handling(header.label),
        "newest_record_at": moment(max((f.target["last_active_at"] for f in subjects), default=None)),
        "why": why,
        "last_active": _last_active(pages),
        "expires_first": _expires_first(subjects),
        "do_first": _do_first(subjects, header),
        "unproven": _unproven(subjects, exhibits, header.country),
        "rules": _RULES,
        "subjects": pages,
        "figures": figures.entries,
        "provenance": [_provenance(exhibit) for exhibit in exhibits.values()],
        "law": _law(header.label),
        "deconfliction": _DECONFLICTION,
        "feedback": list(_FEEDBACK),
    }


_RULES: Final = {
    "routing": "A subject is sent to a country if at least half of its adverts with a readable origin name that "
    "country (rule: main origin), or at least a fifth and at least three of them (rule: further origin).",
    "ranking": "Points decide the order and nothing else. Lethality 40 if an advert title names fentanyl or a "
    "nitazene, 25 if another opioid; volume 10, 20, 30 from 10, 100, 1 000 recorded sales; recency 20, 10, 5 if "
    "last active within 30, 90, 365 days of the market's newest record; reach 5 for each market, at most 10. "
    "Ties: more sales first. Nothing about any person enters.",
    "proposals": "Software proposes that two accounts have one operator if both own profiles show one key whose "
    "checksum fits, which at most 5 accounts and no staff show, and nothing recorded speaks against it. Everything "
    "else is a lead. Only a named person joins accounts, and can undo it.",
    "value": "Sales are valued in euro at the bitcoin price of their day; a sale without a rate has no value and is "
    "counted apart.",
}
_DECONFLICTION: Final = (
    "Not run in this version: identifiers were not compared with other agencies' cases. Check your own before acting."
)
_CHANNEL: Final = (
    "As intelligence only. For use as evidence, ask the owner through the channel that binds you both, such as a "
    "European Investigation Order, mutual legal assistance, or a joint team's agreement."
)
_FEEDBACK: Final = (
    "accept", "decline", "already known", "more information wanted", "later: arrests, searches, seizures, charges",
)  # fmt: skip


def _handling(label: Label) -> dict[str, Any]:
    return {
        "code": label.handling,
        "tlp": label.tlp,
        "owners": sorted(label.owners),
        "authorities": sorted(label.authorities),
        "review_on": label.review_on,
        "meaning": HANDLING_MEANING[label.handling],
    }


def _why(subjects: Sequence[SubjectFacts], country: str, figures: Figures) -> dict[str, Any]:
    name = in_sentence(country)
    stated = sum(f.target["listings_from_country"] for f in subjects)
    readable = sum(f.target["listings_with_origin"] for f in subjects)
    adverts = figures.add(
        f"{stated} of {readable}",
        f"adverts with a readable origin that name {name}",
        "Adverts of the subjects in this package whose 'ships from' names one country, and those of them that name "
        "this one. Table target_route.",
        [place for f in subjects for place in f.target["places"]],
    )
    return {
        "text": f"By what their own adverts say, {plural(len(subjects), 'seller')} in this package "
        f"{'ships' if len(subjects) == 1 else 'ship'} from {name}.",
        "adverts": adverts,
        "caution": "An advert is a claim: no parcel, address or device in this package confirms it.",
    }


def _last_active(pages: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    newest = sorted(pages, key=lambda page: str(page["last_active_at"]), reverse=True)
    return [
        {"subject_id": page["subject_id"], "title": page["title"], "at": page["last_active_at"]} for page in newest[:3]
    ]


def _expires_first(subjects: Sequence[SubjectFacts]) -> str:
    last = max((f.target["last_sale_at"] for f in subjects if f.target["last_sale_at"]), default=None)
    if last is None:
        return "Not known: no sale is on record, so there is no date from which a provider's retention would run."
    return (
        f"Not known exactly: retention periods of your postal services, exchanges and hosts are not in our records. "
        f"The newest sale is of {day(last)}; logs and parcel records of that time go first, so ask for preservation "
        f"before anything else."
    )


def _do_first(subjects: Sequence[SubjectFacts], header: Header) -> list[str]:
    first = subjects[0].target
    lethal = [f.target["subject_id"] for f in subjects if f.target["names_lethal_opioid"]]
    shared = sorted({r["country"] for f in subjects for r in f.other_routes} - {header.country})
    proposals = {p["pair_id"] for f in subjects for p in f.pairs if p["tier"] == "proposal" and p["verdict"] is None}
    others = f"; {', '.join(map(country_name, shared))} hold packages on some of the same subjects" if shared else ""
    steps = [
        f"Check the handles and keys below against your own cases before you contact anyone{others}.",
        "Ask postal services, exchanges and hosts to preserve records for the subjects you take on, newest first.",
        f"Begin with {first['subject_id']} ({_handles(subjects[0])}), first of {len(subjects)} by the stated rule.",
    ]
    if lethal:
        steps.append(
            f"Tell your public-health contact that adverts of {plural(len(lethal), 'subject')} name fentanyl or a "
            f"nitazene: {', '.join(lethal[:4])}{' and others' if len(lethal) > 4 else ''}. "  # noqa: PLR2004
            f"Handle any parcel from them as lethal."
        )
    if proposals:
        steps.append(
            f"Do not treat proposed links as found: {plural(len(proposals), 'proposal')} in this package await a "
            f"judgement."
        )
    steps.append("Answer with the form at the end: accept, decline, already known, or more information wanted.")
    return steps


def _handles(facts: SubjectFacts) -> str:
    return ", ".join(f"{seized(account['handle'], limit=40)} on {account['market']}" for account in facts.accounts[:3])


def _unproven(subjects: Sequence[SubjectFacts], exhibits: Mapping[str, Exhibit], country: str) -> list[str]:
    proposals = {p["pair_id"] for f in subjects for p in f.pairs if p["tier"] == "proposal" and p["verdict"] is None}
    leads = {p["pair_id"] for f in subjects for p in f.pairs if p["tier"] == "lead" and p["verdict"] is None}
    without_sales = [f for f in subjects if f.sales is None]
    clocks = sorted({e.clock for e in exhibits.values()})
    points = [
        "Who runs any of these accounts. Nobody in this package is identified.",
        f"That anything was posted from {in_sentence(country)}: origins are the sellers' own words.",
        "What the products contained. No laboratory result is on record.",
    ]
    if proposals:
        said = plural(len(proposals), "proposed link")
        points.append(f"{said} between accounts: strong signs, but no person has judged them yet.")
    if leads:
        points.append(
            f"{plural(len(leads), 'lead')} between accounts: weak signs, such as an equal name. Never enough alone."
        )
    if without_sales:
        points.append(
            f"Whether {plural(len(without_sales), 'subject')} sold anything at all: only pages were captured."
        )
    if "not asserted" in clocks:
        points.append("The clocks: for some exhibits nobody asserted how far the server's clock was from UTC.")
    return points


def _provenance(exhibit: Exhibit) -> dict[str, Any]:
    return {
        "exhibit_id": exhibit.exhibit_id,
        "name": exhibit.name,
        "sha256": exhibit.sha256,
        "size_bytes": exhibit.size_bytes,
        "market": exhibit.market,
        "authority": exhibit.authority,
        "owners": sorted(exhibit.label.owners),
        "handling": exhibit.label.handling,
        "tlp": exhibit.label.tlp,
        "profile": exhibit.profile,
        "clock": exhibit.clock,
        "is_simulated": exhibit.is_simulated,
        "rows_in": sum(part.rows_in for part in exhibit.parts),
        "rows_out": sum(part.rows_out for part in exhibit.parts),
        "rows_refused": sum(part.rows_refused for part in exhibit.parts),
    }


def _law(label: Label) -> list[str]:
    owners = ", ".join(sorted(label.owners)) or "not known"
    lines = [
        f"{label.handling}: {HANDLING_MEANING[label.handling]} Owner: {owners}.",
        f"TLP:{label.tlp}.",
        _CHANNEL,
    ]
    if label.handling not in {"H0", "H1"}:
        lines.append("Do not pass it on, inside or outside your country, before the owner has agreed.")
    return lines
