"""An invented operation's outcomes, small enough to add up by hand, for statements and comparisons."""


from pathlib import Path

from conftest import REPORT, fixed_context, made_operation
from crossbearing.domain.labels import Label
from crossbearing.domain.progress import Silent
from crossbearing.store.register import Authorisation
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.new_operation import add_authority

CAMPAIGN = "Nightjar"
# Country, persons arrested; each by a desk of its own, each on a day of its own.
ARRESTS = (("DE", 52), ("US", 153), ("NL", 10), ("FR", 5))


def row(ref: str, kind: str, country: str, amount: str, unit: str, *, item: str = "persons", **more: str) -> str:
    """One line of a report; a day, a part_of, a bound and a statement may be given."""
    cells = (
        CAMPAIGN, ref, more.get("statement", "event"), kind, more.get("on", "2022-01-16"), "2022-06-30", country, country,
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
