"""No read of a protected table, and no opening of an original, without an entry in the log before it."""

import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import crossbearing.store
import crossbearing.workflows
from conftest import REF, made_operation
from crossbearing.domain.access import REVIEWER
from crossbearing.domain.act import ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, CrossbearingError
from crossbearing.domain.hit_or_no_hit import State
from crossbearing.domain.judgement import PairKind
from crossbearing.domain.privilege import PrivilegeRule
from crossbearing.domain.progress import Silent
from crossbearing.store import backup, sealing
from crossbearing.store.ledger import Ledger
from crossbearing.store.operation import open_operation
from crossbearing.store.views import reading
from crossbearing.workflows import (
    appoint,
    ask_lead,
    audit_lead,
    bring_up_to_date,
    build_packages,
    categorise,
    correct_rows,
    decide_lead,
    enter_covert,
    enter_opinion,
    erase,
    judge_pairs,
    match_leads,
    rank_sellers,
    relabel,
    reread_evidence,
    retention,
    set_aside,
    show_evidence,
    show_leads,
    show_log,
    show_protected,
    show_results,
    show_status,
)
from crossbearing.workflows import backup as backups
from crossbearing.workflows.add_evidence import Submission, add_evidence
from small_market import BUYER, LAWYER, MARKET, OTHER, small_market

LOGGED = {ActKind.ORIGINAL_OPENED, ActKind.PROTECTED_READ}


