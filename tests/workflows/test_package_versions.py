"""Versions of packages: kept, compared, forgotten with what they rest on, and made again byte by byte."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import fixed_context
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.errors import BadRequest, Contradiction, NotAuthorised, NotFound
from crossbearing.domain.exhibit import Place
from crossbearing.domain.progress import Silent
from crossbearing.domain.routing import Routing
from crossbearing.interfaces.cli import main
from crossbearing.packages.comparing import ADDED, CHANGED, REMOVED, differences
from crossbearing.store import kept_packages
from crossbearing.store.marks import packages_nobody_can_read, packages_resting_on
from crossbearing.store.operation import open_operation
from crossbearing.store.views import reading
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import build_packages, list_packages, show_package
from crossbearing.workflows.compare_packages import compare_package
from crossbearing.workflows.erase import erase_person
from crossbearing.workflows.recall_package import recall_package
from crossbearing.workflows.relabel import withdraw
from crossbearing.workflows.route_subject import route_subject
from crossbearing.workflows.send_package import release_package
from crossbearing.workflows.set_aside import set_aside_row
from small_market import MARKET, SELLER
from small_package import judged, me, prepared


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Version 1 of the package is unidentified, version 2 has a confirmed person."""
    folder, exhibits = prepared(tmp_path_factory.mktemp("versions"))
    build_packages(folder, me(), Silent())
    judged(folder)
    build_packages(folder, me(), Silent())
    return folder, exhibits


@pytest.fixture
def own(made: tuple[Path, dict[str, str]], tmp_path: Path) -> tuple[Path, dict[str, str]]:
    return Path(shutil.copytree(made[0], tmp_path / "copy")), made[1]


def version(folder: Path, package_id: str = "GB-001") -> int:
    return next(int(one["version"]) for one in list_packages(folder, me()) if one["package_id"] == package_id)


