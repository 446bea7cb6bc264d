"""Figures that a statement may name: each rebuilt from the events that count, with a hash of the rows behind it.

The name of a figure is its query: ``arrest.persons.persons`` is the total of that line, ``…@DE`` one country's part,
``…/cocaine`` one kind, ``…~`` what has no stated kind or country, ``…#`` its countries, ``…%DE`` a country's share;
``money.EUR`` is all money converted, ``day.first`` a day, ``event.R-…`` one event, ``record.…`` a comparison.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote, unquote

from crossbearing.domain.canonical import Json, digest
from crossbearing.results.conversion import METHOD, Converted, Rates, converted
from crossbearing.results.totals import UNKNOWN_COUNTRY, Line, lines_of
from crossbearing.store.session import Session

_UNSAID: Final = frozenset({"valuation", "participation"})
_LINE: Final = re.compile(r"([^.@/~#%]+)\.([^.@/~#]*)\.([^.@/~#%]+)(?:([@/~#%])(.*))?")
_ROW: Final = (
    "outcome_id", "place", "kind", "item", "part_of", "amount", "unit", "bound", "happened_on", "place_code",
    "credit_code", "credit_agency", "is_stated_total", "event_state", "counts",
)  # fmt: skip

Row = Mapping[str, Any]
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure as it can be rebuilt now.

    Attributes:
        sort: "amount", "share", "countries", "day", "event", "text" or "record".
        key: Kind, item and unit of its line; money has "money", "" and the currency.
        country: Code, if it is one country's.
        kind: The kind, if it is of one kind ("~" for what has none).
        countries: Codes behind a figure of the sort "countries".
        texts: What the words of a figure of the sort "text" may be.
        is_at_least: Somebody stated "more than".
        problem: Why it may not be said; empty if it may.
        exhibits: Every exhibit behind it.
        sha256: Of the query, the value and every row behind it.
    """

    name: str
    sort: str
    key: Key = ("", "", "")
    value: Decimal = Decimal(0)
    country: str = ""
    kind: str = ""
    countries: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    day: date | None = None
    event: Row | None = None
    is_at_least: bool = False
    problem: str = ""
    rows: int = 0
    exhibits: tuple[str, ...] = ()
    note: str = ""
    sha256: str = ""


def name_of(line: Line, suffix: str = "") -> str:
    """The name of a line's figure."""
    return ".".join(_quoted(one) for one in (line.kind, line.item, line.unit)) + suffix


def kind_suffix(kind: str) -> str:
    """What names one kind of a line."""
    return "/" + _quoted(kind)


