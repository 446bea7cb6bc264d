"""Privileged material, quarantined bytes and covert accounts: set aside, kept apart, and never shown by mistake."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest

from conftest import REF
from crossbearing.domain.access import REVIEWER, Access, Action, Resource, Subject, decide
from crossbearing.domain.act import ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotAuthorised, NotFound, UnreadableSource
from crossbearing.domain.privilege import PrivilegeRule
from crossbearing.domain.progress import Silent
from crossbearing.domain.tables import OPEN_TABLES, PROTECTED_TABLES
from crossbearing.registry import STEPS
from crossbearing.store.operation import open_operation
from crossbearing.store.views import reading
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.appoint import appoint
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import build_packages
from crossbearing.workflows.enter_covert import enter_covert
from crossbearing.workflows.relabel import relabel
from crossbearing.workflows.reread_evidence import reread_evidence
from crossbearing.workflows.set_aside import (
    list_hashes,
    list_set_aside,
    release_row,
    review_row,
    rule_privilege,
    set_aside_row,
)
from crossbearing.workflows.show_evidence import list_evidence, show_bytes
from small_market import LAWYER, MARKET, OTHER, SELLER, small_market


def me(person: str = "analyst", purpose: str = "test") -> Context:
    return Context(person=person, purpose=purpose)


def taken(folder: Path) -> str:
    path = small_market(folder.parent / "kestrel.sql")
    (added,) = add_evidence(folder, me(), [Submission(path=path, authority=REF, market=MARKET)], Silent())
    return added.exhibit.exhibit_id


def seen(folder: Path, word: str) -> set[str]:
    """Tables in which a word stands for an analyst who reads everything that can be read."""
    bring_up_to_date(folder, me(), Silent())
    with open_operation(folder, me()) as operation:
        derived = [step.table for step in STEPS]
        with reading(operation, *derived, protected=sorted(PROTECTED_TABLES)) as engine:
            tables = [*sorted(OPEN_TABLES), *sorted(PROTECTED_TABLES), *derived]
            return {t for t in tables if word in json.dumps(engine.rows(f"SELECT * FROM {t}"), default=str)}


def ruled(folder: Path) -> str:
    rule_privilege(folder, me(), PrivilegeRule(ref="counsel", words=("advocate  PELIKAN",), reason="known counsel"))
    return taken(folder)


def test_what_a_rule_names_is_set_aside_before_anything_of_it_is_a_record(operation: Path) -> None:
    exhibit = ruled(operation)
    assert seen(operation, LAWYER) == set()
    assert seen(operation, "m-4"), "what the rule does not name is there"
    assert not seen(operation, "m-3"), "also the message's dry facts"
    (place,) = list_set_aside(operation, me())
    assert (place.exhibit_id, place.source_table) == (exhibit, "messages")
    text = show_bytes(operation, me(), exhibit, offset=0, length=60_000)
    assert LAWYER not in text
    assert "thank you" in text


def test_a_row_is_set_aside_by_hand_and_leaves_every_table(local_operation: Path) -> None:
    exhibit = taken(local_operation)
    assert seen(local_operation, LAWYER) == {"message_body"}
    with open_operation(local_operation, me()) as operation, reading(operation, protected=["message_body"]) as engine:
        (row,) = engine.rows("SELECT * FROM message_body WHERE message_server_id = 'm-3'")
    records = set_aside_row(local_operation, me(), exhibit, part="", offset=row["byte_offset"], reason="counsel")
    assert records == 2
    assert seen(local_operation, LAWYER) == set()
    assert seen(local_operation, "m-3") == set()
    with pytest.raises(NotFound):
        set_aside_row(local_operation, me(), exhibit, part="", offset=row["byte_offset"], reason="again")


def reviewer(folder: Path, name: str = "reviewer", *, cases: list[str] | None = None) -> Context:
    appoint(folder, me(), person=name, roles=[REVIEWER], cases=cases or [])
    return me(name, "privilege review")


def test_only_a_reviewer_outside_the_case_sees_and_releases_it(local_operation: Path) -> None:
    exhibit = ruled(local_operation)
    relabel(local_operation, me(), exhibit, reason="assigned", cases=frozenset({"C-1"}))
    (place,) = list_set_aside(local_operation, me())
    at = {"part": "", "offset": place.byte_offset}
    on_the_case = reviewer(local_operation, "insider", cases=["C-1"])
    appoint(local_operation, me(), person="analyst", roles=[REVIEWER], cases=[])  # but the analyst works here
    for wrong in (me("stranger"), on_the_case, me()):
        with pytest.raises(NotAuthorised):
            review_row(local_operation, wrong, exhibit, **at)
        with pytest.raises(NotAuthorised):
            release_row(local_operation, wrong, exhibit, **at, reason="not privileged")
    with open_operation(local_operation, me()) as operation:
        denied = operation.ledger.entries(ActKind.ACCESS_DENIED)
    assert [entry.person for entry in denied] == ["stranger", "stranger", "insider", "insider", "analyst", "analyst"]
    right = reviewer(local_operation)
    assert LAWYER in json.dumps(review_row(local_operation, right, exhibit, **at), default=str)
    assert release_row(local_operation, right, exhibit, **at, reason="a joke, not counsel") == 2
    assert seen(local_operation, LAWYER) == {"message_body"}
    assert list_set_aside(local_operation, me()) == []
    assert LAWYER in show_bytes(local_operation, me(), exhibit, offset=0, length=60_000)


def test_a_review_needs_a_purpose(local_operation: Path) -> None:
    exhibit = ruled(local_operation)
    (place,) = list_set_aside(local_operation, me())
    reviewer(local_operation)
    with pytest.raises(BadRequest, match="purpose"):
        review_row(local_operation, me("reviewer", ""), exhibit, part="", offset=place.byte_offset)


def test_a_rule_that_comes_later_reaches_what_is_in_already_by_a_new_reading(local_operation: Path) -> None:
    exhibit = taken(local_operation)
    rule_privilege(local_operation, me(), PrivilegeRule(ref="counsel", words=(LAWYER,), reason="known counsel"))
    assert seen(local_operation, LAWYER) == {"message_body"}
    reread_evidence(local_operation, me(), Silent(), exhibit_ids=[exhibit])
    assert seen(local_operation, LAWYER) == set()
    rule_privilege(local_operation, me(), PrivilegeRule(ref="counsel", words=(), reason="taken back"))
    reread_evidence(local_operation, me(), Silent(), exhibit_ids=[exhibit])
    assert seen(local_operation, LAWYER) == set(), "what was set aside stays so until a reviewer releases it"


@pytest.mark.parametrize(
    "subject", [Subject(person="a", owns_folder=True), Subject(person="a", roles=frozenset({REVIEWER}))]
)
def test_the_decision_forbids_before_it_allows(subject: Subject) -> None:
    covert = Resource(kind="register", name="x", is_covert=True)
    assert not decide(subject, Action.SEE, covert).is_allowed
    privileged = Resource(kind="exhibit", name="x", is_privileged=True, cases=frozenset({"C"}))
    assert decide(subject, Action.REVIEW, privileged).is_allowed == (REVIEWER in subject.roles)
    insider = Subject(person="a", owns_folder=True, roles=frozenset({REVIEWER}), cases=frozenset({"C", "D"}))
    assert decide(insider, Action.REVIEW, privileged) == Access(False, "rule 2: the reviewer works on the case")


def test_bytes_on_a_hash_list_are_counted_and_never_opened(local_operation: Path) -> None:
    dump = small_market(local_operation.parent / "kestrel.sql").read_bytes()
    archive = local_operation.parent / "seized.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("server/kestrel.sql", dump)
        out.writestr("server/picture.jpg", b"\xff\xd8 forbidden")
    listed = local_operation.parent / "list.txt"
    listed.write_text(hashlib.sha256(b"\xff\xd8 forbidden").hexdigest() + "  picture\n\n")
    assert list_hashes(local_operation, me(), name="unit list", path=listed) == 1
    (added,) = add_evidence(local_operation, me(), [Submission(path=archive, authority=REF, market=MARKET)], Silent())
    parts = {part.part: part for part in added.exhibit.parts}
    assert parts["seized.zip/server/picture.jpg"].parent == "seized.zip"
    assert parts["seized.zip/server/kestrel.sql"].rows_out > 10
    with open_operation(local_operation, me()) as operation, reading(operation) as engine:
        (refused,) = engine.rows("SELECT reason FROM refusal WHERE part LIKE '%picture.jpg'")
    assert refused["reason"] == "quarantined: on hash list unit list"
    with pytest.raises(NotAuthorised, match="quarantined"):
        show_bytes(
            local_operation, me(), added.exhibit.exhibit_id, part="seized.zip/server/picture.jpg", offset=0, length=9
        )


def test_a_hash_list_that_comes_later_takes_the_part_out_of_every_table(local_operation: Path) -> None:
    exhibit = taken(local_operation)
    part = list_evidence(local_operation, me())[0].parts[0]
    listed = local_operation.parent / "list.txt"
    listed.write_text(part.sha256.upper())
    list_hashes(local_operation, me(), name="later", path=listed)
    assert seen(local_operation, "m-4") == set()
    with pytest.raises(NotAuthorised):
        show_bytes(local_operation, me(), exhibit, offset=0, length=9)


def test_a_list_with_a_line_that_is_no_hash_is_refused_whole(local_operation: Path) -> None:
    listed = local_operation.parent / "list.txt"
    listed.write_text("0" * 64 + "\nnot a hash\n")
    with pytest.raises(UnreadableSource, match="no SHA-256") as refused:
        list_hashes(local_operation, me(), name="x", path=listed)
    assert "line 2" in refused.value.where


def test_no_package_that_names_a_covert_account_is_written_and_nobody_is_told_why(operation: Path) -> None:
    taken(operation)
    bring_up_to_date(operation, me(), Silent())
    assert enter_covert(operation, me("keeper", "hush"), kind="undercover", market=MARKET, account=SELLER.upper()) == 1
    built = {one.package_id: one for one in build_packages(operation, me(), Silent())}
    assert built["NL-001"].is_withheld
    assert not built["NL-001"].page.exists()
    with open_operation(operation, me()) as opened:
        words = json.dumps([(e.kind, e.subject, e.purpose, e.payload) for e in opened.ledger.entries()], default=list)
        checked = [e.payload["what"] for e in opened.ledger.entries(ActKind.PROTECTED_READ)]
    assert SELLER not in words.lower().replace("kestrel", "")
    assert "hush" not in words
    assert "release check" in checked


def test_a_covert_account_is_not_in_the_clear_anywhere_in_the_folder_it_was_entered_into(local_operation: Path) -> None:
    enter_covert(local_operation, me(), kind="source", market=MARKET, account="neverseenbefore")
    found = [path for path in local_operation.rglob("*") if path.is_file() and b"neverseen" in path.read_bytes()]
    assert found == []


def test_packages_that_name_no_covert_account_are_built_as_before(local_operation: Path) -> None:
    taken(local_operation)
    bring_up_to_date(local_operation, me(), Silent())
    before = [one.page.read_bytes() for one in build_packages(local_operation, me(), Silent())]
    enter_covert(local_operation, me(), kind="source", market=MARKET, account="neverseenbefore")
    after = build_packages(local_operation, me(), Silent())
    assert [one.page.read_bytes() for one in after] == before
    assert not any(one.is_withheld for one in after)
    assert OTHER in after[0].data.read_text()
