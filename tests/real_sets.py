"""Real files under the shipped profiles: how many rows and bytes, and how many prices, origins, dates, quantities.

Only counts leave this module: reasons are classes, never a cell. What a row holds is judged beside the product: the
``csv`` module, or PyYAML's loader, reads the cells, patterns of this module's own look for a number, a day, a unit.
Where they find one, the value that was read is compared with it.
"""

import csv
import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from crossbearing.domain.context import Context
from crossbearing.domain.exhibit import Exhibit
from crossbearing.domain.progress import Progress
from crossbearing.intake.part_reader import Recognised, recognise
from crossbearing.intake.profile import Profile
from crossbearing.intake.sources import Source
from crossbearing.reference.countries import OriginKind, origin_kind
from crossbearing.reference.destinations import Reach, read_destination
from crossbearing.reference.quantities import TitleQuantities, quantities_in
from crossbearing.store.operation import open_operation
from crossbearing.store.register import Authorisation
from crossbearing.store.session import Session
from crossbearing.store.views import reading
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.new_operation import add_authority, new_operation

# Words that look like units, from everyday language; not the product's list. Weak on both sides: "5 star x" counts as
# an amount, an amount in words ("half an ounce") does not.
LOOSE = re.compile(
    r"\d[ -]?(?:g|gr|grs|gram|grams|gramm|kg|kilo|oz|ounces?|lbs?|pounds?|mg|mgs|mcg|ug|\u00b5g|ml|l|pills?|tabs?"
    r"|tablets?|caps?|capsules?|blotters?|hits?|seeds?|pcs|pieces|patches|vials?|x|strips?|bars?|joints?|drops?|doses?|pack)"
    r"(?![a-z0-9])",
    re.IGNORECASE,
)
# A title whose only number stands directly before one of these units: it can be compared without any rule.
_ONE_AMOUNT = re.compile(
    r"\D*?(?<![\w.,/$#-])(?P<number>\d{1,4}(?:\.\d{1,3})?) ?(?P<unit>gr|grams?|g|kg|mg|ml)(?![\w/+.-])\D*",
    re.IGNORECASE,
)
_UNITS = {**dict.fromkeys(("g", "gr", "gram", "grams"), (1, "g")), "kg": (1000, "g"), "mg": (1, "mg"), "ml": (1, "ml")}
_NOTHING = frozenset({"", "na", "n/a", "null", "none", "-"})
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?(?:e-?\d+)?")
_DAY = re.compile(r"((?:19|20)\d\d)-?(\d\d)-?(\d\d)(?!\d)")
_ONLY_TO = re.compile(r"(?:From:)?\s*To:")
_PRICE_ON_PAGE = re.compile(r"<strong>\s*[A-Z]{3} [\d,.]+")
_ORIGIN_ON_PAGE = re.compile(r"Ships from:\s*[^<\s]|Ships From</td>")
_DAY_ON_PAGE = re.compile(r"Date: [\d-]{10}")
EMPTY, REFUSED, NO_RECORD = "the cell is empty or says so", "its row is refused, see above", "it is in no record"
_PLACES = Decimal("1e-12")  # of a price in the records; what has more is rounded


@dataclass(slots=True)
class Values:
    """What became of the values of one kind.

    Attributes:
        read: How many were read, by what they turned out to be.
        left: How many rows hold one that was not read, by reason.
        without: How many rows are not counted, by reason: they hold none, or are refused as a whole.
        compared: How many of those that were read the look beside the product finds too, so that they can be compared.
        wrong: How many of these were read as something else.
    """

    read: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    without: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    wrong: int = 0

    def compare(self, *, is_same: bool) -> None:
        """Count one that was read, and found by the look beside."""
        self.compared += 1
        self.wrong += not is_same

    @property
    def held(self) -> int:
        """Rows that hold one."""
        return self.read.total() + self.left.total()

    @property
    def share(self) -> float:
        """Of the rows that hold one, how many were read."""
        return self.read.total() / self.held if self.held else 1.0


