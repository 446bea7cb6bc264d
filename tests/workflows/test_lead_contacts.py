"""Contacts found at a scene: how they are read, where they are looked for, and what they say."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import made_operation
from crossbearing.domain.act import ActKind
from crossbearing.domain.progress import Silent
from crossbearing.leads.contacts import contacts_in
from crossbearing.store.operation import open_operation
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.match_leads import match_leads
from small_market import MARKET, OTHER_ID, ROWS, SELLER_ID, small_market
from small_referral import CASE, added, me, referral

NUMBER = "+44 7400 123456"
STRANGER = {**CASE, "family_name": "Otherkin", "street": "9 Elsewhere Road", "postcode": "ZZ99 1ZZ", "town": "Farmouth"}


def finding(
    tmp_path: Path,
    contact: str,
    *,
    delivery: str | None = "Box 1",
    about: str = "honest goods",
    said: str = "hello",
    orders: int = 1,
) -> Mapping[str, Any]:
    """What is found of a stranger with one contact, in a market where it may stand in one of three places."""
    folder = made_operation(tmp_path / "operation")
    day = "2021-03-0{} 10:00:00"
    own = [
        (f"s-{n}", "o-1", f"u-{n}", SELLER_ID, 1, "Box 1" if n else delivery, "0.001", "delivered", "btc", at)
        for n in range(orders)
        if (at := day.format(3 + n % 4))
    ]
    others = [
        (f"t-{n}", "o-2", f"v-{n}", OTHER_ID, 1, f"Box {n}", "0.001", "delivered", "btc", day.format(1 + n % 7))
        for n in range(300)
    ]
    messages = [("m-1", "u-0", SELLER_ID, said, day.format(3)), ("m-2", "v-1", OTHER_ID, "hello", day.format(3))]
    vendors = [(SELLER_ID, 3, about), (OTHER_ID, 2, "honest goods")]
    rows = {**ROWS, "purchases": [*own, *others], "vendors": vendors, "messages": messages}
    added(folder, small_market(tmp_path / "market.sql", rows), MARKET)
    added(folder, referral(tmp_path / "cases.csv", {**STRANGER, "contact_found": contact}))
    bring_up_to_date(folder, me(), Silent())
    return match_leads(folder, me(), ["GB-7"], Silent())[0].says


@pytest.mark.parametrize(
    ("contact", "where", "words"),
    [
        (NUMBER, "delivery", "Plain Person\nBox 1, call 07400 123456\nGB"),
        ("wickr: reedwarblerx", "delivery", "Plain Person\nBox 1\nWickr: ReedWarblerX"),
        ("plain.reed@example.org", "said", "write to plain.reed [at] example [dot] org"),
        ("07400-123456", "said", "my phone is +44 (7400) 123 456 2x please"),
        ("telegram @reedwarblerx", "about", "honest goods, telegram: reedwarblerx"),
    ],
)
def test_a_contact_leads_to_the_sale_of_whoever_wrote_it(tmp_path: Path, contact: str, where: str, words: str) -> None:
    found = finding(tmp_path, contact, **{where: words})
    (lead,) = [one for one in found["leads"] if one["identifiers"]]
    assert (lead["sale_server_id"], lead["identifiers"]) == ("s-0", ["contact"])
    assert lead["hypothesis"] == "somebody in between: friend, household or reseller"
    assert found["searched"]["messages"] == 2


def test_a_contact_makes_a_fair_lead_if_no_name_stands_against_it(tmp_path: Path) -> None:
    found = finding(tmp_path, NUMBER, delivery=None, said=f"call me, {NUMBER}")
    lead = found["leads"][0]
    assert (lead["sale_server_id"], lead["identifiers"], lead["grade"]) == ("s-0", ["contact"], "fair")


def test_a_sellers_contact_says_less_the_more_the_seller_sold(tmp_path: Path) -> None:
    few, many = (
        finding(tmp_path / str(orders), "wickr: reedwarblerx", about="wickr: reedwarblerx", orders=orders)["leads"][0]
        for orders in (1, 120)
    )
    bar_of_few, bar_of_many = (
        next(float(bar["value"]) for bar in one["bars"] if bar["part"] == "identifier") for one in (few, many)
    )
    assert bar_of_few > bar_of_many
    assert few["market"] == many["market"] == MARKET


@pytest.mark.parametrize("words", ["the number 17400 1234567", "wickr: reedwarblers", "somebody else's@example.org"])
def test_what_only_looks_like_the_contact_leads_nowhere(tmp_path: Path, words: str) -> None:
    found = finding(
        tmp_path, f"{NUMBER}; wickr: reedwarbler; else@example.com", delivery=f"Plain Person\nBox 1\n{words}"
    )
    assert [one for one in found["leads"] if one["identifiers"]] == []


def test_a_contact_that_nobody_can_read_is_said_and_opens_no_messages(tmp_path: Path) -> None:
    found = finding(tmp_path, "the blue phone")
    assert dict(found["notes"])["contact not read"].startswith("No mail address, number or messenger name")
    assert found["searched"]["messages"] is None
    with open_operation(tmp_path / "operation", me()) as operation:
        assert "message_body" not in {entry.subject for entry in operation.ledger.entries(ActKind.PROTECTED_READ)}


def test_a_lead_keeps_no_contact_and_stands_on_what_shows_it(tmp_path: Path) -> None:
    found = finding(tmp_path, "wickr: reedwarblerx", about="wickr: reedwarblerx")
    assert "reedwarblerx" not in repr(found)
    assert len(found["leads"][0]["exhibit_ids"]) == len({"market", "referral"})


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
    from crossbearing.leads import contacts as module

    reads: list[str] = []
    own = module.read_telephone
    monkeypatch.setattr(module, "read_telephone", lambda run, country: reads.append(run) or own(run, country))
    wanted = [f"phone +4474001{place:05}" for place in range(200)]
    text = " and ".join([*(f"07911 {place:06}" for place in range(500)), "07400 100007"])
    assert module._standing_in(text, wanted) == {"phone +447400100007"}
    assert len(reads) < 50
