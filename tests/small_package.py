"""A small operation that packages are built from, with a person and a case behind its first seller. All invented."""

import csv
import json
from pathlib import Path

from conftest import REF, made_operation
from crossbearing.domain.context import Context
from crossbearing.domain.labels import Label
from crossbearing.domain.progress import Silent
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.judge_person import Judgement, judge_person
from crossbearing.workflows.propose_persons import propose_persons
from crossbearing.workflows.show_persons import list_persons
from small_market import MARKET, SELLER
from small_referral import CASE, market, referral

MAIL = "canaryshop@post.invalid"
GIVEN, FAMILY, BORN, STREET, PHONE = "Orlo", "Heronwick", "1984-03-21", "12 Heron Lane", "+442079460595"
SECRETS = (GIVEN, FAMILY, BORN, STREET, PHONE, "79460595", *(CASE[name] for name in ("given_name", "family_name",
           "street", "town", "postcode")))  # fmt: skip
OPEN = Label(owners=frozenset({"Desk"}), handling="H1", tlp="AMBER", review_on="2027-12-31", nature="fact",
             categories=frozenset({"suspect"}))  # fmt: skip
RECORD = {
    "record_ref": "PR-1", "provider": "Moorpost", "asked_kind": "mail", "asked_about": MAIL, "legal_basis": "order 7",
    "customer_id": "K1", "given_name": GIVEN, "family_name": FAMILY, "born": BORN, "street": STREET, "town": "Pellmoor",
    "postcode": "ZZ07 9ZZ", "country": "GB", "phone": PHONE, "mail": "orlo@example.invalid", "held_from": "2020-01-01",
    "held_until": "",
}  # fmt: skip


def me(person: str = "analyst", purpose: str = "enquiry 7") -> Context:
    return Context(person=person, purpose=purpose)


def put_in(folder: Path, path: Path, market_name: str = "", label: Label = OPEN) -> str:
    """Add one file under a label; gives its exhibit."""
    said = Submission(path=path, authority=REF, market=market_name, label=label)
    return add_evidence(folder, me(), [said], Silent())[0].exhibit.exhibit_id


def device(path: Path) -> Path:
    row = {
        "extract": "DV-1", "agency": "GB forensic unit", "tool": "PhoneReader",
        "owner_as_stated": {"given": GIVEN, "family": FAMILY, "born": BORN, "phone": PHONE}, "seized_on": "2021-12-30",
        "logins": [{"market": MARKET, "handle": SELLER}], "private_keys": [], "addresses_seen": [],
    }  # fmt: skip
    row["private_keys"] = ["B9AB20AE802CE817F84A4DD4958D5AF65B453138"]
    other = {**row, "extract": "DV-2", "logins": [], "private_keys": [],
             "owner_as_stated": {"given": "Kelia", "family": "Harwen", "born": "1990-01-02", "phone": ""}}  # fmt: skip
    path.write_text("".join(json.dumps(one) + "\n" for one in (row, other)), encoding="utf-8")
    return path


def listed(path: Path) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(RECORD))
        writer.writeheader()
        writer.writerow(RECORD)
    return path


def prepared(home: Path) -> tuple[Path, dict[str, str]]:
    """An operation with market, device, provider record and referral; and the exhibit of each by these words."""
    folder = made_operation(home / "operation")
    found = {
        "market": put_in(folder, market(home, about=f"ask me, mail {MAIL}"), MARKET),
        "device": put_in(folder, device(home / "devices.jsonl")),
        "record": put_in(folder, listed(home / "records.csv")),
        "case": put_in(folder, referral(home / "cases.csv", CASE)),
    }
    bring_up_to_date(folder, me(), Silent())
    return folder, found


def judged(folder: Path, verdict: str = "confirmed", person: str = "analyst") -> str:
    """Judge the one person that is proposed; gives the subject."""
    propose_persons(folder, me(), [], Silent(), every=True)
    (found,) = list_persons(folder, me())
    said = Judgement(
        verdict=verdict, reason="mailbox and device agree", basis="log-in on the device", nature="assessment",
        category="suspect", review_on="2030-06-30", answers="nothing speaks against it",
    )  # fmt: skip
    judge_person(folder, me(person), found.subject, found.persons[0].person_id, said)
    return found.subject
