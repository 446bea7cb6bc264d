"""What people decide about outcomes: how a campaign counts, which cases are sealed, which figures were frozen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from crossbearing.domain.act import ActKind, Entry

OUTCOME_ACTS: Final = (
    ActKind.OUTCOME_BASIS_STATED, ActKind.CASE_SEALED, ActKind.CASE_UNSEALED, ActKind.RESULTS_FROZEN,
)  # fmt: skip
ATTRIBUTION: Final = ("credit", "place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """How a campaign counts, or one country within it.

    Attributes:
        country: Code of the country that this holds for; empty for the whole campaign.
        begins_on: Day on which the operation began.
        seized_on: Day on which the evidence it rests on was seized.
        counted_from: First day that counts; what happened before is left out. None for no limit.
        counted_until: Last day that counts.
        attribution: "credit": the country that reports an event counts it; "place": the one where it happened.
        words: The rule in words, as it is announced.
    """

    campaign: str
    country: str = ""
    begins_on: date | None = None
    seized_on: date | None = None
    counted_from: date | None = None
    counted_until: date | None = None
    attribution: str = "credit"
    words: str = ""

    @property
    def in_words(self) -> str:
        """As it stands beside every total."""
        days = (
            ("operation began", self.begins_on),
            ("evidence seized", self.seized_on),
            ("counted from", self.counted_from),
            ("counted until", self.counted_until),
        )
        said = [f"{what} {day.isoformat()}" for what, day in days if day]
        rule = "the country that reports an event counts it"
        if self.attribution == "place":
            rule = "the country where an event happened counts it"
        where = f"for {self.country}: " if self.country else ""
        return where + "; ".join([*said, rule, *([self.words] if self.words else [])])


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """How one case stands.

    Attributes:
        sealed_at: Position in the log since which a person keeps it sealed; None if nobody does.
        unsealed_at: Position of the newest unsealing; None if there was none.
    """

    campaign: str
    agency: str
    case_ref: str
    sealed_at: int | None
    unsealed_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Figures that were frozen.

    Attributes:
        name: What it is called; one name is given once.
        document: The figures, as they were.
    """

    name: str
    campaign: str
    position: int
    at: str
    person: str
    document: Mapping[str, Any]


def case_key(campaign: str, agency: str, case_ref: str) -> str:
    """Subject of acts on one case."""
    return f"{campaign} / {agency} / {case_ref}"


def bases_in(entries: Iterable[Entry]) -> dict[tuple[str, str], Basis]:
    """How each campaign counts, and each country with an own rule; the newest statement holds."""
    found = {}
    for entry in entries:
        if entry.kind is ActKind.OUTCOME_BASIS_STATED:
            said = {name: str(value) for name, value in entry.payload.items()}
            begins, seized, first, last = (date.fromisoformat(said[day]) if said[day] else None for day in _DAYS)
            basis = Basis(
                campaign=said["campaign"], country=said["country"], begins_on=begins, seized_on=seized,
                counted_from=first, counted_until=last, attribution=said["attribution"], words=said["words"],
            )  # fmt: skip
            found[basis.campaign, basis.country] = basis
    return found


def counts_by_place(bases: Mapping[tuple[str, str], Basis], campaign: str) -> bool:
    """Whether a campaign's basis counts an event for the country where it happened."""
    general = bases.get((campaign, ""))
    return general is not None and general.attribution == "place"


_DAYS: Final = ("begins_on", "seized_on", "counted_from", "counted_until")


def seals_in(entries: Iterable[Entry]) -> dict[tuple[str, str, str], Seal]:
    """Cases that a person sealed or unsealed, by campaign, agency and reference."""
    found: dict[tuple[str, str, str], Seal] = {}
    for entry in entries:
        if entry.kind not in {ActKind.CASE_SEALED, ActKind.CASE_UNSEALED}:
            continue
        key = (str(entry.payload["campaign"]), str(entry.payload["agency"]), str(entry.payload["case_ref"]))
        before = found.get(key)
        is_sealing = entry.kind is ActKind.CASE_SEALED
        found[key] = Seal(
            campaign=key[0],
            agency=key[1],
            case_ref=key[2],
            sealed_at=entry.position if is_sealing else None,
            unsealed_at=(before.unsealed_at if before else None) if is_sealing else entry.position,
        )
    return found


def releases_in(entries: Iterable[Entry]) -> list[Release]:
    """Releases in the order in which they were frozen."""
    return [
        Release(
            name=entry.subject,
            campaign=str(entry.payload["campaign"]),
            position=entry.position,
            at=entry.at,
            person=entry.person,
            document=dict(entry.payload["document"]),  # type: ignore[arg-type]  # a mapping, as it was frozen
        )
        for entry in entries
        if entry.kind is ActKind.RESULTS_FROZEN
    ]
