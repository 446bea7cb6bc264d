"""Accounts and rows that name persons, by hand, small enough to know by heart. Everything in them is invented."""

from collections.abc import Mapping
from typing import Any

from crossbearing.identification.evidence import Account, Bought, Evidence, Shown
from crossbearing.identification.proposing import Proposal, proposals_in

KEY = "B9AB20AE802CE817F84A4DD4958D5AF65B453138"
MAIL, DEPOSIT, TRACKING, POSTAGE = "plainfinch@post.invalid", "bcrt1qinvented", "SIM000000001GB", "PX00000001"
OTHER_MAIL = "otherfinch@post.invalid"
DANEO = {"given_name": "Daneo", "family_name": "Canarykin", "born_on": "1984-03-21"}
SOMEBODY = {"given_name": "Kelia", "family_name": "Harwen", "born_on": "1990-01-02"}
_COLUMNS = {
    "device": ("extract_ref", "agency", "tool", "given_name", "family_name", "born_on", "phone", "seized_on", "logins",
               "private_keys"),
    "return": ("return_ref", "exchange", "deposit_address", "customer_id", "given_name", "family_name", "born_on",
               "phone", "mail", "opened_on"),
    "record": ("record_ref", "provider", "asked_kind", "asked_about", "given_name", "family_name", "born_on", "street",
               "town", "phone", "mail", "held_from", "held_until"),
    "statement": ("statement_ref", "agency", "kind", "market", "handle", "identifier", "given_name", "family_name",
                  "born_on", "street", "town", "phone", "since", "until", "grade", "tool"),
    "parcel": ("parcel_ref", "tracking_number", "postage_account"),
    "sighting": ("role", "ref", "full_name", "street", "town", "stated_at"),
}  # fmt: skip
_count = iter(range(10**9))


def row(table: str, **said: object) -> dict[str, Any]:
    """A row in an exhibit of its own, unless one is named; what is left out is null."""
    number = next(_count)
    exhibit = str(said.pop("exhibit_id", f"E-{number}"))
    given = dict.fromkeys(_COLUMNS[table]) | said
    return {**given, "exhibit_id": exhibit, "place": f"{exhibit}|part|rows|{number}|0|1"}


def account(number: int = 1, subject: str = "", **changed: Any) -> Account:
    said = {"market": "Kestrel", "handle": f"finch-{number}", "begins": "2021-01-01", "ends": "2021-12-01"}
    name = f"A-{number}"
    return Account(account_id=name, subject=subject or name, exhibit_ids=("E-market",), **{**said, **changed})


def shown(kind: str, value: str, number: int = 1) -> Shown:
    return Shown(account_id=f"A-{number}", kind=kind, value=value, places=("E-market|m|t|1|0|1",),
                 exhibit_ids=("E-market",))  # fmt: skip


def device(who: Mapping[str, str] = DANEO, *, keys: str = f'["{KEY}"]', handles: tuple[str, ...] = ("finch-1",),
           seized: str = "2022-02-01", ref: str = "DV-1") -> dict[str, Any]:  # fmt: skip
    logins = ",".join(f'{{"market": "Kestrel", "handle": "{one}"}}' for one in handles)
    return row("device", **who, extract_ref=ref, seized_on=seized, private_keys=keys, logins=f"[{logins}]")


def exchange(who: Mapping[str, str] = DANEO, name: str = "Quillhaven", **said: object) -> dict[str, Any]:
    return row("return", exchange=name, deposit_address=DEPOSIT, opened_on="2020-01-01", **{**who, **said})


def money_path(
    number: int = 1, grade: str = "4x4:B2", tool: str = "Coinwalk 3.1", since: str = "2021-02-01"
) -> dict[str, Any]:
    return row("statement", kind="money path", market="Kestrel", handle=f"finch-{number}", identifier=DEPOSIT,
               grade=grade, tool=tool, agency="tracing desk", since=since, until=since and "2021-03-01")  # fmt: skip


def record(kind: str, about: str, who: Mapping[str, str] = DANEO, provider: str = "Moorpost", **said: object) -> Any:
    return row("record", provider=provider, asked_kind=kind, asked_about=about, **{**who, **said})


def statement(kind: str, who: Mapping[str, str] = DANEO, *, grade: str = "4x4:B2", **said: object) -> dict[str, Any]:
    about = {"market": "Kestrel", "handle": "finch-1", "agency": "observation team", "since": "2021-05-01",
             "until": "2021-05-03"}  # fmt: skip
    return row("statement", kind=kind, grade=grade, **{**about, **who, **said})


def bought(number: int = 1, tracking: str = TRACKING) -> Bought:
    return Bought(account_id=f"A-{number}", tracking=tracking, since="2021-05-01", until="2021-05-07",
                  places=("E-uc|u|t|1|0|1",), exhibit_ids=("E-uc",))  # fmt: skip


def parcel(tracking: str = TRACKING, exhibit: str = "E-parcels") -> dict[str, Any]:
    return row("parcel", parcel_ref="PC-1", tracking_number=tracking, postage_account=POSTAGE, exhibit_id=exhibit)


def evidence(*accounts: Account, **said: Any) -> Evidence:
    known = accounts or (account(),)
    return Evidence(**{"accounts": {one.account_id: one for one in known}, **said})


def proposed(given: Evidence, subject: str = "A-1") -> list[Proposal]:
    return proposals_in(given).get(subject, [])


def only(given: Evidence, subject: str = "A-1") -> Proposal:
    (found,) = proposed(given, subject)
    return found


def codes(one: Proposal) -> set[str]:
    """What speaks against a person, by its short names."""
    return {remark.code for remark in (*one.patterns, *one.counter)}
