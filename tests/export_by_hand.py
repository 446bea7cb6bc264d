"""Tables that may leave, small enough to know by heart, for tests of the formats. Everything in them is invented."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.export import report
from crossbearing.export.format import About, Carrier
from crossbearing.export.formats import FORMATS
from crossbearing.export.leaving import RECORDS, TABLES
from crossbearing.store.arrow import record_schema

SHOWN, SECOND, QUIET = "E-aaaaaaaaaaaa", "E-bbbbbbbbbbbb", "E-cccccccccccc"  # the last is for intelligence only
ABOUT: Final = About(
    operation="Kingfisher", operation_id="00ff00ff00ff00ff", coordinator="Desk", software="Crossbearing test",
    scope="the whole operation", handling="H1", tlp="AMBER", owners=("NL Police Desk",),
    as_of="2026-05-01T10:00:00.123456Z", is_simulated=True, is_released=False,
)  # fmt: skip
_T: Final = datetime(2021, 3, 1, 10, 11, 12, 345678)  # noqa: DTZ001 - tables hold UTC without a zone
_TEXTS: Final = pa.list_(pa.string())
_TYPES: Final = {
    **dict.fromkeys(("places", "exhibit_ids", "reasons_for", "reasons_against", "may_also_be"), _TEXTS),
    **dict.fromkeys(
        ("is_firm", "is_simulated", "is_exhibit", "is_sound", "price_is_placeholder", "is_placeholder", "is_nominal",
         "is_ambiguous", "is_sold_as"), pa.bool_()
    ),
    **dict.fromkeys(
        ("size_bytes", "step", "sold_counter", "sightings", "orders", "orders_without_value", "span_start", "span_end",
         "reading_number"), pa.int64()
    ),
    **dict.fromkeys(
        ("price", "probability", "log_odds", "quantity", "amount", "rate_price", "value_eur", "quantity_low",
         "quantity_high", "grams_low", "grams_high", "each_low", "each_high"), pa.decimal128(38, 12)
    ),
    **dict.fromkeys(
        ("first_seen_at", "last_seen_at", "last_active_at", "sold_at", "first_sold_at", "last_sold_at"),
        pa.timestamp("us"),
    ),
    **dict.fromkeys(("first_seen_on", "last_seen_on", "rate_on"), pa.date32()),
}  # fmt: skip
Rows = list[dict[str, Any]]


def _places(*exhibits: str) -> list[str]:
    return [f"{one}|dump.sql|users|{number}|{100 * number}|40" for number, one in enumerate(exhibits, start=1)]


def _lineage(*exhibits: str) -> dict[str, list[str]]:
    return {"places": _places(*exhibits), "exhibit_ids": list(exhibits)}


def _exhibit(name: str, handling: str, tlp: str, *, is_exhibit: bool) -> dict[str, Any]:
    return {
        "exhibit_id": name, "name": f"{name}.sql", "sha256": name[-1] * 64 if is_exhibit else None,
        "size_bytes": 4096 if is_exhibit else None, "market": "Kestrel", "source": "seized server", "authority": "W-1",
        "owners": "NL Police Desk", "handling": handling, "tlp": tlp, "nature": "fact",
        "gradings": "4x4:B2", "categories": "suspect", "review_on": "2027-01-01",
        "restrictions": "ask first", "profile": "kestrel-1" if is_exhibit else None, "clock": "+01:00",
        "is_simulated": True, "is_exhibit": is_exhibit, "added_at": "2026-05-01T10:00:00.123456Z",
    }  # fmt: skip


def _account(name: str, market: str, handle: str, operator: str | None, *exhibits: str) -> dict[str, Any]:
    return {
        "account_id": name, "market": market, "handle": handle, "server_id": f"s-{name}", "role": "seller",
        "first_seen_at": _T, "last_seen_at": _T.replace(year=2022), "last_active_at": _T.replace(month=4),
        "operator_id": operator, **_lineage(*exhibits),
    }  # fmt: skip


def _listing(name: str, account: str, title: str, *exhibits: str) -> dict[str, Any]:
    return {
        "listing_id": name, "account_id": account, "market": "Kestrel", "listing_server_id": f"p-{name}",
        "title": title, "description": f"words of {title}", "category": "Drugs / Stimulants",
        "price": Decimal("20.50"), "price_currency": "EUR", "price_is_placeholder": False, "ships_from": "Holland",
        "ships_from_country": "NL", "ships_to": "all", "sold_counter": 7, "first_seen_on": date(2021, 3, 2),
        "last_seen_on": date(2021, 5, 2), "sightings": 3, **_lineage(*exhibits),
    }  # fmt: skip


def tables() -> dict[str, Rows]:
    """Rows of every table that may leave."""
    found: dict[str, Rows] = {
        "exhibit": [
            _exhibit(SHOWN, "H0", "GREEN", is_exhibit=True),
            _exhibit(SECOND, "H0", "AMBER", is_exhibit=True),
            _exhibit(QUIET, "H1", "AMBER", is_exhibit=False),
        ],
        "custody": [
            {
                "exhibit_id": SHOWN, "step": 4, "kind": kind, "at": "2026-05-01T10:00:00.123456Z",
                "stated_at": "1 May, morning", "by": "A. Officer", "giver": "NL desk", "receiver": "DE desk",
                "place": "locker 7", "reason": "analysis", "tool": "dd", "tool_version": "9.1", "source": "disk 3",
                "source_sha256": "d" * 64, "clock": "+01:00: by its owner",
            }
            for kind in ("received",)
        ],
        "account": [
            _account("A-1", "Kestrel", "heron", "O-0001", SHOWN, SECOND),
            _account("A-2", "Osprey", "Heron", "O-0001", QUIET),
            _account("A-3", "Osprey", "plover", None, SHOWN),
        ],
        "identity": [
            {"account_id": account, "identity_kind": kind, "identity": identity, "is_sound": True, **_lineage(exhibit)}
            for account, kind, identity, exhibit in (
                ("A-1", "key", "AB" * 20, SHOWN), ("A-2", "key", "AB" * 20, QUIET),
                ("A-1", "contact", "email heron@example.org", SHOWN),
                ("A-3", "contact", "jabber plover@example.net", SHOWN),
                ("A-1", "wallet", "bitcoin notawallet1", SECOND), ("A-3", "wallet", "monero notawallet2", SHOWN),
            )
        ],
        "listing": [
            _listing("L-1", "A-1", "MDMA crystals 1g", SHOWN, SECOND), _listing("L-2", "A-3", "Haze 5g", SHOWN),
        ],
        "substance": [
            {
                "listing_id": "L-1", "substance": "MDMA", "substance_group": "stimulant", "substance_word": "mdma",
                "word_kind": "inn", "word_basis": "word", "is_ambiguous": False, "may_also_be": ["MDA"],
                "is_sold_as": False, "span_start": 0, "span_end": 4, **_lineage(SHOWN),
            }
        ],
        "quantity": [
            {
                "listing_id": "L-1", "reading_number": 1, "quantity_role": "amount", "quantity_low": Decimal(1),
                "quantity_high": Decimal(1), "quantity_unit": "g", "grams_low": Decimal(1), "grams_high": Decimal(1),
                "each_low": Decimal(2), "each_high": Decimal(3), "each_unit": "mg", "quantity_bound": "exact",
                "is_nominal": False, "is_ambiguous": False, "quantity_rule": "mass", "quantity_text": "1g",
                **_lineage(SHOWN),
            }
        ],
        "sale_valued": [
            {
                "account_id": "A-1", "market": "Kestrel", "sale_server_id": f"o-{n}", "listing_id": "L-1",
                "quantity": Decimal(n), "amount": Decimal("0.001"), "amount_currency": "BTC", "state": "delivered",
                "sold_at": _T, "is_placeholder": False, "rate_on": date(2021, 3, 1), "rate_price": Decimal(40000),
                "value_eur": Decimal("40.00"), **_lineage(SHOWN),
            }
            for n in (1, 2)
        ],
        "trade": [
            {
                "account_id": "A-1", "orders": 2, "orders_without_value": 1, "value_eur": Decimal("80.00"),
                "first_sold_at": _T, "last_sold_at": _T.replace(day=9), "exhibit_ids": [SHOWN],
            }
        ],
        "pair": [
            {
                "pair_id": "P-1", "left_id": "A-1", "right_id": "A-3", "tier": "proposal",
                "probability": Decimal("0.991234"), "log_odds": Decimal("-4.5"), "reasons_for": ["one key", "one name"],
                "reasons_against": ["other goods"], "model": "m-1", **_lineage(SHOWN),
            }
        ],
        "judgement": [
            {
                "pair_id": "P-2", "left_id": "A-1", "right_id": "A-2", "verdict": "same", "judged_by": "A. Analyst",
                "judged_at": "2026-05-02T00:00:00.000001Z", "is_firm": True, **_lineage(SHOWN, QUIET),
            }
        ],
    }  # fmt: skip
    for name in RECORDS:
        found[name] = [_record(name, number) for number in (1, 2)]
    return found


def _record(name: str, number: int) -> dict[str, Any]:
    values = {
        "text": f"{name} {number}", "integer": number, "decimal": Decimal("1.5"), "instant": _T,
        "date": date(2021, 3, 2), "flag": True,
    }  # fmt: skip
    row = {column.name: values[str(column.type)] for column in RECORD_TABLES[name].all_columns}
    return {**row, "exhibit_id": SHOWN}


def schema(table: str) -> pa.Schema:
    """Types of a table that may leave."""
    if table in RECORDS:
        full = record_schema(RECORD_TABLES[table])
        return pa.schema([full.field(name) for name in TABLES[table].columns])
    return pa.schema([(name, _TYPES.get(name, pa.string())) for name in TABLES[table].columns])


@dataclass
class Held:
    """A source that holds its rows."""

    tables: Mapping[str, Rows]

    def pieces(self, table: str, columns: tuple[str, ...]) -> Iterator[pa.Table]:
        """As a selection gives them: first the types, then the rows."""
        rows = pa.Table.from_pylist(
            [{name: row.get(name) for name in TABLES[table].columns} for row in self.tables[table]],
            schema=schema(table),
        ).select(columns)
        yield rows.slice(0, 0)
        yield rows


def written(form: str, home: Path, given: Mapping[str, Rows] | None = None) -> Path:
    """One export of these tables, with its report."""
    home.mkdir(parents=True)
    one = FORMATS[form]
    one.write(Carrier(Held(given or tables()), one.carries), ABOUT, home)
    report.write(one, ABOUT, home)
    return home


def content(home: Path) -> dict[str, bytes]:
    """Every file of an export by its name, without the report."""
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for path in sorted(home.rglob("*"))
        if path.is_file() and path.name not in {report.DATA, report.TEXT}
    }


HOSTILE: Final = (
    '=HYPERLINK("http://192.0.2.1","x")', "+1", "-1+1", "@SUM(A1)", "\tcmd", "\r=1", "'quoted", "  =1+1", "\uff1d1",
    "</node><script>alert(1)</script>", "]]>&amp;", "\\u0000 \\\\ back", "nul\x00here", "bell\x07", "\x1b[31mred",
    "\u202eright to left", "line\r\nbreak\n", "\ufffe\uffff", 'quote"and,comma', "a|b|c", "\u2028\u2029", "\U0001f600",
    "", " ", "{{7*7}}", "A" * 5000,
)  # fmt: skip


def hostile() -> dict[str, Rows]:
    """The same tables with a hostile title for each advert, and a hostile handle for each account."""
    found = tables()
    found["listing"] = [_listing(f"L-{n:02}", "A-1", text, SHOWN) for n, text in enumerate(HOSTILE)]
    found["account"] += [
        _account(f"A-h{n:02}", "Kestrel", text, None, SHOWN) for n, text in enumerate(HOSTILE)
    ]  # fmt: skip
    return found


def main(home: Path) -> None:
    """Write every format with hostile texts in it, for `make formats`."""
    for form in FORMATS:
        written(form, home / form, hostile())
    (home / "hostile.json").write_text(json.dumps(HOSTILE), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
