"""From a draft to a published statement: who may, when, and that no figure changes on the way."""

import csv
import re
import shlex
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import REF, fixed_context, made_operation
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, MissingTable, NotAuthorised, NotFound, OperationBusy
from crossbearing.domain.judgement import Verdict
from crossbearing.domain.progress import Silent
from crossbearing.interfaces.cli import main
from crossbearing.results.statement import Statement
from crossbearing.results.statement_words import LANGUAGES
from crossbearing.store.operation import open_operation
from crossbearing.workflows import publish_statement as module
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.enter_covert import enter_covert
from crossbearing.workflows.judge_pairs import PairKind, judge, list_pairs
from crossbearing.workflows.publish_statement import (
    Wanted,
    approve_statement,
    check_statement,
    correct_statement,
    draft_statement,
    publish_statement,
)
from crossbearing.workflows.relabel import relabel, withdraw
from crossbearing.workflows.tell_receivers import list_statements, tell_receiver
from small_market import MARKET, SELLER, small_market
from small_outcomes import report, row, small_outcomes

SECOND = fixed_context("second")
ARRESTS = "arrest.persons.persons"


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_outcomes(tmp_path_factory.mktemp("statements") / "operation")


@pytest.fixture
def copy(ready: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ready, tmp_path / "operation"))


def drafted(folder: Path, text: str = "", **more: str) -> Statement:
    held = draft_statement(folder, fixed_context(), Wanted(text=text, currency="EUR", **more))
    assert held.holds, held.checked.findings
    return held.statement


def approved(folder: Path, **more: str) -> str:
    name = drafted(folder, **more).statement_id
    approve_statement(folder, SECOND, name, reason="read every line; the desks agree")
    return name


def at(text: str) -> Context:
    return replace(fixed_context(), clock=lambda: datetime.fromisoformat(text))


def test_a_statement_goes_from_draft_to_publication_through_two_people(copy: Path, tmp_path: Path) -> None:
    name = approved(copy)
    one, (text, figures) = publish_statement(copy, fixed_context(), name, tmp_path / "out", to=["Press agency"])
    assert (one.state, one.approved_by, [*one.receivers]) == ("published", "second", ["Press agency"])
    shown = text.read_text(encoding="utf-8")
    assert "They made 220 arrests in 4 countries." in shown
    rows = {line["figure"]: line for line in csv.DictReader(figures.read_text(encoding="utf-8").splitlines())}
    assert rows[ARRESTS]["value"] == "220"
    assert rows[ARRESTS]["rows"] == "4"
    assert len(rows[ARRESTS]["sha256"]) == 64
    assert "rounded half to even" in rows["money.EUR"]["note"]
    before = (text.read_bytes(), figures.read_bytes())
    report(copy, "late.csv", row("SE-A", "arrest", "SE", "7", "persons", on="2022-06-16"))
    publish_statement(copy, fixed_context(), name, tmp_path / "out")
    assert (text.read_bytes(), figures.read_bytes()) == before, "a published version is frozen"
    with pytest.raises(NotAuthorised, match="does not hold"):
        publish_statement(copy, fixed_context(), name, tmp_path / "out", to=["Another"])


def test_who_drafted_it_does_not_approve_it_and_nobody_publishes_a_mere_draft(copy: Path, tmp_path: Path) -> None:
    name = drafted(copy).statement_id
    with pytest.raises(NotAuthorised, match="drafted it"):
        approve_statement(copy, fixed_context(" Analyst "), name, reason="mine")
    with pytest.raises(NotAuthorised, match="was not approved"):
        publish_statement(copy, fixed_context(), name, tmp_path / "out")
    approve_statement(copy, SECOND, name, reason="read")
    with pytest.raises(Contradiction, match="approved already"):
        approve_statement(copy, SECOND, name, reason="read")
    again = drafted(copy, of=name)
    assert (again.version, again.state) == (2, "draft"), "a new version is to be approved anew"
    assert not (tmp_path / "out").exists()


