"""Overlaps between agencies: every planted one found, both owners told whom to call, and nobody told anything else."""

import contextlib
import io
import json
import re
import shlex
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyrage
import pytest

from conftest import REF, fixed_context, made_operation
from crossbearing.domain.access import ANALYST
from crossbearing.domain.act import ActKind
from crossbearing.domain.canonical import canonical
from crossbearing.domain.errors import BadRequest, Contradiction, NotAuthorised
from crossbearing.domain.labels import Label
from crossbearing.domain.overlap import Overlap
from crossbearing.domain.partner import Partner
from crossbearing.domain.progress import Silent
from crossbearing.exchange.overlaps import MOST_CASES
from crossbearing.interfaces.cli import main
from crossbearing.reference.identifiers import one_spelling
from crossbearing.store.operation import open_operation
from crossbearing.store.views import reading
from crossbearing.workflows.add_evidence import Added, Submission, add_evidence
from crossbearing.workflows.appoint import appoint
from crossbearing.workflows.ask_lead import ask_lead
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import build_packages, show_package
from crossbearing.workflows.enter_covert import enter_covert
from crossbearing.workflows.erase import erase_person, erase_rows
from crossbearing.workflows.find_overlaps import check_overlaps, list_handed_in, list_overlaps
from crossbearing.workflows.register_partner import add_partner, exchange_key
from crossbearing.workflows.relabel import relabel, withdraw
from crossbearing.workflows.show_protected import show_protected
from crossbearing.workflows.tell_overlaps import tell_overlaps
from crossbearing.workflows.verify_bundle import verify_bundle
from made_identifiers import base58check
from planted_overlaps import COLUMNS, World, handed_in, made_world
from small_market import MARKET, SELLER
from small_package import put_in
from small_referral import CASE, market, referral

KEY = pyrage.x25519.Identity.generate()
DESK = "night desk, extension 4"
EVENT = (
    "event_ref", "agency", "case_number", "contact", "event_kind", "starts_at", "ends_at", "latitude", "longitude",
    "postcode", "country", "market", "account_handle", "within_km", "within_hours",
)  # fmt: skip


def taken(folder: Path, name: str, content: bytes, *, market: str = "", label: Label | None = None) -> Added:
    path = folder.parent / name
    path.write_bytes(content)
    one = Submission(path=path, authority=REF, market=market, label=label or Label(), clock="+00:00")
    return add_evidence(folder, fixed_context(), [one], Silent())[0]


def rows(*given: Sequence[str]) -> bytes:
    return "\n".join([",".join(COLUMNS), *(",".join(row) for row in given), ""]).encode()


def events(*given: dict[str, str]) -> bytes:
    base = {"agency": "A Desk", "case_number": "A-1", "contact": "room 1", "event_kind": "search"}
    lines = [",".join(({**base, **one}).get(name, "") for name in EVENT) for one in given]
    return "\n".join([",".join(EVENT), *lines, ""]).encode()


def registered(folder: Path, agency: str, *, until: str = "2027-12-31", key: pyrage.x25519.Identity = KEY) -> None:
    one = Partner(
        agency=agency, country="NL", seal_to=str(key.to_public()), handling="H1", keys_until=until, added_at="",
        added_by="",
    )  # fmt: skip
    add_partner(folder, fixed_context("keeper"), one, reason="met")


def pairs(found: Sequence[Overlap]) -> list[frozenset[tuple[str, str]]]:
    return [frozenset((one.agency, one.case_number) for one in overlap.parties) for overlap in found]


def planted(tmp_path: Path, seed: int, **sizes: int) -> tuple[Path, World]:
    world, folder = made_world(seed, **sizes), made_operation(tmp_path / "operation")
    for added in handed_in(folder, world):
        assert sum(part.rows_refused for part in added.exhibit.parts) == 0, added.exhibit.name
    bring_up_to_date(folder, fixed_context(), Silent())
    return folder, world