class Book:
    """Every figure of one campaign."""

    def __init__(
        self,
        engine: Session,
        campaign: str,
        *,
        by_place: bool,
        names: Mapping[str, Sequence[str]],
        public: Callable[[Sequence[str]], bool],
        records: Callable[["Book", str], tuple[str, str]] | None = None,
    ) -> None:
        """Read what stands.

        Args:
            engine: A session over ``totals.TABLES``.
            campaign: As the reports name it.
            by_place: Count by the country where it happened.
            names: Figures of the sort "text": what their words may be, such as the coordinator's name.
            public: Whether the exhibits with these ids may be told to everybody.
            records: Says of a record whether it holds, and why not.
        """
        self.campaign, self.by_place = campaign, by_place
        self.lines: dict[Key, Line] = {
            (line.kind, line.item, line.unit): line for line in lines_of(engine, campaign, by_place=by_place)
        }
        self._names = names
        self._public = public
        self._records = records
        self._rows = engine.rows(
            """SELECT outcome_event.*, outcome_counted.counts, outcome_counted.double_of
               FROM outcome_event
               INNER JOIN outcome_counted
                   ON outcome_event.outcome_id = outcome_counted.outcome_id
                   AND outcome_event.place = outcome_counted.place
               WHERE outcome_event.campaign = ? ORDER BY outcome_event.place, outcome_event.outcome_id""",
            [campaign],
        )
        # Also an acquittal after the counting period is one.
        self._acquitted = {
            _case(row) for row in self._rows if row["kind"] == "acquittal" and row["case_ref"] and _stands(row)
        }
        self._open = _open_doubles(engine, campaign)
        self._rates = Rates(engine)

    @property
    def counted(self) -> list[Row]:
        """Events that count: no stated totals, nor what somebody says a thing is worth."""
        return [
            row for row in self._rows if row["counts"] and not row["is_stated_total"] and row["kind"] != "valuation"
        ]

    def figure(self, name: str) -> Figure | None:
        """The figure that a name asks for; None if there is no such figure."""
        head, _, tail = name.partition(".")
        if head == "event":
            return self._event(name, tail)
        if head == "day":
            return self._day(name, tail)
        if head == "record" and self._records:
            return self._record(name, tail)
        if head == "money" and tail.isalpha():
            return self._money(name, tail)
        if name in self._names:
            return _hashed(Figure(name=name, sort="text", texts=tuple(self._names[name])), list(self._names[name]))
        return self._of_line(name)

    def money(self, currency: str) -> list[Converted]:
        """Every money event in one currency."""
        return converted(self.counted, self._rates, currency)

    def _of_line(self, name: str) -> Figure | None:
        match = _LINE.fullmatch(name)
        if not match:
            return None
        key = (unquote(match[1]), unquote(match[2]), unquote(match[3]))
        line = self.lines.get(key)
        if line is None:
            return None
        places = set(line.places)
        rows = [row for row in self._rows if row["place"] in places]
        problem = f"the line does not add up: {line.problems[0]}" if line.problems else ""
        problem = f"no words of the catalogue say what a {line.kind} counts" if line.kind in _UNSAID else problem
        if not problem and key in self._open:
            problem = f"double reports of it await a judgement ({self._open[key]})"
        made = _part(line, match[4] or "", unquote(match[5] or ""))
        if made is None:
            return None
        said: dict[str, Any] = {"is_at_least": line.is_at_least, **made}
        figure = Figure(name=name, key=key, problem=problem, rows=len(rows), exhibits=_exhibits(rows), **said)
        return _hashed(figure, [_said(row) for row in rows])

    def _money(self, name: str, currency: str) -> Figure | None:
        found = self.money(currency)
        if not found or not any(one.value is not None for one in found):
            return None
        left = sum(one.value is None for one in found)
        days = sorted({one.rate_on for one in found if one.rate_on})
        return _hashed(
            Figure(
                name=name,
                sort="amount",
                key=("money", "", currency),
                value=sum((one.value for one in found if one.value is not None), Decimal(0)),
                problem=f"{left} of the amounts have no rate" if left else self._money_doubles(),
                rows=len(found),
                exhibits=tuple(sorted({one.place.split("|")[0] for one in found})),
                note=f"rates of {days[0]} to {days[-1]}; {METHOD}" if days else METHOD,
            ),
            [[*map(str, (one.amount, one.currency, one.on, one.rate, one.rate_on, one.place))] for one in found],
        )

    def _money_doubles(self) -> str:
        return next(
            (f"double reports await a judgement ({ids})" for key, ids in self._open.items() if key[2].isupper()), ""
        )

    def _day(self, name: str, which: str) -> Figure | None:
        days = sorted(row["happened_on"] for row in self.counted if row["happened_on"])
        if not days or which not in {"first", "last"}:
            return None
        day = days[0] if which == "first" else days[-1]
        exhibits = _exhibits(self.counted)
        return _hashed(Figure(name=name, sort="day", day=day, rows=len(days), exhibits=exhibits), [str(day)])

    def _event(self, name: str, outcome_id: str) -> Figure | None:
        row = next((one for one in self.counted if one["outcome_id"] == outcome_id), None)
        told = [one for one in self._rows if outcome_id in (one["outcome_id"], one["double_of"])]
        if row is None or any(one["is_case_sealed"] for one in told):
            return None  # the same answer for both: it does not say that there is a seal
        problem = "" if self._public(row["exhibit_ids"]) else "its report is not labelled for the public"
        if row["kind"] != "acquittal" and self._acquitted & {_case(one) for one in told}:
            problem = "a court has acquitted in its case"
        figure = Figure(
            name=name, sort="event", key=(row["kind"], row["item"] or "", row["unit"]), value=row["amount"],
            country=row["place_code"] or "", day=row["happened_on"], event=row, problem=problem, rows=1,
            is_at_least=row["bound"] == "more than",
            exhibits=_exhibits([row]),
        )  # fmt: skip
        return _hashed(figure, [_said(row)])

    def _record(self, name: str, tail: str) -> Figure | None:
        ours = self.figure(tail)
        if ours is None or ours.sort != "amount" or self._records is None:
            return None
        state, why = self._records(self, tail)
        figure = Figure(
            name=name, sort="record", key=ours.key, kind=state, note=why, rows=ours.rows,
            exhibits=ours.exhibits,
            problem=ours.problem or ("" if state in {"holds", "holds among known"} else why),
        )  # fmt: skip
        return _hashed(figure, [ours.sha256, state, why])


