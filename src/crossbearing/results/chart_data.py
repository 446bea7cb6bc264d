"""What the charts of results show: a bar for each part, what nobody specified apart, and the data of each chart."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from crossbearing.domain.canonical import digest
from crossbearing.presentation.text import NOT_KNOWN, money, plural, quantity
from crossbearing.reference.countries import country_name
from crossbearing.reference.currencies import is_currency
from crossbearing.results.comparison import NOT_SETTLED, Beside, shown
from crossbearing.results.conversion import METHOD
from crossbearing.results.statement_figures import Book
from crossbearing.results.totals import UNKNOWN_COUNTRY, Line

_WIDTH: Final = 1000  # of the longest bar, in thousandths of its column
_NAME: Final = 80  # characters of a file name
_USUAL: Final = re.compile(r"[A-Za-z0-9 ]+(, [A-Za-z]+( by [a-z]+)?)?")  # a title that loses nothing in one
_ZERO: Final = Decimal(0)
_UNDATED: Final = "no day stated"
_TOTAL_ONLY: Final = "stated as a total only"


@dataclass(frozen=True, slots=True)
class Part:
    """One row: its name, its value (None where it is not known), how that is written, and whether it is unspecified."""

    name: str
    value: Decimal | None
    shown: str
    is_unspecified: bool = False
    is_ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars that begin at zero, all in one unit.

    Attributes:
        source: What it was made from, for the line under it.
    """

    title: str
    unit: str
    parts: tuple[Part, ...]
    source: str

    @property
    def name(self) -> str:
        """Of its file, without an ending; what it loses of the title is told apart by a digest."""
        plain = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")
        is_told = _USUAL.fullmatch(self.title) and len(plain) <= _NAME
        return plain if is_told else f"{plain[:_NAME]}-{digest(self.title)[:8]}"

    @property
    def rows(self) -> list[tuple[Part, int]]:
        """Each part with the length of its bar, in thousandths; what is not nothing is never drawn as nothing."""
        longest = max((part.value or _ZERO for part in self.parts), default=_ZERO)
        return [
            (part, max(4, int(_WIDTH * part.value / longest)) if part.value and longest else 0) for part in self.parts
        ]

    @property
    def has_unspecified(self) -> bool:
        """Whether a part is hatched."""
        return any(part.is_unspecified and part.value for part in self.parts)

    def as_csv(self) -> str:
        """The data of the chart."""
        stream = io.StringIO(newline="")
        rows = csv.writer(stream)
        rows.writerow(["name", "value", "unit", "unspecified"])
        for part in self.parts:
            value = "" if part.value is None else f"{part.value.normalize():f}"
            # A name that a spreadsheet would take for a formula is text.
            name = f"'{part.name}" if part.name.startswith(("=", "+", "-", "@", "\t", "\r")) else part.name
            rows.writerow([name, value, self.unit, "yes" if part.is_unspecified else "no"])
        return stream.getvalue()


def charts_of(book: Book, *, currency: str = "") -> list[Chart]:
    """Every chart of a campaign: by country, by month, by kind, and money.

    Args:
        book: Its figures.
        currency: Also all money converted to it; empty for not.
    """
    return [
        *_without_empty(by_country(line) for line in book.lines.values()),
        *_without_empty(_by_month(line, book.counted) for line in book.lines.values() if line.kind != "valuation"),
        *_without_empty(_by_kind(line) for line in book.lines.values() if line.kinds),
        *(_money(book, currency) if currency else ()),
    ]


def compared(one: Beside, campaign: str) -> Chart:
    """One measure of this operation beside earlier ones."""
    ours = one.ours
    least = "at least " if ours and ours.is_at_least else ""
    value, is_open = (ours.value, bool(ours.problem)) if ours else (None, False)
    said = least + _written(value, one.unit) + (NOT_SETTLED if is_open else "")
    parts = [Part(campaign, value, said, is_unspecified=is_open, is_ours=True)]
    for operation, figure in one.earlier:
        said = shown(figure) if figure else NOT_KNOWN
        parts.append(Part(f"{operation.name} {operation.announced.year}", figure.value if figure else None, said))
    return Chart(
        title=f"{one.measure.replace('_', ' ')}, {one.unit}"[0].upper()
        + f"{one.measure.replace('_', ' ')}, {one.unit}"[1:],
        unit=one.unit,
        parts=tuple(parts),
        source="Published figures as their sources give them; nothing is converted.",
    )