@dataclass(slots=True)
class Account:
    """One set, which is all files of a folder that one profile takes; rows and bytes as the exhibit counts them."""

    profile: str
    files: int = 0
    counted: int = 0  # rows, by the csv module or PyYAML's loader, or pages
    rows_in: int = 0
    rows_out: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    bytes_read: int = 0
    bytes_in_rows: int = 0
    bytes_refused: int = 0
    values: dict[str, Values] = field(default_factory=lambda: defaultdict(Values))


Row = Mapping[str, Any]
Judge = Callable[[Values, str, Row | None], None]


def price(values: Values, cell: str, record: Row | None) -> None:
    """A number and its currency."""
    found = _NUMBER.search(cell)
    if _says_nothing(cell):
        values.without[EMPTY] += 1
    elif record is None:
        values.without[REFUSED] += 1
    elif found is None or record["price"] is None:
        values.left["no number" if found is None else "the number is not read"] += 1
    elif record["price_currency"] is None:
        values.left["no currency named"] += 1
    else:
        values.read["a holding price" if record["is_holding"] else "a price"] += 1
        number = Decimal(found[0].replace(",", "")).quantize(_PLACES, ROUND_HALF_UP)
        values.compare(is_same=number == record["price"])


def origin(values: Values, cell: str, record: Row | None) -> None:
    """A country, a region or several places."""
    stated = record["ships_from"] if record else None
    if _says_nothing(cell):
        values.without[EMPTY] += 1
    elif record is None:
        values.without[REFUSED] += 1
    elif stated is None:
        is_none = _ONLY_TO.match(cell.strip()) is not None
        (values.without if is_none else values.left)["a destination only" if is_none else NO_RECORD] += 1
    elif (kind := origin_kind(stated)) is OriginKind.NO_PLACE:
        values.without["says that it names no place (undeclared, internet)"] += 1
    elif kind is OriginKind.NOT_READ:
        values.left["words that are no place known to us"] += 1
    else:
        values.read[str(kind)] += 1


def destination(values: Values, cell: str, record: Row | None) -> None:
    """Everywhere, everywhere but some places, or a list of places."""
    if _says_nothing(cell):
        values.without[EMPTY] += 1
    elif record is None:
        values.without[REFUSED] += 1
    elif record["ships_to"] is None:
        values.left[NO_RECORD] += 1
    elif (reach := read_destination(record["ships_to"]).reach) is Reach.NOT_READ:
        values.left["no place known to us, or an exception from a region"] += 1
    else:
        values.read[str(reach)] += 1


def day_in(column: str) -> Judge:
    """The day in a column of the record."""

    def judge(values: Values, cell: str, record: Row | None) -> None:
        found = _DAY.search(cell)
        if _says_nothing(cell):
            values.without[EMPTY] += 1
        elif record is None:
            values.without[REFUSED] += 1
        elif found is None or record[column] is None:
            values.left["no year, month and day" if found is None else "the day is not read"] += 1
        else:
            values.read["a day"] += 1
            values.compare(is_same=date(*map(int, found.groups())) == record[column])

    return judge


def quantity(values: Values, cell: str, record: Row | None) -> None:
    """An amount in a title that holds a unit by the loose test."""
    title = " ".join(cell.split())
    if not LOOSE.search(title):
        values.without["no digit beside a word like a unit"] += 1
        return
    found = _quantities(title)
    if found.reason:
        values.left[found.reason] += 1
        return
    values.read["a quantity"] += 1
    if alone := _ONE_AMOUNT.fullmatch(title):
        factor, unit = _UNITS[alone["unit"].lower()]
        stated = [(one.low, one.unit.split("/")[0]) for one in found.readings]
        stated += [(one.each_low, one.each_unit.split("/")[0]) for one in found.readings]
        values.compare(is_same=(factor * Decimal(alone["number"]), unit) in stated)