def test_a_comparison_says_what_a_version_adds_removes_and_changes(
    own: tuple[Path, dict[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    folder, exhibits = own
    found = compare_package(folder, me(), "GB-001")
    assert (found.earlier, found.later) == (1, 2)
    said = {(one.what, one.where): one for one in found.differences}
    status = said[CHANGED, "subjects / status"]
    assert (status.before, status.after) == ("unidentified", "confirmed")
    assert status.subject.startswith("A-")
    assert (ADDED, f"provenance / {exhibits['device']}") in said
    assert (REMOVED, "subjects / not known") in said
    assert said[REMOVED, "subjects / not known"].before == "who runs the account"
    assert main(["package", "diff", str(folder), "GB-001", "--from", "1", "--to", "2", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["differences"]) == len(found.differences)
    assert main(["package", "diff", str(folder), "GB-001"]) == 0
    assert "unidentified" in capsys.readouterr().out


def test_what_is_not_there_to_be_compared_is_said(own: tuple[Path, dict[str, str]]) -> None:
    folder, _ = own
    with pytest.raises(NotFound, match="no package 'XX-001'"):
        compare_package(folder, me(), "XX-001")
    with pytest.raises(NotFound, match="no version 7"):
        compare_package(folder, me(), "GB-001", 1, 7)
    with pytest.raises(BadRequest, match="no earlier one"):
        compare_package(folder, me(), "GB-001", 0, 1)
    with pytest.raises(BadRequest, match="not earlier"):
        compare_package(folder, me(), "GB-001", 2, 2)
    with pytest.raises(BadRequest, match="no earlier one"):
        compare_package(folder, me(), "GB-001", -1, 1)
    with open_operation(folder, me()) as operation:
        operation.ledger.record(me(), Act(kind=ActKind.PACKAGE_BUILT, subject="XX-002", payload={"version": 1}))
    with pytest.raises(BadRequest, match="one version of XX-002 only, and nothing to compare it with"):
        compare_package(folder, me(), "XX-002")


def test_a_version_that_is_lost_or_changed_on_the_disk_is_said_to_be(own: tuple[Path, dict[str, str]]) -> None:
    folder, _ = own
    first = folder / "packages" / "GB-001" / "versions" / "1.json.gz"
    whole = first.read_bytes()
    kept_packages.keep(folder, "GB-001", 1, '{"version": 1}')
    with pytest.raises(Contradiction, match="version 1 of GB-001 is not what was built"):
        compare_package(folder, me(), "GB-001")
    for broken in (whole[:-9], b"", b"not packed", whole[:40] + b"\xff" * 40 + whole[80:]):
        first.write_bytes(broken)
        with pytest.raises(NotFound, match="version 1 of GB-001 is not kept"):
            compare_package(folder, me(), "GB-001")


def test_a_version_that_rests_on_what_does_not_stand_is_not_opened_again(own: tuple[Path, dict[str, str]]) -> None:
    folder, exhibits = own
    withdraw(folder, me(), exhibits["device"], reason="wrong device")
    with pytest.raises(NotAuthorised, match="Version 2 of GB-001"):
        compare_package(folder, me(), "GB-001")
    withdraw(folder, me(), exhibits["device"], reason="right after all", is_withdrawn=False)
    assert compare_package(folder, me(), "GB-001").later == 2


def test_the_newest_version_that_was_cut_off_is_kept_by_the_next_build(own: tuple[Path, dict[str, str]]) -> None:
    folder, _ = own
    second = folder / "packages" / "GB-001" / "versions" / "2.json.gz"
    before = second.read_bytes()
    second.unlink()
    build_packages(folder, me(), Silent(), only=["GB"])
    assert second.read_bytes() == before


def test_an_erasure_takes_every_version_that_names_the_person_along(
    own: tuple[Path, dict[str, str]], own_keys: None
) -> None:
    folder, _ = own
    # The newest version names the seller no more; the earlier ones do.
    (subject,) = {one.subject for one in compare_package(folder, me(), "GB-001").differences if one.subject}
    with open_operation(folder, me()) as operation:
        (built, *_) = operation.ledger.entries(ActKind.PACKAGE_BUILT, subject="DE-001")
    route_subject(folder, me(), subject, "DE", routing=Routing.SENT, reason="parcels were posted there")
    bring_up_to_date(folder, me(), Silent())
    build_packages(folder, me(), Silent())
    route_subject(folder, me(), subject, "DE", routing=Routing.WITHDRAWN, reason="they were not")
    bring_up_to_date(folder, me(), Silent())
    build_packages(folder, me(), Silent())
    assert version(folder, "DE-001") == int(str(built.payload["version"])) + 2
    assert SELLER not in (folder / "packages" / "DE-001" / "package.json").read_text(encoding="utf-8")
    receipt = erase_person(folder, me(), Silent(), market=MARKET, account=SELLER, reason="order 9")
    assert receipt.packages == ("DE-001", "GB-001")
    assert kept_packages.versions_kept(folder) == set()
    bring_up_to_date(folder, me(), Silent())
    (again,) = [one for one in build_packages(folder, me(), Silent()) if one.country == "DE"]
    assert again.is_new, "whoever got the version before was told not to use it"
    left = [json.dumps(document) for _, document in kept_packages.documents(folder)]
    assert left
    assert not [text for text in left if SELLER in text]


def test_a_row_that_only_an_earlier_version_rests_on_leads_to_its_package(own: tuple[Path, dict[str, str]]) -> None:
    folder, _ = own
    (row,) = [
        one
        for one in kept_packages.kept(folder, "GB-001", 1)["figures"]  # type: ignore[index]
        if one["says"].startswith("rows that show advert")
    ]
    place = row["rows"][0].split("|")
    with open_operation(folder, me()) as operation:
        wanted = Place(place[0], place[1], place[2], int(place[3]), int(place[4]), int(place[5]))
        assert packages_resting_on(operation, [wanted]) == ["GB-001"]
        (folder / "packages" / "GB-001" / "package.json").write_text("{}", encoding="utf-8")
        assert packages_resting_on(operation, [wanted]) == ["GB-001"]


def test_what_was_set_aside_outlives_it_in_no_version(own: tuple[Path, dict[str, str]]) -> None:
    folder, exhibits = own
    document = kept_packages.kept(folder, "GB-001", 2)
    assert document is not None
    advert = document["subjects"][0]["listings"][0]
    (figure,) = [one for one in document["figures"] if one["number"] == advert["seen"]["figure"]]
    for row in figure["rows"]:
        _, part, _, _, offset, _ = row.split("|")
        set_aside_row(folder, me(), exhibits["market"], part=part, offset=int(offset), reason="a lawyer's")
    with pytest.raises(NotAuthorised, match="does not stand"):
        compare_package(folder, me(), "GB-001")
    bring_up_to_date(folder, me(), Silent())
    build_packages(folder, me(), Silent())
    for package_id, one in kept_packages.documents(folder):
        assert advert["title"] not in json.dumps(one), package_id


def _without_advert(folder: Path, exhibit_id: str) -> str:
    """Set aside every row of the first advert of version 2; gives its title."""
    document = kept_packages.kept(folder, "GB-001", 2)
    assert document is not None
    advert = document["subjects"][0]["listings"][0]
    (figure,) = [one for one in document["figures"] if one["number"] == advert["seen"]["figure"]]
    for row in figure["rows"]:
        _, part, _, _, offset, _ = row.split("|")
        set_aside_row(folder, me(), exhibit_id, part=part, offset=int(offset), reason="a lawyer's")
    bring_up_to_date(folder, me(), Silent())
    return str(advert["title"])


def test_what_was_set_aside_is_on_no_page_when_another_country_alone_is_built(
    own: tuple[Path, dict[str, str]],
) -> None:
    folder, exhibits = own
    (subject,) = {one.subject for one in compare_package(folder, me(), "GB-001").differences if one.subject}
    for country in ("DE", "FR"):
        route_subject(folder, me(), subject, country, routing=Routing.SENT, reason="parcels were posted there")
    bring_up_to_date(folder, me(), Silent())
    build_packages(folder, me(), Silent(), pdf=False)
    home = folder / "packages" / "DE-001"
    title = _without_advert(folder, exhibits["market"])
    assert title in (home / "package.de.html").read_text(encoding="utf-8")
    build_packages(folder, me(), Silent(), only=["FR"], pdf=False)
    assert not list(home.glob("package.*"))
    with pytest.raises(NotFound, match="The files of DE-001 are not here"):
        show_package(folder, me(), "DE-001")
    build_packages(folder, me(), Silent(), only=["DE"], pdf=False)
    assert title not in (home / "package.de.html").read_text(encoding="utf-8")


def test_a_row_set_aside_that_a_package_does_not_show_leaves_it_sendable_once_it_is_built_anew(
    own: tuple[Path, dict[str, str]],
) -> None:
    folder, exhibits = own
    document = json.dumps(kept_packages.kept(folder, "DE-001", 1))
    with open_operation(folder, me()) as operation, reading(operation) as engine:
        rows = engine.rows(
            "SELECT part, byte_offset, concat_ws('|', exhibit_id, part, source_table, source_row, byte_offset, "
            "byte_length) AS place FROM message WHERE exhibit_id = ?",
            [exhibits["market"]],
        )
    row = next(one for one in rows if one["place"] not in document)
    set_aside_row(folder, me(), exhibits["market"], part=row["part"], offset=row["byte_offset"], reason="a lawyer's")
    bring_up_to_date(folder, me(), Silent())
    (built,) = build_packages(folder, me(), Silent(), only=["DE"], pdf=False)
    assert release_package(folder, me("second"), "DE-001", reason="read") == built.version
    build_packages(folder, me(), Silent(), only=["GB"], pdf=False)
    assert show_package(folder, me(), "DE-001")["version"] == built.version


def test_a_page_in_another_language_goes_with_the_newest_document(own: tuple[Path, dict[str, str]]) -> None:
    folder, _ = own
    home = folder / "packages" / "DE-001"
    assert (home / "package.de.html").is_file()
    kept_packages.forget_newest(folder, "DE-001")
    assert not list(home.glob("package.*"))


def test_an_erasure_takes_along_a_kept_version_that_nobody_can_read(
    own: tuple[Path, dict[str, str]], own_keys: None
) -> None:
    folder, _ = own
    home = folder / "packages" / "DE-001"
    for name in ("package.json", "versions/1.json.gz"):
        (home / name).write_bytes((home / name).read_bytes()[:60] + b"\xff" * 60)
    receipt = erase_person(folder, me(), Silent(), market=MARKET, account=SELLER, reason="order 9")
    assert receipt.packages == ("DE-001", "GB-001")
    assert not home.exists()


def test_a_sent_version_whose_newest_document_is_gone_is_called_back_by_an_erasure(
    own: tuple[Path, dict[str, str]],
) -> None:
    folder, exhibits = own
    with open_operation(folder, me()) as operation:
        assert packages_nobody_can_read(operation, [exhibits["market"]]) == []
        act = Act(kind=ActKind.PACKAGE_SENT, subject="GB-001", payload={"version": 2})
        operation.ledger.record(operation.context, act)
        assert packages_nobody_can_read(operation, [exhibits["market"]]) == []
        kept_packages.forget(folder, "GB-001", 2)
        assert packages_nobody_can_read(operation, [exhibits["market"]]) == []
        kept_packages.forget_newest(folder, "GB-001")
        assert packages_nobody_can_read(operation, [exhibits["market"]]) == ["GB-001"]
        assert packages_nobody_can_read(operation, ["E-000000000000"]) == []


def test_a_correction_makes_a_new_version_and_a_persons_recall_does_not(own: tuple[Path, dict[str, str]]) -> None:
    folder, _ = own
    recall_package(folder, me(), "GB-001", reason="its owner forbids it")
    build_packages(folder, me(), Silent())
    assert version(folder) == 2
    recall_package(folder, me(), "GB-001", reason="a figure is wrong", is_correction=True)
    build_packages(folder, me(), Silent())
    assert version(folder) == 3


@pytest.mark.usefixtures("anew")
@settings(max_examples=4)
@given(order=st.permutations(["DE", "GB"]), person=st.sampled_from(["analyst", "somebody else"]))
def test_packages_made_again_from_the_same_records_are_the_same_bytes(
    own: tuple[Path, dict[str, str]], order: list[str], person: str
) -> None:
    folder, _ = own
    home = folder / "packages"
    before = {path.relative_to(home): path.read_bytes() for path in home.rglob("package.*")}
    assert len(before) == 5  # GB in English, DE in German too
    shutil.rmtree(home)
    for country in order:
        (one,) = build_packages(folder, me(person), Silent(), only=[country])
        assert not one.is_new
    assert {path.relative_to(home): path.read_bytes() for path in home.rglob("package.*")} == before


@pytest.mark.long
def test_two_operations_with_the_same_evidence_hold_the_same_content(tmp_path: Path, anew: None) -> None:
    contents = []
    for name in ("one", "two"):
        folder, _ = prepared(_home(tmp_path / name))
        build_packages(folder, fixed_context("one"), Silent())
        contents.append([(one["package_id"], one["content_sha256"]) for one in list_packages(folder, me())])
    assert contents[0] == contents[1]
    assert len(contents[0]) == 2


def _home(path: Path) -> Path:
    path.mkdir()
    return path


def test_figures_are_compared_by_what_they_say_and_not_by_their_number() -> None:
    def document(number: int, value: str, rows: list[str]) -> dict[str, object]:
        return {
            "version": number,
            "subjects": [{"subject_id": "A-1", "orders": {"value": value, "figure": number}}],
            "figures": [{"number": number, "rows": rows}],
        }

    assert differences(document(1, "7", ["a"]), document(2, "7", ["a"])) == []
    (one,) = differences(document(1, "7", ["a"]), document(2, "8", ["a"]))
    assert (one.what, one.subject, one.where, one.before, one.after) == (
        CHANGED,
        "A-1",
        "subjects / orders / value",
        "7",
        "8",
    )
    (one,) = differences(document(1, "7", ["a"]), document(2, "7", ["b", "c"]))
    assert (one.where, one.before, one.after) == ("subjects / orders / rows", "1 rows", "2 rows")


def test_items_that_are_alike_are_counted_apart() -> None:
    one = {"subjects": [{"subject_id": "A-1", "known": [{"text": "x"}]}]}
    other = {"subjects": [{"subject_id": "A-1", "known": [{"text": "x"}, {"text": "x"}]}]}
    (found,) = differences(one, other)
    assert (found.what, found.after) == (ADDED, "x")
