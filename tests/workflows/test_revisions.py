"""Rows that are set aside or corrected: what two at once, a late list, or a second part may not undo."""

import hashlib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pyarrow import parquet

from conftest import REF
from crossbearing.domain.access import REVIEWER, Action, Resource, Subject, decide
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotFound, OperationBusy
from crossbearing.domain.privilege import PrivilegeRule
from crossbearing.domain.progress import Silent
from crossbearing.interfaces.cli import main
from crossbearing.store import covert
from crossbearing.store.operation import open_operation
from crossbearing.store.register import exhibits
from crossbearing.store.revision import Reviser
from crossbearing.store.views import reading
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.appoint import appoint
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.correct_rows import correct_row
from crossbearing.workflows.custody import draft_hand_over
from crossbearing.workflows.enter_covert import enter_covert
from crossbearing.workflows.erase import destroy_exhibit
from crossbearing.workflows.relabel import withdraw
from crossbearing.workflows.reread_evidence import reread_evidence
from crossbearing.workflows.set_aside import list_hashes, list_set_aside, release_row, rule_privilege, set_aside_row
from crossbearing.workflows.show_log import accept_cosignature, give_checkpoint
from small_market import MARKET, small_market


def me(person: str = "analyst", purpose: str = "test") -> Context:
    return Context(person=person, purpose=purpose)


def taken(folder: Path) -> str:
    path = small_market(folder.parent / "kestrel.sql")
    (added,) = add_evidence(folder, me(), [Submission(path=path, authority=REF, market=MARKET)], Silent())
    return added.exhibit.exhibit_id


def bodies(folder: Path) -> list[dict[str, Any]]:
    with open_operation(folder, me()) as operation, reading(operation, protected=["message_body"]) as engine:
        return engine.rows("SELECT * FROM message_body ORDER BY message_server_id, part")


def offset_of(folder: Path, message: str) -> int:
    return next(int(row["byte_offset"]) for row in bodies(folder) if row["message_server_id"] == message)


def shown(folder: Path) -> list[str]:
    return [row["message_server_id"] for row in bodies(folder)]


def adverts_of(folder: Path, title: str) -> list[int]:
    """First bytes of the rows that state an advert of this title."""
    with open_operation(folder, me()) as operation, reading(operation) as engine:
        rows = engine.rows("SELECT byte_offset FROM listing_sighting WHERE title = ? ORDER BY ALL", [title])
    return [int(row["byte_offset"]) for row in rows]


def revise(folder: Path, exhibit: str, what: str, offset: int) -> None:
    if what == "set aside":
        set_aside_row(folder, me(), exhibit, part="", offset=offset, reason="counsel")
    elif what == "correct":
        values = {"body": "thanks"}
        correct_row(folder, me(), exhibit, table="message_body", offset=offset, values=values, reason="misread")
    else:
        reread_evidence(folder, me(), Silent(), exhibit_ids=[exhibit])


