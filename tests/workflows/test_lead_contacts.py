"""Contacts found at a scene: how they are read, where they are looked for, and what they say."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import made_operation
from crossbearing.domain.act import ActKind
from crossbearing.domain.progress import Silent
from crossbearing.leads import contacts
from crossbearing.leads.contacts import contacts_in
from crossbearing.store.operation import open_operation
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.match_leads import match_leads
from small_market import MARKET, OTHER_ID, ROWS, SELLER_ID, small_market
from small_referral import CASE, added, me, referral

STRANGER = {**CASE, "family_name": "Otherkin", "street": "9 Elsewhere Road", "postcode": "ZZ99 1ZZ", "town": "Farmouth"}
ONE, MANY = "u-one", "u-many"  # sellers who show a contact, with one sale and with many
DELIVERED = {
    "s-0": "Plain Person\nBox 1, call 07400 123456\nGB", "s-1": "Plain Person\nBox 1\nWickr: ReedWarblerX",
    "s-4": None, "x-1": "Plain Person\nBox 1\nthe number 17400 1234567",
    "x-2": "Plain Person\nBox 1\nwickr: reedwarblers", "x-3": "Plain Person\nBox 1\nsomebody else's@example.org",
}  # fmt: skip
SAID = {"s-2": "write to plain.reed [at] example [dot] org", "s-3": "my phone is +44 (7400) 654 321 2x please",
        "s-4": "call me, +44 7400 777777"}  # fmt: skip
# Contact of each case, and the sale that it leads to; the last ones lead nowhere.
CONTACTS = {
    "GB-0": ("+44 7400 123456", "s-0"), "GB-1": ("wickr: reedwarblerx", "s-1"),
    "GB-2": ("plain.reed@example.org", "s-2"), "GB-3": ("07400-654321", "s-3"), "GB-4": ("07400 777777", "s-4"),
    "GB-5": ("telegram @reedwarblerx", "s-5"), "GB-6": ("icq 123456789", "m-0"),
    "GB-7": ("wickr: reedwarbler; else@example.com", ""), "GB-8": ("the blue phone", ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A market in which each contact stands in one of three places, and cases of strangers with one contact each."""
    home = tmp_path_factory.mktemp("contacts")
    made = made_operation(home / "operation")

    def sale(name: str, seller: str, day: int) -> tuple[object, ...]:
        text = DELIVERED.get(name, "Box 1")
        offer = "o-1" if seller == SELLER_ID else "o-2"
        return (name, offer, f"b-{name}", seller, 1, text, "0.001", "delivered", "btc", f"2021-03-0{day} 10:00:00")

    sales = [sale(f"s-{n}", ONE if n == 5 else SELLER_ID, 3) for n in range(6)]
    sales += [sale(f"m-{n}", MANY, 3 + n % 4) for n in range(120)]
    sales += [sale(f"x-{n}", OTHER_ID, 1 + n % 7) for n in range(300)]
    shown = [(SELLER_ID, 3, "honest goods"), (OTHER_ID, 2, "honest goods"), (ONE, 1, "ask, telegram: reedwarblerx"),
             (MANY, 1, "ask, icq: 123456789")]  # fmt: skip
    users = [*ROWS["users"], *((one, f"{one}-shop", *ROWS["users"][0][2:]) for one in (ONE, MANY))]
    messages = [(f"m-{name}", f"b-{name}", SELLER_ID, words, "2021-03-03 10:00:00") for name, words in SAID.items()]
    rows = {**ROWS, "users": users, "vendors": shown, "purchases": sales, "messages": messages}
    added(made, small_market(home / "market.sql", rows), MARKET)
    cases = [{**STRANGER, "case_number": number, "contact_found": one} for number, (one, _) in CONTACTS.items()]
    added(made, referral(home / "cases.csv", *cases))
    bring_up_to_date(made, me(), Silent())
    return made


@pytest.fixture(scope="module")
def findings(folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """What is found of every case."""
    return {one.case_number: one.says for one in match_leads(folder, me(), [], Silent(), every=True)}


def identified(finding: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in finding["leads"] if one["identifiers"]]


@pytest.mark.parametrize("number", [number for number, (_, sale) in CONTACTS.items() if sale[:2] == "s-"])
def test_a_contact_leads_to_the_sale_of_whoever_wrote_it(
    findings: Mapping[str, Mapping[str, Any]], number: str
) -> None:
    (lead,) = identified(findings[number])
    assert (lead["sale_server_id"], lead["identifiers"]) == (CONTACTS[number][1], ["contact"])
    assert findings[number]["searched"]["messages"] == len(SAID)


def test_a_contact_alone_makes_a_fair_lead_at_least_and_says_less_if_a_name_stands_against_it(
    findings: Mapping[str, Mapping[str, Any]],
) -> None:
    unnamed, named = identified(findings["GB-4"])[0], identified(findings["GB-0"])[0]
    assert (unnamed["grade"] != "weak", unnamed["hypothesis"]) == (True, "the consignee is not readable")
    assert (named["grade"] != "strong", named["hypothesis"]) == (
        True,
        "somebody in between: friend, household or reseller",
    )
    assert Decimal(named["probability"]) < Decimal(unnamed["probability"])


def test_a_sellers_contact_says_less_the_more_the_seller_sold(findings: Mapping[str, Mapping[str, Any]]) -> None:
    one, many = (
        next(float(bar["value"]) for bar in identified(findings[number])[0]["bars"] if bar["part"] == "identifier")
        for number in ("GB-5", "GB-6")
    )
    assert one > many


def test_what_only_looks_like_the_contact_leads_nowhere(findings: Mapping[str, Mapping[str, Any]]) -> None:
    assert identified(findings["GB-7"]) == []


def test_a_contact_that_nobody_can_read_is_said_and_opens_no_messages(folder: Path) -> None:
    def opened() -> int:
        with open_operation(folder, me()) as operation:
            entries = operation.ledger.entries(ActKind.PROTECTED_READ)
        return sum(entry.subject == "message_body" for entry in entries)

    before = opened()
    (found,) = match_leads(folder, me(), ["GB-8"], Silent())
    assert dict(found.says["notes"])["contact not read"].startswith("No mail address, number or messenger name")
    assert found.says["searched"]["messages"] is None
    assert opened() == before


def test_a_lead_keeps_no_contact_and_stands_on_what_shows_it(findings: Mapping[str, Mapping[str, Any]]) -> None:
    assert "reedwarbler" not in repr(findings)
    assert len(identified(findings["GB-5"])[0]["exhibit_ids"]) == len({"market", "referral"})


@given(st.integers(0, 999_999), st.sampled_from([" ", "-", ".", "/", ""]))
def test_a_number_is_one_however_it_is_written(last: int, between: str) -> None:
    digits = f"{last:06d}"
    home = f"07400{between}{digits[:3]}{between}{digits[3:]}"
    assert contacts_in(home, "GB") == contacts_in(f"+44 7400 {digits}", "") == {f"phone +447400{digits}"}


def test_a_number_without_its_country_is_not_guessed() -> None:
    assert contacts_in("07400 123456", "") == frozenset()


def test_a_text_full_of_numbers_is_read_once_and_not_once_for_each_number_that_is_sought(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reads: list[str] = []
    own = contacts.read_telephone
    monkeypatch.setattr(contacts, "read_telephone", lambda run, country: reads.append(run) or own(run, country))
    wanted = [f"phone +4474001{place:05}" for place in range(200)]
    text = " and ".join([*(f"07911 {place:06}" for place in range(500)), "07400 100007"])
    assert contacts._standing_in(text, wanted) == {"phone +447400100007"}
    assert len(reads) < 50