def notice_of(folder: Path, path: Path, key: pyrage.x25519.Identity = KEY) -> dict[str, str]:
    home = path.parent / f"{path.stem}.key"
    home.write_text(str(key), encoding="ascii")
    signer = exchange_key(folder, fixed_context())
    found = verify_bundle(path, fixed_context(), identity=home, signer=signer)
    home.unlink()
    return {**{name: content.decode() for name, content in found.files.items()}, "said": json.dumps(found.statement)}


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
def test_every_planted_overlap_is_found_once_in_whatever_spelling_and_nothing_else(tmp_path: Path, seed: int) -> None:
    folder, world = planted(tmp_path, seed)
    found = check_overlaps(folder, fixed_context()).new
    assert set(pairs(found)) == world.expected()
    assert len(found) == len(world.expected_by_number())
    assert len({one.overlap_id for one in found}) == len(found)
    assert ("", "") in set().union(*pairs(found))
    again = check_overlaps(folder, fixed_context())
    assert (again.new, again.standing) == ([], len(found))


def test_no_notice_and_no_word_of_the_log_holds_what_anybody_handed_in(tmp_path: Path) -> None:
    folder, world = planted(tmp_path, 4, partners=4, own=10, planted=25)
    for agency in world.rows:
        registered(folder, agency)
    check_overlaps(folder, fixed_context())
    told = tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK)
    assert {one.agency for one in told.made} == set(world.rows)
    every = {
        text.casefold()
        for row in (row for given in world.rows.values() for row in given)
        for text in (row[4].strip(), (one_spelling(row[3], row[4], row[6] or None) or "").split(" ")[-1])
    }
    assert min(map(len, every)) > 5
    for one in told.made:
        whole = " ".join(notice_of(folder, one.path).values()).casefold()
        assert not [text for text in every if text in whole]
        own_cases = {row[1] for row in world.rows[one.agency]}
        others = {row[1] for given in world.rows.values() for row in given} - own_cases
        assert not [case for case in others if re.search(rf"\b{re.escape(case.casefold())}\b", whole)]
        assert any(f"your case {case.casefold()}" in whole for case in own_cases)
    with open_operation(folder, fixed_context()) as operation:
        log = b" ".join(canonical([e.subject, e.payload]) for e in operation.ledger.entries()).decode().casefold()
    assert not [text for text in every if text in log]
    shown = json.dumps([repr(one) for one in list_overlaps(folder, fixed_context()).overlaps]).casefold()
    assert not [text for text in every if text in shown]


def test_both_owners_are_told_which_row_of_theirs_it_is_and_whom_to_call(tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    taken(folder, "a.csv", rows(("A Desk", "A-1", "room 1", "wickr", "lonelyone", "", ""),
                                ("A Desk", "A-2", "room 2", "handle", "Amberquay", "Larkspur", "")))  # fmt: skip
    taken(folder, "b.csv", rows(("B Desk", "B-9", "room 9", "handle", "AMBERQUAY", "larkspur market", "")))
    registered(folder, "A Desk")
    registered(folder, "B desk")
    check_overlaps(folder, fixed_context())
    first, second = tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK).made
    text = notice_of(folder, first.path)["data/NOTICE.txt"]
    assert "row 2 of a.csv, your case A-2, is known to B Desk. Call B Desk, room 9." in text
    assert "B-9" not in text
    assert "row 1 of b.csv, your case B-9, is known to A Desk. Call A Desk, room 2." in notice_of(folder, second.path)[
        "data/NOTICE.txt"
    ]  # fmt: skip
    assert tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK).made == []
    assert len(tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK, again=True).made) == 2
    assert list(list_overlaps(folder, fixed_context()).overlaps[0].told) == ["A Desk", "B desk"]


def test_a_partner_whose_key_has_ended_or_that_is_not_registered_is_said_and_not_written_to(tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    taken(folder, "a.csv", rows(("A Desk", "A-1", "room 1", "icq", "123456789", "", "")))
    taken(folder, "b.csv", rows(("B Desk", "B-9", "room 9", "icq", "123-456-789", "", "")))
    registered(folder, "A Desk", until="2026-11-22")
    check_overlaps(folder, fixed_context())
    found = tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK)
    assert (found.made, found.unreachable) == (
        [], {"A Desk": "The key of A Desk ended on 2026-11-22", "B Desk": "B Desk is not registered"},
    )  # fmt: skip
    assert not (tmp_path / "out").exists()


