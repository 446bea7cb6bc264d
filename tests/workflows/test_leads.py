"""From a referral to a finding: what is refused, opened, logged and kept, and what is said when nothing is found."""

import io
import json
import re
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from conftest import REF, made_operation
from crossbearing.domain.act import ActKind
from crossbearing.domain.errors import BadConfiguration, BadRequest, Contradiction, NotFound
from crossbearing.domain.progress import Silent
from crossbearing.interfaces.cli import main
from crossbearing.simulation.formats.workbook import Sheet, write_workbook
from crossbearing.store.operation import open_operation
from crossbearing.store.records import Vault
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.enter_opinion import enter_opinion
from crossbearing.workflows.match_leads import match_leads
from crossbearing.workflows.relabel import withdraw
from crossbearing.workflows.show_leads import list_referred, show_case
from small_market import MARKET, SELLER_ID
from small_referral import CASE, FAMILY, GIVEN, STREET, added, market, me, prepared, referral


def matched(folder: Path, *numbers: str) -> Mapping[str, Any]:
    return match_leads(folder, me(), numbers or ("GB-7",), Silent())[0].says


def content(path: Path) -> bytes:
    """What a file says to whoever opens it; columns of a table are compressed."""
    if path.suffix == ".parquet":
        return repr(parquet.read_table(path).to_pydict()).encode()
    return path.read_bytes()