def amount(values: Values, cell: str, record: Row | None) -> None:
    """A number with its unit, in columns of their own."""
    if record is None:
        values.without[REFUSED] += 1
    elif record["amount"] is None or not record["unit"]:
        values.left["no number or no unit"] += 1
    else:
        values.read["a quantity"] += 1
        values.compare(is_same=Decimal(cell.replace(",", "")) == record["amount"])


@lru_cache(maxsize=1 << 17)
def _quantities(title: str) -> TitleQuantities:
    return quantities_in(title)


def _says_nothing(cell: str) -> bool:
    return " ".join(cell.split()).casefold() in _NOTHING


_LISTING = (
    "SELECT part, source_row, price, price_currency, is_placeholder(price) AS is_holding, ships_from, ships_to, "
    "seen_on, title FROM listing_sighting WHERE exhibit_id = ?"
)
_RATE = (
    "SELECT part, source_row, price, quote AS price_currency, false AS is_holding, valid_on "
    "FROM rate WHERE exhibit_id = ? AND quote = 'USD'"
)
_SELLER = (
    "SELECT part, source_row, registered_at::DATE AS first_on, last_seen_at::DATE AS last_on "
    "FROM account_sighting WHERE exhibit_id = ?"
)
_OUTCOME = "SELECT part, source_row, reported_on, amount, unit FROM outcome WHERE exhibit_id = ?"
_TAG = "SELECT part, source_row, tagged_on FROM address_tag WHERE exhibit_id = ?"
_FILE = ""  # the day is in the name of the file
# Query for the records of a profile, and what its columns hold: kind, column of the source, judge.
_ADVERT: tuple[tuple[str, str, Judge], ...] = (
    ("price", "price", price), ("origin", "from", origin), ("date", "date", day_in("seen_on")),
    ("quantity", "product", quantity),
)  # fmt: skip
_LOOKS: dict[str, tuple[str, Sequence[tuple[str, str, Judge]]]] = {
    "alphabay-2017-listings": (
        _LISTING,
        (("price", "listing_price", price), ("date", _FILE, day_in("seen_on")),
         ("quantity", "listing_title", quantity)),
    ),
    "agora-2014-products": (_LISTING, (*_ADVERT, ("destination", "to", destination))),
    "agora-2014-vendor-pages": (_LISTING, _ADVERT),  # of a destination it holds one word, and which one is chance
    "bitcoin-prices": (_RATE, (("price in USD", "BTC_USD", price), ("date", "Date", day_in("valid_on")))),
    "ecb-reference-rates": (_RATE, (("price in USD", "USD", price), ("date", "Date", day_in("valid_on")))),
    "daily-quotes": (_RATE, (("price in USD", "Close", price), ("date", "Date", day_in("valid_on")))),
    "vendor-sightings": (
        _SELLER,
        (("first date", "first_listing_utc", day_in("first_on")), ("last date", "last_listing_utc", day_in("last_on"))),
    ),
    "tag-packs": (_TAG, (("date", "lastmod", day_in("tagged_on")),)),
    "published-operations": (_OUTCOME, (("date", "announced", day_in("reported_on")), ("quantity", "value", amount))),
}  # fmt: skip


def recognised_files(data: Path, progress: Progress) -> tuple[dict[Path, Profile], Counter[str]]:
    """The profile of every file that has one, and how many files have none, by their folder."""
    found: dict[Path, Profile] = {}
    without: Counter[str] = Counter()
    paths = [path for path in sorted(data.rglob("*")) if path.is_file() and path.parent != data]
    with progress.stage("recognising files", len(paths)) as advance:
        for path in paths:
            hit = recognise(Source.of_file(path))
            if isinstance(hit, Recognised) and hit.profile:
                found[path] = hit.profile
            else:
                without[path.relative_to(data).parts[0]] += 1
            advance(1)
    return found, without


