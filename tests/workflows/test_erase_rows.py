"""Somebody without an account is erased row by row: nothing of them is left, and what others are in stands."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conftest import made_operation
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, NotFound
from crossbearing.domain.progress import Silent
from crossbearing.store import questions
from crossbearing.store.keyring import KEYS_VARIABLE
from crossbearing.store.operation import open_operation
from crossbearing.store.person_rows import read_places, text_of
from crossbearing.store.register import register
from crossbearing.workflows.appoint import appoint
from crossbearing.workflows.ask_lead import ask_lead
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.enter_opinion import enter_opinion
from crossbearing.workflows.erase import erase_rows
from crossbearing.workflows.match_leads import match_leads
from crossbearing.workflows.reread_evidence import reread_evidence
from crossbearing.workflows.retention import place_hold
from crossbearing.workflows.show_leads import list_referred
from crossbearing.workflows.show_log import verify_log
from crossbearing.workflows.show_protected import show_protected
from small_market import MARKET
from small_referral import CASE, FAMILY, GIVEN, added, market, referral
from workflows.test_erasure import everything_kept

OTHER = {**CASE, "case_number": "GB-8", "family_name": "Reedling", "given_name": "Mirela"}
PARCEL = {
    "parcel_ref": "PC-1", "agency": "GB post", "found_on": "2021-03-09", "tracking_number": "ZZ1",
    "postage_account": "", "return_name": "Ottfried Lindkin", "return_street": "1 Weir Row", "return_town": "Marrow",
    "to_name": "Selma Pipitkin", "to_street": "2 Weir Row", "to_town": "Marrow",
    "to_postcode": "ZZ1 1ZZ", "to_country": "GB", "packaging": "",
    "substances": "", "grams": "",
}  # fmt: skip


def me(person: str = "analyst") -> Context:
    return Context(person=person, purpose="enquiry")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two referred cases, one with an opinion; beside the keys, for whoever looks for what is left tries every key."""
    home = tmp_path_factory.mktemp("rows")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEYS_VARIABLE, str(home / "keys"))
        made = made_operation(home / "operation")
        # Nobody in the market is the person of a case here, so that what is left of them is left by the case alone.
        added(made, market(home), MARKET)
        added(made, referral(home / "cases.csv", {**CASE, "family_name": "Quailkin", "street": "3 Weir Row"}, OTHER))
        bring_up_to_date(made, me(), Silent())
        enter_opinion(made, me(), "GB-7", "Undetermined, see the coroner of Marrowdale.", given_by="Dr A",
                      qualification="pathologist", given_on="2021-04-02")  # fmt: skip
    return home


