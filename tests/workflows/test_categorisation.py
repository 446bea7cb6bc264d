"""Whoever is not categorised in time is locked away: nothing reads it, nothing of it is lost, a decision opens it."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import REF, reported
from crossbearing.domain.act import ActKind
from crossbearing.domain.categorisation import LONGEST_MONTHS, last_day
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotAuthorised
from crossbearing.domain.progress import Silent
from crossbearing.domain.tables import OPEN_TABLES, PROTECTED_TABLES
from crossbearing.interfaces.cli import main
from crossbearing.registry import STEPS
from crossbearing.store.derived import read_pointer
from crossbearing.store.operation import open_operation
from crossbearing.store.register import exhibits
from crossbearing.store.snapshot import snapshot
from crossbearing.store.views import reading
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import build_packages, show_package
from crossbearing.workflows.categorise import Counted, limit_time, show_categorisation
from crossbearing.workflows.correct_rows import correct_row
from crossbearing.workflows.erase import erase_person
from crossbearing.workflows.relabel import relabel, withdraw
from crossbearing.workflows.reread_evidence import reread_evidence
from crossbearing.workflows.retention import show_retention
from crossbearing.workflows.set_aside import set_aside_row
from crossbearing.workflows.show_evidence import list_evidence, show_bytes, show_evidence, verify_evidence
from crossbearing.workflows.show_log import verify_log
from crossbearing.workflows.show_protected import show_protected
from crossbearing.workflows.show_status import show_status
from small_market import BUYER, MARKET, small_market

CAME, LAST, LATE = "2026-01-15", "2026-07-15", "2026-07-16"
SOME = frozenset({"suspect", "buyer"})


def on(day: str, authority: str = "", person: str = "analyst") -> Context:
    """A person at work on a day."""
    noon = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
    return Context(person=person, purpose="test", authority=authority, clock=lambda: noon)


def taken(folder: Path, day: str = CAME) -> str:
    path = small_market(folder.parent / "kestrel.sql")
    (added,) = add_evidence(folder, on(day), [Submission(path=path, authority=REF, market=MARKET)], Silent())
    bring_up_to_date(folder, on(day), Silent())
    return added.exhibit.exhibit_id


def limited(folder: Path, months: int = 6, day: str = CAME) -> str:
    """An exhibit that came in under a limit."""
    exhibit = taken(folder)
    limit_time(folder, on(day, REF), months=months, reason="order of the supervisor")
    return exhibit


def everything(folder: Path, day: str, *, run: bool = True) -> dict[str, int]:
    """How many rows every table shows that day to an analyst who reads all that can be read."""
    if run:
        bring_up_to_date(folder, on(day), Silent())
    derived = [step.table for step in STEPS]
    with (
        open_operation(folder, on(day)) as operation,
        reading(operation, *derived, protected=sorted(PROTECTED_TABLES)) as engine,
    ):
        names = [*sorted(OPEN_TABLES), *sorted(PROTECTED_TABLES), *derived]
        return {name: int(engine.one(f"SELECT count(*) AS n FROM {name}")["n"]) for name in names}


def contents(folder: Path) -> dict[str, str]:
    return {step.table: str((read_pointer(folder, step.table) or {})["sha256"]) for step in STEPS}


def locks(folder: Path, day: str) -> list[tuple[str, object]]:
    with open_operation(folder, on(day)) as operation:
        return [(e.at[:10], e.payload["is_locked"]) for e in operation.ledger.entries(ActKind.EXHIBIT_LOCKED)]


def of(folder: Path, exhibit: str, day: str) -> Counted:
    (found,) = [one for one in show_categorisation(folder, on(day)).exhibits if one.exhibit_id == exhibit]
    return found


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(1, LONGEST_MONTHS))
def test_the_last_day_has_the_number_of_the_first_or_is_the_end_of_its_month(day: date, months: int) -> None:
    last = date.fromisoformat(last_day(day.isoformat(), months))
    assert (last.year * 12 + last.month) - (day.year * 12 + day.month) == months
    assert last.day == day.day or (last.day < day.day and (last + timedelta(1)).day == 1)


def test_what_is_categorised_in_time_is_never_locked(operation: Path) -> None:
    exhibit = limited(operation)
    before = everything(operation, LAST)
    relabel(operation, on(LAST), exhibit, reason="sorted", categories=SOME)
    assert everything(operation, LATE) == everything(operation, "2031-01-01") == before
    assert locks(operation, "2031-01-01") == []
    assert of(operation, exhibit, "2031-01-01").days_left is None


def test_on_the_last_day_everything_is_read_and_on_the_next_nothing(operation: Path) -> None:
    exhibit = limited(operation)
    assert of(operation, exhibit, LAST).days_left == 0
    assert everything(operation, LAST)["sale"] > 0
    shown = everything(operation, LATE)
    assert {name: rows for name, rows in shown.items() if rows} == {}
    assert of(operation, exhibit, LATE).days_left == -1
    assert locks(operation, "2026-09-01") == [(LATE, True)], "once, however often it is opened"
    assert verify_log(operation, on("2026-09-01")).findings == ()


def test_a_lock_takes_rows_out_of_derived_tables_before_they_are_made_again(local_operation: Path) -> None:
    limited(local_operation)
    derived = {step.table for step in STEPS}
    before = everything(local_operation, LAST, run=False)
    assert before["account"]
    assert before["listing"]
    after = everything(local_operation, LATE, run=False)
    assert not [name for name in derived if after[name]]


def test_packages_bytes_and_single_rows_of_a_locked_exhibit_are_refused_in_words(local_operation: Path) -> None:
    exhibit = limited(local_operation)
    build_packages(local_operation, on(LAST), Silent())
    assert show_package(local_operation, on(LAST), "NL-001")["subjects"]
    late = on(LATE)
    doings: list[Callable[[], object]] = [
        lambda: show_package(local_operation, late, "NL-001"),
        lambda: show_bytes(local_operation, late, exhibit, offset=0, length=10),
        lambda: reread_evidence(local_operation, late, Silent(), exhibit_ids=[exhibit]),
        lambda: set_aside_row(local_operation, late, exhibit, part="", offset=1, reason="x"),
        lambda: correct_row(local_operation, late, exhibit, table="sale", offset=1, values={"state": "x"}, reason="x"),
    ]
    for doing in doings:
        with pytest.raises(NotAuthorised, match="not categorised in time") as refused:
            doing()
        assert "crossbearing evidence label" in refused.value.remedy
    assert show_protected(local_operation, late, "delivery", where={"sale_server_id": "s-1"}) == []
    bring_up_to_date(local_operation, late, Silent())
    assert build_packages(local_operation, late, Silent()) == []


def test_a_longer_limit_opens_it_as_it_was(operation: Path) -> None:
    exhibit = limited(operation)
    before, files = everything(operation, LAST), contents(operation)
    everything(operation, LATE)
    assert contents(operation) != files
    limit_time(operation, on(LATE, REF), months=18, reason="extended")
    assert everything(operation, LATE) == before
    assert contents(operation) == files
    assert of(operation, exhibit, LATE).last_day == "2027-07-15"
    assert everything(operation, "2027-07-16")["sale"] == 0
    assert [is_locked for _, is_locked in locks(operation, "2027-07-16")] == [True, False, True]
    assert verify_log(operation, on("2027-07-16")).findings == ()


def test_a_label_with_categories_opens_it_as_it_was_and_the_log_says_who_did(operation: Path) -> None:
    exhibit = limited(operation)
    before, files = everything(operation, LAST), contents(operation)
    everything(operation, LATE)
    relabel(operation, on(LATE, person="sorter"), exhibit, reason="half", categories=SOME | {"not categorised"})
    assert everything(operation, LATE)["sale"] == 0, "some persons in it are still not categorised"
    relabel(operation, on(LATE, person="sorter"), exhibit, reason="sorted", categories=SOME)
    assert everything(operation, LATE) == before
    assert contents(operation) == files
    with open_operation(operation, on(LATE)) as opened:
        locked, unlocked = opened.ledger.entries(ActKind.EXHIBIT_LOCKED)
    assert (locked.person, locked.authority, locked.payload["is_categorised"]) == ("analyst", REF, False)
    assert (unlocked.person, unlocked.authority, unlocked.payload["is_categorised"]) == ("sorter", REF, True)
    assert verify_log(operation, on(LATE)).findings == ()


def test_a_shorter_limit_locks_at_once(local_operation: Path) -> None:
    limited(local_operation, months=12)
    assert locks(local_operation, LATE) == []
    limit_time(local_operation, on(LATE, REF), months=6, reason="the supervisor wrote")
    assert locks(local_operation, LATE) == [(LATE, True)]


def test_nothing_of_a_locked_exhibit_is_lost(local_operation: Path) -> None:
    exhibit = limited(local_operation)
    with open_operation(local_operation, on(LAST)) as operation:
        files = exhibits(operation.ledger)[exhibit].files
    before = everything(local_operation, LAST)
    everything(local_operation, LATE)
    # An erasure clears away what no longer stands; what is locked stands, and the person goes from it too.
    erase_person(local_operation, on(LATE), Silent(), market=MARKET, account=BUYER, reason="order 12")
    relabel(local_operation, on(LATE), exhibit, reason="sorted", categories=SOME)
    after = everything(local_operation, LATE)
    assert {name for name in OPEN_TABLES if after[name]} == {name for name in OPEN_TABLES if before[name]}
    assert after["account_sighting"] == before["account_sighting"] - 1
    assert all(check.is_whole for check in verify_evidence(local_operation, on(LATE), Silent()))
    assert len(files) >= len(list_evidence(local_operation, on(LATE))[0].files) > 0
    assert verify_log(local_operation, on(LATE)).findings == ()


def test_what_is_locked_stays_on_the_list_of_what_is_due_for_review(local_operation: Path) -> None:
    exhibit = limited(local_operation)
    assert [one.exhibit_id for one in show_retention(local_operation, on(LATE)).due] == [exhibit]


def test_a_clock_that_is_set_back_opens_nothing(local_operation: Path) -> None:
    limited(local_operation)
    everything(local_operation, LATE)
    assert everything(local_operation, CAME)["sale"] == 0
    assert locks(local_operation, CAME) == [(LATE, True)]


def test_adding_the_same_bytes_again_does_not_begin_the_time_anew(local_operation: Path) -> None:
    exhibit = limited(local_operation)
    withdraw(local_operation, on("2026-05-01"), exhibit, reason="wrong")
    taken(local_operation, "2026-05-02")
    assert of(local_operation, exhibit, "2026-05-02").received_on == CAME
    with pytest.raises(NotAuthorised, match="not categorised in time"):
        taken(local_operation, LATE)


def test_putting_a_withdrawn_exhibit_back_does_not_open_it(local_operation: Path) -> None:
    exhibit = limited(local_operation)
    withdraw(local_operation, on("2026-05-01"), exhibit, reason="wrong")
    withdraw(local_operation, on(LATE), exhibit, reason="right after all", is_withdrawn=False)
    assert everything(local_operation, LATE)["sale"] == 0


def test_without_a_limit_the_default_is_counted_and_nothing_is_locked(local_operation: Path) -> None:
    exhibit = taken(local_operation)
    found = show_categorisation(local_operation, on(LATE))
    assert (found.limit.is_set, found.limit.months) == (False, 6)
    assert of(local_operation, exhibit, LATE).days_left == -1
    status = show_status(local_operation, on(LATE))
    assert (status.not_categorised, status.locked, status.has_limit) == (1, (), False)
    assert everything(local_operation, LATE)["sale"] > 0


def test_a_log_position_says_what_counted_then(local_operation: Path) -> None:
    exhibit = limited(local_operation)
    with open_operation(local_operation, on(LAST)) as operation:
        position, then = operation.ledger.position(), snapshot(operation.ledger, "exhibit")
    with open_operation(local_operation, on(LATE)) as operation:
        now, again = (snapshot(operation.ledger, "exhibit", until=until) for until in (None, position))
    assert then.rows["exhibit_id"].to_pylist() == [exhibit]
    assert now.rows.num_rows == 0
    assert again.sha256 == then.sha256


def test_verifying_the_log_adds_nothing_to_it(local_operation: Path) -> None:
    limited(local_operation)
    assert verify_log(local_operation, on(LATE)).findings == ()
    with open_operation(local_operation, on(LATE), follow=False) as operation:
        assert operation.ledger.entries(ActKind.EXHIBIT_LOCKED) == []


def test_an_exhibit_without_persons_has_no_clock_and_one_that_nothing_reads_has(local_operation: Path) -> None:
    reported(local_operation, "report.csv", "X,1,event,arrest,2022-01-01,,NL,NL,Desk,persons,,1,persons,,,")
    path = local_operation.parent / "unread.bin"
    path.write_bytes(bytes(range(256)) * 4)
    add_evidence(local_operation, on(CAME), [Submission(path=path, authority=REF, keep_unread=True)], Silent())
    found = show_categorisation(local_operation, on(CAME)).exhibits
    assert {(one.name, one.is_running, one.rows) for one in found} == {
        ("report.csv", False, 0),
        ("unread.bin", True, 0),
    }


def test_the_burn_down_has_every_month_since_the_first_exhibit(local_operation: Path) -> None:
    exhibit = limited(local_operation)
    relabel(local_operation, on("2026-03-10"), exhibit, reason="sorted", categories=SOME)
    rows = of(local_operation, exhibit, "2026-03-10").rows
    relabel(local_operation, on("2026-05-10"), exhibit, reason="not all", categories=frozenset({"not categorised"}))
    found = show_categorisation(local_operation, on("2026-06-01")).burn_down
    assert [(one.month, one.exhibits, one.rows) for one in found] == [
        ("2026-01", 1, rows), ("2026-02", 1, rows), ("2026-03", 0, 0), ("2026-04", 0, 0), ("2026-05", 1, rows),
        ("2026-06", 1, rows),
    ]  # fmt: skip
    assert rows > 0
    december = show_categorisation(local_operation, on("2027-01-01")).burn_down
    assert [one.month for one in december[-2:]] == ["2026-12", "2027-01"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"reason": " "}, BadRequest),
        ({"months": 0}, BadRequest),
        ({"months": LONGEST_MONTHS + 1}, BadRequest),
        ({"authority": ""}, NotAuthorised),
        ({"authority": "NO-SUCH"}, NotAuthorised),
    ],
)
def test_a_limit_needs_a_reason_and_an_authorisation(
    local_operation: Path, changes: dict[str, object], error: type[Exception]
) -> None:
    said: dict[str, object] = {"reason": "order", "months": 6, "authority": REF, **changes}
    with pytest.raises(error):
        limit_time(
            local_operation,
            on(CAME, str(said["authority"])),
            months=int(str(said["months"])),
            reason=str(said["reason"]),
        )
    assert not show_categorisation(local_operation, on(CAME)).limit.is_set


def test_a_limit_outlives_the_erasure_of_a_person_whom_its_reason_names(local_operation: Path) -> None:
    taken(local_operation)
    limit_time(local_operation, on(CAME, REF), months=6, reason=f"because of {BUYER}")
    erase_person(local_operation, on(CAME), Silent(), market=MARKET, account=BUYER, reason="order 12")
    assert show_categorisation(local_operation, on(CAME)).limit.is_set


def test_status_evidence_and_the_picture_say_it(
    local_operation: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exhibit = taken(local_operation, "2024-01-15")  # long ago by the clock of any machine

    def said(*words: object) -> str:
        assert main([str(word) for word in words]) == 0
        return " ".join(capsys.readouterr().out.split())

    assert "1 exhibit not categorised, and no limit is set" in said("status", local_operation)
    assert "not categorised; to be by 2024-07-15" in said("evidence", "show", local_operation, exhibit)
    found = json.loads(said("categorise", "limit", local_operation, "--authority", REF, "--reason", "order", "--json"))
    assert found["limit"]["months"] == 6
    assert f"LOCKED, nothing of them is read: {exhibit}" in said("status", local_operation)
    shown = said("evidence", "show", local_operation, exhibit)
    assert "not categorised by 2024-07-15; kept, and nothing of it is read" in shown
    picture = tmp_path / "burn-down.svg"
    assert "LOCKED" in said("categorise", "show", local_operation, "--picture", picture)
    tree = ET.parse(picture).getroot()  # noqa: S314 - our own file
    titles = [element.text for element in tree.iter("{http://www.w3.org/2000/svg}title")]
    assert len(titles) == 2
    assert show_evidence(local_operation, on(LATE), exhibit).locked_on