def test_what_is_withdrawn_or_past_its_review_is_neither_found_nor_told(tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    taken(folder, "a.csv", rows(("A Desk", "A-1", "room 1", "icq", "123456789", "", "")))
    second = taken(folder, "b.csv", rows(("B Desk", "B-9", "room 9", "icq", "123456789", "", "")))
    name = second.exhibit.exhibit_id
    registered(folder, "A Desk")
    withdraw(folder, fixed_context(), name, reason="a mistake")
    assert check_overlaps(folder, fixed_context()).new == []
    withdraw(folder, fixed_context(), name, reason="none after all", is_withdrawn=False)
    assert len(check_overlaps(folder, fixed_context()).new) == 1
    assert check_overlaps(folder, fixed_context()).new == []
    withdraw(folder, fixed_context(), name, reason="a mistake")
    assert list_overlaps(folder, fixed_context()).overlaps == []
    assert tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK).made == []
    withdraw(folder, fixed_context(), name, reason="back", is_withdrawn=False)
    relabel(folder, fixed_context(), name, review_on="2026-11-22", reason="half a year")
    assert [one.is_past_review for one in list_handed_in(folder, fixed_context())] == [False, True]
    assert check_overlaps(folder, fixed_context()).standing == 0
    assert tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK).made == []
    relabel(folder, fixed_context(), name, review_on="2027-11-22", reason="still open")
    assert check_overlaps(folder, fixed_context()).standing == 1
    assert len(tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK).made) == 1


def test_an_overlap_stays_the_same_one_when_another_row_shows_it(tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    taken(folder, "a.csv", rows(("A Desk", "A-1", "room 1", "icq", "123456789", "", "")))
    first = taken(folder, "b.csv", rows(("B Desk", "B-9", "room 9", "icq", "123456789", "", "")))
    (found,) = check_overlaps(folder, fixed_context()).new
    registered(folder, "A Desk")
    tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK)
    taken(folder, "b2.csv", rows(("b desk", "b-9", "room 8", "ICQ", "123 456 789", "", "")))
    assert check_overlaps(folder, fixed_context()).new == []
    withdraw(folder, fixed_context(), first.exhibit.exhibit_id, reason="replaced")
    check_overlaps(folder, fixed_context())
    (again,) = list_overlaps(folder, fixed_context()).overlaps
    assert (again.overlap_id, list(again.told)) == (found.overlap_id, ["A Desk"])
    assert again.exhibit_ids != found.exhibit_ids


def test_the_number_of_an_overlap_cannot_be_worked_out_without_the_secret(tmp_path: Path) -> None:
    names = []
    for place in ("one", "two"):
        folder = made_operation(tmp_path / place)
        taken(folder, f"{place}-a.csv", rows(("A Desk", "A-1", "room 1", "icq", "123456789", "", "")))
        taken(folder, f"{place}-b.csv", rows(("B Desk", "B-9", "room 9", "icq", "123456789", "", "")))
        names.append(check_overlaps(folder, fixed_context()).new[0].overlap_id)
    assert names[0] != names[1]


