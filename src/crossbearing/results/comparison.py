"""This operation beside earlier ones: what was published, what contradicts it, and when a record may be claimed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from crossbearing.presentation.text import money, number, quantity
from crossbearing.reference.currencies import is_currency
from crossbearing.reference.operations import ABOUT, EXACT, KG_OF_LB, MORE_THAN, Operation, Published, operations
from crossbearing.results.statement_figures import Book, Figure

# What is compared: measure, unit, and the names that our figure may have. Money is compared in one currency, never
# converted here. Pills that a report makes a part of nothing are a line of their own.
MEASURES: Final = (
    ("arrests", "persons", ("arrest.persons.persons",)),
    ("drugs", "kg", ("seizure.drugs.kg",)),
    ("drugs", "pills", ("seizure.drugs.pills", "seizure.pills.pills")),
    ("fentanyl_or_laced", "kg", ("seizure.drugs.kg/fentanyl_or_laced",)),
    ("firearms", "pieces", ("seizure.firearms.pieces",)),
    ("money", "USD", ("money.USD",)),
    ("money", "EUR", ("money.EUR",)),
    ("money", "BTC", ("money.BTC",)),
)
HOLDS, AMONG_KNOWN, NOT, NOT_SOUND = "holds", "holds among known", "does not hold", "cannot be said"
NOT_SETTLED: Final = ", not settled"  # behind a figure of ours that may not be said yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """One measure of this operation beside the same of earlier ones.

    Attributes:
        ours: None if there is no such figure here.
        earlier: Each operation with the figure that is compared; None where nobody published one.
        record: Whether ours is the highest: "holds", "holds among known", "does not hold" or "cannot be said".
        conditions: What the answer rests on.
    """

    measure: str
    unit: str
    ours: Figure | None
    earlier: tuple[tuple[Operation, Published | None], ...]
    record: str
    conditions: tuple[str, ...]


def beside(book: Book, *, lead: str = "", currency: str = "") -> list[Beside]:
    """Every measure that this or an earlier operation has.

    Args:
        book: The figures of this campaign.
        lead: Compare only with operations that this body led; empty for all.
        currency: Compare money in this currency only; empty for each that was published.
    """
    others = [one for one in operations() if not lead or lead in one.lead]
    found = []
    for measure, unit, names in MEASURES:
        if currency and is_currency(unit) and unit != currency:
            continue
        ours = _ours(book, names)
        earlier = tuple((one, one.figure(measure, unit)) for one in others if one.name != book.campaign)
        if ours is not None or any(figure for _, figure in earlier):
            record, conditions = _record(ours, earlier, unit)
            found.append(
                Beside(measure=measure, unit=unit, ours=ours, earlier=earlier, record=record, conditions=conditions)
            )
    return found


def _ours(book: Book, names: Sequence[str]) -> Figure | None:
    """Our figure under the first of its names; of two, neither is the whole, and they are never added here."""
    found = [figure for name in names if (figure := book.figure(name))]
    if len(found) > 1 and not found[0].problem:
        other = found[1]
        said = f"{quantity(other.value, other.key[2])} more stand in {other.name}, as a part of nothing"
        return replace(found[0], problem=f"{said}; ask whether they are drugs, and let the report say so in part_of")
    return found[0] if found else None


def record_of(book: Book, name: str) -> tuple[str, str]:
    """Whether a figure is a record, and on what that rests."""
    names = {(measure, unit): names for measure, unit, names in MEASURES}
    for one in beside(book):
        if one.ours is not None and name in names[one.measure, one.unit]:
            return one.record, "; ".join(one.conditions)
    return NOT_SOUND, "no earlier operation published such a figure"


def notes_on(operation: Operation) -> list[str]:
    """Where what was published of an operation contradicts itself, is rounded, or leaves something open."""
    return [
        *_disagreements(operation),
        *_countries(operation),
        *_kinds(operation),
        *_pounds(operation),
        *_rate(operation),
    ]


def shown(figure: Published) -> str:
    """A published figure as it is written for people."""
    before = {MORE_THAN: "more than ", ABOUT: "about "}.get(figure.bound, "")
    amount = (
        money(figure.value, figure.unit, whole=True)
        if is_currency(figure.unit)
        else quantity(figure.value, figure.unit)
    )
    return before + amount


def _record(
    ours: Figure | None, earlier: Sequence[tuple[Operation, Published | None]], unit: str
) -> tuple[str, tuple[str, ...]]:
    if ours is None:
        return NOT_SOUND, ("this operation has no such figure",)
    if ours.problem:
        return NOT_SOUND, (f"ours is not settled: {ours.problem}",)
    known = [(one, figure) for one, figure in earlier if figure]
    unknown = [one.name for one, figure in earlier if not figure]
    if not known:
        return NOT_SOUND, ("no earlier operation published such a figure",)
    # Whatever else was published counts for the others: a record holds against the highest that anybody says.
    said = [(one, x) for one, figure in known for x in one.said(figure.measure, unit)]
    top, highest = max(said, key=lambda pair: pair[1].highest)
    conditions = _conditions(ours, known, unknown, said)
    if ours.value > highest.highest:
        return (AMONG_KNOWN if unknown else HOLDS), conditions
    if ours.value > max(figure.value for _, figure in known) or ours.is_at_least:
        return NOT_SOUND, (*conditions, f"{top.name} may be as high as {number(highest.highest)}")
    return NOT, conditions


def _conditions(
    ours: Figure,
    known: Sequence[tuple[Operation, Published]],
    unknown: Sequence[str],
    said: Sequence[tuple[Operation, Published]],
) -> tuple[str, ...]:
    """What an answer about a record rests on."""
    found = [f"compared with {', '.join(one.name for one, _ in known)}"]
    if unknown:
        found.append(f"not known of {', '.join(unknown)}")
    found += [
        f"{one.name} says {shown(figure)}, read as below {number(figure.highest)}"
        for one, figure in said
        if figure.bound != EXACT
    ]
    if is_currency(ours.key[2]):
        found.append(f"in {ours.key[2]} alone; ours: {ours.note or 'as stated'}")
        found.append("the rates behind the earlier figures were not published")
    if ours.is_at_least:
        found.append("ours is a lower bound")
    return tuple(found)


def _named(measure: str) -> str:
    return measure.replace("_", " ")


def _disagreements(operation: Operation) -> Iterator[str]:
    for one in operation.figures:
        if one.doubt:
            scope = f" for {one.scope}" if one.scope else ""
            yield f"{_named(one.measure)}{scope}: {shown(one)} stands in {one.source}; {one.doubt}"


def _countries(operation: Operation) -> Iterator[str]:
    whole = operation.figure("arrests", "persons")
    parts = [one for one in operation.figures if one.measure == "arrests" and one.scope and not one.doubt]
    if whole and parts:
        total = sum((one.value for one in parts), Decimal(0))
        fits = "equal" if total == whole.value else f"not equal ({number(whole.value - total)} apart)"
        yield f"arrests: {len(parts)} countries add to {number(total)}, the total is {number(whole.value)}: {fits}"


def _kinds(operation: Operation) -> Iterator[str]:
    """The kinds of a mass against its total. What is part of a laced product may be in another kind as well."""
    whole = operation.figure("drugs", "kg")
    kinds = [
        one
        for one in operation.figures
        if one.part_of == "drugs" and one.unit == "kg" and not one.scope and not one.doubt
    ]
    if not whole or not kinds:
        return
    total = sum((one.value for one in kinds), Decimal(0))
    left = whole.value - total
    if abs(left) <= whole.last_unit:
        yield (
            f"drugs: the kinds add to {number(total)} kg, the total is {shown(whole)}: equal within rounding, "
            f"at most {number(whole.last_unit)} in its last digit"
        )
    elif left >= 0:
        yield f"drugs: the kinds add to {number(total)} kg of {shown(whole)}; unspecified {number(left)} kg"
    else:
        yield f"drugs: the kinds add to {number(total)} kg, more than {shown(whole)}"


def _pounds(operation: Operation) -> Iterator[str]:
    for one in operation.figures:
        other = operation.figure(one.measure, "kg")
        if one.unit != "lb" or other is None:
            continue
        pounds = other.value / KG_OF_LB
        slack = (other.last_unit / KG_OF_LB + one.last_unit) / 2
        if abs(one.value - pounds) > slack:
            yield (
                f"{_named(one.measure)}: {number(one.value)} lb is not {number(other.value)} kg, "
                f"which is {number(pounds.quantize(Decimal(1)))} lb"
            )


def _rate(operation: Operation) -> Iterator[str]:
    dollars, euro = operation.figure("money", "USD"), operation.figure("money", "EUR")
    if dollars and euro:
        rate = (dollars.value / euro.value).quantize(Decimal("0.001"))
        yield f"money: {shown(dollars)} and {shown(euro)} imply {rate} USD for one EUR; no rate or day was published"
