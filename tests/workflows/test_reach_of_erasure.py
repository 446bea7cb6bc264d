"""How far an erasure reaches: all that is of the person, and nothing that is of anybody else."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from conftest import REF
from crossbearing.domain.act import ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadConfiguration, Contradiction
from crossbearing.domain.progress import Silent
from crossbearing.store.keyring import home_of_keys
from crossbearing.store.operation import open_operation
from crossbearing.store.register import register
from crossbearing.store.views import reading
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.backup import check_backup, make_backup
from crossbearing.workflows.correct_rows import correct_row
from crossbearing.workflows.custody import show_custody
from crossbearing.workflows.erase import Receipt, destroy_exhibit, erase_person
from crossbearing.workflows.relabel import relabel, withdraw
from crossbearing.workflows.reread_evidence import reread_evidence
from crossbearing.workflows.retention import place_hold
from crossbearing.workflows.set_aside import list_set_aside, set_aside_row
from crossbearing.workflows.show_evidence import list_evidence, show_bytes, verify_evidence
from crossbearing.workflows.show_log import show_log, verify_log
from crossbearing.workflows.show_protected import show_protected
from small_market import (
    ADDRESS,
    BUYER,
    BUYER_ID,
    LAWYER,
    MARKET,
    OTHER,
    ROWS,
    SELLER,
    small_market,
)

DAY = "2021-03-01 10:00:00"


def me(purpose: str = "test") -> Context:
    return Context(person="analyst", purpose=purpose)


def take(folder: Path, name: str, rows: Any = None, market: str = MARKET) -> str:
    """Take a dump with these rows in; gives its exhibit."""
    path = small_market(folder.parent / name, rows)
    (added,) = add_evidence(folder, me(), [Submission(path=path, authority=REF, market=market)], Silent())
    return added.exhibit.exhibit_id


def numbered(ids: Mapping[str, str]) -> dict[str, list[Sequence[object]]]:
    """The small market with other ids on the server."""
    return {
        table: [tuple(ids.get(value, value) if isinstance(value, str) else value for value in row) for row in rows]
        for table, rows in ROWS.items()
    }


def erase(folder: Path, account: str = BUYER, *, market: str = MARKET, mentions: bool = True) -> Receipt:
    return erase_person(
        folder, me(), Silent(), market=market, account=account, reason="order of court", blank_mentions=mentions
    )


def rows_of(folder: Path, table: str, where: str = "TRUE", *, is_protected: bool = False) -> list[dict[str, Any]]:
    with (
        open_operation(folder, me()) as operation,
        reading(operation, protected=[table] if is_protected else []) as engine,
    ):
        return engine.rows(f"SELECT * FROM {table} WHERE {where} ORDER BY ALL")


def in_open_files(folder: Path, *words: str) -> list[str]:
    """Record files that lie open and hold one of the words."""
    found = sorted(path for path in (folder / "records").rglob("*") if path.is_file())
    return [path.name for path in found if any(word.encode() in path.read_bytes() for word in words)]


def handles(folder: Path, market: str = MARKET) -> set[str]:
    return {row["account_handle"] for row in rows_of(folder, "account_sighting", f"market = '{market}'")}


def test_destroying_an_exhibit_leaves_the_protected_rows_of_the_others(local_operation: Path) -> None:
    gone = take(local_operation, "a.sql")
    take(local_operation, "b.sql", {**ROWS, "vendors": []}, "Plover")
    destroy_exhibit(local_operation, me(), Silent(), gone, reason="order")
    (row,) = show_protected(local_operation, me(), "delivery", where={"sale_server_id": "s-3"})
    assert row["market"] == "Plover"
    assert all(check.is_whole for check in verify_evidence(local_operation, me(), Silent()))


@pytest.mark.parametrize("is_read_again", [False, True])
def test_an_earlier_reading_does_not_keep_an_erased_person(local_operation: Path, *, is_read_again: bool) -> None:
    exhibit = take(local_operation, "a.sql")
    (sale,) = rows_of(local_operation, "sale", "sale_server_id = 's-3'")
    at = {"table": "sale", "offset": sale["byte_offset"], "reason": "misread"}
    correct_row(local_operation, me(), exhibit, **at, values={"quantity": "3"})
    if is_read_again:
        reread_evidence(local_operation, me(), Silent(), exhibit_ids=[exhibit])
    assert in_open_files(local_operation, BUYER_ID)
    erase(local_operation)
    assert in_open_files(local_operation, BUYER, BUYER_ID) == []
    assert all(check.is_whole for check in verify_evidence(local_operation, me(), Silent()))


def test_what_people_decided_stands_after_an_erasure_although_their_reason_named_the_person(
    local_operation: Path,
) -> None:
    why = f"{BUYER} is a minor"
    exhibit = take(local_operation, "a.sql")
    relabel(local_operation, me(), exhibit, reason=why, handling="H3")
    (sale,) = rows_of(local_operation, "sale", "sale_server_id = 's-3'")
    at = {"table": "sale", "offset": sale["byte_offset"], "reason": why}
    correct_row(local_operation, me(), exhibit, **at, values={"quantity": "7"})
    (counsel,) = rows_of(local_operation, "message_body", "message_server_id = 'm-3'", is_protected=True)
    set_aside_row(local_operation, me(), exhibit, part="", offset=counsel["byte_offset"], reason=why)
    receipt = erase(local_operation)
    assert receipt.kept_acts == 3
    assert [row["quantity"] for row in rows_of(local_operation, "sale")] == [1, 1, 7]
    assert LAWYER not in repr(rows_of(local_operation, "message_body", is_protected=True))
    assert list_evidence(local_operation, me())[0].label.handling == "H3"
    withdraw(local_operation, me(), exhibit, reason="x")
    with open_operation(local_operation, me()) as operation:
        assert list(register(operation.ledger).withdrawn) == [exhibit]
    assert verify_log(local_operation, me()).findings == ()


def test_an_id_that_is_a_number_empties_no_act_that_holds_the_number(local_operation: Path) -> None:
    exhibit = take(local_operation, "a.sql", numbered({BUYER_ID: "3108"}))
    show_bytes(local_operation, me(), exhibit, offset=3108, length=9)
    assert erase(local_operation, "3108").acts == 0
    opened = [e for e in show_log(local_operation, me(), last=99) if e.kind is ActKind.ORIGINAL_OPENED]
    assert [entry.is_erased for entry in opened] == [False]


def test_one_number_on_two_markets_is_two_accounts(local_operation: Path) -> None:
    take(local_operation, "a.sql", numbered({BUYER_ID: "17"}))
    take(local_operation, "b.sql", {"users": [("17", OTHER, DAY, None, DAY)]}, "Plover")
    erase(local_operation, "17", mentions=False)
    assert handles(local_operation) >= {OTHER, SELLER}
    assert handles(local_operation, "Plover") == {OTHER}


def test_the_handle_that_an_account_bore_before_goes_too(local_operation: Path) -> None:
    take(local_operation, "a.sql")
    users = [(BUYER_ID, "earliername", DAY, None, DAY), ("u-x", "somebody", DAY, None, DAY)]
    take(local_operation, "b.sql", {"users": users, "vendors": [("u-x", 1, "ask earliername")]})
    erase(local_operation)
    assert in_open_files(local_operation, BUYER, "earliername") == []


def test_a_namesake_on_another_market_stays(local_operation: Path) -> None:
    take(local_operation, "a.sql")
    take(local_operation, "b.sql", {**ROWS, "vendors": []}, "Plover")
    erase(local_operation, mentions=False)
    assert BUYER not in handles(local_operation)
    assert BUYER in handles(local_operation, "Plover")


def test_an_erased_person_does_not_come_back_when_the_same_bytes_are_added_again(local_operation: Path) -> None:
    exhibit = take(local_operation, "a.sql")
    (counsel,) = rows_of(local_operation, "message_body", "message_server_id = 'm-3'", is_protected=True)
    set_aside_row(local_operation, me(), exhibit, part="", offset=counsel["byte_offset"], reason="counsel")
    erase(local_operation)
    withdraw(local_operation, me(), exhibit, reason="wrong market")
    take(local_operation, "a.sql", market="Plover")
    assert in_open_files(local_operation, BUYER) == []
    assert ADDRESS not in repr(rows_of(local_operation, "delivery", is_protected=True))
    assert LAWYER not in repr(rows_of(local_operation, "message_body", is_protected=True))


def test_a_withdrawn_exhibit_is_reached_and_can_still_be_put_back(local_operation: Path) -> None:
    exhibit = take(local_operation, "a.sql")
    withdraw(local_operation, me(), exhibit, reason="x")
    erase(local_operation)
    assert in_open_files(local_operation, BUYER) == []
    withdraw(local_operation, me(), exhibit, reason="x", is_withdrawn=False)
    assert show_protected(local_operation, me(), "delivery", where={"sale_server_id": "s-3"})


def test_a_hold_on_an_account_keeps_the_exhibit_it_is_in(local_operation: Path) -> None:
    exhibit = take(local_operation, "a.sql")
    without = take(local_operation, "b.sql", {"users": [("u-x", "somebody", DAY, None, DAY)]})
    hold_account(local_operation, BUYER, MARKET)
    with pytest.raises(Contradiction, match="Hold"):
        destroy_exhibit(local_operation, me(), Silent(), exhibit, reason="order")
    destroy_exhibit(local_operation, me(), Silent(), without, reason="order")


def hold_account(folder: Path, name: str, market: str) -> None:
    place_hold(
        folder, me(), kind="account", name=name, market=market, owner="P", reason="appeal", review_on="2027-01-01"
    )


def test_a_hold_names_an_account_by_its_id_and_only_on_its_market(local_operation: Path) -> None:
    take(local_operation, "a.sql")
    take(local_operation, "b.sql", {**ROWS, "vendors": []}, "Plover")
    hold_account(local_operation, BUYER_ID, "Plover")
    erase(local_operation)
    with pytest.raises(Contradiction, match="Hold"):
        erase(local_operation, market="Plover")


def test_the_custody_of_a_destroyed_exhibit_can_still_be_shown(local_operation: Path) -> None:
    exhibit = take(local_operation, "a.sql")
    destroy_exhibit(local_operation, me(), Silent(), exhibit, reason="order")
    kinds = [link.what for link in show_custody(local_operation, me(), exhibit)]
    assert (kinds[0], kinds[-1]) == ("exhibit_added", "exhibit_destroyed")


@pytest.mark.parametrize("is_withdrawn", [False, True])
def test_bytes_that_another_exhibit_rests_on_are_not_destroyed(local_operation: Path, *, is_withdrawn: bool) -> None:
    exhibit = take(local_operation, "a.sql")
    archive = local_operation.parent / "seized.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.write(local_operation.parent / "a.sql", "a.sql")
    (added,) = add_evidence(local_operation, me(), [Submission(path=archive, authority=REF, market=MARKET)], Silent())
    if is_withdrawn:
        withdraw(local_operation, me(), added.exhibit.exhibit_id, reason="x")
    destroy_exhibit(local_operation, me(), Silent(), exhibit, reason="order")
    if is_withdrawn:
        withdraw(local_operation, me(), added.exhibit.exhibit_id, reason="x", is_withdrawn=False)
    assert all(check.is_whole for check in verify_evidence(local_operation, me(), Silent()))


def test_what_a_crash_left_half_written_and_any_index_go_too(local_operation: Path) -> None:
    take(local_operation, "a.sql")
    left = [
        local_operation / "search.sqlite-wal",
        local_operation / "records" / ".unfinished-E-1" / "sale.plain",
        local_operation / "records" / "E-1" / "sale-0.parquet",
        local_operation / "packages" / ".unfinished-package.json",
    ]
    for path in left:
        path.parent.mkdir(exist_ok=True)
        path.write_text(BUYER)
    erase(local_operation)
    assert [path for path in left if path.exists()] == []


def test_each_erasure_closes_the_backups_before_it(local_operation: Path, tmp_path: Path) -> None:
    take(local_operation, "a.sql")
    erase(local_operation)
    make_backup(local_operation, me(), tmp_path / "between.backup", Silent())
    erase(local_operation, "secondbuyer")
    with pytest.raises(BadConfiguration, match="backup-2"):
        check_backup(tmp_path / "between.backup", Silent())
    left = {path.stem for path in home_of_keys().rglob("*.key") if path.stem.startswith(("backup", "delivery"))}
    with open_operation(local_operation, me()) as operation:
        assert set(operation.keyring.names()) & left == {"backup-3", "delivery-3"}


def test_names_left_in_the_texts_of_others_are_counted(local_operation: Path) -> None:
    take(local_operation, "a.sql")
    assert erase(local_operation, SELLER, mentions=False).mentions == 1


def test_a_purpose_or_case_that_named_the_person_goes_too(local_operation: Path) -> None:
    exhibit = take(local_operation, "a.sql")
    for context in (me(f"about {BUYER}"), Context(person="analyst", purpose="x", case=f"case {BUYER}")):
        show_bytes(local_operation, context, exhibit, offset=0, length=9)
    assert erase(local_operation).acts == 2
    with open_operation(local_operation, me()) as operation:
        assert BUYER not in repr(operation.ledger.stored().acts)


def test_what_is_set_aside_stays_aside_when_its_file_is_sealed_anew(local_operation: Path) -> None:
    exhibit = take(local_operation, "a.sql")
    for message in ("m-1", "m-3"):
        (row,) = rows_of(local_operation, "message_body", f"message_server_id = '{message}'", is_protected=True)
        set_aside_row(local_operation, me(), exhibit, part="", offset=row["byte_offset"], reason="counsel")
    erase(local_operation)
    assert LAWYER not in repr(rows_of(local_operation, "message_body", is_protected=True))
    assert len(list_set_aside(local_operation, me())) == 2