def _part(line: Line, mark: str, rest: str) -> dict[str, Any] | None:
    """What one part of a line is, as fields of a figure."""
    known = tuple(part.country for part in line.countries if part.country != UNKNOWN_COUNTRY and part.total)
    shares = {part.country: part.total for part in line.countries}
    if mark == "#":
        more = line.unspecified or any(part.country == UNKNOWN_COUNTRY and part.total for part in line.countries)
        said = {"sort": "countries", "value": Decimal(len(known)), "countries": known, "is_at_least": bool(more)}
        return said if known else None
    if mark == "~":
        left = line.unspecified if line.kind_unspecified is None else line.kind_unspecified
        # A difference of figures of which some are lower bounds is no lower bound.
        note = "a difference; some of its figures were stated as more than" if line.is_at_least else ""
        return {"sort": "amount", "value": left, "kind": "~", "is_at_least": False, "note": note} if left else None
    if mark == "/":
        kinds = dict(line.kinds)
        return {"sort": "amount", "value": kinds[rest], "kind": rest} if rest in kinds else None
    if mark and (rest not in known or not line.total):
        return None
    if mark == "%":
        return {"sort": "share", "value": 100 * shares[rest] / line.total, "country": rest}
    return {"sort": "amount", "value": shares[rest] if mark else line.total, "country": rest if mark else ""}


def _case(row: Row) -> tuple[str, str]:
    return row["credit_agency"] or "", row["case_ref"] or ""


def _stands(row: Row) -> bool:
    return not row["is_superseded"] and not row["is_stated_total"] and bool(row["amount"])


def _open_doubles(engine: Session, campaign: str) -> dict[Key, str]:
    """Lines of which pairs of reports await a judgement, with the first pair of each; also pairs that are unlikely."""
    rows = engine.rows(
        """SELECT outcome_pair.pair_id, outcome_event.kind, outcome_event.item, outcome_event.part_of,
               outcome_event.unit
           FROM outcome_pair
           INNER JOIN outcome_event ON outcome_event.outcome_id IN (outcome_pair.left_id, outcome_pair.right_id)
           LEFT JOIN outcome_judgement ON outcome_pair.left_id = outcome_judgement.left_id
               AND outcome_pair.right_id = outcome_judgement.right_id
               AND outcome_pair.left_state = outcome_judgement.left_state
               AND outcome_pair.right_state = outcome_judgement.right_state
           WHERE outcome_pair.campaign = ? AND coalesce(outcome_judgement.verdict, 'unsure') IN ('unsure', 'withdrawn')
           ORDER BY outcome_pair.pair_id""",
        [campaign],
    )
    found: dict[Key, str] = {}
    for row in rows:
        found.setdefault((row["kind"], row["part_of"] or row["item"] or "", row["unit"]), row["pair_id"])
    return found


def _hashed(figure: Figure, rows: list[Json]) -> Figure:
    said: list[Json] = [
        figure.name, str(figure.value), figure.country, figure.kind, [*figure.countries], str(figure.day),
        figure.is_at_least, figure.note,
    ]  # fmt: skip
    return replace(figure, sha256=digest([said, rows]))


def _exhibits(rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(sorted({name for row in rows for name in row["exhibit_ids"]}))


def _said(row: Row) -> list[Json]:
    return [str(row[name]) for name in _ROW]


def _quoted(text: str) -> str:
    return quote(text, safe="").replace(".", "%2E").replace("~", "%7E")
