"""What a package holds beside the tables, what it must not hold, and when it cannot be sent."""

import gzip
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyrage
import pytest

from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.errors import Contradiction, NotAuthorised
from crossbearing.domain.partner import Partner
from crossbearing.domain.progress import Silent
from crossbearing.packages import completeness, document
from crossbearing.store import kept_packages
from crossbearing.store.operation import open_operation
from crossbearing.workflows.appoint import appoint
from crossbearing.workflows.ask_lead import ask_lead
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import Built, build_packages
from crossbearing.workflows.match_leads import match_leads
from crossbearing.workflows.register_partner import add_partner
from crossbearing.workflows.relabel import relabel, withdraw
from crossbearing.workflows.send_package import release_package, seal_package
from crossbearing.workflows.show_sent import list_sent
from small_package import MAIL, SECRETS, judged, me, prepared
from small_referral import CASE

GB = Partner(
    agency="GB police", country="GB", seal_to=str(pyrage.x25519.Identity.generate().to_public()), handling="H2",
    keys_until="2030-12-31", added_at="", added_by="",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    return prepared(tmp_path_factory.mktemp("contents"))


@pytest.fixture
def own(made: tuple[Path, dict[str, str]], tmp_path: Path) -> tuple[Path, dict[str, str]]:
    return Path(shutil.copytree(made[0], tmp_path / "copy")), made[1]


def built(folder: Path, country: str = "GB") -> Built:
    (one,) = build_packages(folder, me(), Silent(), only=[country])
    return one


def held(folder: Path, country: str = "GB") -> dict[str, Any]:
    return dict(json.loads(built(folder, country).data.read_text(encoding="utf-8")))


def written(folder: Path) -> str:
    """Everything that packages are written to, unpacked."""
    home = folder / "packages"
    texts = [path.read_text(encoding="utf-8") for path in home.rglob("package.*")]
    return "\n".join([*texts, *(gzip.decompress(path.read_bytes()).decode() for path in home.rglob("*.gz"))])


def test_a_judged_person_is_told_by_state_category_nature_and_days_and_never_by_name(
    own: tuple[Path, dict[str, str]],
) -> None:
    folder, exhibits = own
    subject = judged(folder)
    said = held(folder)
    (one,) = said["subjects"]
    assert (one["subject_id"], one["status"]) == (subject, "confirmed")
    (person,) = one["persons"]
    wanted = {"state": "confirmed", "categories": ["suspect"], "nature": "assessment", "review_on": "2030-06-30"}
    assert {name: person[name] for name in wanted} == wanted
    assert set(person) == {*wanted, "person_id", "since", "until", "judged_by", "judged_on"}
    assert "who runs the account" not in one["not_known"]
    assert "1 subject with a confirmed person" in said["unproven"][0]
    assert {exhibits["device"], exhibits["record"]} <= {row["exhibit_id"] for row in said["provenance"]}
    assert not [word for word in SECRETS if word in written(folder)]


@pytest.mark.parametrize("stricter", [{"handling": "H2"}, {"tlp": "RED"}, {"restrictions": frozenset({"ask first"})}])
def test_what_rests_on_a_stricter_source_is_left_out_and_makes_the_package_no_stricter(
    own: tuple[Path, dict[str, str]], stricter: dict[str, Any]
) -> None:
    folder, exhibits = own
    judged(folder)
    match_leads(folder, me(), ["GB-7"], Silent())
    for name in ("device", "case"):
        relabel(folder, me(), exhibits[name], reason="its owner asks", **stricter)
    bring_up_to_date(folder, me(), Silent())
    said = held(folder)
    (one,) = said["subjects"]
    assert (one["status"], one["persons"], one["supply"]["leads"]) == ("unidentified", [], [])
    assert (said["handling"]["code"], said["handling"]["tlp"]) == ("H1", "AMBER")
    assert "Nobody is identified" in said["unproven"][0]
    assert not [name for name in ("device", "case", "record") if exhibits[name] in written(folder)]


def test_a_person_whose_evidence_was_withdrawn_is_told_no_more(own: tuple[Path, dict[str, str]]) -> None:
    folder, exhibits = own
    judged(folder)
    assert held(folder)["subjects"][0]["status"] == "confirmed"
    withdraw(folder, me(), exhibits["record"], reason="wrong record")
    bring_up_to_date(folder, me(), Silent())
    assert held(folder)["subjects"][0]["status"] == "unidentified"


def test_contrary_answers_are_told_as_a_dispute(own: tuple[Path, dict[str, str]]) -> None:
    folder, _ = own
    judged(folder)
    judged(folder, "not this person", person="second")
    (one,) = held(folder)["subjects"]
    assert (one["status"], one["persons"][0]["state"]) == ("disputed", "disputed")
    assert "who runs the account" in one["not_known"]


def test_an_overdose_lead_is_told_by_grade_and_reference_and_says_nothing_of_the_case(
    own: tuple[Path, dict[str, str]],
) -> None:
    folder, exhibits = own
    match_leads(folder, me(), ["GB-7"], Silent())
    with open_operation(folder, me()) as operation:
        (found,) = operation.ledger.entries(ActKind.LEADS_MATCHED)
    first = held(folder)
    (one,) = first["subjects"]
    assert one["supply"]["leads"][0] == {
        "reference": f"log {found.position}", "account_id": one["accounts"][0]["account_id"], "market": "Kestrel",
        "grade": "strong",
    }  # fmt: skip
    assert first["heading"]["urgency"] == "urgent"
    assert exhibits["case"] in {row["exhibit_id"] for row in first["provenance"]}
    for word in (CASE["case_number"], CASE["agency"], "s-1", *SECRETS, "overdose death", "died", "killed"):
        assert word not in json.dumps(first["subjects"]), word
    match_leads(folder, me(), ["GB-7"], Silent())
    assert held(folder)["version"] == first["version"], "matching again says the same"


def test_a_case_that_was_asked_for_by_hit_or_no_hit_is_told_to_nobody(own: tuple[Path, dict[str, str]]) -> None:
    folder, _ = own
    appoint(folder, me(), person="officer", roles=[], cases=["GB-7"])
    appoint(folder, me(), person="analyst", roles=["market analyst"], cases=[])
    before = held(folder)
    ask_lead(folder, me("officer"), "GB-7")
    match_leads(folder, me(), ["GB-7"], Silent())
    with open_operation(folder, me()) as operation:
        assert operation.ledger.entries(ActKind.LEAD_ANSWERED)
    assert held(folder) == before
    assert before["subjects"][0]["supply"]["leads"] == []


def test_page_one_says_what_expires_first_and_each_subject_whom_to_ask_by_which_letter(
    own: tuple[Path, dict[str, str]],
) -> None:
    said = held(own[0])
    (one,) = said["subjects"]
    (request,) = one["requests"]
    assert (request["identifiers"], request["held_by_owner"]) == ([MAIL], 0)
    assert MAIL in request["letter"]
    assert "Software never sends it" in request["letter"]
    assert request["gone_on"] in said["expires_first"]
    (shown,) = one["shown"]
    assert (shown["kind"], shown["value"]) == ("contact", MAIL)
    assert "Not traced yet" in one["money"]["not_traced"]


def test_each_exhibit_says_whether_it_may_be_shown_in_court(own: tuple[Path, dict[str, str]]) -> None:
    folder, exhibits = own
    said = held(folder)
    (use,) = [one for one in said["uses"] if one["exhibit_id"] == exhibits["market"]]
    assert (use["handling"], use["is_intelligence_only"]) == ("H1", True)
    assert use["as_evidence"].startswith("No")
    relabel(folder, me(), exhibits["market"], reason="permitted", handling="H0", gradings=["4x4:B2"])
    bring_up_to_date(folder, me(), Silent())
    (use,) = [one for one in held(folder)["uses"] if one["exhibit_id"] == exhibits["market"]]
    assert (use["is_intelligence_only"], use["gradings"]) == (False, ["4x4:B2"])


@pytest.fixture(scope="module")
def whole(made: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A document of which nothing is missing."""
    return held(Path(shutil.copytree(made[0], tmp_path_factory.mktemp("whole") / "copy")))


LACKS: dict[int, Callable[[dict[str, Any]], Any]] = {
    1: lambda said: said["heading"].update(contact=""),
    2: lambda said: said["subjects"][0].update(status="confirmed"),
    3: lambda said: said["subjects"][0]["route"].update(rule="person", reason=None),
    4: lambda said: said["subjects"][0]["accounts"][0].update(exhibits=[]),
    5: lambda said: said["subjects"][0].pop("money"),
    6: lambda said: said["subjects"][0].update(not_known=[]),
    7: lambda said: said["provenance"].pop(),
    8: lambda said: said["uses"].clear(),
    9: lambda said: said.update(deconfliction={}),
    10: lambda said: said.update(expires_first=""),
    11: lambda said: said["risks"][0].update(text=""),
    12: lambda said: said.update(feedback=[]),
}


@pytest.mark.parametrize("part", LACKS)
def test_what_is_missing_is_named_by_its_part(whole: dict[str, Any], part: int) -> None:
    assert LACKS.keys() == completeness.PARTS.keys()
    assert completeness.missing_in(whole) == []
    said = json.loads(json.dumps(whole))
    LACKS[part](said)
    missing = completeness.missing_in(said)
    assert missing
    assert part in {one.part for one in missing}
    assert completeness.PARTS[part][0] in str(next(one for one in missing if one.part == part))


def test_a_document_of_an_earlier_release_lacks_what_was_not_in_it_and_breaks_nothing(whole: dict[str, Any]) -> None:
    new = ("heading", "risks", "uses", "uses_in_short")
    old = {name: one for name, one in whole.items() if name not in new} | {"deconfliction": "Not run."}
    assert {one.part for one in completeness.missing_in(old)} == {1, 8, 9, 11}
    assert {one.part for one in completeness.missing_in({})} == set(completeness.PARTS) - {4, 5, 6}


def test_unknown_that_is_said_is_not_missing(own: tuple[Path, dict[str, str]]) -> None:
    folder, exhibits = own
    relabel(folder, me(), exhibits["market"], reason="nobody knows", handling="unknown", tlp="unknown",
            review_on="unknown", owners=frozenset())  # fmt: skip
    bring_up_to_date(folder, me(), Silent())
    one = built(folder, "DE")
    assert one.missing == ()
    said = json.loads(one.data.read_text(encoding="utf-8"))
    assert "not known" in said["expires_first"].lower()
    assert "not known" in said["heading"]["review_on"]


def test_a_package_that_lacks_a_part_is_neither_released_nor_sealed_and_says_which(
    own: tuple[Path, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = own
    monkeypatch.setattr(document, "risks_of", lambda _: [])
    one = built(folder)
    assert one.missing == ("part 11, risk: risks",)
    with pytest.raises(NotAuthorised, match="part 11, risk: risks"):
        release_package(folder, me("second"), "GB-001", reason="read")
    add_partner(folder, me("keeper"), GB, reason="by telephone")
    with open_operation(folder, me("second")) as operation:
        payload = {"version": 1, "content_sha256": "", "reason": "by an earlier release of this program"}
        operation.ledger.record(me("second"), Act(kind=ActKind.PACKAGE_RELEASED, subject="GB-001", payload=payload))
    with pytest.raises(NotAuthorised, match="part 11, risk: risks"):
        seal_package(folder, me(), "GB-001", ["GB police"], tmp_path / "out")
    assert not (tmp_path / "out").exists()
    monkeypatch.undo()
    assert (built(folder).missing, built(folder).version) == ((), 2)
    assert release_package(folder, me("second"), "GB-001", reason="read") == 2


def test_nothing_leaves_as_evidence_while_an_exhibit_behind_it_is_intelligence_only(
    own: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    folder, exhibits = own
    add_partner(folder, me("keeper"), GB, reason="by telephone")
    built(folder)
    release_package(folder, me("second"), "GB-001", reason="read")
    with pytest.raises(NotAuthorised, match=r"E-\w+ is H1: intelligence only, it cannot leave as evidence"):
        seal_package(folder, me(), "GB-001", ["GB police"], tmp_path / "out", channel="EIO 12")
    assert list_sent(folder, me()) == []
    seal_package(folder, me(), "GB-001", ["GB police"], tmp_path / "out")
    for name in exhibits.values():
        relabel(folder, me(), name, reason="permitted", handling="H0")
    bring_up_to_date(folder, me(), Silent())
    built(folder)
    release_package(folder, me("second"), "GB-001", reason="read")
    seal_package(folder, me(), "GB-001", ["GB police"], tmp_path / "again", channel="EIO 12")
    assert [one.channel for one in list_sent(folder, me())] == ["", "EIO 12"]


def test_a_page_that_lost_a_byte_on_the_disk_is_not_released(own: tuple[Path, dict[str, str]]) -> None:
    folder, _ = own
    one = built(folder)
    one.page.write_bytes(one.page.read_bytes()[:-1])
    with pytest.raises(Contradiction, match="not what was built"):
        release_package(folder, me("second"), "GB-001", reason="read")
    assert kept_packages.kept(folder, "GB-001", 1) is not None
