"""An invented operation's outcomes, small enough to add up by hand, for statements and comparisons."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from conftest import REPORT, fixed_context, made_operation
from crossbearing.domain.labels import Label
from crossbearing.domain.progress import Silent
from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.results.comparison import record_of
from crossbearing.results.events import STEPS
from crossbearing.results.statement_figures import Book
from crossbearing.store.arrow import record_schema
from crossbearing.store.register import Authorisation
from crossbearing.store.session import Session, session
from crossbearing.store.snapshot import DECISION_TABLES
from crossbearing.store.steps import in_order
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.new_operation import add_authority

CAMPAIGN = "Nightjar"
# Country, persons arrested; each by a desk of its own, each on a day of its own.
ARRESTS = (("DE", 52), ("US", 153), ("NL", 10), ("FR", 5))


def row(ref: str, kind: str, country: str, amount: str, unit: str, *, item: str = "persons", **more: str) -> str:
    """One line of a report; a day, a part_of, a bound and a statement may be given."""
    cells = (
        CAMPAIGN, ref, more.get("statement", "event"), kind, more.get("on", "2022-01-16"), "2022-06-30", country,
        country,
        f"{country} desk", item, more.get("part_of", ""), amount, unit, more.get("bound", "exact"), "", "",
    )  # fmt: skip
    return ",".join(cells)


def rows() -> list[str]:
    """Events of all kinds, without doubles."""
    found = [
        row(f"{code}-A", "arrest", code, str(count), "persons", on=f"2022-0{place + 1}-16")
        for place, (code, count) in enumerate(ARRESTS)
    ]
    found += [
        row("DE-C", "charge", "DE", "12", "persons", on="2022-05-02"),
        row("DE-V", "conviction", "DE", "3", "persons", on="2022-06-02"),
        row("DE-S", "search", "DE", "40", "premises", item="premises", on="2022-01-15"),
        row("DE-K", "seizure", "DE", "258.5", "kg", item="amphetamine", part_of="drugs"),
        row("NL-K", "seizure", "NL", "43", "kg", item="cocaine", part_of="drugs", on="2022-02-20"),
        row("US-K", "seizure", "US", "548.5", "kg", item="drugs", on="2022-03-02"),
        row("US-G", "seizure", "US", "117", "pieces", item="firearms", on="2022-03-02"),
        row("US-P", "seizure", "US", "2500", "pills", item="ecstasy", part_of="drugs", on="2022-03-02"),
        row("DE-M", "seizure", "DE", "1200000", "EUR", item="cash", on="2022-01-17"),
        row("NL-M", "seizure", "NL", "350000.50", "EUR", item="virtual_currency", on="2022-02-20"),
        row("NL-X", "account_closure", "NL", "403", "accounts", item="accounts", on="2022-02-20"),
    ]
    return found


def report(folder: Path, name: str, *lines: str, tlp: str = "") -> None:
    """Take a report in, labelled, and bring everything up to date."""
    path = folder.parent / name
    path.write_text(REPORT + "".join(line + "\n" for line in lines), encoding="utf-8")
    context = fixed_context()
    label = Label(handling="H0", tlp=tlp) if tlp else Label()
    add_evidence(folder, context, [Submission(path=path, authority="W-9", label=label)], Silent())
    bring_up_to_date(folder, context, Silent())


def small_outcomes(folder: Path) -> Path:
    """An operation with one report of every kind of event, labelled for the public."""
    made_operation(folder)
    granted = Authorisation(ref="W-9", issued_by="Court", basis="order", valid_from="2020-01-01", valid_until="")
    add_authority(folder, fixed_context(), granted)
    report(folder, "first.csv", *rows(), tlp="CLEAR")
    return folder


def records(lines: Sequence[str], *, exhibit: str = "E-0001") -> list[dict[str, Any]]:
    """Rows of the table of outcomes as the reader would make them of these lines."""
    columns = REPORT.strip().split(",")
    found = []
    for place, line in enumerate(lines):
        said: dict[str, Any] = dict(zip(columns, line.split(","), strict=True))
        texts = {name: said[name] or None for name in columns if name not in {"statement", "amount", "package_ref"}}
        found.append(
            {
                **texts,
                "exhibit_id": exhibit,
                "part": exhibit,
                "source_table": "rows",
                "source_row": place + 1,
                "byte_offset": 100 * place,
                "byte_length": 99,
                "reader": "by hand",
                "is_stated_total": said["statement"] == "total",
                "amount": Decimal(said["amount"]),
                "happened_on": date.fromisoformat(said["happened_on"]) if said["happened_on"] else None,
                "reported_on": date.fromisoformat(said["reported_on"]) if said["reported_on"] else None,
            }
        )
    return found


def derived(engine: Session, *reports: Sequence[str], judged: Sequence[Mapping[str, Any]] = (), **details: str) -> None:
    """The tables of results over these reports, each an exhibit of its own; every row has the details."""
    rows = [one for place, lines in enumerate(reports) for one in records(lines, exhibit=f"E-{place + 1:04}")]
    detailed = [{**one, **details} for one in rows] if details else []
    for name, given in (("outcome", rows), ("outcome_detail", detailed), ("rate", []), ("refusal", [])):
        schema = record_schema(RECORD_TABLES[name])
        shaped = [{column: one.get(column) for column in schema.names} for one in given]
        engine.table(name, pa.Table.from_pylist(shaped, schema=schema))
    for name, decision in DECISION_TABLES.items():
        said = judged if name == "outcome_judgement" else ()
        shaped = [{**dict.fromkeys(decision.schema.names), **one} for one in said]
        engine.table(name, pa.Table.from_pylist(shaped, schema=decision.schema))
    exhibits = [{"exhibit_id": f"E-{place + 1:04}", "exhibit_position": place} for place in range(len(reports))]
    engine.table("exhibit", pa.Table.from_pylist(exhibits))
    for step in in_order(STEPS):
        engine.table(step.table, pa.concat_tables(step.produce(engine)))


@contextmanager
def book_of(
    *reports: Sequence[str], judged: Sequence[Mapping[str, Any]] = (), by_place: bool = False, public: bool = True
) -> Iterator[Book]:
    """The figures of these reports, each an exhibit of its own, without an operation."""
    with session(threads=1) as engine:
        derived(engine, *reports, judged=judged)
        names = {"campaign": [CAMPAIGN], "coordinator": ["Desk"], "agency": ["DE desk"], "earlier": ["SpecTor"]}
        yield Book(engine, CAMPAIGN, by_place=by_place, names=names, public=lambda _: public, records=record_of)
