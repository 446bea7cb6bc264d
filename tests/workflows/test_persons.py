"""From evidence to a person: what is opened, logged, kept and refused, and who decides."""

import csv
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from conftest import REF, made_operation
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.domain.judgement import Answer as PairAnswer
from crossbearing.domain.judgement import PairKind
from crossbearing.domain.judgement import Verdict as PairVerdict
from crossbearing.domain.progress import Silent
from crossbearing.identification.opened import PROTECTED
from crossbearing.interfaces.cli import main
from crossbearing.resolution import review
from crossbearing.simulation.keys import made_key
from crossbearing.store.operation import open_operation
from crossbearing.store.views import reading
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.draft_requests import draft_requests
from crossbearing.workflows.judge_person import Judgement, judge_person
from crossbearing.workflows.propose_persons import propose_persons
from crossbearing.workflows.relabel import withdraw
from crossbearing.workflows.show_persons import Identified, list_persons, show_person
from small_market import MARKET, ROWS, SELLER, SELLER_ID, small_market

GIVEN, FAMILY, BORN, STREET, TOWN = "Daneo", "Canarykin", "1984-03-21", "12 Canary Lane", "Thornmere"
PHONE, MAIL, SHOWN_MAIL = "+442079460595", "daneo.private@example.invalid", "canaryshop@post.invalid"
# In small letters, for comparable forms are; long enough not to stand in sealed bytes by chance.
SECRETS = tuple(word.lower() for word in (GIVEN, FAMILY, STREET, TOWN, PHONE, "79460595", MAIL, BORN))
KEY = made_key(np.random.default_rng(1), "canary <nobody@example.invalid>", created=1_600_000_000)
RECORD = {
    "record_ref": "PR-1", "provider": "Moorpost", "asked_kind": "mail", "asked_about": SHOWN_MAIL,
    "legal_basis": "order 7", "customer_id": "K1", "given_name": GIVEN, "family_name": FAMILY, "born": BORN,
    "street": STREET, "town": TOWN, "postcode": "ZZ07 9ZZ", "country": "GB", "phone": PHONE, "mail": MAIL,
    "held_from": "2020-01-01", "held_until": "2021-12-30",
}  # fmt: skip
STATEMENT = {
    "statement_ref": "ST-1", "agency": "observation team", "kind": "held", "market": "", "handle": "", "identifier": "",
    "given_name": GIVEN, "family_name": FAMILY, "born": BORN, "street": "", "town": "", "phone": "",
    "since": "2021-03-01", "until": "2021-03-20", "grade": "4x4:B2", "nature": "fact", "tool": "",
    "legal_basis": "register", "words": "in custody",
}  # fmt: skip


def me(purpose: str = "enquiry 7", person: str = "analyst", day: str = "2026-11-23") -> Context:
    return Context(person=person, purpose=purpose, clock=lambda: datetime.fromisoformat(day).replace(tzinfo=UTC))


