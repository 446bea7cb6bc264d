"""Profiles over lists scraped by others: every quirk of a cell, shown with invented rows."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from crossbearing.intake.mapping import Mapped, SourceRows
from crossbearing.intake.mapping import mapped as mapped_rows
from crossbearing.intake.part_reader import Recognised, recognise
from crossbearing.intake.profile import all_profiles
from crossbearing.intake.reader import RawBatch
from crossbearing.intake.sources import Source, open_part
from crossbearing.store.records import transformer

PAGE = {"list": "2014-01-01__abc.html", "date": "2014-01-01", "vendor": "alder", "product": "5 g tea", "price": "0.5",
        "cat": "Goods", "subcat": "Tea", "feedback": "", "from": "NA", "to": "NA"}  # fmt: skip
VENDOR = {"date": "2014-01-01", "vendor": "alder", "product": "5 g tea", "description": "fresh", "price": "0.5",
          "from": "NA", "to": "NA"}  # fmt: skip
QUOTE = {"Date": "2020-01-01", "Adj Close": "7", "Close": "7.25", "High": "9", "Low": "5", "Open": "6", "Volume": "1"}


def taken(path: Path, rows: Sequence[Mapping[str, str]]) -> tuple[str, Mapped]:
    """Write the rows as a file, read it, and map it with the profile that takes it."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    found = recognise(Source.of_file(path))
    assert isinstance(found, Recognised)
    assert found.profile is not None
    with open_part(Source.of_file(path)) as stream:
        (batch,) = found.reader.read(stream, found.profile.encoding)
    assert isinstance(batch, RawBatch)
    constants = {"exhibit_id": "E-1", "market": "M", "reader": "r"}
    with transformer() as engine:
        made = mapped_rows(SourceRows(found.profile.table(batch.table), constants, [(path.name, batch)]), engine)
    return found.profile.name, made


def records(made: Mapped, table: str) -> list[dict[str, Any]]:
    return [row for record, rows, _ in made.records if record == table for row in rows.to_pylist()]


@pytest.mark.parametrize(
    ("written", "beside", "ships_from", "ships_to"),
    [
        ("Norway", "NA", "Norway", None),
        ("\n Norway\t", " Worldwide ", "Norway", "Worldwide"),
        ("NA", "Worldwide", None, "Worldwide"),
        ("", "", None, None),
        ("From: Norway", "NA", "Norway", None),
        ("From: Norway To: Worldwide", "NA", "Norway", "Worldwide"),
        ("From: Hong Kong\n  To: EU, not to Norway", "NA", "Hong Kong", "EU, not to Norway"),
        ("From: Norway", "Sweden", "Norway", "Sweden"),
        ("To: Worldwide", "NA", None, "Worldwide"),
        ("From: To: Worldwide", "NA", None, "Worldwide"),
        ("From:", "NA", None, None),
        ("Fromage: Norway", "NA", "Fromage: Norway", None),
        ("Toledo", "NA", "Toledo", None),
    ],
)
def test_an_origin_that_the_page_kept_with_its_destination_is_taken_apart(
    tmp_path: Path, written: str, beside: str, ships_from: str | None, ships_to: str | None
) -> None:
    name, made = taken(tmp_path / "products.csv", [PAGE | {"from": written, "to": beside}])
    (advert,) = records(made, "listing_sighting")
    assert name == "agora-2014-products"
    assert (advert.get("ships_from"), advert.get("ships_to")) == (ships_from, ships_to)


@pytest.mark.parametrize(
    ("written", "beside", "ships_from", "ships_to"),
    [
        ("Norway", "Worldwide", "Norway", "Worldwide"),
        ("New", "Zealand", "New Zealand", None),
        ("Hong", "Kong", "Hong Kong", None),
        ("South", "Sweden", "South", "Sweden"),
        ("New", "NA", "New", None),
        ("NA", "United States", None, "United States"),
        ("NA", "NA", None, None),
    ],
)
def test_a_country_cut_at_its_space_is_put_together(
    tmp_path: Path, written: str, beside: str, ships_from: str | None, ships_to: str | None
) -> None:
    name, made = taken(tmp_path / "vendors.csv", [VENDOR | {"from": written, "to": beside}])
    (advert,) = records(made, "listing_sighting")
    assert name == "agora-2014-vendor-pages"
    assert (advert.get("ships_from"), advert.get("ships_to")) == (ships_from, ships_to)


def test_a_quote_is_of_the_pair_in_the_name_of_its_file_and_a_day_without_one_is_refused(tmp_path: Path) -> None:
    rows = [QUOTE, QUOTE | {"Date": "2020-01-02", "Close": ""}, QUOTE | {"Date": "03/01/2020"}]
    name, made = taken(tmp_path / "XMR-EUR-1d.csv", rows)
    (rate,) = records(made, "rate")
    assert name == "daily-quotes"
    assert (rate["base"], rate["quote"], float(rate["price"]), str(rate["valid_on"])) == (
        "XMR", "EUR", 7.25, "2020-01-01",
    )  # fmt: skip
    assert dict(made.refused) == {1: "no price on this day", 2: "the day is not an ISO date"}


@pytest.mark.parametrize("name", ["quotes.csv", "XMRA-EUR.csv", "xmr-eur-1d.csv", "XMR-EURO.csv"])
def test_quotes_of_a_file_that_names_no_pair_are_refused(tmp_path: Path, name: str) -> None:
    _, made = taken(tmp_path / name, [QUOTE])
    assert dict(made.refused) == {0: "the name of the file says no pair of currencies"}


def test_the_profiles_that_were_corrected_say_so_by_their_version() -> None:
    versions = {profile.name: profile.version for profile in all_profiles()}
    corrected = ("agora-2014-products", "agora-2014-vendor-pages", "hansa-2017-pages")
    assert {versions[name] for name in corrected} == {"2"}
