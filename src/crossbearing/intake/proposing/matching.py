"""Which kind each source table is of, and which of its columns holds what; from names and values together."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from crossbearing.intake.proposing.facts import Facts
from crossbearing.intake.proposing.kinds import KINDS, REFERENCES, Kind
from crossbearing.intake.proposing.looks import Known, look
from crossbearing.intake.proposing.names import Names
from crossbearing.intake.proposing.sample import Sample, SampledTable
from crossbearing.intake.proposing.words import CUT, LAST, WITHIN

# Two grounds are put together as if they were independent: either alone may be enough.
_NAME, _VALUES = 0.75, 0.9  # of what each says by itself
_TABLE_NAME: Final = 0.65
SURE, UNSURE = 0.6, 0.4  # from the first on a column is mapped, from the second it is proposed in a comment
SURE_IN_KNOWN, _KNOWN = 0.5, 0.6  # the first is enough where the table scores the second
_TIE: Final = 0.08  # two columns that are nearer than this to each other cannot be told apart
_TIE_OF_KINDS: Final = 0.05  # likewise two kinds of table
_KNOWN_OTHERWISE: Final = 0.5  # of what the values say, where the name says that the column holds something else
_ROUNDS: Final = 6  # what a table points at tells what it is, and the other way round
_ONE_ONLY: Final = frozenset({"account", "listing", "category"})
_HUB: Final = {"account": 0.5, "listing": 0.3}  # as good as a name: most tables point at the accounts
_FEWEST_OF_CASE: Final = 3  # columns by which a list of the agencies is known


@dataclass(frozen=True, slots=True)
class Filled:
    """A column that fills a slot.

    Attributes:
        score: 0 to 1.
        name: What its name says of that, 0 to 1.
        values: What stands in it, in words.
        rival: Another column that would do as well; empty if there is none.
    """

    slot: str
    column: Facts
    score: float
    name: float
    values: str
    rival: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a table turned out to be.

    Attributes:
        score: 0 to 1.
        name: What its name says of that.
        rival: Another kind that would do as well; empty if there is none.
    """

    table: SampledTable
    kind: Kind
    score: float
    name: float
    filled: Mapping[str, Filled]
    rival: str = ""

    @property
    def is_sure(self) -> bool:
        """Whether the table is mapped, and not only proposed in a comment."""
        if self.score < SURE or self.rival:
            return False
        groups = self.kind.needs or tuple((slot,) for slot in self.filled)
        met = sum(any(self.is_mapped(slot) or (not slot and self.name) for slot in group) for group in groups)
        first = self.kind.needs[0] if self.kind.needs else tuple(self.filled)
        return met >= len(groups) / 2 and any(self.is_mapped(slot) for slot in first)

    def is_mapped(self, slot: str) -> bool:
        """Whether a slot's column is mapped, and not only proposed in a comment."""
        one = self.filled.get(slot)
        return one is not None and not one.rival and one.score >= (SURE if self.score < _KNOWN else SURE_IN_KNOWN)


def matched(sample: Sample, names: Names) -> dict[str, Found]:
    """What each table is, as far as anything speaks for it."""
    known = Known({}, {}, {}, frozenset())
    hubs = _hubs(sample)
    found: dict[str, Found] = {}
    for _ in range(_ROUNDS):
        every = {name: _every(table, names, known, hubs[name]) for name, table in sample.tables.items()}
        found = _chosen(every)
        before, known = known, _known(found)
        if known == before:
            break
    return found


def _hubs(sample: Sample) -> dict[str, float]:
    """How many tables point at each, of the number that point at the most wanted one."""
    pointed: Counter[str] = Counter()
    for table in sample.tables.values():
        pointed.update({one.table for refers in table.refers.values() for one in refers})
    most = max(pointed.values(), default=1)
    return {name: pointed[name] / most for name in sample.tables}


def _chosen(every: Mapping[str, Sequence[Found]]) -> dict[str, Found]:
    """The best kind of each table; of some kinds a market has one table, unless names say otherwise."""
    taken: dict[str, str] = {}
    found = {}
    for name, kinds in sorted(every.items(), key=lambda pair: -pair[1][0].score):
        free = [one for one in kinds if one.name >= CUT or one.kind.name not in _ONE_ONLY or one.kind.name not in taken]
        best = free[0]
        if best.score < UNSURE:
            continue
        taken[best.kind.name] = name
        other = next(one for one in free if one.kind.record != best.kind.record)
        is_near = other.score > best.score - _TIE_OF_KINDS and best.name < CUT
        found[name] = replace(best, rival=other.kind.name if is_near else "")
    return {name: found[name] for name in every if name in found}  # in the order of the file