def by_country(line: Line) -> Chart:
    """One line by country: what its events add to, and what was stated as a total only."""
    parts = []
    for part in line.countries:
        name = part.country if part.country == UNKNOWN_COUNTRY else country_name(part.country)
        is_unknown = part.country == UNKNOWN_COUNTRY
        if part.counted:
            parts.append(Part(name, part.counted, _written(part.counted, line.unit), is_unknown))
        if part.unspecified:
            parts.append(Part(f"{name}, {_TOTAL_ONLY}", part.unspecified, _written(part.unspecified, line.unit), True))
    if line.unspecified:
        parts.append(Part("no country stated", line.unspecified, _written(line.unspecified, line.unit), True))
    return Chart(title=f"{_title(line)} by country", unit=line.unit, parts=tuple(parts), source=_source(line))


def _by_month(line: Line, rows: Sequence[Mapping[str, Any]]) -> Chart:
    months: dict[str, Decimal] = defaultdict(lambda: _ZERO)
    places = set(line.places)
    for row in rows:
        if row["place"] in places:
            months[row["happened_on"].strftime("%Y-%m") if row["happened_on"] else _UNDATED] += row["amount"]
    undated = months.pop(_UNDATED, _ZERO)
    parts = [Part(month, months[month], _written(months[month], line.unit)) for month in _every(months)]
    left = line.total - sum(months.values(), _ZERO) - undated
    parts += [
        Part(name, value, _written(value, line.unit), True)
        for name, value in ((_UNDATED, undated), (_TOTAL_ONLY, left))
        if value > 0
    ]
    return Chart(title=f"{_title(line)} by month", unit=line.unit, parts=tuple(parts), source=_source(line))


def _by_kind(line: Line) -> Chart:
    parts = [Part(name.replace("_", " "), value, _written(value, line.unit)) for name, value in line.kinds]
    if line.kind_unspecified:
        parts.append(Part("unspecified", line.kind_unspecified, _written(line.kind_unspecified, line.unit), True))
    return Chart(title=f"{_title(line)} by kind", unit=line.unit, parts=tuple(parts), source=_source(line))


def _money(book: Book, currency: str) -> Iterator[Chart]:
    found = book.money(currency)
    if not found:
        return
    left = sum(one.value is None for one in found)
    source = (
        f"{METHOD}. From {plural(len(found), 'amount')}"
        + (f"; {left} of them without a rate, not drawn" if left else "")
        + "."
    )
    by_currency: dict[str, Decimal] = defaultdict(lambda: _ZERO)
    by_month: dict[str, Decimal] = defaultdict(lambda: _ZERO)
    for one in found:
        if one.value is not None:
            by_currency[one.currency] += one.value
            by_month[one.on.strftime("%Y-%m") if one.on else _UNDATED] += one.value
    for title, sums, names in (
        ("Money by currency it was seized in", by_currency, sorted(by_currency)),
        ("Money by month", by_month, _every(by_month)),
    ):
        if sums:
            parts = tuple(Part(name, sums[name], money(sums[name], currency)) for name in names)
            yield Chart(title=title, unit=currency, parts=parts, source=source)


def _every(months: Mapping[str, Decimal]) -> list[str]:
    """Every month from the first to the last, also those in which nothing was reported."""
    known = sorted(name for name in months if name != _UNDATED)
    if not known:
        return []
    first, last = known[0], known[-1]
    found: list[str] = []
    year, month = int(first[:4]), int(first[5:])
    while f"{year:04}-{month:02}" <= last and len(found) < 240:  # noqa: PLR2004 - twenty years; a misprinted date is no axis
        found.append(f"{year:04}-{month:02}")
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)  # noqa: PLR2004 - months of a year
    return found if found[-1] == last else known


def _without_empty(charts: Iterable[Chart]) -> list[Chart]:
    return [chart for chart in charts if any(part.value for part in chart.parts)]


def _title(line: Line) -> str:
    item = "" if line.item in {"persons", "accounts", ""} else f" of {line.item.replace('_', ' ')}"
    title = f"{line.kind.replace('_', ' ')}{item}, {line.unit}"
    return title[0].upper() + title[1:]


def _source(line: Line) -> str:
    least = "At least: somebody stated more than. " if line.is_at_least else ""
    return f"{least}{line.check[0].upper()}{line.check[1:]}; from {plural(len(line.places), 'report row')}."


def _written(value: Decimal | None, unit: str) -> str:
    return money(value, unit) if is_currency(unit) else quantity(value, unit)