@pytest.fixture
def folder(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the operation with keys of its own."""
    shutil.copytree(template, tmp_path / "home")
    monkeypatch.setenv(KEYS_VARIABLE, str(tmp_path / "home" / "keys"))
    return tmp_path / "home" / "operation"


def place(folder: Path, table: str, **where: str) -> str:
    (row,) = show_protected(folder, me(), table, where=where)
    return str(row["place"])


def sung(folder: Path, *canaries: str) -> set[str]:
    """Which canaries are left in what opens with a key that is left."""
    kept = [content.lower() for _, content in everything_kept(folder)]
    return {canary for canary in canaries if any(canary.lower().encode() in content for content in kept)}


def test_the_person_of_a_case_is_gone_with_what_was_said_of_the_case_and_the_other_case_stands(folder: Path) -> None:
    match_leads(folder, me(), ["GB-7", "GB-8"], Silent())
    assert sung(folder, "Quailkin", "Reedling", "Marrowdale") == {"Quailkin", "Reedling", "Marrowdale"}
    receipt = erase_rows(
        folder, me(), Silent(), [place(folder, "overdose_case", case_number="GB-7")], reason="order 9 of 2026"
    )
    assert receipt.rows == {"overdose_case": 1}
    assert set(receipt.keys_destroyed) >= {"backup", "person"}
    assert sung(folder, "Quailkin", "Reedling", "Marrowdale") == {"Reedling"}
    assert [one.referral["case_number"] for one in list_referred(folder, me())] == ["GB-8"]
    with open_operation(folder, me()) as operation:
        left = {entry.subject for entry in operation.ledger.entries(ActKind.LEADS_MATCHED) if not entry.is_erased}
    assert left == {"GB-8"}
    assert verify_log(folder, me()).findings == ()


def test_words_of_a_partner_that_name_the_person_go_with_the_row_and_that_it_answered_stays(folder: Path) -> None:
    said = ["Known here: Daneo  QUAILKIN, see our file.", "Known here: Mirela Reedling.", "Of Quailkin Street."]
    with open_operation(folder, me()) as operation:
        for place_of, words in enumerate(said):
            payload = {"reply_sha256": f"{place_of:064}", "words": words}
            operation.ledger.record(me(), Act(kind=ActKind.REPLY_WORDED, subject="NL-001", payload=payload))
        sent = Act(kind=ActKind.EXPORTED, subject="csv", payload={"scope": "all", "sha256": "ab"})
        operation.ledger.record(replace(me(), purpose="on Daneo Quailkin"), sent)
    spot = place(folder, "overdose_case", case_number="GB-7")
    with pytest.raises(BadRequest, match="names the person"):
        erase_rows(folder, me(), Silent(), [spot], reason="asked by Quailkin, Daneo")
    erase_rows(folder, me(), Silent(), [spot], reason="order 9")
    with open_operation(folder, me()) as operation:
        left = [one.payload["words"] for one in operation.ledger.entries(ActKind.REPLY_WORDED) if not one.is_erased]
        (exported,) = operation.ledger.entries(ActKind.EXPORTED)
    assert left == said[1:]
    assert not exported.is_erased, "whoever has it must be told"


def test_reading_again_brings_no_erased_row_back(folder: Path) -> None:
    spot = place(folder, "overdose_case", case_number="GB-7")
    erase_rows(folder, me(), Silent(), [spot], reason="order 9")
    reread_evidence(folder, me(), Silent(), exhibit_ids=[spot.split("|")[0]])
    assert show_protected(folder, me(), "overdose_case", where={"case_number": "GB-7"}) == []
    assert show_protected(folder, me(), "overdose_case", where={"case_number": "GB-8"})


def test_what_the_same_source_row_says_in_open_tables_stays(folder: Path, tmp_path: Path) -> None:
    added(folder, referral(tmp_path / "parcels.csv", PARCEL))
    sender = place(folder, "person_sighting", full_name="Ottfried Lindkin")
    receipt = erase_rows(folder, me(), Silent(), [sender], reason="order 9")
    # Both persons stand in one source row.
    assert receipt.rows == {"person_sighting": 2}
    assert sung(folder, "Lindkin", "Pipitkin") == set()
    with open_operation(folder, me()) as operation:
        files = [file for one in register(operation.ledger).standing.values() for file in one.files]
    assert [file.rows for file in files if file.table == "parcel"] == [1]


def test_a_case_that_was_asked_for_by_hit_or_no_hit_is_asked_no_more(folder: Path) -> None:
    spot = place(folder, "overdose_case", case_number="GB-8")
    appoint(folder, me(), person="officer", roles=[], cases=["GB-8"])
    ask_lead(folder, me("officer"), "GB-8")
    erase_rows(folder, me(), Silent(), [spot], reason="order 9")
    with open_operation(folder, me()) as operation:
        assert questions.questions(operation) == {}
    assert not list((folder / "protected").glob("question-*/*.age"))
    assert sung(folder, "Reedling") == set()


@pytest.mark.parametrize("kind", ["case", "exhibit", "account"])
def test_a_hold_on_what_the_row_speaks_of_beats_its_erasure(folder: Path, kind: str) -> None:
    spots = {
        "case": place(folder, "overdose_case", case_number="GB-7"),
        "exhibit": place(folder, "overdose_case", case_number="GB-7"),
        "account": place(folder, "delivery", sale_server_id="s-1"),
    }
    held = {"case": "GB-7", "exhibit": spots["exhibit"].split("|")[0], "account": "u-buyer-1"}
    place_hold(folder, me(), kind=kind, name=held[kind], market=MARKET if kind == "account" else "", owner="Court",
               reason="appeal", review_on="2099-01-01")  # fmt: skip
    with pytest.raises(Contradiction, match="Hold"):
        erase_rows(folder, me(), Silent(), [spots[kind]], reason="order 9")
    assert sung(folder, "Quailkin", GIVEN, FAMILY) == {"Quailkin", GIVEN, FAMILY}


@pytest.mark.parametrize(
    ("places", "error", "words"),
    [
        ([], BadRequest, "No row is named"),
        (["row 7"], BadRequest, "A place names exhibit"),
        (["E-000000000000|cases.csv|rows|1|0|9"], NotFound, "No row of a protected table stands at"),
    ],
)
def test_what_is_no_row_is_answered_in_words_and_nothing_goes(
    folder: Path, places: list[str], error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        erase_rows(folder, me(), Silent(), places, reason="order 9")
    assert sung(folder, "Quailkin") == {"Quailkin"}


def test_a_row_that_is_there_goes_only_together_with_all_that_are_named(folder: Path) -> None:
    spot = place(folder, "overdose_case", case_number="GB-7")
    with pytest.raises(NotFound):
        erase_rows(folder, me(), Silent(), [spot, f"{spot}1"], reason="order 9")
    assert place(folder, "overdose_case", case_number="GB-7") == spot


def test_a_place_reads_back_as_it_is_written() -> None:
    said: Any = json.loads('["E-0a1b2c3d4e5f|a|b|c.csv|rows|3|210|96"]')
    assert [text_of(one) for one in read_places(said)] == said
