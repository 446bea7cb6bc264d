"""What a package says of a subject's money: what the servers noted, and that nothing was traced."""

from collections.abc import Mapping
from typing import Any, Final

from crossbearing.packages.gather import SubjectFacts
from crossbearing.packages.subject_page import FigureBook
from crossbearing.presentation.text import money, number, plural

NOT_TRACED: Final = (
    "Not traced yet: where the coins went from these addresses, and which exchange paid them out, was not looked at. "
    "An address that a server noted is the server's word, not the chain's."
)


def money_of(facts: SubjectFacts, figures: FigureBook) -> dict[str, Any]:
    """Payments and charges by coin, each with its rows, and what was not looked at."""
    subject = facts.target["subject_id"]
    noted: list[dict[str, Any]] = []
    for row in facts.payments:
        word = "address" if row["addresses"] == 1 else "addresses"
        figure = figures.add(
            number(row["addresses"]),
            f"addresses for {row['currency']} noted for orders of {subject}",
            "Distinct addresses of payment rows whose order has the subject as its seller; amounts are to be "
            "paid, each order once. Table payment.",
            row["places"],
        )
        noted.append({"text": f"{word} that servers noted to be paid for its orders: {_amount(row)}", **figure})
    for row in facts.invoices:
        word = "charge" if row["entries"] == 1 else "charges"
        figure = figures.add(
            number(row["entries"]),
            f"charges in {row['currency']} to {subject}",
            "What the market charged the seller, each period once. Table invoice.",
            row["places"],
        )
        noted.append({"text": f"{word} of the market: {_amount(row)}", **figure})
    return {"noted": noted, "not_traced": NOT_TRACED}


def _amount(row: Mapping[str, Any]) -> str:
    entries = plural(row["entries"], "entry", "entries")
    if row["amount"] is None:
        return f"{entries}, amount in {row['currency']} not known"
    without = f"; {number(row['without_amount'])} without an amount" if row["without_amount"] else ""
    return f"{money(row['amount'], row['currency'])} in {entries}{without}"


def shown_by(facts: SubjectFacts, figures: FigureBook) -> list[dict[str, Any]]:
    """Contacts and wallets that the accounts show as their own, each with the rows that show it."""
    return [_shown(row, figures) for row in facts.shown]


def _shown(row: Mapping[str, Any], figures: FigureBook) -> dict[str, Any]:
    kind, _, value = row["identity"].partition(" ")
    others = row["spread"] - 1
    return {
        "kind": row["identity_kind"],
        "network": kind,
        "value": value,
        "account": f"{row['handle'] or 'no handle'} on {row['market']}",
        "other_accounts": others,
        "exhibits": list(row["exhibit_ids"]),
        "seen": figures.add(
            number(len(row["places"])),
            f"places where {row['handle'] or 'the account'} shows a {kind} {row['identity_kind']}",
            "Places in the account's own profile and adverts, without quoted words. Table account_identity.",
            row["places"],
        ),
    }
