"""The package of one country as one document: JSON with a published schema, from which the page is made.

Every figure has a number; under that number the document says how it was computed and names every
source row. Nothing in it depends on the day it is built, so the same records give the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from crossbearing.domain.exhibit import Exhibit
from crossbearing.domain.labels import HANDLING_MEANING, TLP_MEANING, Label, inherit
from crossbearing.packages.admissibility import summed_up, uses_of
from crossbearing.packages.deconfliction import deconfliction_of
from crossbearing.packages.further import NOTHING, Further, first_to_expire
from crossbearing.packages.gather import OPEN, SubjectFacts
from crossbearing.packages.heading import heading_of, risks_of
from crossbearing.packages.money import money_of, shown_by
from crossbearing.packages.subject_page import described
from crossbearing.packages.wording import ANSWERS, BUYERS, CHANNEL, RULES, WITHHELD
from crossbearing.presentation.text import day, moment, number, plural, seized
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


def build_document(
    header: Header,
    subjects: Sequence[SubjectFacts],
    exhibits: Mapping[str, Exhibit],
    refusals: Mapping[str, Sequence[str]],
    software: str,
    further: Mapping[str, Further] | None = None,
    *,
    is_deconflicted: bool = False,
) -> dict[str, Any]:
    """The document without version and date, which the register adds.

    Args:
        header: What the package says of itself.
        subjects: The country's subjects, by rank.
        exhibits: Exhibits that the subjects' rows come from, by id.
        refusals: Why rows of an exhibit were refused, by exhibit id.
        software: Name and version of what made it.
        further: What other features let it tell, by subject.
        is_deconflicted: Everything that stands was compared with what agencies handed in.
    """
    told = further or {}
    figures = Figures()
    why = _why(subjects, header.country, figures)  # first, so that notes are numbered in reading order
    pages = [_page(facts, figures, header, exhibits, told) for facts in subjects]
    newest = max((f.target["last_seen_at"] for f in subjects if f.target["last_seen_at"]), default=None)
    return {
        "schema": SCHEMA,
        "package_id": header.package_id,
        "operation": header.operation,
        "originator": header.coordinator,
        "recipient": {"country": header.country, "name": in_sentence(header.country)},
        "is_simulated": header.is_simulated,
        "software": software,
        "handling": _handling(header.label),
        "newest_record_on": None if newest is None else day(newest),
        "heading": heading_of(header.coordinator, header.package_id, header.label, subjects, told),
        "sources": _sources(exhibits),
        "why": why,
        "last_active": _last_active(subjects),
        "expires_first": _expires_first(subjects, told),
        "do_first": _do_first(subjects, header),
        "unproven": _unproven(subjects, exhibits, header.country, told, is_deconflicted=is_deconflicted),
        "rules": RULES,
        "risks": risks_of(subjects),
        "subjects": pages,
        "figures": figures.entries,
        "provenance": [_provenance(e, refusals.get(e.exhibit_id, ())) for e in exhibits.values()],
        "law": _law(header.label, [exhibit.label for exhibit in exhibits.values()]),
        "uses": uses_of(exhibits),
        "uses_in_short": summed_up(exhibit.label for exhibit in exhibits.values()),
        "withheld": WITHHELD,
        "buyers": BUYERS,
        "deconfliction": deconfliction_of(_elsewhere(subjects, header.country), is_run=is_deconflicted),
        "feedback": list(ANSWERS),
    }


def _page(
    facts: SubjectFacts, figures: Figures, header: Header, exhibits: Mapping[str, Exhibit], told: Mapping[str, Further]
) -> dict[str, Any]:
    """One subject, with its own marking."""
    said = told.get(facts.target["subject_id"], NOTHING)
    return {
        **described(facts, figures, header.country, said),
        "shown": shown_by(facts, figures),
        "money": money_of(facts, figures),
        "handling": _code(facts, said, exhibits),
    }


def _elsewhere(subjects: Sequence[SubjectFacts], country: str) -> list[str]:
    """Other countries that receive some of the same subjects."""
    return sorted({row["country"] for facts in subjects for row in facts.other_routes} - {country})


def _handling(label: Label) -> dict[str, Any]:
    return {
        "code": label.handling,
        "tlp": label.tlp,
        "owners": sorted(label.owners),
        "authorities": sorted(label.authorities),
        "review_on": label.review_on,
        "meaning": HANDLING_MEANING[label.handling],
        "tlp_meaning": TLP_MEANING[label.tlp],
    }


def _code(facts: SubjectFacts, said: Further, exhibits: Mapping[str, Exhibit]) -> str:
    """The subject's own marking, which may be milder than the whole package's."""
    label = inherit(exhibits[exhibit_id].label for exhibit_id in facts.exhibit_ids | said.exhibit_ids)
    return f"{label.handling} TLP:{label.tlp}"


def _sources(exhibits: Mapping[str, Exhibit]) -> str:
    """The markets in words: which was seized, which only captured."""
    kinds = sorted({(exhibit.market, exhibit.source) for exhibit in exhibits.values() if exhibit.market})
    return "; ".join(f"{seized(market)}: {kind}" for market, kind in kinds)


def _why(subjects: Sequence[SubjectFacts], country: str, figures: Figures) -> dict[str, Any]:
    name = in_sentence(country)
    stated = sum(f.target["listings_from_country"] for f in subjects)
    readable = sum(f.target["listings_with_origin"] for f in subjects)
    accounts = sum(len(f.accounts) for f in subjects)
    adverts = figures.add(
        f"{number(stated)} of {number(readable)}",
        f"adverts with a readable origin that give {name}",
        "Adverts of the subjects in this package whose 'ships from' names one country, and those of them that name "
        "this one. Table target_route.",
        [place for f in subjects for place in f.target["places"]],
    )
    by_hand = sum(f.target["route_rule"] == "person" for f in subjects)
    sent = f"{plural(by_hand, 'subject')} of them a person sent here; the reason stands with each. " if by_hand else ""
    own = f"Their own adverts say that the goods ship from {name}. " if by_hand < len(subjects) else ""
    return {
        "text": f"{own}{sent}A subject is one account, or several that a "
        f"person judged to be one operator; it is not a person.",
        "accounts": accounts,
        "adverts": adverts,
        "caution": "An advert is a claim: no parcel, address or device in this package confirms it.",
    }


def _last_active(subjects: Sequence[SubjectFacts]) -> list[dict[str, Any]]:
    known = [f for f in subjects if f.target["last_active_at"]]
    newest = sorted(known, key=lambda f: f.target["last_active_at"], reverse=True)
    return [
        {"subject_id": f.target["subject_id"], "handles": _handles(f), "at": moment(f.target["last_active_at"])}
        for f in newest[:3]
    ]


def _expires_first(subjects: Sequence[SubjectFacts], told: Mapping[str, Further]) -> str:
    if first := first_to_expire(sorted(told.items())):
        subject, request = first
        return (
            f"What a {seized(request['to'])} holds on {subject}: {request['holds']}. It may be gone from "
            f"{request['gone_on']} on, {request['days']} days after {request['after']}. {request['note']} "
            f"The list on each subject's page says whom to ask, and what may be gone first."
        )
    last = max((f.target["last_sale_at"] for f in subjects if f.target["last_sale_at"]), default=None)
    if last is None:
        return "Not known: no order is on record, so there is no date from which anybody's retention would run."
    return (
        f"Not known: how long your postal services, exchanges and hosts keep records is not in ours. The newest order "
        f"is of {day(last)}; what they keep from before that day may be gone."
    )


def _do_first(subjects: Sequence[SubjectFacts], header: Header) -> list[str]:
    first = subjects[0]
    lethal = [f for f in subjects if f.target["names_lethal_opioid"]]
    shared = _elsewhere(subjects, header.country)
    proposals = _open_pairs(subjects, "proposal")
    others = f" {', '.join(map(country_name, shared))} hold some of the same subjects." if shared else ""
    steps = [
        f"Compare the check list on the next page with your own cases before you contact anyone about it.{others}",
        "Have records preserved before they are gone: each subject's page says whom to ask, and by which letter. This "
        "package itself holds no parcel number, IP address or postal address. Ask the owner before a private body sees "
        "it.",
        f"Begin with {first.target['subject_id']} ({_handles(first)}): first of {len(subjects)} by the rule, with "
        f"{first.target['rank_points']} points.",
    ]
    if lethal:
        words = sorted(
            {s["substance"] for f in lethal for s in f.substances if s["substance_group"] == "lethal opioid"}
        )
        names = ", ".join(f"{f.target['subject_id']} ({_handles(f)})" for f in lethal[:4])
        steps.insert(
            0,
            f"Warn whoever may open parcels, and your public-health contact, that {' and '.join(words)} is on offer, "
            f"without naming accounts: adverts of {names}{' and others' if len(lethal) > 4 else ''}.",  # noqa: PLR2004
        )
    if proposals:
        steps.append(
            f"Leave proposed links alone until a person has judged them: {plural(len(proposals), 'proposal')} open."
        )
    steps.append("Answer with the form at the end.")
    return steps


def _open_pairs(subjects: Sequence[SubjectFacts], tier: str) -> set[str]:
    """Pairs that nobody judged the same or different: without an answer, unsure, or withdrawn."""
    return {p["pair_id"] for f in subjects for p in f.pairs if p["tier"] == tier and p["verdict"] in OPEN}


def _handles(facts: SubjectFacts) -> str:
    return ", ".join(
        f"{seized(account['handle'], limit=40)} on {seized(account['market'])}" for account in facts.accounts[:3]
    )


def _unproven(
    subjects: Sequence[SubjectFacts], exhibits: Mapping[str, Exhibit], country: str, told: Mapping[str, Further], *,
    is_deconflicted: bool,
) -> list[str]:  # fmt: skip
    counted = (("proposal", "proposal"), ("imitation", "possible imitation"), ("lead", "lead"))
    without_sales = [f for f in subjects if f.sales is None]
    without_substance = [f for f in subjects if not f.substances]
    clocks = sorted({seized(e.market) for e in exhibits.values() if e.clock == "not asserted" and e.market})
    joined = [row["judged_by"] for f in subjects for row in f.judged]
    open_links = [plural(len(found), word) for tier, word in counted if (found := _open_pairs(subjects, tier))]
    points = [
        _identified(told),
        f"That anything was posted from {in_sentence(country)}.",
        "What the products contained: no laboratory result is on record.",
        "Whether another agency works on these subjects: "
        + ("only what agencies handed in was compared." if is_deconflicted else "deconfliction was not run."),
    ]
    checks = (
        (
            without_sales,
            f"Whether {plural(len(without_sales), 'subject')} sold anything: no order of theirs is on record.",
        ),
        (
            without_substance,
            f"What {plural(len(without_substance), 'subject')} sold: no advert title holds a word we recognise.",
        ),
        (
            joined,
            f"That joined accounts are one hand: {plural(len(joined), 'judgement')}, by "
            f"{seized(', '.join(sorted(set(joined))))}; each can be undone.",
        ),
        (
            open_links,
            f"{' and '.join(open_links)} that more accounts are one hand; two subjects here may be one.",
        ),
        (clocks, f"The clock behind {', '.join(clocks)}: nobody asserted how far it was from UTC."),
    )
    return points + [text for applies, text in checks if applies]


def _identified(told: Mapping[str, Further]) -> str:
    states = [one.status for one in told.values()]
    counts = [
        f"{plural(states.count(state), 'subject')} with a {state} person"
        for state in ("confirmed", "candidate", "disputed")
        if state in states
    ]
    if not counts:
        return "Who runs any of these accounts. Nobody is identified."
    return (
        f"Who runs the accounts, but for {', '.join(counts)}: judged by named people, and told here without who it is. "
        "Ask the originator; a candidate is not confirmed."
    )


def _provenance(exhibit: Exhibit, refusals: Sequence[str]) -> dict[str, Any]:
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
        "refusals": list(refusals),
    }


def _law(label: Label, parts: Sequence[Label]) -> list[str]:
    owners = ", ".join(sorted(label.owners)) or "not known"
    lines = [
        f"The package as a whole is {label.handling} TLP:{label.tlp}, the strictest of its parts. Owners: {owners}.",
        *(f"{code}: {HANDLING_MEANING[code]}" for code in sorted({part.handling for part in parts})),
        *(f"TLP:{code}: {TLP_MEANING[code]}" for code in sorted({part.tlp for part in parts})),
        CHANNEL,
    ]
    if label.handling not in {"H0", "H1"}:
        lines.append("Do not pass it on, inside or outside your country, before the owner has agreed.")
    return lines