def said(finding: Mapping[str, Any]) -> dict[str, str]:
    return dict(finding["notes"])


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case as it stands above, ready to be matched; tests of this module only read it."""
    tox = "GB-7,blood,fentanyl,present,3.1,ng/mL,2021-04-01\nGB-7,blood,cocaine,not detected,,,2021-04-01\n"
    return prepared(tmp_path_factory.mktemp("ready"), CASE, screen=tox)


def test_a_case_gives_its_seller_with_parts_that_add_up_and_what_was_searched(ready: Path) -> None:
    finding = matched(ready)
    lead = finding["leads"][0]
    assert (lead["sale_server_id"], lead["market"], lead["grade"]) == ("s-1", MARKET, "strong")
    assert (lead["name"], lead["address"], lead["substance"]) == ("exact", "door", "match")
    assert lead["hypothesis"] == "the person of the case is the consignee"
    assert f"{sum(float(bar['value']) for bar in lead['bars']):.4f}" == lead["log_odds"]
    searched = finding["searched"]
    assert searched["markets"] == [
        {"market": MARKET, "from": "2021-01-10", "until": "2021-06-18", "sales": 202, "readable": 201, "encrypted": 0}
    ]
    assert 0 < searched["readable_in_time"] < searched["in_time"] <= searched["readable_in_time"] + 1
    assert (searched["undated"], searched["without_seller"], searched["messages"]) == (0, 0, None)
    assert finding["run"]["cases"] == 1
    assert finding["run"]["found"] == 1


def test_nothing_that_is_kept_or_printed_names_the_person_or_the_place(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matched(ready)
    for words in (["match", str(ready), "GB-7"], ["show", str(ready), "GB-7"], ["list", str(ready)]):
        for extra in ([], ["--json"]):
            assert main(["lead", *words, "--purpose", "enquiry", *extra]) == 0
    printed = capsys.readouterr().out
    with open_operation(ready, me()) as operation:
        kinds = (ActKind.LEADS_MATCHED, ActKind.CONSULTED, ActKind.PROTECTED_READ)
        kept = json.dumps([entry.payload for entry in operation.ledger.entries(*kinds)])
    files = b"".join(content(path) for path in ready.rglob("*") if path.is_file() and "original" not in str(path))
    assert "GB-7" in printed
    assert "s-1" in kept
    for word in (FAMILY, GIVEN, STREET, "Thornmere", "ZZ07", "u-buyer-1"):
        assert word not in kept
        assert word not in printed
    assert FAMILY.encode() not in files
    assert b"Thornmere" not in files


def test_matching_is_logged_with_its_purpose_after_the_tables_were_opened(ready: Path) -> None:
    matched(ready)
    with open_operation(ready, me()) as operation:
        log = operation.ledger.entries(ActKind.PROTECTED_READ, ActKind.LEADS_MATCHED)
    last = [(entry.kind, entry.subject, entry.purpose) for entry in log][-3:]
    assert last == [
        (ActKind.PROTECTED_READ, "overdose_case", "enquiry GB-7"),
        (ActKind.PROTECTED_READ, "delivery", "enquiry GB-7"),
        (ActKind.LEADS_MATCHED, "GB-7", "enquiry GB-7"),
    ]


def test_without_a_purpose_nothing_is_matched_listed_or_shown(ready: Path) -> None:
    for doing in (
        lambda: match_leads(ready, me(" "), ["GB-7"], Silent()),
        lambda: list_referred(ready, me("")),
        lambda: show_case(ready, me(""), "GB-7"),
    ):
        with pytest.raises(BadRequest, match="purpose"):
            doing()


def test_without_the_libraries_of_matching_nothing_is_opened_and_the_extra_is_named(
    ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_operation(ready, me()) as operation:
        before = len(operation.ledger.entries(ActKind.PROTECTED_READ))
    monkeypatch.setitem(sys.modules, "usaddress", None)
    with pytest.raises(BadConfiguration, match="usaddress") as refused:
        matched(ready)
    assert "crossbearing[leads]" in refused.value.remedy
    with open_operation(ready, me()) as operation:
        assert len(operation.ledger.entries(ActKind.PROTECTED_READ)) == before


def test_cases_are_named_or_all_of_them_and_an_unknown_one_is_said(ready: Path) -> None:
    with pytest.raises(BadRequest, match="which cases"):
        match_leads(ready, me(), [], Silent())
    with pytest.raises(NotFound, match="GB-8"):
        matched(ready, "GB-8")
    assert [one.case_number for one in match_leads(ready, me(), [], Silent(), every=True)] == ["GB-7"]


def test_two_referrals_of_one_number_are_a_contradiction(tmp_path: Path) -> None:
    folder = prepared(tmp_path, CASE, {**CASE, "agency": "another desk"})
    with pytest.raises(Contradiction, match="GB-7"):
        matched(folder)


@pytest.mark.parametrize(
    ("changed", "note", "words"),
    [
        ({"found_at": "2022-03-08 10:00:00"}, "wide window", "365 days, more than 45"),
        ({"street": "", "town": "", "postcode": "", "country": "GB"}, "coarse address", "neither town nor postal code"),
        ({"last_seen_alive": "", "found_at": ""}, "no time", "Nobody says when"),
        ({"found_at": "2020-03-01 10:00:00"}, "found before seen", "one of the two is wrong"),
        ({"last_seen_alive": "2021-03-02 10:00:00", "found_at": ""}, "after last seen", "1 of the sales"),
        (
            {"given_name": "Qax", "family_name": "Zorr", "street": "9 Vine Lane"},
            "common name",
            "this name or one like it",
        ),
        ({"family_name": ""}, "no name", "family name is missing"),
        ({"last_seen_alive": ""}, "found for seen", "The time found stands for it"),
    ],
)
def test_bad_input_is_answered_in_words(tmp_path: Path, changed: dict[str, str], note: str, words: str) -> None:
    folder = prepared(tmp_path, {**CASE, **changed})
    finding = matched(folder)
    assert words in said(finding)[note]
    if note != "found for seen":
        assert not [lead for lead in finding["leads"] if lead["is_accepted_grade"]]
        assert "no hit" in said(finding)
    assert "no screen" in said(finding)


def test_a_screen_without_the_drug_tested_says_so_and_speaks_neither_way(tmp_path: Path) -> None:
    folder = prepared(tmp_path, CASE, screen="GB-7,blood,cocaine,not detected,,,2021-04-01\n"
                                             "GB-7,blood,fentanyl,not tested,,,2021-04-01\n")  # fmt: skip
    finding = matched(folder)
    assert "did not look for" in said(finding)["not tested"]
    assert [bar["value"] for bar in finding["leads"][0]["bars"] if bar["part"] == "substance"] == ["0"]


def test_a_laboratory_that_did_not_find_it_lowers_the_lead_and_does_not_hide_it(tmp_path: Path) -> None:
    folder = prepared(tmp_path, CASE, screen="GB-7,blood,fentanyl,not detected,,,2021-04-01\n")
    finding = matched(folder)
    assert finding["leads"][0]["substance"] == "incompatible"
    assert "incompatible" in said(finding)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"legal_basis": ""}, "does not say on what legal basis the agency asks"),
        ({"agency": " "}, "does not say which agency asks"),
        ({"case_number": ""}, "gives no case number"),
    ],
)
def test_a_referral_that_lacks_its_ground_is_refused_whole_in_one_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changed: dict[str, str], reason: str
) -> None:
    folder = made_operation(tmp_path / "operation")
    path = referral(tmp_path / "cases.csv", CASE, {**CASE, "case_number": "GB-8", **changed})
    assert main(["lead", "add", str(folder), str(path), "--authority", REF]) != 0
    assert f"Row 2 {reason}; nothing of the file was taken in" in capsys.readouterr().err
    with open_operation(folder, me()) as operation:
        assert not operation.ledger.entries(ActKind.EXHIBIT_ADDED)
    assert not [path for path in (folder / "protected").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "text", ["Date,Age,Sex,Residence City\n2021-03-04,33,F,Quillen\n", "case_number,family_name\n1,Zorr\n2,Bell\n"]
)
def test_a_population_wide_file_is_never_taken_for_matching(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    folder = made_operation(tmp_path / "operation")
    (tmp_path / "deaths.csv").write_text(text, encoding="utf-8")
    assert main(["lead", "add", str(folder), str(tmp_path / "deaths.csv"), "--authority", REF]) != 0
    assert "A population-wide file is never matched with persons" in " ".join(capsys.readouterr().err.split())
    with open_operation(folder, me()) as operation:
        assert not operation.ledger.entries(ActKind.EXHIBIT_ADDED)


def test_forms_in_csv_json_and_xlsx_and_typed_in_say_the_same(tmp_path: Path) -> None:
    referral(tmp_path / "cases.csv", CASE)
    (tmp_path / "cases.json").write_text(json.dumps([CASE]), encoding="utf-8")
    out = io.BytesIO()
    sheet = Sheet("cases", tuple(CASE), [[[value] for value in CASE.values()]])
    write_workbook(out, [sheet], created=datetime(2026, 11, 26), author="desk")  # noqa: DTZ001 - a workbook has no zone
    (tmp_path / "cases.xlsx").write_bytes(out.getvalue())
    typed = [f"--{name.replace('_', '-')}={value}" for name, value in CASE.items() if name != "case_number" and value]
    ways = [[str(tmp_path / f"cases.{kind}")] for kind in ("csv", "json", "xlsx")] + [["--case", "GB-7", *typed]]
    said_so = []
    for number, way in enumerate(ways):
        folder = made_operation(tmp_path / f"operation{number}")
        assert main(["lead", "add", str(folder), *way, "--authority", REF]) == 0
        (found,) = list_referred(folder, me())
        said_so.append({name: value for name, value in found.referral.items() if name != "exhibit_id"})
    assert said_so[0]["asked"] == "which seller"
    assert said_so == [said_so[0]] * 4


def test_referrals_that_were_sealed_before_a_column_was_there_say_nothing_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made_operation(tmp_path / "operation")
    added(folder, referral(tmp_path / "cases.csv", CASE))
    assert list_referred(folder, me())[0].referral["asked"] == "which seller"
    real = Vault.read
    monkeypatch.setattr(Vault, "read", lambda self, file: real(self, file).drop_columns(["asked", "payment_found"]))
    (found,) = list_referred(folder, me())
    assert (found.referral["asked"], found.referral["case_number"]) == (None, "GB-7")


def test_a_lead_whose_evidence_was_withdrawn_is_left_out_and_the_finding_is_stale(tmp_path: Path) -> None:
    folder = prepared(tmp_path, CASE)
    matched(folder)
    assert not show_case(folder, me(), "GB-7").is_stale
    with open_operation(folder, me()) as operation:
        shown = show_case(folder, me(), "GB-7")
        (market_exhibit,) = {*shown.supply["leads"][0]["exhibit_ids"]} - {shown.referral["exhibit_id"]}
        assert shown.referral["exhibit_id"] in shown.supply["leads"][0]["exhibit_ids"]
        assert operation.ledger.entries(ActKind.LEADS_MATCHED)
    withdraw(folder, me(), market_exhibit, reason="wrong market")
    boxes = show_case(folder, me(), "GB-7")
    assert (boxes.supply["leads"], boxes.left_out, boxes.is_stale) == ([], 1, True)
    assert list_referred(folder, me())[0].grades == ()


def test_a_lead_stands_on_the_exhibit_that_ties_its_parcel_to_its_order_too(tmp_path: Path) -> None:
    folder = prepared(tmp_path, {**CASE, "tracking_number": "ZZ 11 22"})
    row = {
        "purchase_ref": "U-1", "agency": "GB desk", "market": MARKET, "seller_handle": "", "order_reference": "s-1",
        "ordered_on": "", "arrived_on": "", "tracking_number": "ZZ1122", "packaging": "", "substances": "",
        "sold_as": "",
    }  # fmt: skip
    exhibit = added(folder, referral(tmp_path / "purchases.csv", row))
    bring_up_to_date(folder, me(), Silent())
    lead = matched(folder)["leads"][0]
    assert "parcel" in lead["identifiers"]
    assert exhibit in lead["exhibit_ids"]


def test_a_parcel_is_found_by_a_message_that_names_its_number(tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    messages = [
        ("m-1", SELLER_ID, "u-buyer-2", "sent, tracking ZZ 1122 3344 gb, enjoy", "2021-03-05 10:00:00"),
        ("m-2", "u-2", SELLER_ID, "is it ZZ11223345GB?", "2021-03-05 11:00:00"),
        ("m-3", "u-3", SELLER_ID, "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n", "2021-03-05 11:00:00"),
    ]
    added(folder, market(tmp_path, messages=messages), MARKET)
    added(
        folder,
        referral(tmp_path / "cases.csv", {**CASE, "family_name": "Otherkin", "tracking_number": "zz-11223344GB"}),
    )
    bring_up_to_date(folder, me(), Silent())
    finding = matched(folder)
    (lead,) = [one for one in finding["leads"] if one["sale_server_id"] == "s-9"]
    assert (lead["identifiers"], lead["grade"]) == (["parcel"], "strong")
    assert finding["searched"]["messages"] == 2


def test_messages_are_opened_only_if_a_case_names_a_parcel(ready: Path) -> None:
    matched(ready)
    with open_operation(ready, me()) as operation:
        opened = {entry.subject for entry in operation.ledger.entries(ActKind.PROTECTED_READ)}
    assert "delivery" in opened
    assert "message_body" not in opened


def test_the_third_box_holds_what_a_person_said_and_nothing_else(tmp_path: Path) -> None:
    folder = prepared(tmp_path, CASE)
    assert show_case(folder, me(), "GB-7").causation == ()
    matched(folder)
    assert show_case(folder, me(), "GB-7").causation == ()
    with pytest.raises(BadRequest, match="given by"):
        enter_opinion(folder, me(), "GB-7", "words", given_by="", qualification="pathologist", given_on="2021-04-02")
    with pytest.raises(NotFound):
        enter_opinion(folder, me(), "GB-9", "words", given_by="X", qualification="pathologist", given_on="2021-04-02")
    enter_opinion(folder, me(), "GB-7", "Undetermined.", given_by="Dr A", qualification="pathologist",
                  given_on="2021-04-02")  # fmt: skip
    matched(folder)
    (opinion,) = show_case(folder, me(), "GB-7").causation
    assert (opinion.statement, opinion.given_by, opinion.entered_by) == ("Undetermined.", "Dr A", "analyst")
    assert re.match(r"\d{4}-\d\d-\d\dT", opinion.entered_at)


def test_no_sentence_of_the_software_says_that_a_sale_caused_a_death(
    ready: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    matched(ready)
    main(["lead", "show", str(ready), "GB-7", "--purpose", "enquiry"])
    printed = capsys.readouterr().out.lower()
    assert "never computed" in printed
    assert not re.search(r"\b(caus(ed|es)|killed|fatal dose|responsible)\b", printed)