def accounts(files: Mapping[Path, Profile], scratch: Path, progress: Progress) -> list[Account]:
    """Take the files in, folder by folder, in an operation of their own, and look at what became of each."""
    context, op = Context(person="measurement", purpose="measurement"), scratch / "operation"
    new_operation(op, context, name="measurement", coordinator="measurement")
    authority = Authorisation(ref="B", issued_by="b", basis="b", valid_from="2020-01-01", valid_until="")
    add_authority(op, context, authority)
    folders = sorted({path.parent for path in files})
    submissions = [Submission(path=folder, market=folder.name, authority="B") for folder in folders]
    added = [one.exhibit for one in add_evidence(op, context, submissions, progress)]
    found = []
    with open_operation(op, context) as operation, reading(operation) as engine:
        for folder, exhibit in zip(folders, added, strict=True):
            of_folder = {path.name: profile for path, profile in files.items() if path.parent == folder}
            by_name = {profile.name: profile for profile in of_folder.values()}
            for profile in (by_name[name] for name in sorted(by_name)):
                paths = [folder / name for name, taken in of_folder.items() if taken.name == profile.name]
                with progress.stage(f"comparing {profile.name}", len(paths)) as advance:
                    found.append(_account(profile, paths, exhibit, engine, advance))
    return found


def _account(
    profile: Profile, paths: Sequence[Path], exhibit: Exhibit, engine: Session, advance: Callable[[int], None]
) -> Account:
    made = Account(profile.name, files=len(paths))
    parts = {one.part: one for one in exhibit.parts if one.part in {path.name for path in paths}}
    for one in parts.values():
        made.rows_in += one.rows_in
        made.rows_out += one.rows_out
        made.bytes_read += one.bytes_read or 0
        made.bytes_in_rows += one.bytes_in_rows or 0
        made.bytes_refused += one.bytes_refused or 0
    refusals = "SELECT part, reason, source_rows FROM refusal WHERE exhibit_id = ?"
    for refusal in engine.rows(refusals, [exhibit.exhibit_id]):
        if refusal["part"] in parts:
            made.refused[refusal["reason"]] += refusal["source_rows"]
    query, looks = _LOOKS.get(profile.name, (_LISTING, ()))
    records: dict[str, list[Row]] = defaultdict(list)
    for record in engine.rows(query, [exhibit.exhibit_id]):
        records[record["part"]].append(record)
    for path in paths:
        if "web_page" in profile.readers:
            _page(made, path, records[path.name])
        else:
            of_row = {record["source_row"]: record for record in records[path.name]}
            for number, row in enumerate(_rows(path, profile), start=1):
                made.counted += 1
                for kind, column, judge in looks:
                    judge(made.values[kind], path.name if column == _FILE else row[column] or "", of_row.get(number))
        advance(1)
    return made


def _rows(path: Path, profile: Profile) -> Iterator[dict[str, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding=profile.encoding, errors="replace", newline="") as lines:
        if "tagpack" in profile.readers:
            pack = yaml.load(lines, Loader=yaml.CBaseLoader)  # noqa: S506 - it makes nothing but texts
            yield from ({"lastmod": "", **pack, **tag} for tag in pack["tags"])
        else:
            yield from csv.DictReader(lines)


def _page(made: Account, path: Path, records: Sequence[Row]) -> None:
    """What a saved page shows, counted by patterns over its text, beside the adverts that were taken out of it."""
    made.counted += 1
    html = path.read_text(encoding="utf-8", errors="replace")
    prices = [record for record in records if record["price"] is not None and record["price_currency"]]
    origins = [record for record in records if record["ships_from"]]
    for kind, pattern, read in (("price", _PRICE_ON_PAGE, prices), ("origin", _ORIGIN_ON_PAGE, origins)):
        shown, values = len(pattern.findall(html)), made.values[kind]
        values.left += Counter({NO_RECORD: max(0, shown - len(read))})
        values.compared += len(read)
        values.wrong += max(0, len(read) - shown)  # more than the page shows
        for record in read:
            if kind == "origin":
                origin(values, record["ships_from"], record)
            else:
                values.read["a holding price" if record["is_holding"] else "a price"] += 1
    foot = _DAY_ON_PAGE.search(html)
    for record in records:
        day_in("seen_on")(made.values["date"], foot[0] if foot else "", record)
        quantity(made.values["quantity"], record["title"] or "", record)