def test_two_people_who_compare_at_once_find_each_overlap_once(tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    taken(folder, "a.csv", rows(("A Desk", "A-1", "room 1", "icq", "123456789", "", "")))
    taken(folder, "b.csv", rows(("B Desk", "B-9", "room 9", "icq", "123456789", "", "")))
    found: list[Overlap] = []
    threads = [threading.Thread(target=lambda: found.extend(check_overlaps(folder, fixed_context()).new)) for _ in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1


def test_what_is_found_while_notices_are_sealed_is_not_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crossbearing.workflows import tell_overlaps as module

    folder = made_operation(tmp_path / "operation")
    taken(folder, "a.csv", rows(("A Desk", "A-1", "room 1", "icq", "123456789", "", "")))
    second = taken(folder, "b.csv", rows(("B Desk", "B-9", "room 9", "icq", "123456789", "", "")))
    registered(folder, "A Desk")
    check_overlaps(folder, fixed_context())
    own = module.sealed_for

    def meanwhile(*given: Any) -> Any:
        withdraw(folder, fixed_context(), second.exhibit.exhibit_id, reason="just now")
        return own(*given)

    monkeypatch.setattr(module, "sealed_for", meanwhile)
    with pytest.raises(Contradiction, match="meanwhile"):
        tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK)
    assert not (tmp_path / "out").exists()


def test_what_agencies_handed_in_opens_only_for_who_works_on_the_case(tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    taken(folder, "a.csv", rows(("A Desk", "A-1", "room 1", "icq", "123456789", "", "")))
    asked = {"case_number": "A-1"}
    for context in (fixed_context(), fixed_context("someone")):
        with pytest.raises(NotAuthorised):
            show_protected(folder, context, "submitted_identifier", where=asked)
    appoint(folder, fixed_context(), person="someone", roles=[ANALYST], cases=["A-1"])
    (row,) = show_protected(folder, fixed_context("someone"), "submitted_identifier", where=asked)
    assert row["identifier"] == "icq 123456789"
    with pytest.raises(NotAuthorised):
        show_protected(folder, fixed_context("someone"), "submitted_identifier", where={"agency": "A Desk"})
    stored = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"123456789" not in stored


def test_a_row_that_cannot_be_compared_is_refused_with_its_reason(tmp_path: Path) -> None:
    wrong = {
        ("", "A-1", "x", "icq", "123456789", "", ""): "which agency",
        ("A", "", "x", "icq", "123456789", "", ""): "no case number",
        ("A", "A-1", " ", "icq", "123456789", "", ""): "whom to call",
        ("A", "A-1", "x", "shoe size", "44", "", ""): "a kind that is not known",
        ("A", "A-1", "x", "btc", f"{base58check(0, bytes(20))[:-1]}z", "", ""): "a wrong checksum",
        ("A", "A-1", "x", "phone", "415 555 0101", "", ""): "a number without its country",
        ("A", "A-1", "call about AmberQuay", "handle", "amberquay", "", ""): "others would read it",
    }
    folder = made_operation(tmp_path / "operation")
    taken(folder, "a.csv", rows(*wrong, ("A", "A-1", "x", "icq", "123456789", "", "")))
    assert_refused(folder, wrong.values())


def assert_refused(folder: Path, says: Iterable[str]) -> None:
    """Each row of the file was refused for the reason given, in their order, but the last, which was taken."""
    with open_operation(folder, fixed_context()) as operation, reading(operation) as engine:
        found = engine.rows("SELECT reason, source_rows FROM refusal ORDER BY source_row")
    reasons = [row["reason"] for row in found for _ in range(row["source_rows"])]
    for reason, said in zip(reasons, says, strict=True):
        assert said in reason
    assert [one.rows for one in list_handed_in(folder, fixed_context())] == [1]


def test_comparing_and_telling_need_a_purpose_and_an_empty_operation_has_nothing(tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    idle = replace(fixed_context(), purpose="")
    with pytest.raises(BadRequest, match="needs a purpose"):
        check_overlaps(folder, idle)
    with pytest.raises(BadRequest, match="needs a purpose"):
        tell_overlaps(folder, idle, tmp_path / "out", call=DESK)
    with pytest.raises(BadRequest, match="somebody to call"):
        tell_overlaps(folder, fixed_context(), tmp_path / "out", call=" ")
    assert list_overlaps(folder, fixed_context()).is_stale
    found = check_overlaps(folder, fixed_context())
    assert (found.new, found.standing) == ([], 0)
    assert not list_overlaps(folder, fixed_context()).is_stale
    assert tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK).made == []


def test_an_erased_account_is_compared_no_more(tmp_path: Path, own_keys: None) -> None:
    folder = made_operation(tmp_path / "operation")
    taken(folder, "a.csv", rows(("A Desk", "A-1", "room 1", "handle", "amberquay", "Larkspur", ""),
                                ("A Desk", "A-1", "room 1", "icq", "123456789", "", "")))  # fmt: skip
    taken(folder, "b.csv", rows(("B Desk", "B-9", "room 9", "handle", "AmberQuay", "Larkspur", "")))
    assert check_overlaps(folder, fixed_context()).standing == 1
    erase_person(folder, fixed_context(), Silent(), market="Larkspur", account="amberquay", reason="order")
    assert check_overlaps(folder, fixed_context()).standing == 0


def test_a_list_with_one_identifier_in_very_many_cases_makes_few_pairs_and_hides_no_other_agency(
    tmp_path: Path,
) -> None:
    folder = made_operation(tmp_path / "operation")
    many = [("A Desk", f"A-{place:04}", "room 1", "icq", "123456789", "", "") for place in range(MOST_CASES + 200)]
    taken(folder, "a.csv", rows(*many))
    taken(folder, "b.csv", rows(("B Desk", "B-9", "room 9", "icq", "123-456-789", "", "")))
    found = check_overlaps(folder, fixed_context())
    of_both = [one for one in found.new if {party.agency for party in one.parties} == {"A Desk", "B Desk"}]
    assert (len(of_both), found.left_out) == (MOST_CASES, 200)
    assert found.standing == MOST_CASES * (MOST_CASES + 1) // 2
    assert "200 entries left out" in shown_by(folder)


def shown_by(folder: Path) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(["deconflict", "check", str(folder), "--purpose", "enquiry"]) == 0
    return out.getvalue()


def test_an_overlap_of_rows_that_were_erased_is_neither_listed_nor_told_until_other_rows_show_it(
    tmp_path: Path, own_keys: None
) -> None:
    folder = made_operation(tmp_path / "operation")
    taken(folder, "a.csv", rows(("A Desk", "A-1", "room 1", "icq", "123456789", "", ""),
                                ("A Desk", "A-1", "room 1", "icq", "987654321", "", "")))  # fmt: skip
    second = taken(folder, "b.csv", rows(("B Desk", "B-9", "room 9", "icq", "123456789", "", ""),
                                         ("B Desk", "B-9", "room 9", "icq", "987654321", "", "")))  # fmt: skip
    registered(folder, "A Desk")
    check_overlaps(folder, fixed_context())
    appoint(folder, fixed_context(), person="someone", roles=[], cases=["B-9"])
    shown = show_protected(folder, fixed_context("someone"), "submitted_identifier", where={"case_number": "B-9"})
    place = next(one["place"] for one in shown if one["source_row"] == 1)
    erase_rows(folder, fixed_context(), Silent(), [place], reason="order 9")
    (left,) = list_overlaps(folder, fixed_context()).overlaps
    assert {one.source_row for one in left.parties} == {2}
    (told,) = tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK).made
    assert told.overlaps == [left.overlap_id]
    taken(folder, "c.csv", rows(("B Desk", "B-9", "room 9", "icq", "123456789", "", "")))
    (again,) = check_overlaps(folder, fixed_context()).new
    assert second.exhibit.exhibit_id not in again.exhibit_ids
    assert len(list_overlaps(folder, fixed_context()).overlaps) == 2


def test_an_erased_account_is_told_to_nobody_before_the_next_comparison(tmp_path: Path, own_keys: None) -> None:
    folder = made_operation(tmp_path / "operation")
    put_in(folder, market(tmp_path, about="ask me, mail canaryshop@post.invalid"), MARKET)
    taken(folder, "a.csv", rows(("A Desk", "A-1", "room 1", "mail", "canaryshop@post.invalid", "", "")))
    bring_up_to_date(folder, fixed_context(), Silent())
    registered(folder, "A Desk")
    assert pairs(check_overlaps(folder, fixed_context()).new) == [frozenset({("", ""), ("A Desk", "A-1")})]
    erase_person(folder, fixed_context(), Silent(), market=MARKET, account=SELLER, reason="order")
    assert list_overlaps(folder, fixed_context()).overlaps == []
    assert tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK).made == []