def _known(found: Mapping[str, Found]) -> Known:
    kind, own, handle = {}, {}, {}
    sellers: set[str] = set()
    for name, one in found.items():
        kind[name] = one.kind.name
        if one.kind.own in one.filled and one.filled[one.kind.own].column.is_unique:
            own[name] = one.filled[one.kind.own].column.name
        if "account_handle" in one.filled:
            handle[name] = one.filled["account_handle"].column.name
        if one.kind.name == "listing" and "seller_server_id" in one.filled:
            sellers |= one.filled["seller_server_id"].column.distinct
    return Known(kind, own, handle, frozenset(sellers))


def _every(table: SampledTable, names: Names, known: Known, hub: float) -> list[Found]:
    """What the table would be as each kind, the best first."""
    return sorted((_found(table, kind, names, known, hub) for kind in KINDS), key=lambda one: -one.score)


def _found(table: SampledTable, kind: Kind, names: Names, known: Known, hub: float) -> Found:
    filled = _filled(table, kind, names, known)
    name = names.of_kind(table.name, kind)
    if kind.needs:
        scores = {"": name} | {slot: one.score for slot, one in filled.items()}
        each = [max(scores.get(slot, 0.0) for slot in group) for group in kind.needs]
        fit = sum(each) / len(each) * (0.6 if 0.0 in each else 1.0)
    else:
        by_name = [one.score for one in filled.values() if one.name >= CUT]
        is_enough = len(by_name) >= max(_FEWEST_OF_CASE, len(table.columns) / 2)
        fit = min(1.0, sum(by_name) / len(table.columns)) if is_enough else 0.0
    says = min(1.0, fit * (0.75 + 0.6 * _told(table, kind, names, filled)))
    spoken = max(name, _HUB.get(kind.name, 0) * hub)
    score = 1 - (1 - _TABLE_NAME * spoken) * (1 - _VALUES * says) if fit > UNSURE / 2 else 0.0
    if name < CUT and names.is_other_table(table.name):
        score *= _KNOWN_OTHERWISE
    return Found(table, kind, score, name, filled)


def _told(table: SampledTable, kind: Kind, names: Names, filled: Mapping[str, Filled]) -> float:
    """Which share of the columns that say something the kind can explain, 0 to 1."""
    telling = [
        one
        for one in table.columns.values()
        if one.filled and not one.is_secret and not names.feeds_nothing(table.name, one.name)
        and (kind.own or not (one.is_unique and one.is_id and one.place == 0))
    ]  # fmt: skip
    return min(1.0, sum(one.score for one in filled.values()) / max(len(telling), 1))


def _filled(table: SampledTable, kind: Kind, names: Names, known: Known) -> dict[str, Filled]:
    """The best column for each slot, each column for one slot only."""
    every = sorted(_scored(table, kind, names, known), key=lambda one: -one.score)
    chosen: dict[str, Filled] = {}
    used: set[str] = set()
    for one in every:
        if one.slot not in chosen and one.column.name not in used and one.score >= UNSURE:
            chosen[one.slot] = one
            used.add(one.column.name)
    scores = {(one.slot, one.column.name): one.score for one in every}
    return {slot: _with_rival(one, chosen, scores, used) for slot, one in chosen.items()}


def _with_rival(
    one: Filled, chosen: Mapping[str, Filled], scores: Mapping[tuple[str, str], float], used: set[str]
) -> Filled:
    rival = next(
        (
            column
            for (slot, column), score in scores.items()
            if slot == one.slot and column not in used and score > one.score - _TIE
        ),
        "",
    )
    for other in chosen.values():
        if other is not one:
            crossed = scores.get((one.slot, other.column.name), 0) + scores.get((other.slot, one.column.name), 0)
            if crossed > one.score + other.score - _TIE:
                rival = other.column.name
    return Filled(one.slot, one.column, one.score, one.name, one.values, rival)


def _scored(table: SampledTable, kind: Kind, names: Names, known: Known) -> Iterator[Filled]:
    often = Counter(name.casefold() for name in table.columns)
    columns = [
        column
        for name, column in table.columns.items()
        if name and "\0" not in name and often[name.casefold()] == 1  # the engine takes no other
        and not column.is_secret and not names.is_secret(table.name, name)
    ]  # fmt: skip
    for column in columns:
        seen = {slot: look(looks, slot, column, table, known) for slot, looks in kind.slots.items()}
        fits = {
            slot: names.of_slot(table.name, column.name, slot, kind, _targets(table, column, slot, known))
            for slot in kind.slots
            if seen[slot].score
        }
        is_known = max(fits.values(), default=0) >= LAST or names.feeds_nothing(table.name, column.name, kind)
        for slot, name in fits.items():
            values = seen[slot].score * (_KNOWN_OTHERWISE if is_known and name < WITHIN else 1)
            score = 1 - (1 - _NAME * name) * (1 - _VALUES * values)
            yield Filled(slot, column, score, name, seen[slot].grounds)


def _targets(table: SampledTable, column: Facts, slot: str, known: Known) -> Sequence[str]:
    wanted = REFERENCES[slot].kinds if slot in REFERENCES else ()
    return [one.table for one in table.refers.get(column.name, ()) if known.kind.get(one.table) in wanted]
