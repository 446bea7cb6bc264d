"""Hit or no hit: neither side sees the other's content before both approve, and nothing else tells what was found."""

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from conftest import REF
from crossbearing.domain.act import ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, NotAuthorised, NotFound, UnreadableSource
from crossbearing.domain.hit_or_no_hit import State
from crossbearing.domain.progress import Silent
from crossbearing.interfaces.cli import main
from crossbearing.leads.weights import Weights, shipped_weights
from crossbearing.store import questions
from crossbearing.store.operation import open_operation
from crossbearing.store.register import exhibits
from crossbearing.workflows import match_leads as match_module
from crossbearing.workflows.appoint import appoint
from crossbearing.workflows.ask_lead import ask_lead
from crossbearing.workflows.audit_lead import audit_lead
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.decide_lead import approve_lead, close_lead
from crossbearing.workflows.enter_opinion import enter_opinion
from crossbearing.workflows.erase import destroy_exhibit, erase_person
from crossbearing.workflows.match_leads import match_leads
from crossbearing.workflows.relabel import withdraw
from crossbearing.workflows.show_evidence import show_bytes
from crossbearing.workflows.show_leads import Boxes, list_referred, show_case
from crossbearing.workflows.show_protected import show_protected
from small_market import MARKET
from small_referral import CASE, FAMILY, added, me, prepared, referral

HIT, MISS, OPENLY = "GB-7", "GB-8", "GB-9"
OTHER = {**CASE, "given_name": "Bruno", "family_name": "Nowherian", "street": "14 Barley Lane", "town": "Pellmoor"}
SCREEN = "".join(f"{number},blood,fentanyl,present,3.1,ng/mL,2021-04-01\n" for number in (HIT, MISS))
START = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def by(person: str, *, hours: float = 0, purpose: str = "enquiry", authority: str = "") -> Context:
    at = START + timedelta(hours=hours)
    return Context(person=person, purpose=purpose, authority=authority, clock=lambda: at)