def when(day: int, hour: int) -> str:
    return f"2026-12-{day:02} {hour:02}:00 +01:00"


HERE = {"latitude": "52.5", "longitude": "13.4", "starts_at": when(3, 6), "ends_at": when(3, 9)}


def test_a_place_beside_a_postcode_only_is_said_to_be_not_compared(tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    taken(folder, "e1.csv", events({"event_ref": "E1", **HERE}))
    bare = {"starts_at": when(3, 6), "ends_at": when(3, 9), "postcode": "ZZ07", "country": "GB"}
    taken(folder, "e2.csv", events({"event_ref": "E2", "agency": "B Desk", "case_number": "B-9", **bare}))
    found = check_overlaps(folder, fixed_context())
    assert (found.new, found.not_compared) == ([], 1)


def test_an_event_that_cannot_be_compared_is_refused_with_its_reason(tmp_path: Path) -> None:
    nowhere = {"latitude": "", "longitude": ""}
    wrong: list[tuple[dict[str, str], str]] = [
        ({"starts_at": "2026-12-03 06:00"}, "how far it is from UTC"),
        ({"starts_at": "2026-13-03 06:00 +01:00"}, "cannot be read"),
        ({"ends_at": when(2, 9)}, "ends before it begins"),
        ({"latitude": "95"}, "not degrees"),
        ({"longitude": ""}, "not degrees"),
        ({"latitude": "52;5"}, "not degrees"),
        ({"event_kind": "party"}, "is no search"),
        (nowhere, "neither where nor on which account"),
        ({**nowhere, "postcode": "ZZ07"}, "without its country"),
        ({"account_handle": "amberquay"}, "without its market"),
        ({"within_km": "-1"}, "within_km"),
    ]
    folder = made_operation(tmp_path / "operation")
    taken(
        folder, "e.csv", events(*({"event_ref": "E1", **HERE, **one} for one, _ in wrong), {"event_ref": "E2", **HERE})
    )
    assert_refused(folder, [says for _, says in wrong])


def test_both_of_a_meeting_are_told_whom_to_call_and_nothing_of_the_other_event(tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    taken(folder, "e1.csv", events({"event_ref": "CANARY-REF", **HERE}))
    other = {"agency": "B Desk", "case_number": "B-9", "contact": "room 9", "event_kind": "arrest"}
    taken(folder, "e2.csv", events({"event_ref": "E2", **HERE, **other, "latitude": "52.5011"}))
    registered(folder, "A Desk")
    registered(folder, "B Desk")
    check_overlaps(folder, fixed_context())
    first, second = tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK).made
    text = notice_of(folder, first.path)["data/NOTICE.txt"]
    assert "Your event in row 1 of e1.csv, your case A-1, could meet another. Call B Desk, room 9." in text
    for word in ("arrest", "search", "52.5", "13.4", "B-9", "2026-12-03", "E2"):
        assert word not in text
    assert "CANARY" not in notice_of(folder, second.path)["data/NOTICE.txt"]


def test_two_purchases_on_one_account_are_told_without_saying_who_buys_there(tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    enter_covert(folder, fixed_context("keeper"), kind="undercover", market="Larkspur", account="canaryofficer")
    bought = {"event_kind": "purchase", "market": "Larkspur", "account_handle": "AmberQuay"}
    taken(folder, "e1.csv", events({"event_ref": "E1", "starts_at": when(1, 6), "ends_at": when(5, 6), **bought}))
    purchase = (
        "purchase_ref,agency,market,seller_handle,order_reference,ordered_on,arrived_on,tracking_number,packaging,"
        "substances,sold_as\nP-1,B Desk,larkspur market,amberquay,7,2026-12-10,2026-12-20,,,,\n"
        "P-2,C Desk,Larkspur,amberquay,8,2026-12-30,2026-12-31,,,,\nP-3,D Desk,Fennel,amberquay,9,2026-12-03,,,,,\n"
    )
    taken(folder, "undercover-purchases.csv", purchase.encode())
    registered(folder, "A Desk")
    registered(folder, "B Desk")
    found = [one for one in check_overlaps(folder, fixed_context()).new if one.what == "purchases on one account"]
    assert sorted(sorted(agency for agency, _ in pair) for pair in pairs(found)) == [["A Desk", "B Desk"]]
    first, second = tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK).made
    lines = notice_of(folder, first.path)["data/NOTICE.txt"]
    assert "Your purchase in row 1 of e1.csv, your case A-1: call" in lines
    for text in (lines, notice_of(folder, second.path)["data/NOTICE.txt"]):
        mine = next(line for line in text.splitlines() if line.startswith("W-"))
        assert DESK in mine
        for word in ("A Desk, room", "B Desk, ", "amberquay", "AmberQuay", "canaryofficer"):
            assert word not in mine


def test_a_notice_that_names_an_account_of_the_covert_registers_is_withheld(tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    enter_covert(folder, fixed_context("keeper"), kind="undercover", market="Larkspur", account="canaryofficer")
    taken(folder, "a.csv", rows(("A Desk", "A-1", "ask canaryofficer", "icq", "123456789", "", "")))
    taken(folder, "b.csv", rows(("B Desk", "B-9", "room 9", "icq", "123456789", "", "")))
    registered(folder, "B Desk")
    check_overlaps(folder, fixed_context())
    with pytest.raises(NotAuthorised, match="withheld by the release check") as told:
        tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK)
    assert "canaryofficer" not in str(told.value)
    assert not (tmp_path / "out").exists()
    with open_operation(folder, fixed_context()) as operation:
        assert operation.ledger.entries(ActKind.OVERLAP_TOLD) == []


def test_the_commands_take_in_compare_and_tell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = made_operation(tmp_path / "operation")
    for name, content in (
        ("a.csv", rows(("A Desk", "A-1", "room 1", "icq", "123456789", "", ""))),
        ("b.csv", rows(("B Desk", "B-9", "room 9", "icq", "123456789", "", ""), ("B", "1", "x", "y", "z", "", ""))),
    ):
        (tmp_path / name).write_bytes(content)
    said = ["--authority", REF, "--person", "x"]
    assert main(["deconflict", "submit", str(folder), str(tmp_path / "a.csv"), *said]) == 64
    assert "Nothing was taken in" in capsys.readouterr().err
    assert list_handed_in(folder, fixed_context()) == []
    for name in ("a.csv", "b.csv"):
        assert main(["deconflict", "submit", str(folder), str(tmp_path / name), *said, "--purpose", "p"]) == 0
    shown = capsys.readouterr().out
    assert "1 row could not be read" in shown
    assert "1 new hit, 1 in all" in shown
    typed = ["--event-ref", "E1", "--agency", "A Desk", "--case", "A-1", "--contact", "c", "--event-kind", "search"]
    typed += ["--starts-at", when(3, 6), "--ends-at", when(3, 9), "--latitude", "52.5", "--longitude", "13.4"]
    assert main(["deconflict", "event", str(folder), *said, "--purpose", "p", *typed[:-1], "513.4"]) == 64
    assert "Row 1 latitude and longitude are not degrees" in capsys.readouterr().err
    assert main(["deconflict", "event", str(folder), *said, "--purpose", "p", *typed]) == 0
    assert main(["deconflict", "hits", str(folder)]) == 0
    assert "123456789" not in capsys.readouterr().out
    assert (
        main(["deconflict", "notify", str(folder), "--out", str(tmp_path / "o"), "--call", "c", "--purpose", "p"]) == 0
    )
    assert "A Desk is not registered" in capsys.readouterr().out
    assert main(["deconflict", "list", str(folder), "--json"]) == 0
    handed = json.loads(capsys.readouterr().out)
    assert [one["rows"] for one in handed] == [1, 1, 1]
    assert main(["deconflict", "withdraw", str(folder), handed[0]["exhibit_id"], "--reason", "x"]) == 0
    assert main(["deconflict", "withdraw", str(folder), "E-000000000000", "--reason", "x"]) == 66
    assert main(["deconflict", "event", str(folder), *said, "--purpose", "p"]) == 64
    assert main(["deconflict", "check", str(folder), "--purpose", "p", "--json"]) == 0


def test_what_comes_in_later_is_compared_by_the_run_that_follows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made_operation(tmp_path / "operation")
    taken(folder, "a.csv", rows(("A Desk", "A-1", "room 1", "handle", "amberquay", "Larkspur", "")))
    capture = World(adverts=[("2021-05-01", "1", "AmberQuay", "Tea", "", "tea", "10", "EUR", "NL", "EU", "")]).capture()
    taken(folder, "capture.csv", capture, market="Larkspur")
    assert main(["run", str(folder), "--person", "x"]) == 0
    assert "1 new hit" in capsys.readouterr().out
    assert main(["run", str(folder), "--person", "x"]) == 0
    assert "hit" not in capsys.readouterr().out
    with open_operation(folder, fixed_context()) as operation:
        assert len(operation.ledger.entries(ActKind.OVERLAPS_FOUND)) == 1


def test_lists_of_other_forms_are_read_as_csv_is(tmp_path: Path) -> None:
    from crossbearing.simulation.formats.workbook import Sheet, write_workbook

    folder, row = made_operation(tmp_path / "operation"), ("A Desk", "A-1", "room 1", "icq", "123456789", "", "")
    with (tmp_path / "a.xlsx").open("wb") as out:
        write_workbook(out, [Sheet("rows", COLUMNS, [[[value] for value in row]])], created=datetime(2026, 1, 1))  # noqa: DTZ001
    taken(folder, "a.xlsx", (tmp_path / "a.xlsx").read_bytes())
    other = dict(zip(COLUMNS, ("B Desk", "B-9", "room 9", "icq", "123 456 789", "", ""), strict=True))
    taken(folder, "b.json", json.dumps([other]).encode())
    assert len(check_overlaps(folder, fixed_context()).new) == 1


def test_the_page_that_says_how_is_run_line_by_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = made_operation(tmp_path / "nightjar")
    (tmp_path / "list.csv").write_bytes(rows(("A Desk", "A-1", "room 1", "icq", "123456789", "", "")))
    taken(folder, "b.csv", rows(("B Desk", "B-9", "room 9", "icq", "123 456 789", "", "")))
    registered(folder, "B Desk")
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "deconflict.md").read_text(encoding="utf-8")
    lines = [shlex.split(line.removeprefix("$ ")) for line in page.splitlines() if line.startswith("$ crossbearing ")]
    assert len(lines) == 6
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CROSSBEARING_PERSON", "x")
    for line in lines:
        assert main(line[1:]) == 0, line
    assert "1 new hit, 1 in all" in capsys.readouterr().out
    assert len(list((tmp_path / "outbox").iterdir())) == 1