@dataclass
class Watch:
    """What was unsealed, and how many entries said so by then."""

    said: int = 0
    silent: list[str] = field(default_factory=list)
    opened: int = 0


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Watches the one place where sealed bytes are opened, and the one where acts are recorded."""
    found = Watch()
    real_open, real_record = sealing.opened, Ledger.record

    def opened(path: Path, *rest: object, **more: object) -> object:
        if ".unfinished-" not in str(path):
            # What is being taken in is read before it is an exhibit; everything else must be in the log.
            found.opened += 1
            if not found.said:
                found.silent.append(str(path))
        return real_open(path, *rest, **more)

    def record(self: Ledger, context: Context, *acts: object) -> object:
        done = real_record(self, context, *acts)
        found.said += sum(entry.kind in LOGGED for entry in done)
        return done

    monkeypatch.setattr(sealing, "opened", opened)
    monkeypatch.setattr(Ledger, "record", record)
    return found


def me(purpose: str = "test") -> Context:
    return Context(person="analyst", purpose=purpose)


def _offset(folder: Path) -> int:
    with open_operation(folder, me()) as operation, reading(operation) as engine:
        return int(engine.rows("SELECT min(byte_offset) AS b FROM sale")[0]["b"] or 0)


def _review(folder: Path) -> None:
    appoint.appoint(folder, me(), person="reviewer", roles=[REVIEWER], cases=[])
    for place in set_aside.list_set_aside(folder, me()):
        set_aside.review_row(
            folder, Context(person="reviewer", purpose="review"), place.exhibit_id, part="", offset=place.byte_offset
        )


def _exhibit(folder: Path) -> str:
    found = show_evidence.list_evidence(folder, me())
    return found[0].exhibit_id if found else "E-none"


# Everything a person can do in an operation, by the workflow that does it.
DOINGS: dict[str, Callable[[Path], object]] = {
    "add": lambda f: add_evidence(f, me(), [_submission(f)], Silent()),
    "run": lambda f: bring_up_to_date.bring_up_to_date(f, me(), Silent()),
    "packages": lambda f: build_packages.build_packages(f, me(), Silent()),
    "package list": lambda f: build_packages.list_packages(f, me()),
    "package show": lambda f: build_packages.show_package(f, me(), "NL-001"),
    "pairs": lambda f: judge_pairs.list_pairs(f, me(), PairKind.ACCOUNT),
    "bytes": lambda f: show_evidence.show_bytes(f, me(), _exhibit(f), offset=0, length=100),
    "evidence": lambda f: show_evidence.show_evidence(f, me(), _exhibit(f)),
    "verify": lambda f: show_evidence.verify_evidence(f, me(), Silent()),
    "protected list": lambda f: show_protected.list_protected(f, me()),
    "protected show": lambda f: show_protected.show_protected(f, me(), "delivery", where={"sale_server_id": "s-1"}),
    "reread": lambda f: reread_evidence.reread_evidence(f, me(), Silent(), exhibit_ids=[_exhibit(f)]),
    "rule": lambda f: set_aside.rule_privilege(f, me(), PrivilegeRule(ref="r", words=(LAWYER,), reason="x")),
    "set aside": lambda f: set_aside.set_aside_row(f, me(), _exhibit(f), part="", offset=_offset(f), reason="x"),
    "review": _review,
    "covert": lambda f: enter_covert.enter_covert(f, me(), kind="source", market=MARKET, account=OTHER),
    "correct": lambda f: correct_rows.correct_row(
        f, me(), _exhibit(f), table="delivery", offset=_offset(f), values={"address_text": "Elsewhere"}, reason="x"
    ),
    "erase": lambda f: erase.erase_person(f, me(), Silent(), market=MARKET, account=BUYER, reason="order"),
    "erase rows": lambda f: erase.erase_rows(f, me(), Silent(), [_delivery(f)], reason="order"),
    "destroy": lambda f: erase.destroy_exhibit(f, me(), Silent(), _exhibit(f), reason="order"),
    "withdraw": lambda f: relabel.withdraw(f, me(), _exhibit(f), reason="x"),
    "retention": lambda f: retention.show_retention(f, me()),
    "backup": lambda f: backups.make_backup(f, me(), f.parent / "a.backup", Silent()),
    "status": lambda f: show_status.show_status(f, me()),
    "categorise": lambda f: categorise.show_categorisation(f, me()),
    "log": lambda f: show_log.verify_log(f, me()),
    "lead match": lambda f: match_leads.match_leads(f, me(), [], Silent(), every=True),
    "lead list": lambda f: show_leads.list_referred(f, me()),
    "lead show": lambda f: show_leads.show_case(f, me(), "GB-7"),
    "lead ask": lambda f: ask_lead.ask_lead(f, me(), "GB-7"),
    "lead approve": lambda f: decide_lead.approve_lead(f, me(), "GB-7", reason="x"),
    "lead refuse": lambda f: decide_lead.close_lead(f, me(), "GB-7", how=State.REFUSED, reason="x"),
    "lead audit": lambda f: audit_lead.audit_lead(f, me(), "GB-7"),
    "priority": lambda f: rank_sellers.rank_sellers(f, me()),
    "opinion": lambda f: enter_opinion.enter_opinion(
        f, me(), "GB-7", "x", given_by="x", qualification="x", given_on="2021-04-02"
    ),
    "results": lambda f: show_results.show_results(f, me(), currency="EUR"),
}


def _delivery(folder: Path) -> str:
    found = show_protected.show_protected(folder, me(), "delivery", where={"sale_server_id": "s-1"})
    gone = "E-000000000000|kestrel.sql|purchases|1|0|1"  # where nothing stands, once the exhibit is destroyed
    return str(found[0]["place"]) if found else gone


def _submission(folder: Path) -> Submission:
    return Submission(path=small_market(folder.parent / "kestrel.sql"), authority=REF, market=MARKET)


@settings(max_examples=settings.default.max_examples // 6)  # an operation is made for each
@example(sequence=["destroy", "erase rows"])
@given(sequence=st.lists(st.sampled_from(sorted(DOINGS)), min_size=1, max_size=6))
def test_whatever_people_do_nothing_sealed_opens_before_the_log_says_so(
    tmp_path_factory: pytest.TempPathFactory, watch: Watch, sequence: list[str]
) -> None:
    folder = made_operation(tmp_path_factory.mktemp("operation") / "operation")
    add_evidence(folder, me(), [_submission(folder)], Silent())
    bring_up_to_date.bring_up_to_date(folder, me(), Silent())
    for name in sequence:
        watch.said, watch.silent[:] = 0, []
        try:
            DOINGS[name](folder)
        except CrossbearingError:
            continue  # refused is fine; what was opened on the way still counts
        finally:
            assert not watch.silent, f"{name} opened {watch.silent}"


@pytest.mark.parametrize("name", ["protected show", "bytes", "reread", "verify", "set aside", "correct", "erase"])
def test_what_opens_sealed_bytes_is_seen_by_this_watch(local_operation: Path, watch: Watch, name: str) -> None:
    """The watch would notice: these do open something, and the log has it."""
    add_evidence(local_operation, me(), [_submission(local_operation)], Silent())
    watch.said = watch.opened = 0
    DOINGS[name](local_operation)
    assert watch.opened
    assert watch.said
    assert not watch.silent


def test_every_workflow_that_takes_an_operation_is_among_the_doings_or_never_opens_anything() -> None:
    """A new workflow must be added here; a workflow's source that reads protected data by itself is refused."""
    allowed = {
        "views", "revision", "covert", "operation", "originals", "records", "backup", "migrations", "sealing",
        "questions",
    }  # fmt: skip
    for package in (crossbearing.workflows, crossbearing.store):
        for module in pkgutil.iter_modules(package.__path__):
            text = inspect.getsource(import_module(f"{package.__name__}.{module.name}"))
            if "sealing.opened" in text or "vault.read" in text or "originals.opened" in text:
                assert module.name in allowed, f"{module.name} opens sealed bytes by itself"


def test_without_a_purpose_nothing_protected_opens_and_nothing_is_logged_as_read(local_operation: Path) -> None:
    add_evidence(local_operation, me(), [_submission(local_operation)], Silent())
    with pytest.raises(BadRequest, match="purpose"):
        show_protected.show_protected(local_operation, me("  "), "delivery", where={"sale_server_id": "s-1"})
    with pytest.raises(BadRequest, match="purpose"):
        show_evidence.show_bytes(local_operation, me(""), _exhibit(local_operation), offset=0, length=10)
    with open_operation(local_operation, me()) as operation:
        assert not operation.ledger.entries(*LOGGED)


def test_protected_rows_open_one_by_one_and_not_as_a_list(local_operation: Path) -> None:
    with pytest.raises(BadRequest, match="one by one"):
        show_protected.show_protected(local_operation, me(), "delivery", where={})
    with pytest.raises(BadRequest):
        show_protected.show_protected(local_operation, me(), "sale", where={"sale_server_id": "s-1"})


def test_the_backup_reads_no_protected_rows_it_copies_sealed_files(local_operation: Path, watch: Watch) -> None:
    add_evidence(local_operation, me(), [_submission(local_operation)], Silent())
    watch.opened = 0
    DOINGS["backup"](local_operation)
    assert watch.opened == 0
    assert backup.header_of(local_operation.parent / "a.backup").generation == 1