OFFICER, ANALYST, AUDITOR, NOBODY = by("officer"), by("analyst"), by("auditor", authority=REF), by("passer-by")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three cases of which the first and the last are hits, and who is on which side; nobody has asked yet."""
    cases = [CASE, {**OTHER, "case_number": MISS}, {**CASE, "case_number": OPENLY}]
    folder = prepared(tmp_path_factory.mktemp("made"), *cases, screen=SCREEN)
    appoint(folder, me(), person="officer", roles=[], cases=[HIT, MISS])
    appoint(folder, me(), person="analyst", roles=["market analyst"], cases=[])
    appoint(folder, me(), person="auditor", roles=["auditor"], cases=[])
    return folder


@pytest.fixture(scope="module")
def answered_once(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(made, tmp_path_factory.mktemp("answered") / "operation")
    for number in (HIT, MISS):
        ask_lead(folder, OFFICER, number)
    for number in (HIT, MISS):
        (found,) = match_leads(folder, ANALYST, [number], Silent())
        assert (found.is_sealed, found.says) == (True, {})
    return folder


@pytest.fixture
def ready(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "operation")


@pytest.fixture
def answered(answered_once: Path, tmp_path: Path) -> Path:
    """Both cases asked for and matched, nobody has decided."""
    return shutil.copytree(answered_once, tmp_path / "operation")


def opened(folder: Path, number: str = HIT) -> None:
    approve_lead(folder, OFFICER, number, reason="the court allows it")
    approve_lead(folder, ANALYST, number, reason="the owner agrees")


def test_both_sides_get_one_word_with_markets_dates_and_share_and_nothing_else(answered: Path) -> None:
    for person in (OFFICER, ANALYST):
        boxes = show_case(answered, person, HIT)
        assert boxes.supply == {
            "answer": "hit",
            "searched": [{"market": MARKET, "from": "2021-01-10", "until": "2021-06-18", "readable_percent": 99}],
        }
        assert show_case(answered, person, MISS).supply == {**boxes.supply, "answer": "no hit"}


def test_before_both_approve_the_market_side_sees_nothing_of_the_case(answered: Path) -> None:
    enter_opinion(answered, me(), HIT, "Undetermined.", given_by="Dr A", qualification="pathologist",
                  given_on="2021-04-02")  # fmt: skip
    theirs, ours = show_case(answered, ANALYST, HIT), show_case(answered, OFFICER, HIT)
    assert (theirs.composition, theirs.causation) == ((), ())
    assert (theirs.is_case_hidden, ours.is_case_hidden) == (True, False), "and it says that something may be there"
    assert len(ours.composition) == len(ours.causation) == 1
    of_the_case = ("last_seen_at", "found_at", "is_fatal")
    assert [theirs.referral[name] for name in of_the_case] == [None] * 3
    assert None not in [ours.referral[name] for name in of_the_case]
    listed = {one.referral["case_number"]: one for one in list_referred(answered, ANALYST)}
    assert [listed[HIT].referral[name] for name in of_the_case] == [None] * 3
    assert listed[OPENLY].referral["found_at"], "nobody asked for this one by hit or no hit"
    assert show_protected(answered, ANALYST, "overdose_case", where={"family_name": FAMILY, "case_number": HIT}) == []
    assert show_protected(answered, OFFICER, "overdose_case", where={"case_number": HIT})
    assert show_protected(answered, ANALYST, "delivery", where={"sale_server_id": "s-1"})
    with pytest.raises(NotAuthorised):
        show_protected(answered, OFFICER, "delivery", where={"sale_server_id": "s-1"})


def test_before_both_approve_the_bytes_of_a_side_are_shown_to_that_side_only(answered: Path) -> None:
    with open_operation(answered, me()) as operation:
        known = exhibits(operation.ledger).values()
        (cases,) = (one for one in known if one.profile.startswith("referral-form"))
        (dump,) = (one for one in known if one.market)
    assert FAMILY in show_bytes(answered, OFFICER, cases.exhibit_id, offset=0, length=1000)
    assert show_bytes(answered, ANALYST, dump.exhibit_id, offset=0, length=10)
    for person, exhibit in ((ANALYST, cases), (NOBODY, cases), (OFFICER, dump)):
        with pytest.raises(NotAuthorised):
            show_bytes(answered, person, exhibit.exhibit_id, offset=0, length=10)
    opened(answered)
    opened(answered, MISS)
    assert FAMILY in show_bytes(answered, ANALYST, cases.exhibit_id, offset=0, length=1000)
    assert show_bytes(answered, OFFICER, dump.exhibit_id, offset=0, length=10)


def test_after_both_approved_both_sides_see_the_finding_and_nobody_else_does(answered: Path) -> None:
    assert approve_lead(answered, OFFICER, HIT, reason="the court allows it").state is State.ANSWERED
    assert "leads" not in show_case(answered, ANALYST, HIT).supply
    assert approve_lead(answered, ANALYST, HIT, reason="the owner agrees").state is State.OPEN
    for person in (OFFICER, ANALYST):
        boxes = show_case(answered, person, HIT)
        assert boxes.supply["leads"][0]["sale_server_id"] == "s-1"
        assert boxes.composition
    assert show_protected(answered, ANALYST, "overdose_case", where={"case_number": HIT})
    for person in (NOBODY, AUDITOR):
        with pytest.raises(NotAuthorised):
            show_case(answered, person, HIT)
    assert show_case(answered, OFFICER, MISS).supply["answer"] == "no hit", "the other case did not open with it"


def masked(text: str, number: str) -> str:
    """A text without what differs between any two cases: number, hashes, positions, times, and the one word."""
    text = text.replace(number, "CASE").replace("no hit", "WORD").replace(": hit;", ": WORD;")
    text = text.replace('"answer": "hit"', '"answer": "WORD"')
    text = re.sub(r"[0-9a-f]{64}|[0-9a-f]{16}\.age", "HASH", text)
    return re.sub(r'"(position|asked)": \d+', "PLACE", text)


@pytest.mark.parametrize("extra", [[], ["--json"]], ids=["text", "json"])
def test_hit_and_no_hit_print_the_same_but_for_the_one_word(
    answered: Path, extra: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def printed(person: str, *words: str) -> str:
        assert main([*words, "--purpose", "enquiry", "--person", person, *extra]) == 0
        return capsys.readouterr().out

    for person in ("officer", "analyst"):
        hit, miss = (printed(person, "lead", "show", str(answered), number) for number in (HIT, MISS))
        assert "hit" in hit
        assert masked(hit, HIT) == masked(miss, MISS)
    for number in (HIT, MISS):
        text = printed("analyst", "lead", "match", str(answered), number)
        assert masked(text, number) == masked(printed("analyst", "lead", "match", str(answered), HIT), HIT)
    for words in (["lead", "list"], ["status"], ["log", "show"], ["protected", "list"]):
        text = printed("passer-by", *words, str(answered))
        assert not re.search(r'"hit"|no hit(?!")|s-1\b|strong', text.replace("hit or no hit", "")), words


def test_the_log_holds_commitments_that_nobody_can_guess_and_no_content(answered: Path) -> None:
    with open_operation(answered, me()) as operation:
        acts = operation.ledger.entries(ActKind.LEAD_ASKED, ActKind.LEAD_ANSWERED)
        assert not operation.ledger.entries(ActKind.LEADS_MATCHED)
        shapes = [(entry.subject, entry.kind, sorted(entry.payload)) for entry in acts]
        sizes = [(answered / str(entry.payload["path"])).stat().st_size for entry in acts]
        (asked, *_), said = acts, json.dumps([entry.payload for entry in acts])
        content = questions.opened(operation, HIT, questions.questions(operation)[HIT].asked, what="test")
    assert [shape[1:] for shape in shapes if shape[0] == HIT] == [shape[1:] for shape in shapes if shape[0] == MISS]
    # The sealing itself adds some random bytes.
    assert {size >> 10 for size in sizes} == {64}, "the size of a sealed file says nothing"
    assert "s-1" not in said
    assert FAMILY not in said
    assert content["case"]["family_name"] == FAMILY
    assert questions.commitment_to("", content) != asked.payload["commitment"], "without the salt it cannot be made"


def acts_of(folder: Path, do: Callable[[], object]) -> list[str]:
    """Kinds of the acts that something leaves, with what protected reads open."""
    with open_operation(folder, me()) as operation:
        before = operation.ledger.position()
    do()
    with open_operation(folder, me()) as operation:
        return [f"{one.kind} {one.payload.get('table', '')}" for one in operation.ledger.entries()][before + 1 :]


def test_looking_and_matching_leave_the_same_acts_for_hit_and_no_hit(answered: Path) -> None:
    looked = [acts_of(answered, lambda number=number: show_case(answered, OFFICER, number)) for number in (HIT, MISS)]
    assert looked[0] == looked[1]
    assert "protected_read question" in looked[0]
    again = [
        acts_of(answered, lambda number=number: match_leads(answered, ANALYST, [number], Silent()))
        for number in (HIT, MISS)
    ]
    assert again[0] == again[1]
    assert "protected_read message_body" in again[0], "whether the case names a parcel does not show either"
    assert [kind for kind in again[0] if kind.startswith("lead_")] == ["lead_answered "]


def test_each_act_is_for_its_side_and_a_person_on_both_is_on_the_side_of_the_case(answered: Path) -> None:
    appoint(answered, me(), person="twice", roles=["market analyst"], cases=[HIT])
    for person in (OFFICER, NOBODY, AUDITOR, by("twice")):
        with pytest.raises(NotAuthorised):
            match_leads(answered, person, [HIT], Silent())
    for person in (ANALYST, NOBODY):
        with pytest.raises(NotAuthorised):
            ask_lead(answered, person, HIT)
        with pytest.raises(NotAuthorised):
            close_lead(answered, person, HIT, how=State.WITHDRAWN, reason="none")
    for person in (NOBODY, AUDITOR):
        with pytest.raises(NotAuthorised):
            approve_lead(answered, person, HIT, reason="none")
    approve_lead(answered, by("twice"), HIT, reason="the court allows it")
    with pytest.raises(Contradiction, match="approved by the case side"):
        approve_lead(answered, OFFICER, HIT, reason="a second time")
    with open_operation(answered, me()) as operation:
        denied = operation.ledger.entries(ActKind.ACCESS_DENIED)
    assert {entry.payload["reason"] for entry in denied} == {"rule 3: not of the side that this is for"}


def test_a_decision_needs_a_reason_and_a_question(answered: Path) -> None:
    with pytest.raises(BadRequest, match="reason"):
        approve_lead(answered, OFFICER, HIT, reason=" ")
    appoint(answered, me(), person="officer", roles=[], cases=[HIT, OPENLY])
    with pytest.raises(NotFound, match="Nobody asked"):
        approve_lead(answered, OFFICER, OPENLY, reason="none")
    with pytest.raises(BadRequest, match="purpose"):
        show_case(answered, by("officer", purpose=" "), HIT)


@pytest.mark.parametrize(
    ("person", "how"), [(OFFICER, State.REFUSED), (ANALYST, State.REFUSED), (OFFICER, State.WITHDRAWN)]
)
def test_after_a_refusal_or_withdrawal_nothing_opens_or_is_matched_until_it_is_asked_anew(
    answered: Path, person: Context, how: State
) -> None:
    approve_lead(answered, OFFICER, HIT, reason="the court allows it")
    assert close_lead(answered, person, HIT, how=how, reason="the owner objects").state is how
    boxes = show_case(answered, OFFICER, HIT)
    assert boxes.supply == {}
    assert boxes.follow_up is not None
    assert (boxes.follow_up.state, boxes.follow_up.reason) == (how, "the owner objects")
    with pytest.raises(Contradiction, match=str(how)):
        approve_lead(answered, ANALYST, HIT, reason="the owner agrees")
    with pytest.raises(Contradiction, match=str(how)):
        match_leads(answered, ANALYST, [HIT], Silent())
    assert HIT not in {one.case_number for one in match_leads(answered, ANALYST, [], Silent(), every=True)}
    ask_lead(answered, OFFICER, HIT)
    match_leads(answered, ANALYST, [HIT], Silent())
    assert show_case(answered, OFFICER, HIT).supply["answer"] == "hit"
    assert show_case(answered, OFFICER, HIT).follow_up.approved_by == ()  # type: ignore[union-attr]


def test_what_is_open_cannot_be_closed_and_a_new_run_needs_new_approvals(answered: Path) -> None:
    opened(answered)
    for how in (State.REFUSED, State.WITHDRAWN):
        with pytest.raises(Contradiction, match="open"):
            close_lead(answered, OFFICER, HIT, how=how, reason="second thoughts")
    match_leads(answered, ANALYST, [HIT], Silent())
    assert "leads" not in show_case(answered, OFFICER, HIT).supply


def test_each_step_has_its_time_and_what_is_late_is_shown_to_everybody_alike(ready: Path) -> None:
    asked = ask_lead(ready, OFFICER, HIT, answer_hours=24, follow_up_hours=48)
    assert asked.answer_by == "2026-11-27T12:00:00.000000Z"

    def overdue(hours: float) -> tuple[str, bool]:
        found = {one.referral["case_number"]: one for one in list_referred(ready, by("passer-by", hours=hours))}
        follow_up = found[HIT].follow_up
        assert follow_up is not None
        return follow_up.due, follow_up.is_overdue

    assert [overdue(hours)[1] for hours in (0, 24, 24.01)] == [False, False, True]
    match_leads(ready, by("analyst", hours=30), [HIT], Silent())
    assert overdue(31) == ("2026-11-29T18:00:00.000000Z", False)
    assert overdue(78.01)[1]
    approve_lead(ready, by("officer", hours=80), HIT, reason="late, and allowed")
    approve_lead(ready, by("analyst", hours=81), HIT, reason="late, and allowed")
    assert overdue(1000) == ("", False), "what is open waits for nobody"


@pytest.mark.parametrize("number", [HIT, MISS])
def test_a_question_nobody_follows_up_lapses_by_an_act(answered: Path, number: str) -> None:
    late = 48 + 14 * 24
    assert show_case(answered, by("officer", hours=late), number).supply["answer"]
    boxes: Boxes = show_case(answered, by("officer", hours=late + 1), number)
    assert boxes.follow_up is not None
    assert (boxes.follow_up.state, boxes.supply) == (State.LAPSED, {})
    with open_operation(answered, by("officer", hours=late + 2)) as operation:
        acts = operation.ledger.entries(ActKind.LEAD_CLOSED)
    assert sorted(act.subject for act in acts) == [HIT, MISS], "one act for each, once"
    assert boxes.follow_up.state.is_closed


def test_a_case_that_was_matched_openly_or_asked_for_cannot_be_asked_for(ready: Path) -> None:
    match_leads(ready, me(), [HIT], Silent())
    with pytest.raises(Contradiction, match="matched openly"):
        ask_lead(ready, OFFICER, HIT)
    ask_lead(ready, OFFICER, MISS)
    with pytest.raises(Contradiction, match="already"):
        ask_lead(ready, OFFICER, MISS)
    assert len(list((ready / "protected").glob("question-*/*.age"))) == 1, "what is refused leaves nothing sealed"
    appoint(ready, me(), person="officer", roles=[], cases=["GB-0"])
    with pytest.raises(NotFound):
        ask_lead(ready, OFFICER, "GB-0")


def test_the_figures_of_an_open_run_do_not_change_with_a_sealed_case(ready: Path) -> None:
    (alone,) = match_leads(ready, ANALYST, [OPENLY], Silent())
    ask_lead(ready, OFFICER, HIT)
    found = {one.case_number: one for one in match_leads(ready, ANALYST, [], Silent(), every=True)}
    assert {number for number, one in found.items() if one.is_sealed} == {HIT}
    both: Any = found[OPENLY].says["run"]
    assert both == {**alone.says["run"], "cases": 2, "expected": both["expected"]}  # type: ignore[dict-item]
    assert HIT not in {one.case_number for one in match_leads(ready, NOBODY, [], Silent(), every=True)}


def test_a_sealed_case_is_a_run_of_its_own_even_beside_another(ready: Path) -> None:
    for number in (HIT, MISS):
        ask_lead(ready, OFFICER, number)
    match_leads(ready, ANALYST, [HIT, MISS], Silent())
    runs = []
    for number in (HIT, MISS):
        opened(ready, number)
        runs.append(show_case(ready, OFFICER, number).supply["run"])
    assert [(run["cases"], run["found"]) for run in runs] == [(1, 1), (1, 0)]


def test_a_referral_that_was_changed_after_it_was_asked_is_not_matched_and_the_audit_says_so(
    ready: Path, tmp_path: Path
) -> None:
    ask_lead(ready, OFFICER, HIT)
    with open_operation(ready, me()) as operation:
        (asked,) = operation.ledger.entries(ActKind.LEAD_ASKED)
    first = asked.payload["exhibit_ids"]
    (cases,) = {
        row["exhibit_id"] for row in show_protected(ready, OFFICER, "overdose_case", where={"case_number": HIT})
    }
    assert cases in first  # type: ignore[operator]
    withdraw(ready, me(), cases, reason="corrected")
    added(ready, referral(tmp_path / "again.csv", {**CASE, "town": "Elsewhere"}))
    bring_up_to_date(ready, me(), Silent())
    with pytest.raises(Contradiction, match="not what was asked"):
        match_leads(ready, ANALYST, [HIT], Silent())
    (found,) = audit_lead(ready, AUDITOR, HIT)
    assert (found.asked_holds, found.is_as_referred, found.answered_holds) == (True, False, None)
    assert found.asked["case"]["town"] == "Thornmere"


def test_an_auditor_opens_both_commitments_on_an_order_and_nobody_else_does(answered: Path) -> None:
    (found,) = audit_lead(answered, AUDITOR, HIT)
    assert (found.asked_holds, found.is_as_referred, found.answered_holds, found.answers_this) == (True,) * 4
    assert found.asked["case"]["family_name"] == FAMILY
    assert found.answered["finding"]["leads"][0]["sale_server_id"] == "s-1"
    for person in (OFFICER, ANALYST, NOBODY):
        with pytest.raises(NotAuthorised):
            audit_lead(answered, person, HIT)
    with pytest.raises(BadRequest, match="order"):
        audit_lead(answered, by("auditor"), HIT)
    with pytest.raises(NotAuthorised, match="not registered"):
        audit_lead(answered, by("auditor", authority="W-unknown"), HIT)
    with pytest.raises(NotFound):
        audit_lead(answered, AUDITOR, OPENLY)


def test_a_sealed_answer_that_was_exchanged_is_noticed_when_it_is_opened(answered: Path) -> None:
    with open_operation(answered, me()) as operation:
        known = questions.questions(operation)
    hit, miss = (known[number].answered for number in (HIT, MISS))
    assert hit is not None
    assert miss is not None
    shutil.copy(answered / miss.path, answered / hit.path)
    with pytest.raises(UnreadableSource, match="not what the log committed to"):
        show_case(answered, OFFICER, HIT)
    (found,) = audit_lead(answered, AUDITOR, HIT)
    assert (found.asked_holds, found.answered_holds, found.answers_this) == (True, False, None)


def test_a_case_that_is_asked_for_while_it_is_matched_is_not_matched_openly(
    ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile() -> Weights:
        ask_lead(ready, OFFICER, HIT)
        return shipped_weights()

    monkeypatch.setattr(match_module, "shipped_weights", meanwhile)
    with pytest.raises(Contradiction, match="while this ran"):
        match_leads(ready, ANALYST, [HIT], Silent())
    with open_operation(ready, me()) as operation:
        assert operation.ledger.entries(ActKind.LEADS_MATCHED) == []


def test_an_erasure_voids_answers_and_removes_their_files(answered: Path, own_keys: None) -> None:
    opened(answered)
    erase_person(answered, me(), Silent(), market=MARKET, account="u-buyer-2", reason="order 4")
    boxes = show_case(answered, OFFICER, HIT)
    assert boxes.follow_up is not None
    assert (boxes.follow_up.state, boxes.supply) == (State.ASKED, {})
    with open_operation(answered, me()) as operation:
        kept = {one.asked.path for one in questions.questions(operation).values()}
    on_disk = {path.relative_to(answered).as_posix() for path in (answered / "protected").glob("question-*/*.age")}
    assert on_disk == kept


def test_with_its_referral_destroyed_the_question_goes(answered: Path, own_keys: None) -> None:
    (cases,) = {
        row["exhibit_id"] for row in show_protected(answered, OFFICER, "overdose_case", where={"case_number": HIT})
    }
    destroy_exhibit(answered, me(), Silent(), cases, reason="order 5")
    with open_operation(answered, me()) as operation:
        assert questions.questions(operation) == {}
    assert not list((answered / "protected").glob("question-*/*.age"))