@pytest.mark.parametrize("what", ["correct", "read again"])
def test_of_two_revisions_at_once_the_second_is_refused_and_undoes_nothing(
    local_operation: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    exhibit = taken(local_operation)
    first, other = offset_of(local_operation, "m-3"), offset_of(local_operation, "m-4")
    look = Reviser.look
    waiting = [True]

    def looked(self: Reviser, *arguments: Any) -> Any:
        if waiting:  # another process is quicker, after this one has read the register
            waiting.clear()
            revise(local_operation, exhibit, "correct", first)
        return look(self, *arguments)

    correct_row(
        local_operation, me(), exhibit, table="message", offset=other, values={"body_length": "1"}, reason="misread"
    )
    monkeypatch.setattr(Reviser, "look", looked)
    with pytest.raises(OperationBusy):
        revise(local_operation, exhibit, what, other)
    words = {row["message_server_id"]: row["body"] for row in bodies(local_operation)}
    assert list(words) == ["m-1", "m-2", "m-3", "m-4"]
    assert [message for message, body in words.items() if body == "thanks"] == ["m-3"]


def test_while_a_row_is_set_aside_nobody_else_revises(local_operation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exhibit = taken(local_operation)
    counsel, other = offset_of(local_operation, "m-3"), offset_of(local_operation, "m-4")
    look = Reviser.look
    refused: list[OperationBusy] = []

    def looked(self: Reviser, *arguments: Any) -> Any:
        if not refused:
            with pytest.raises(OperationBusy) as busy:
                revise(local_operation, exhibit, "correct", other)
            refused.append(busy.value)
        return look(self, *arguments)

    monkeypatch.setattr(Reviser, "look", looked)
    revise(local_operation, exhibit, "set aside", counsel)
    assert refused
    assert shown(local_operation) == ["m-1", "m-2", "m-4"]


@pytest.mark.parametrize("by", ["person", "hash list"])
def test_what_is_set_aside_stands_in_the_clear_nowhere_in_the_folder(local_operation: Path, by: str) -> None:
    exhibit = taken(local_operation)
    bring_up_to_date(local_operation, me(), Silent())

    def clear() -> list[str]:
        paths = sorted(local_operation.rglob("*.parquet"))
        return [path.name for path in paths if "Haze flowers" in str(parquet.read_table(path).to_pylist())]

    assert len(clear()) > 1
    if by == "person":
        for offset in adverts_of(local_operation, "Haze flowers 5g"):
            set_aside_row(local_operation, me(), exhibit, part="", offset=offset, reason="counsel")
    else:
        listed = local_operation.parent / "list.txt"
        listed.write_text(hashlib.sha256((local_operation.parent / "kestrel.sql").read_bytes()).hexdigest())
        list_hashes(local_operation, me(), name="forbidden", path=listed)
    assert clear() == []


def test_a_hash_list_needs_no_purpose_and_reaches_what_is_withdrawn(local_operation: Path) -> None:
    exhibit = taken(local_operation)
    withdraw(local_operation, me(), exhibit, reason="x")
    listed = local_operation.parent / "list.txt"
    listed.write_text(hashlib.sha256((local_operation.parent / "kestrel.sql").read_bytes()).hexdigest())
    list_hashes(local_operation, me(purpose=""), name="later", path=listed)
    withdraw(local_operation, me(), exhibit, reason="x", is_withdrawn=False)
    assert shown(local_operation) == []


def test_a_row_is_set_aside_in_the_part_that_was_named_and_in_no_other(local_operation: Path) -> None:
    dump = small_market(local_operation.parent / "kestrel.sql")
    archive = local_operation.parent / "seized.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.write(dump, "a.sql")
        out.write(dump, "b.sql")
    (added,) = add_evidence(local_operation, me(), [Submission(path=archive, authority=REF, market=MARKET)], Silent())
    offset, part = offset_of(local_operation, "m-3"), "seized.zip/a.sql"
    set_aside_row(local_operation, me(), added.exhibit.exhibit_id, offset=offset, part=part, reason="counsel")
    assert [r["part"] for r in bodies(local_operation) if r["message_server_id"] == "m-3"] == ["seized.zip/b.sql"]


def test_a_table_keeps_one_file_on_each_side(local_operation: Path) -> None:
    exhibit = taken(local_operation)
    for message in ("m-3", "m-4", "m-1"):
        at = offset_of(local_operation, message)
        set_aside_row(local_operation, me(), exhibit, part="", offset=at, reason="counsel")
    appoint(local_operation, me(), person="reviewer", roles=[REVIEWER], cases=[])
    release_row(local_operation, me("reviewer"), exhibit, part="", offset=at, reason="no counsel")
    with open_operation(local_operation, me()) as operation:
        files = [(file.table, file.protection) for file in exhibits(operation.ledger)[exhibit].files]
    assert len(files) == len(set(files))
    assert shown(local_operation) == ["m-1", "m-2"]


def test_places_in_a_destroyed_exhibit_are_listed_no_more(local_operation: Path) -> None:
    exhibit = taken(local_operation)
    set_aside_row(local_operation, me(), exhibit, part="", offset=offset_of(local_operation, "m-3"), reason="counsel")
    destroy_exhibit(local_operation, me(), Silent(), exhibit, reason="order")
    assert list_set_aside(local_operation, me()) == []


def test_every_entry_of_a_register_counts_and_short_handles_too(local_operation: Path) -> None:
    day = "2021-03-01 10:00:00"
    dump = small_market(local_operation.parent / "a.sql", {"users": [("u-short", "ox7", day, None, day)]})
    add_evidence(local_operation, me(), [Submission(path=dump, authority=REF, market=MARKET)], Silent())
    for account in ("u-short", "firstofficer"):
        enter_covert(local_operation, me(), kind="undercover", market=MARKET, account=account)
    with open_operation(local_operation, me()) as operation:
        for text in ("ask firstofficer", "ask OX7."):
            assert not covert.is_clear(operation, [text])
        assert covert.is_clear(operation, ["ask ox70"])


def test_a_rule_with_an_empty_word_is_refused(local_operation: Path) -> None:
    with pytest.raises(BadRequest, match="empty word"):
        rule_privilege(local_operation, me(), PrivilegeRule(ref="counsel", words=("", "x"), reason="known"))


def test_the_owner_of_a_folder_is_allowed_nothing_that_is_not_local() -> None:
    owner = Subject(person="a", owns_folder=True)
    assert decide(owner, Action.SEE, Resource(kind="table", name="x")).is_allowed
    assert not decide(owner, Action.SEE, Resource(kind="table", name="x", is_local=False)).is_allowed


def test_a_log_is_no_witness_of_itself(local_operation: Path) -> None:
    handout = give_checkpoint(local_operation, me())
    path = local_operation.parent / "checkpoint.txt"
    path.write_text(handout.note)
    with pytest.raises(BadRequest, match="cannot witness itself"):
        accept_cosignature(local_operation, me(), path, handout.key)


def test_a_hand_over_is_between_two(local_operation: Path) -> None:
    with pytest.raises(BadRequest, match="same"):
        draft_hand_over(
            local_operation, me(), taken(local_operation), giver="a", receiver="a", place="desk", reason="copy"
        )


@pytest.mark.parametrize(
    "command",
    [
        ["log", "checkpoint", "OP", "--to", "OP"],
        ["log", "verify", "OP", "--root", "OP/absent"],
        ["log", "stamp", "OP", "--service", "http://no where/", "--root", "OP/absent"],
        ["log", "stamp", "OP", "--service", "http://localhost:port/", "--root", "OP/absent"],
    ],
)
def test_a_path_or_address_that_does_not_work_is_one_clear_error(
    local_operation: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    given = [word.replace("OP", str(local_operation)) for word in command]
    assert main([*given, "--person", "analyst"]) in {64, 65, 74}
    said = capsys.readouterr().err
    assert [line.split()[0] for line in said.splitlines()] == ["error", "where", "next"]


def test_a_row_of_an_exhibit_that_is_not_there_is_not_found(local_operation: Path) -> None:
    with pytest.raises(NotFound):
        correct_row(local_operation, me(), "E-none", table="sale", offset=1, values={"state": "x"}, reason="x")