def test_a_case_that_is_asked_for_by_hit_or_no_hit_takes_no_part(tmp_path: Path) -> None:
    referred = {**CASE, "tracking_number": "RR 123 456 785 NL"}
    found = []
    for place in ("open", "asked"):
        folder = made_operation(tmp_path / place)
        path = referral(tmp_path / f"{place}-case.csv", referred)
        taken(folder, path.name, path.read_bytes())
        taken(folder, f"{place}.csv", rows(("B Desk", "B-9", "room 9", "parcel", "rr123456785nl", "", "")))
        if place == "asked":
            appoint(folder, fixed_context(), person="officer", roles=[], cases=["GB-7"])
            ask_lead(folder, fixed_context("officer"), "GB-7")
            for refused in (check_overlaps, list_overlaps):
                with pytest.raises(NotAuthorised):
                    refused(folder, fixed_context("officer"))
        found.append(pairs(check_overlaps(folder, fixed_context()).new))
    assert found == [[frozenset({("GB local police", "GB-7"), ("B Desk", "B-9")})], []]


@pytest.mark.parametrize("spelled", ["gb-7", " GB-7", "Gb-7"])
def test_a_case_that_is_asked_for_takes_no_part_under_another_spelling_of_its_number(
    tmp_path: Path, spelled: str
) -> None:
    folder = made_operation(tmp_path / "operation")
    path = referral(tmp_path / "case.csv", CASE)
    taken(folder, path.name, path.read_bytes())
    taken(folder, "a.csv", rows(("GB local police", spelled, "room 1", "parcel", "RR123456785NL", "", "")))
    taken(folder, "b.csv", rows(("B Desk", "B-9", "room 9", "parcel", "rr123456785nl", "", "")))
    registered(folder, "B Desk")
    assert len(check_overlaps(folder, fixed_context()).new) == 1
    appoint(folder, fixed_context(), person="officer", roles=[], cases=["GB-7"])
    ask_lead(folder, fixed_context("officer"), "GB-7")
    assert list_overlaps(folder, fixed_context()).overlaps == []
    assert tell_overlaps(folder, fixed_context(), tmp_path / "out", call=DESK).made == []
    assert check_overlaps(folder, fixed_context()).standing == 0