def test_a_report_that_is_not_for_the_public_needs_its_owner_to_agree_and_a_later_one_again(
    copy: Path, tmp_path: Path
) -> None:
    report(copy, "kept.csv", row("SE-A", "arrest", "SE", "7", "persons", on="2022-06-16"))
    name = drafted(copy).statement_id
    held = check_statement(copy, SECOND, name)
    assert len(held.unlabelled) == 1
    with pytest.raises(NotAuthorised, match=held.unlabelled[0]):
        approve_statement(copy, SECOND, name, reason="read")
    approve_statement(copy, SECOND, name, reason="read", owners_agreed=True)
    with open_operation(copy, SECOND) as operation:
        first = next(one.subject for one in operation.ledger.entries() if one.kind == "exhibit_added")
    relabel(copy, SECOND, first, reason="taken back", tlp="RED")
    bring_up_to_date(copy, SECOND, Silent())
    with pytest.raises(NotAuthorised, match=first):
        publish_statement(copy, fixed_context(), name, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_agency_is_named_only_if_a_report_of_it_is_for_the_public(copy: Path) -> None:
    report(copy, "kept.csv", row("SE-A", "arrest", "SE", "7", "persons", on="2022-06-16"))
    assert draft_statement(copy, SECOND, Wanted(text="The [DE desk](agency) helped.")).holds
    (found,) = draft_statement(copy, SECOND, Wanted(text="The [SE desk](agency) helped.")).checked.findings
    assert "is not agency" in found.problem
    assert "SE desk'" not in found.problem.partition("which is")[2]


def test_an_embargo_holds_to_the_second(copy: Path, tmp_path: Path) -> None:
    """Also one of a new version that says nothing of it; and of its language."""
    name = drafted(copy, not_before="2026-12-01T10:00:00Z", language="de").statement_id
    again = draft_statement(copy, fixed_context(), Wanted(of=name)).statement
    assert (again.version, again.language, again.not_before) == (2, "de", "2026-12-01T10:00:00Z")
    assert (again.currency, again.campaign) == ("EUR", "Nightjar")
    approve_statement(copy, SECOND, name, reason="read every line; the desks agree")
    with pytest.raises(NotAuthorised, match="not be said before"):
        publish_statement(copy, at("2026-12-01T09:59:59+00:00"), name, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert publish_statement(copy, at("2026-12-01T10:00:00+00:00"), name, tmp_path / "out")[0].state == "published"


@pytest.mark.parametrize("wrong", ["tomorrow", "2026-12-01", "2026-12-01T10:00:00", "2026-12-01T10:00:00+01:00"])
def test_an_embargo_that_is_no_time_in_utc_is_refused(copy: Path, wrong: str) -> None:
    with pytest.raises(BadRequest, match="no time in UTC"):
        drafted(copy, not_before=wrong)


CHANGES = {
    "a further arrest": (row("SE-A", "arrest", "SE", "7", "persons", on="2022-06-16"),),
    "a corrected amount": (row("DE-A", "arrest", "DE", "51", "persons", on="2022-01-16"),),
    "the same amount of another country": (row("FR-A", "arrest", "FR", "0", "persons", on="2022-04-16"),
                                           row("SE-A", "arrest", "SE", "5", "persons", on="2022-04-26")),
    "more money": (row("FR-M", "seizure", "FR", "1", "EUR", item="cash", on="2022-04-16"),),
    "a possible double": (row("X", "arrest", "DE", "52", "persons", on="2022-01-17").replace("DE desk", "EU desk"),),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_statement_whose_number_no_longer_matches_the_ledger_is_not_published(
    copy: Path, tmp_path: Path, change: str
) -> None:
    name = approved(copy)
    report(copy, "late.csv", *CHANGES[change])
    assert not check_statement(copy, SECOND, name).holds
    with pytest.raises(NotAuthorised, match="does not hold"):
        publish_statement(copy, fixed_context(), name, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert list_statements(copy, SECOND)[0].state == "approved"


def test_what_a_figure_does_not_rest_on_does_not_stop_a_statement(copy: Path, tmp_path: Path) -> None:
    text = f"[220 arrests]({ARRESTS}) were made.\n" + drafted(copy).source.splitlines()[-1]
    name = draft_statement(copy, fixed_context(), Wanted(text=text)).statement.statement_id
    approve_statement(copy, SECOND, name, reason="read")
    report(copy, "late.csv", row("SE-S", "search", "SE", "7", "rooms", item="rooms", on="2022-06-16"))
    assert publish_statement(copy, fixed_context(), name, tmp_path / "out")[0].state == "published"


def test_a_withdrawn_exhibit_and_tables_that_are_not_up_to_date_stop_it(copy: Path, tmp_path: Path) -> None:
    name = approved(copy)
    with open_operation(copy, SECOND) as operation:
        exhibit = next(one.subject for one in operation.ledger.entries() if one.kind == "exhibit_added")
    withdraw(copy, SECOND, exhibit, reason="sealed by a court")
    with pytest.raises(MissingTable):
        publish_statement(copy, fixed_context(), name, tmp_path / "out")
    bring_up_to_date(copy, SECOND, Silent())
    with pytest.raises((NotAuthorised, NotFound)):
        publish_statement(copy, fixed_context(), name, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_nothing_slips_in_between_the_check_and_the_publication(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = approved(copy)
    checked = module._require_held

    def slow(held: module.Held) -> None:
        checked(held)
        with open_operation(copy, SECOND) as operation:
            exhibit = next(one.subject for one in operation.ledger.entries() if one.kind == "exhibit_added")
        withdraw(copy, SECOND, exhibit, reason="sealed by a court")

    monkeypatch.setattr(module, "_require_held", slow)
    with pytest.raises(OperationBusy, match="while the statement was checked"):
        publish_statement(copy, fixed_context(), name, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_correction_reaches_everybody_who_got_the_earlier_version(copy: Path, tmp_path: Path) -> None:
    name = approved(copy)
    publish_statement(copy, fixed_context(), name, tmp_path / "out", to=["Press agency", "Partner desk"])
    report(copy, "late.csv", row("DE-A", "arrest", "DE", "51", "persons", on="2022-01-16"), tlp="CLEAR")
    with pytest.raises(Contradiction, match="frozen"):
        drafted(copy, of=name)
    held = correct_statement(copy, fixed_context(), name, "", reason="one arrest was counted twice")
    assert "219 arrests" in held.checked.plain
    assert held.statement.pending == ["Partner desk", "Press agency"]
    approve_statement(copy, SECOND, name, reason="read")
    publish_statement(copy, fixed_context(), name, tmp_path / "out")
    assert {path.name for path in (tmp_path / "out").iterdir()} >= {f"{name}-v1-en.txt", f"{name}-v2-en.txt"}
    one = tell_receiver(copy, SECOND, name, "Press agency", on="2026-11-24", words="by telephone")
    assert one.pending == ["Partner desk"]
    with pytest.raises(NotFound, match="Nothing is pending"):
        tell_receiver(copy, SECOND, name, "Press agency", on="2026-11-24", words="again")
    assert list_statements(copy, SECOND)[0].reason == "one arrest was counted twice"


def test_a_correction_of_what_was_never_published_is_refused(copy: Path) -> None:
    name = drafted(copy).statement_id
    with pytest.raises(Contradiction, match="not published"):
        correct_statement(copy, fixed_context(), name, "", reason="wrong")


def test_a_text_that_does_not_hold_is_not_recorded_and_names_the_sentence(
    copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "own.txt"
    path.write_text("Partners met. Police made 220 arrests.", encoding="utf-8")
    code = main(["results", "statement", "draft", str(copy), "--text", str(path), "--purpose", "press"])
    said = capsys.readouterr()
    assert code == 77
    assert "in: Police made 220 arrests." in said.out
    assert "Partners met" not in said.out.partition("refused")[2]
    assert list_statements(copy, SECOND) == []


def test_nobody_whom_the_operation_knows_is_named(copy: Path, tmp_path: Path) -> None:
    cases = tmp_path / "cases.csv"
    cases.write_text(
        "case_number,agency,legal_basis,family_name,given_name,town,country,handle_found\n"
        "ZZ-9001,ZZ police,death investigation,Canarykin,Daneo,Thornmere,US,zorrbuyer\n",
        encoding="utf-8",
    )
    dump = small_market(tmp_path / "kestrel.sql")
    add_evidence(copy, SECOND, [Submission(path=cases, authority=REF)], Silent())
    add_evidence(copy, SECOND, [Submission(path=dump, authority=REF, market=MARKET)], Silent())
    bring_up_to_date(copy, SECOND, Silent())
    for named in ("Daneo Canarykin", "Canarykin, Daneo", SELLER, SELLER.upper()):
        held = draft_statement(copy, SECOND, Wanted(text=f"The desk thanks {named} for the help."))
        assert [one.problem for one in held.checked.findings] == [
            "it names a person, an account or a case of this operation"
        ], named
    assert draft_statement(copy, SECOND, Wanted(text="The desk thanks all who helped out.")).holds


def test_an_account_of_the_covert_registers_is_withheld_without_being_repeated(copy: Path) -> None:
    enter_covert(copy, SECOND, kind="undercover", market="Kestrel", account="greybittern")
    held = draft_statement(copy, SECOND, Wanted(text="The desk thanks greybittern for the help."))
    (found,) = [one for one in held.checked.findings if "withheld" in one.problem]
    assert found.sentence == ""


def test_an_operation_without_outcomes_says_so(tmp_path: Path, local_operation: Path) -> None:
    bring_up_to_date(local_operation, SECOND, Silent())
    with pytest.raises(BadRequest, match="Which campaign"):
        draft_statement(local_operation, SECOND, Wanted())
    with pytest.raises(NotFound, match="No outcome names"):
        draft_statement(local_operation, SECOND, Wanted(campaign="Nightjar"))
    with pytest.raises(BadRequest, match="needs a purpose"):
        draft_statement(local_operation, replace(SECOND, purpose=" "), Wanted())
    with pytest.raises(BadRequest, match="no words in 'xx'"):
        draft_statement(local_operation, SECOND, Wanted(language="xx"))


def test_a_judged_double_makes_the_figure_fit_to_be_said(copy: Path) -> None:
    report(copy, "late.csv", row("X", "arrest", "DE", "52", "persons", on="2022-01-17").replace("DE desk", "EU desk"))
    assert ARRESTS not in draft_statement(copy, SECOND, Wanted()).statement.figures
    (pair,) = list_pairs(copy, SECOND, PairKind.OUTCOME)
    judge(copy, SECOND, PairKind.OUTCOME, pair["pair_id"], Verdict.SAME, reason="one raid")
    bring_up_to_date(copy, SECOND, Silent())
    assert draft_statement(copy, SECOND, Wanted()).statement.figures[ARRESTS]["value"] == "220"


@settings(max_examples=4)
@given(
    st.sampled_from(["DE", "US", "NL", "FR"]),
    st.sampled_from(["arrest", "charge", "conviction"]),
    st.integers(0, 300),
)
def test_any_report_that_changes_a_bound_figure_stops_the_publication(
    ready: Path, tmp_path_factory: pytest.TempPathFactory, country: str, kind: str, amount: int
) -> None:
    home = tmp_path_factory.mktemp("property")
    folder = Path(shutil.copytree(ready, home / "operation"))
    name = approved(folder)
    figures = {x.name: x.value for x in check_statement(folder, SECOND, name).checked.figures}
    ref = {"arrest": "A", "charge": "C", "conviction": "V"}[kind]
    report(folder, "late.csv", row(f"{country}-{ref}", kind, country, str(amount), "persons", on="2022-05-16"))
    now = {x.name: x.value for x in check_statement(folder, SECOND, name).checked.figures}
    if now != figures:
        with pytest.raises(NotAuthorised, match="does not hold"):
            publish_statement(folder, fixed_context(), name, home / "out")
        assert not (home / "out").exists()


def test_time_is_taken_from_the_context_alone() -> None:
    assert at("2026-12-01T10:00:00+00:00").clock() == datetime(2026, 12, 1, 10, tzinfo=UTC)


def test_the_commands_of_the_how_to_page_do_what_it_says(
    ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command of the page succeeds in order, and every line of a shown result was printed before."""
    page = (Path(__file__).parent.parent.parent / "docs" / "how-to" / "publish-a-statement.md").read_text(
        encoding="utf-8"
    )
    shutil.copytree(ready, tmp_path / "nightjar")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("CROSSBEARING_PERSON", "A. Analyst")
    printed, ran = "", 0
    for kind, block in re.findall(r"```(console|text)\n(.*?)```", page, re.DOTALL):
        for line in block.splitlines():
            if kind == "console":
                code = main(shlex.split(line.removeprefix("$ crossbearing ")))
                said = capsys.readouterr()
                assert code == 0, f"{line}\n{said.err}"
                printed += " ".join(said.out.split()) + "\n"
                ran += 1
            else:
                assert " ".join(line.split()) in printed, f"not printed: {line}"
    assert ran > 8


@pytest.mark.real_data
def test_the_published_operations_can_be_said_in_every_language(real_data: Path, tmp_path: Path) -> None:
    """SpecTor: 288 arrests by nine countries, 117 firearms, 850 kg of which 432 kg have no public breakdown."""
    folder = made_operation(tmp_path / "operation")
    path = real_data / "operations" / "operations_outcomes.csv"
    add_evidence(folder, SECOND, [Submission(path=path, authority=REF)], Silent())
    bring_up_to_date(folder, SECOND, Silent())
    for code in LANGUAGES:
        held = draft_statement(folder, SECOND, Wanted(language=code, campaign="SpecTor"))
        assert held.holds, held.checked.findings
        values = {name: said["value"] for name, said in held.statement.figures.items()}
        assert values[ARRESTS] == "288"
        assert values[f"{ARRESTS}#"] == "9"
        assert values["seizure.firearms.pieces"] == "117"
        assert values["seizure.drugs.kg~"] == "432"
        assert values["seizure.drugs.kg/fentanyl_or_laced"] == "64"
    assert "50 accounts" in draft_statement(folder, SECOND, Wanted(campaign="SaboTor")).checked.plain
