"""Batch alerts: drafted from results in one command, issued and withdrawn by named people, and naming nobody."""

import json
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import REF, fixed_context, made_operation
from crossbearing.domain.act import ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, NotFound, OperationBusy
from crossbearing.domain.progress import Silent
from crossbearing.interfaces.cli import main
from crossbearing.leads.alert_words import KnownNames, refused
from crossbearing.leads.alerts import Alert, require_valid, schema
from crossbearing.store.operation import open_operation
from crossbearing.workflows import draft_alert as draft_module
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.draft_alert import Wanted, draft_alert, issue_alert, withdraw_alert
from crossbearing.workflows.relabel import relabel, withdraw
from crossbearing.workflows.show_alerts import list_alerts, show_alert
from made_identifiers import onion, segwit
from small_market import MARKET, SELLER, small_market

TOX = (
    "case_number,specimen,substance,result,amount,unit,tested_on\n"
    "ZZ-4711,blood,Fentanyl,present,3.1,ng/mL,2021-03-02\nZZ-4712,blood,fentanyl,present,2,ng/mL,2021-03-10\n"
    "ZZ-4712,blood,xylazine,presumptive positive,,,2021-03-11\nZZ-4713,blood,cocaine,not detected,,,2021-03-11\n"
)
SEIZED = (
    "seizure_ref,agency,seized_on,substance,kilograms,die_mark,colour,place,country,laboratory_profile\n"
    "S-9,Zcustoms,2021-03-12,fentanyl tablets,1.2,QQ 30,Light blue,Thornmere,ZZ,\n"
)
CASES = (
    "case_number,agency,legal_basis,family_name,given_name,town,country,handle_found\n"
    "ZZ-9001,ZZ police,death investigation,Canarykin,Daneo,Thornmere,US,zorrbuyer\n"
)


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An operation with results, a seizure, a case and a market; each test that writes takes a copy."""
    folder = tmp_path_factory.mktemp("laboratory")
    operation = made_operation(folder / "operation")
    for name, text in (("tox.csv", TOX), ("seized.csv", SEIZED), ("cases.csv", CASES)):
        (folder / name).write_text(text, encoding="utf-8")
        add_evidence(operation, fixed_context(), [Submission(path=folder / name, authority=REF)], Silent())
    path = small_market(folder / "kestrel.sql")
    add_evidence(operation, fixed_context(), [Submission(path=path, authority=REF, market=MARKET)], Silent())
    bring_up_to_date(operation, fixed_context(), Silent())
    return operation


@pytest.fixture
def operation(laboratory: Path, tmp_path: Path) -> Path:
    return shutil.copytree(laboratory, tmp_path / "operation")


def wanted(substance: str = "fentanyl", **changed: Any) -> Wanted:
    said: dict[str, Any] = {"substance": substance, "area": "Aldershire", "precision": "county"}
    return Wanted(**{**said, **changed})


def drafted(operation: Path, substance: str = "fentanyl", **changed: Any) -> Alert:
    return draft_alert(operation, fixed_context(), wanted(substance, **changed))


def test_one_command_makes_a_draft_out_of_what_laboratories_found(
    operation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["alert", "draft", str(operation), "fentanyl", "--area", "Aldershire", "--precision", "county"]
    assert main([*words, "--purpose", "batch", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["alert"]
    document = said["document"]
    assert said["state"] == "draft"
    assert document["look"] == {"form": "tablet", "colour": "blue", "imprint": "QQ 30"}
    assert document["period"] == {"from": "2021-03-01", "until": "2021-03-14"}, "weeks, not days"
    assert document["confidence"].startswith("high: three")
    assert document["test"] == "confirmed by a laboratory"
    assert any("naloxone" in sentence for sentence in document["advice"])
    assert document["advice"][-1].startswith("A pill that did not come from a pharmacy")


def test_a_test_that_no_laboratory_confirmed_is_labelled_as_presumptive(operation: Path) -> None:
    document = drafted(operation, "xylazine").document
    assert document["test"] == "PRESUMPTIVE TEST, not confirmed by a laboratory"
    assert document["confidence"].startswith("low: a presumptive test")
    typed = drafted(operation, "metonitazene", is_presumptive=True, colour="yellow").document
    assert (typed["test"], typed["look"]["colour"]) == (document["test"], "yellow")


@pytest.mark.parametrize("substance", ["cocaine", "metonitazene"])
def test_what_was_not_found_makes_no_alert(operation: Path, substance: str) -> None:
    """One was looked for and not detected, the other nobody looked for."""
    with pytest.raises(NotFound, match="No result of a laboratory"):
        drafted(operation, substance)


def test_results_long_before_the_newest_do_not_count(operation: Path) -> None:
    assert drafted(operation, days=3).document["confidence"].startswith("moderate")
    assert drafted(operation, days=3).document["period"]["from"] == "2021-03-08"


def test_only_named_people_issue_and_withdraw_and_the_log_says_who(operation: Path) -> None:
    drafted(operation)
    assert issue_alert(operation, fixed_context("A. Officer"), "AL-001").state == "issued"
    withdraw_alert(operation, fixed_context("B. Officer"), "AL-001", "the laboratory corrected itself")
    kinds = (ActKind.ALERT_DRAFTED, ActKind.ALERT_ISSUED, ActKind.ALERT_WITHDRAWN)
    with open_operation(operation, fixed_context()) as opened:
        acts = [(entry.kind, entry.person) for entry in opened.ledger.entries(*kinds)]
    assert acts == list(zip(kinds, ("analyst", "A. Officer", "B. Officer"), strict=True))


def test_an_alert_that_is_withdrawn_while_it_is_issued_stays_withdrawn(
    operation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted(operation)

    def meanwhile(_: Mapping[str, Any]) -> None:
        withdraw_alert(operation, fixed_context(), "AL-001", "wrong batch")

    monkeypatch.setattr(draft_module, "require_valid", meanwhile)
    with pytest.raises(OperationBusy, match="meanwhile"):
        issue_alert(operation, fixed_context(), "AL-001")
    assert show_alert(operation, fixed_context(), "AL-001").alert.state == "withdrawn"


def test_a_withdrawn_alert_shows_as_withdrawn_everywhere_with_its_reason(
    operation: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drafted(operation)
    issue_alert(operation, fixed_context(), "AL-001")
    withdraw_alert(operation, fixed_context(), "AL-001", "the laboratory corrected itself")
    page = tmp_path / "alert.html"
    assert main(["alert", "show", str(operation), "AL-001", "--page", str(page)]) == 0
    shown = capsys.readouterr().out
    assert main(["alert", "list", str(operation)]) == 0
    listed = capsys.readouterr().out
    for said in (shown, page.read_text(encoding="utf-8"), listed):
        assert "WITHDRAWN" in said
    assert all("the laboratory corrected itself" in said for said in (shown, page.read_text(encoding="utf-8")))
    assert list_alerts(operation, fixed_context())[0].alert.state == "withdrawn"
    for again in (
        lambda: withdraw_alert(operation, fixed_context(), "AL-001", "again"),
        lambda: issue_alert(operation, fixed_context(), "AL-001"),
    ):
        with pytest.raises(Contradiction):
            again()


def test_the_page_says_that_a_draft_is_one_and_shows_everything_escaped(operation: Path, tmp_path: Path) -> None:
    drafted(operation, remark="seen in bags <b>with</b> a stamp")
    assert main(["alert", "show", str(operation), "AL-001", "--page", str(tmp_path / "alert.html")]) == 0
    page = (tmp_path / "alert.html").read_text(encoding="utf-8")
    assert "DRAFT. Nobody has issued it." in page
    assert "&lt;b&gt;with" in page
    assert "Fentanyl in Aldershire" in page


def test_an_alert_whose_results_were_withdrawn_says_so_and_cannot_be_issued(operation: Path) -> None:
    exhibit = drafted(operation).exhibit_ids[0]
    withdraw(operation, fixed_context(), exhibit, reason="wrong file")
    assert not show_alert(operation, fixed_context(), "AL-001").stands
    with pytest.raises(Contradiction, match="does not stand any more"):
        issue_alert(operation, fixed_context(), "AL-001")


def test_an_alert_goes_no_further_than_its_results_may(operation: Path) -> None:
    assert drafted(operation).document["tlp"] == "RED", "nobody said how far the results may go"
    with pytest.raises(BadRequest, match="no further than TLP:RED"):
        drafted(operation, tlp="GREEN")
    exhibits = drafted(operation).exhibit_ids
    for exhibit in exhibits:
        relabel(operation, fixed_context(), exhibit, reason="asked", tlp="GREEN")
    assert drafted(operation).document["tlp"] == "GREEN"
    relabel(operation, fixed_context(), exhibits[0], reason="asked again", tlp="AMBER")
    with pytest.raises(BadRequest, match="no further than TLP:AMBER"):
        issue_alert(operation, fixed_context(), "AL-003")


SECRETS = {
    "mail": "write to desk@example.org", "mail spelled": "e-mail: desk at example dot org",
    "telephone": "call +1 202 555 0142", "telephone at home": "call 555-0142",
    "onion": f"see {onion(b'thirty-two bytes of nobody at all'[:32])}",
    "link": "see https://example.org/x", "wallet": f"paid to {segwit('bc', 0, b'twenty bytes of no-one'[:20])}",
    "handle": f"sold by {SELLER.upper()}", "buyer of a case": "bought by ZorrBuyer", "market": f"from {MARKET} market",
    "case": "see case ZZ-9001", "case of the laboratory": "see zz 4711", "person": "died: Canarykin, Daneo",
}  # fmt: skip


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize("field", ["remark", "area"])
def test_words_that_name_or_reach_anybody_are_refused_and_not_repeated(laboratory: Path, text: str, field: str) -> None:
    with pytest.raises(BadRequest) as error:
        drafted(laboratory, **{field: text})
    said = f"{error.value.problem} {error.value.where} {error.value.remedy}".casefold()
    assert field in said
    assert text.casefold() not in said
    for secret in (SELLER, "zorrbuyer", MARKET.casefold(), "canarykin", "9001", "4711", "example", "0142", "bc1"):
        assert secret not in said, "nor is anything else of the operation"


def test_long_plain_words_are_no_address_and_accents_and_wide_letters_hide_no_name() -> None:
    known = KnownNames.of([SELLER, "José Pérez"])
    assert refused("dextromethorphan and methamphetamines were found", known) == ""
    for text in ("ask Jose Perez", "ask José Pérez", SELLER.translate({97: 0xFF41})):
        assert refused(text, known)


def test_a_reason_for_withdrawing_is_held_to_the_same(operation: Path) -> None:
    drafted(operation)
    with pytest.raises(BadRequest, match="The reason holds"):
        withdraw_alert(operation, fixed_context(), "AL-001", f"it was {SELLER}")
    with pytest.raises(BadRequest, match="No reason"):
        withdraw_alert(operation, fixed_context(), "AL-001", " ")


def test_words_are_checked_again_when_an_alert_is_issued(operation: Path, tmp_path: Path) -> None:
    """What named nobody yesterday may be the handle of an account today."""
    drafted(operation, remark="people speak of quillwort pills")
    case = CASES.replace("ZZ-9001", "ZZ-9002").replace("zorrbuyer", "quillwort")
    (tmp_path / "more.csv").write_text(case, encoding="utf-8")
    add_evidence(operation, fixed_context(), [Submission(path=tmp_path / "more.csv", authority=REF)], Silent())
    bring_up_to_date(operation, fixed_context(), Silent())
    with pytest.raises(BadRequest, match="The remark holds"):
        issue_alert(operation, fixed_context(), "AL-001")


def test_an_alert_needs_a_purpose_and_the_log_shows_that_cases_were_opened(operation: Path) -> None:
    with pytest.raises(BadRequest, match="purpose"):
        draft_alert(operation, Context(person="analyst"), wanted())
    with open_operation(operation, fixed_context()) as opened:
        before = opened.ledger.position()
    drafted(operation)
    with open_operation(operation, fixed_context()) as opened:
        read = [entry for entry in opened.ledger.entries(ActKind.PROTECTED_READ) if entry.position > before]
    assert [(entry.subject, entry.purpose) for entry in read] == [("overdose_case", "test")]


@pytest.mark.parametrize(
    "changed", [{"precision": "town"}, {"area": "12 Vine Lane"}, {"colour": "amberish"}, {"form": "spoon"},
                {"imprint": "x" * 21}, {"tlp": "PINK"}, {"remark": "x " * 300}],
)  # fmt: skip
def test_an_alert_says_only_what_its_schema_has_a_place_for(laboratory: Path, changed: dict[str, str]) -> None:
    with pytest.raises(BadRequest):
        drafted(laboratory, **changed)


def fields_of(part: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, inner in part.get("properties", {}).items():
        yield f"{path}{name}", inner
        yield from fields_of(inner, f"{path}{name}.")


def test_the_schema_has_no_field_for_a_person_an_account_a_supplier_or_a_case() -> None:
    fields = dict(fields_of(schema()))
    assert set(fields) == {
        "format", "alert_id", "substance", "group", "look", "look.form", "look.colour", "look.imprint", "area",
        "area.name", "area.precision", "period", "period.from", "period.until", "confidence", "test", "advice",
        "remark", "tlp", "issuing_body",
    }  # fmt: skip
    objects = [schema(), *(part for part in fields.values() if part.get("type") == "object")]
    assert len(objects) == 4
    assert all(part["additionalProperties"] is False and set(part["required"]) == set(part["properties"])
               for part in objects)  # fmt: skip


FULL = {
    "format": "crossbearing-alert-1", "alert_id": "AL-001", "substance": "fentanyl", "group": "lethal opioid",
    "look": {"form": "", "colour": "", "imprint": ""}, "area": {"name": "Aldershire", "precision": "county"},
    "period": {"from": "2021-03-01", "until": "2021-03-07"},
    "confidence": "low: a presumptive test says so, and no laboratory has confirmed it",
    "test": "confirmed by a laboratory", "advice": ["x"], "remark": "", "tlp": "RED", "issuing_body": "Desk",
}  # fmt: skip


@given(place=st.sampled_from(["", "look", "area", "period"]), name=st.text(min_size=1), value=st.text())
def test_no_further_field_can_be_put_into_an_alert(place: str, name: str, value: str) -> None:
    require_valid(FULL)
    changed = json.loads(json.dumps(FULL))
    part = changed[place] if place else changed
    if name not in part:
        part[name] = value
        with pytest.raises(BadRequest) as error:
            require_valid(changed)
        assert len(value) < 10 or value not in error.value.problem


@given(
    handle=st.text("abcdefghijkmnopqrstuvwxyz0123456789_-.", min_size=3, max_size=20),
    before=st.text("xyz ", max_size=8),
)
def test_any_handle_of_the_operation_is_found_as_a_whole_word_and_not_within_one(handle: str, before: str) -> None:
    known = KnownNames.of([handle])
    if not known.names:
        return
    assert refused(f"{before} {handle.upper()}, they say", known)
    assert not KnownNames.of(["mber"]).stand_in("amber pills")


def test_plain_words_about_a_batch_may_stand() -> None:
    known = KnownNames.of([SELLER, MARKET, "ZZ-9001"])
    for text in (
        "Round, 10 mm, 30 mg pressed on one side",
        "Sold in bags of 100 to 500",
        "Seen at 2 festivals in 2021",
    ):
        assert not refused(text, known), text


def test_the_clock_of_the_person_dates_an_alert_without_results(operation: Path) -> None:
    now = Context(person="analyst", purpose="batch", clock=lambda: datetime(2026, 11, 26, tzinfo=UTC))
    document = draft_alert(operation, now, wanted("metonitazene", is_presumptive=True)).document
    assert document["period"] == {"from": "2026-11-23", "until": "2026-11-29"}