def test_a_case_that_is_asked_for_while_lists_are_compared_is_not_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from crossbearing.workflows import find_overlaps as module

    folder = made_operation(tmp_path / "operation")
    path = referral(tmp_path / "case.csv", {**CASE, "tracking_number": "RR 123 456 785 NL"})
    taken(folder, path.name, path.read_bytes())
    taken(folder, "b.csv", rows(("B Desk", "B-9", "room 9", "parcel", "rr123456785nl", "", "")))
    appoint(folder, fixed_context(), person="officer", roles=[], cases=["GB-7"])
    own = module.shared_identifiers

    def meanwhile(*given: Any, **named: Any) -> Any:
        ask_lead(folder, fixed_context("officer"), "GB-7")
        return own(*given, **named)

    monkeypatch.setattr(module, "shared_identifiers", meanwhile)
    with pytest.raises(Contradiction, match="asked for meanwhile"):
        check_overlaps(folder, fixed_context())


def test_a_package_says_that_deconfliction_was_run_until_something_new_comes_in(tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    taken(folder, "market.sql", market(tmp_path).read_bytes(), market=MARKET)

    def state() -> str:
        bring_up_to_date(folder, fixed_context(), Silent())
        build_packages(folder, fixed_context(), Silent())
        return str(show_package(folder, fixed_context(), "GB-001")["deconfliction"]["state"])

    check_overlaps(folder, fixed_context())
    assert state() == "not run", "nobody handed anything in"
    taken(folder, "a.csv", rows(("A Desk", "A-1", "room 1", "icq", "123456789", "", "")))
    assert state() == "not run"
    check_overlaps(folder, fixed_context())
    assert state() == "run"
    taken(folder, "b.csv", rows(("B Desk", "B-1", "room 2", "icq", "123456780", "", "")))
    assert state() == "not run"