def listed(path: Path, *rows: Mapping[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def device(path: Path, given: str = GIVEN, family: str = FAMILY, born: str = BORN) -> Path:
    first = {
        "extract": "DV-1", "agency": "GB forensic unit", "tool": "PhoneReader",
        "owner_as_stated": {"given": given, "family": family, "born": born, "phone": PHONE}, "seized_on": "2021-12-30",
        "logins": [{"market": MARKET, "handle": SELLER}], "private_keys": [KEY.fingerprint], "addresses_seen": [],
    }  # fmt: skip
    other = {**first, "extract": "DV-2", "logins": [], "private_keys": [],
             "owner_as_stated": {"given": "Kelia", "family": "Harwen", "born": "1990-01-02", "phone": ""}}  # fmt: skip
    path.write_text("".join(json.dumps(one) + "\n" for one in (first, other)), encoding="utf-8")
    return path


def added(folder: Path, path: Path, market: str = "") -> str:
    found = add_evidence(folder, me(), [Submission(path=path, authority=REF, market=market)], Silent())
    return found[0].exhibit.exhibit_id


def market(folder: Path) -> Path:
    users = [(one[0], one[1], one[2], KEY.armour if one[0] == SELLER_ID else None, one[4]) for one in ROWS["users"]]
    vendors: list[Sequence[object]] = [(SELLER_ID, 3, f"honest goods, mail {SHOWN_MAIL}"), ROWS["vendors"][1]]
    messages = [*ROWS["messages"], ("m-9", SELLER_ID, "u-buyer-1", "thanks", "2021-03-10 10:00:00")]
    return small_market(folder / "kestrel.sql", {**ROWS, "users": users, "vendors": vendors, "messages": messages})


def prepared(tmp_path: Path, *further: Path) -> Path:
    """An operation whose first seller a device and a mailbox tie to one person."""
    folder = made_operation(tmp_path / "operation")
    added(folder, market(tmp_path), MARKET)
    for path in (device(tmp_path / "devices.jsonl"), listed(tmp_path / "records.csv", RECORD), *further):
        added(folder, path)
    bring_up_to_date(folder, me(), Silent())
    return folder


def proposed(folder: Path) -> tuple[str, Mapping[str, Any]]:
    (found,) = propose_persons(folder, me(), [], Silent(), every=True)
    return found.subject, found.says


def complete(verdict: str = "confirmed", **changed: str) -> Judgement:
    said = {"reason": "device and mailbox agree", "basis": "key and log-in were on the device", "nature": "assessment",
            "category": "suspect", "review_on": "2027-06-30"}  # fmt: skip
    return Judgement(verdict=verdict, **{**said, **changed})


def judged(folder: Path, said: Judgement, person: str = "analyst") -> Identified:
    subject = list_persons(folder, me())[0].subject
    who = show_person(folder, me(), subject).persons[0].person_id
    judge_person(folder, me(person=person), subject, who, said)
    return show_person(folder, me(), subject)


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ready to be proposed; tests of this module only propose and read."""
    return prepared(tmp_path_factory.mktemp("ready"))


@pytest.fixture
def own(ready: Path, tmp_path: Path) -> Path:
    """One that a test may judge, proposed once."""
    folder = tmp_path / "operation"
    shutil.copytree(ready, folder)
    proposed(folder)
    return folder


def test_a_device_and_a_mailbox_make_a_person_confirmable_with_kinds_numbers_and_authority(ready: Path) -> None:
    _, says = proposed(ready)
    (person,) = says["persons"]
    assert person["status"] == "confirmable"
    assert {(link["kind"], link["law"], link["strength"]) for link in person["links"]} == {
        ("private key on a device", "L10", "strong"), ("log-in on a device", "L10", "medium"),
        ("provider record of the account's mail", "L3", "strong"),
    }  # fmt: skip
    for link in person["links"]:
        assert link["authorities"] == [REF]
        assert link["failure"]
        assert link["places"][-1].split("|")[0] in link["exhibit_ids"]
    assert says["searched"]["devices"] == 2


def test_nothing_that_is_kept_or_printed_without_opening_rows_names_the_person(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subject = judged(own, complete()).subject
    for words in (["propose", str(own), "--every"], ["list", str(own)], ["show", str(own), subject]):
        for extra in ([], ["--json"]):
            assert main(["person", *words, "--purpose", "enquiry", *extra]) == 0
    printed = capsys.readouterr().out.lower()
    with open_operation(own, me()) as operation:
        kept = json.dumps([entry.payload for entry in operation.ledger.entries()]).lower()
    paths = [path for path in own.rglob("*") if path.is_file() and "original" not in str(path)]
    files = b"".join(path.read_bytes() for path in paths).lower()
    assert subject.lower() in printed
    assert "n-" in kept
    for word in SECRETS:
        assert word not in kept, word
        assert word not in printed, word
        assert word.encode() not in files, word


def test_names_are_shown_only_for_a_purpose_and_that_stands_in_the_log_before(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    subject, _ = proposed(own)
    with pytest.raises(BadRequest, match="purpose"):
        show_person(own, me(" "), subject, with_rows=True)
    rows = show_person(own, me("enquiry 9"), subject, with_rows=True).persons[0].rows
    assert {row.get("family_name") for row in rows} == {FAMILY}
    with open_operation(own, me()) as operation:
        log = operation.ledger.entries(ActKind.PROTECTED_READ, ActKind.CONSULTED)
    assert {entry.subject for entry in log if entry.purpose == "enquiry 9"} >= {"device_extract", subject}
    assert main(["person", "show", str(own), subject, "--names", "--purpose", "enquiry"]) == 0
    assert FAMILY in capsys.readouterr().out


def test_without_a_purpose_nothing_is_proposed_and_without_a_name_of_an_operator_neither(ready: Path) -> None:
    with pytest.raises(BadRequest, match="purpose"):
        propose_persons(ready, me(""), [], Silent(), every=True)
    with pytest.raises(BadRequest, match="which operators"):
        propose_persons(ready, me(), [], Silent())
    with pytest.raises(NotFound, match="O-7"):
        propose_persons(ready, me(), ["O-7"], Silent())


def test_software_confirms_nobody_and_unidentified_is_a_normal_end(own: Path) -> None:
    subject, _ = proposed(own)
    assert show_person(own, me(), subject).state == "unidentified"
    with open_operation(own, me()) as operation:
        assert not operation.ledger.entries(ActKind.PERSON_JUDGED)
    assert judged(own, complete("candidate")).state == "candidate"
    assert judged(own, complete()).state == "confirmed"


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": " "}, "a reason"),
        ({"basis": ""}, "a basis for suspicion"),
        ({"nature": "rumour"}, "fact or assessment"),
        ({"category": ""}, "a category of data subject"),
        ({"category": "villain"}, "a category of data subject"),
        ({"review_on": ""}, "a day of review that lies ahead"),
        ({"review_on": "2026-11-23"}, "a day of review that lies ahead"),
        ({"review_on": "soon"}, "a day of review that lies ahead"),
        ({"since": "spring"}, "a period in days"),
        ({"since": "2021-05-02", "until": "2021-05-01"}, "a period that ends after it begins"),
    ],
)
def test_a_judgement_that_lacks_something_is_refused_in_words(own: Path, changed: dict[str, str], words: str) -> None:
    for verdict in ("candidate", "confirmed"):
        with pytest.raises(BadRequest, match=words):
            judged(own, complete(verdict, **changed))
    with open_operation(own, me()) as operation:
        assert not operation.ledger.entries(ActKind.PERSON_JUDGED)


@pytest.mark.parametrize("word", [FAMILY, GIVEN.lower(), STREET, PHONE, MAIL, f"({TOWN})"])
@pytest.mark.parametrize("place", ["reason", "basis", "answers"])
def test_words_that_name_the_person_are_refused(own: Path, word: str, place: str) -> None:
    with pytest.raises(BadRequest, match=f"The {place} names the person"):
        judged(own, complete(**{place: f"seen as {word} there"}))


def test_a_withdrawal_undoes_it_and_only_by_whoever_gave_it(own: Path) -> None:
    assert judged(own, complete()).state == "confirmed"
    with pytest.raises(NotFound, match="no standing judgement"):
        judged(own, Judgement(verdict="withdrawn", reason="not mine"), person="other")
    found = judged(own, Judgement(verdict="withdrawn", reason="the extract is of another device"))
    assert (found.state, found.persons[0].answers) == ("unidentified", ())
    with pytest.raises(NotFound, match="no standing judgement"):
        judged(own, Judgement(verdict="withdrawn", reason="again"))


def test_contrary_answers_are_a_dispute_and_confirm_nothing(own: Path) -> None:
    judged(own, complete())
    found = judged(own, complete("not this person", basis="", category="other party"), person="second")
    assert (found.state, found.persons[0].state) == ("disputed", "disputed")
    assert judged(own, complete("candidate"), person="second").state == "candidate"


def test_a_judgement_past_its_day_of_review_is_said_to_be(own: Path) -> None:
    judged(own, complete())
    subject = list_persons(own, me())[0].subject
    assert not show_person(own, me(day="2027-06-30"), subject).is_past_review
    assert show_person(own, me(day="2027-07-01"), subject).is_past_review
    assert [one.is_past_review for one in list_persons(own, me(day="2027-07-01"))] == [True]


def test_what_speaks_against_a_person_is_answered_before_anybody_confirms(tmp_path: Path) -> None:
    folder = prepared(tmp_path, listed(tmp_path / "statements.csv", STATEMENT))
    subject, says = proposed(folder)
    (person,) = says["persons"]
    assert person["status"] == "candidate evidence"
    assert [one["code"] for one in person["counter"]] == ["active while held"]
    with pytest.raises(BadRequest, match="active while held"):
        judged(folder, complete())
    found = judged(
        folder, complete(answers="a second hand wrote in these days", since="2021-01-01", until="2021-02-28")
    )
    assert found.state == "confirmed"
    assert found.persons[0].answers[0]["until"] == "2021-02-28"
    assert subject == found.subject


def test_who_is_confirmed_without_days_is_so_for_those_of_the_evidence_and_further_ones_need_a_ground(
    own: Path,
) -> None:
    found = judged(own, complete())
    answer = found.persons[0].answers[0]
    assert (answer["since"], answer["until"]) == ("2020-01-01", "2021-12-30")
    with pytest.raises(BadRequest, match="beyond those of which dated evidence speaks: 2020-01-01 to 2021-12-30"):
        judged(own, complete(since="2020-01-01", until="2022-02-01"))
    within = judged(own, complete(since="2021-01-01", until="2021-02-01"))
    assert within.persons[0].answers[-1]["until"] == "2021-02-01"
    beyond = judged(own, complete(since="2020-01-01", until="2022-02-01", answers="seen at it on further days"))
    assert beyond.persons[0].answers[-1]["until"] == "2022-02-01"


def test_evidence_that_is_withdrawn_is_subtracted_and_what_rested_on_it_is_said(own: Path) -> None:
    judged(own, complete())
    with open_operation(own, me()) as operation:
        exhibits = {entry.payload["name"]: entry.subject for entry in operation.ledger.entries(ActKind.EXHIBIT_ADDED)}
    withdraw(own, me(), exhibits["devices.jsonl"], reason="wrong device")
    (found,) = list_persons(own, me())
    assert found.is_stale
    assert found.left_out == 2
    assert (found.persons[0].status, found.persons[0].rests) == ("candidate evidence", False)


def test_a_judgement_follows_its_rows_when_the_person_gets_another_id(own: Path, tmp_path: Path) -> None:
    before = judged(own, complete())
    with open_operation(own, me()) as operation:
        exhibits = {entry.payload["name"]: entry.subject for entry in operation.ledger.entries(ActKind.EXHIBIT_ADDED)}
    withdraw(own, me(), exhibits["devices.jsonl"], reason="wrong device")
    added(own, listed(tmp_path / "again.csv", {**RECORD, "record_ref": "PR-2"}))
    bring_up_to_date(own, me(), Silent())
    proposed(own)
    (after,) = list_persons(own, me())
    assert after.persons[0].person_id != before.persons[0].person_id
    assert [one.state for one in after.persons] == ["confirmed"]


def test_an_answer_about_an_account_stands_for_the_operator_that_it_is_joined_to_later(own: Path) -> None:
    account = judged(own, complete()).subject
    with open_operation(own, me()) as operation:
        with reading(operation, "account") as engine:
            sellers = engine.rows("SELECT account_id FROM account WHERE role = 'seller' ORDER BY account_id")
        left, right = (row["account_id"] for row in sellers)
        same = PairAnswer(
            kind=PairKind.ACCOUNT, left=left, right=right, person="analyst", verdict=PairVerdict.SAME, reason="one shop"
        )
        joined = Act(kind=ActKind.PAIR_JUDGED, subject="P-1", payload=same.payload)
        minted = Act(kind=ActKind.OPERATOR_MINTED, subject="O-0001", payload={"anchor": left})
        operation.ledger.record(me(), joined, minted)
    bring_up_to_date(own, me(), Silent())
    (found,) = propose_persons(own, me(), [account], Silent())
    assert (found.subject, found.says["accounts"]) == ("O-0001", [left, right])
    (operator,) = list_persons(own, me())
    assert (operator.subject, operator.accounts, operator.state) == ("O-0001", (left, right), "confirmed")
    assert not operator.is_stale
    assert show_person(own, me(), account).subject == "O-0001"
    who = operator.persons[0].person_id
    taken_back = judge_person(own, me(), account, who, Judgement(verdict="withdrawn", reason="another shop after all"))
    assert taken_back.subject == "O-0001"
    assert [one.state for one in list_persons(own, me())] == ["unidentified"]


def test_an_operator_that_hangs_on_an_answer_to_be_given_blind_is_not_there_for_who_gives_it(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(review, "is_in_blind_share", lambda _: True)
    other = me(person="other")
    with open_operation(own, other) as operation:
        with reading(operation, "account") as engine:
            sellers = engine.rows("SELECT account_id FROM account WHERE role = 'seller' ORDER BY account_id")
        left, right = (row["account_id"] for row in sellers)
        same = PairAnswer(
            kind=PairKind.ACCOUNT, left=left, right=right, person="other", verdict=PairVerdict.SAME, reason="one shop",
            is_blind=True,
        )  # fmt: skip
        joined = Act(kind=ActKind.PAIR_JUDGED, subject="P-1", payload=same.payload)
        minted = Act(kind=ActKind.OPERATOR_MINTED, subject="O-0001", payload={"anchor": left})
        operation.ledger.record(other, joined, minted)
    bring_up_to_date(own, me(), Silent())
    (whole,) = propose_persons(own, other, ["O-0001"], Silent())
    assert [one.subject for one in list_persons(own, other)] == ["O-0001"]
    alone = propose_persons(own, me(), [left, right], Silent())
    assert (whole.subject, [one.subject for one in alone]) == ("O-0001", [left, right])
    shown = list_persons(own, me())
    assert {one.subject for one in shown} <= {left, right}
    assert "O-0001" not in repr(shown)
    for looking in (lambda: show_person(own, me(), "O-0001"), lambda: propose_persons(own, me(), ["O-0001"], Silent())):
        with pytest.raises(NotFound):
            looking()


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (RECORD, "legal_basis", "on what legal basis the provider was asked"),
        (RECORD, "asked_about", "without the identifier it is about"),
        (STATEMENT, "legal_basis", "on what legal basis it was gathered"),
        (STATEMENT, "nature", "fact or assessment"),
        (STATEMENT, "kind", "without a kind"),
    ],
)
def test_a_record_or_statement_without_its_ground_is_refused_with_the_reason(
    tmp_path: Path, row: Mapping[str, str], column: str, reason: str
) -> None:
    folder = made_operation(tmp_path / "operation")
    added(folder, listed(tmp_path / "rows.csv", row, {**row, column: ""}))
    with open_operation(folder, me()) as operation, reading(operation, protected=PROTECTED) as engine:
        assert reason in engine.one("SELECT reason FROM refusal")["reason"]
        counts = [engine.one(f"SELECT count(*) AS n FROM {table}")["n"] for table in PROTECTED]
    assert sum(counts) == 1


def test_letters_are_drafted_from_open_tables_without_a_purpose_and_written_only_where_asked(
    own: Path, tmp_path: Path
) -> None:
    subject = list_persons(own, me())[0].subject
    with open_operation(own, me()) as operation:
        before = len(operation.ledger.entries(ActKind.PROTECTED_READ))
    drafts = draft_requests(own, me(""), subject, to=tmp_path / "letters")
    assert [one.to for one in drafts] == ["mail provider of post.invalid"]
    assert sorted(path.name for path in (tmp_path / "letters").iterdir()) == [
        "01-mail-provider-of-post.invalid-preservation.txt", "01-mail-provider-of-post.invalid-request.txt"
    ]  # fmt: skip
    assert not [
        word
        for word in (*SECRETS, SELLER.lower(), MARKET.lower())
        if word in f"{drafts[0].preservation} {drafts[0].request}".lower()
    ]
    with open_operation(own, me()) as operation:
        assert len(operation.ledger.entries(ActKind.PROTECTED_READ)) == before
    with pytest.raises(NotFound, match="O-9"):
        draft_requests(own, me(""), "O-9")


def test_an_unknown_person_or_verdict_is_said(own: Path) -> None:
    subject, _ = proposed(own)
    with pytest.raises(NotFound, match="N-0"):
        judge_person(own, me(), subject, "N-0", complete())
    with pytest.raises(BadRequest, match="guilty"):
        judge_person(own, me(), subject, "N-0", replace(complete(), verdict="guilty"))
    with pytest.raises(NotFound, match="Nobody was proposed"):
        show_person(own, me(), "A-nobody")
