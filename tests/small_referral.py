"""One referred case, and a small market whose first order went to it. Everything in them is invented."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from conftest import REF, made_operation
from crossbearing.domain.context import Context
from crossbearing.domain.progress import Silent
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from small_market import MARKET, OTHER_ID, ROWS, SELLER_ID, small_market

FAMILY, GIVEN, STREET = "Canarykin", "Daneo", "12 Canary Lane"
ADDRESS = f"{GIVEN} {FAMILY}\n{STREET}\nZZ07 9ZZ Thornmere\nGB"
CASE = {
    "case_number": "GB-7", "agency": "GB local police", "legal_basis": "death investigation", "asked": "which seller",
    "reply_by": "2026-12-31", "given_name": GIVEN, "family_name": FAMILY, "street": STREET, "town": "Thornmere",
    "postcode": "ZZ07 9ZZ", "country": "GB", "last_seen_alive": "2021-03-08 10:00:00",
    "found_at": "2021-03-08 19:00:00", "is_fatal": "yes", "order_reference": "",
}  # fmt: skip
SCREEN = "case_number,specimen,substance,result,amount,unit,tested_on\n{}"


def me(purpose: str = "enquiry GB-7") -> Context:
    return Context(person="analyst", purpose=purpose)


def referral(path: Path, *rows: Mapping[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def added(folder: Path, path: Path, market: str = "") -> str:
    """Add one file; gives its exhibit."""
    found = add_evidence(folder, me(), [Submission(path=path, authority=REF, market=market)], Silent())
    return found[0].exhibit.exhibit_id


def market(folder: Path, stem: str = "kestrel", messages: Sequence[Sequence[object]] = (),
           about: str = "") -> Path:  # fmt: skip
    """A market whose first order went to the person of the case, among others, and one order without an address."""
    others: list[Sequence[object]] = [
        (f"t-{n}", "o-2", f"u-{n}", OTHER_ID, 1, f"Q{chr(97 + n % 26)}x Zorr\n{n} Vine Lane\nZZ80 9ZZ Pellbridge\nGB",
         "0.001", "delivered", "btc", f"2021-{1 + n % 6:02}-1{n % 9} 10:00:00")
        for n in range(200)
    ]  # fmt: skip
    orders: list[Sequence[object]] = [
        ("s-1", "o-1", "u-buyer-1", SELLER_ID, 1, ADDRESS, "0.001", "delivered", "btc", "2021-03-03 10:00:00"),
        ("s-9", "o-1", "u-buyer-2", SELLER_ID, 1, None, "0.001", "delivered", "btc", "2021-03-04 10:00:00"),
        *others,
    ]
    products: list[Sequence[object]] = [
        ("p-1", "Fentanyl powder 1g", "pure", "c-1", SELLER_ID, "2021-03-02 10:00:00"),
        ROWS["products"][1],
    ]
    shipping: list[Sequence[object]] = [("p-1", "all", None, "United Kingdom"), ("p-2", "all", None, "Germany")]
    rows = {**ROWS, "purchases": orders, "products": products, "physical_products": shipping}
    if about:
        rows["vendors"] = [(SELLER_ID, 3, about), ROWS["vendors"][1]]
    rows["messages"] = [*messages] or rows["messages"]
    return small_market(folder / f"{stem}.sql", rows)


def prepared(tmp_path: Path, *rows: Mapping[str, str], screen: str = "") -> Path:
    """An operation with the market, these referrals and laboratory results."""
    folder = made_operation(tmp_path / "operation")
    added(folder, market(tmp_path), MARKET)
    added(folder, referral(tmp_path / "cases.csv", *rows))
    if screen:
        (tmp_path / "tox.csv").write_text(SCREEN.format(screen), encoding="utf-8")
        added(folder, tmp_path / "tox.csv")
    bring_up_to_date(folder, me(), Silent())
    return folder
