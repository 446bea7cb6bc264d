"""What was registered can be labelled anew, withdrawn, corrected and read again; everything made from it follows."""

from decimal import Decimal
from pathlib import Path

import pytest

from conftest import REF
from crossbearing.domain.act import ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, NotFound, UnreadableSource
from crossbearing.domain.progress import Silent
from crossbearing.store import models
from crossbearing.store.operation import open_operation
from crossbearing.store.register import exhibits
from crossbearing.store.views import reading
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.build_packages import build_packages, list_packages, show_package
from crossbearing.workflows.correct_rows import correct_row
from crossbearing.workflows.keep_models import add_model, list_models
from crossbearing.workflows.relabel import relabel, withdraw
from crossbearing.workflows.reread_evidence import reread_evidence
from crossbearing.workflows.retention import show_retention
from crossbearing.workflows.show_evidence import list_evidence, verify_evidence
from crossbearing.workflows.show_protected import show_protected
from small_market import MARKET, small_market


def me() -> Context:
    return Context(person="analyst", purpose="test")


@pytest.fixture
def exhibit(operation: Path) -> str:
    return taken(operation)


def taken(folder: Path, market: str = MARKET) -> str:
    path = small_market(folder.parent / "kestrel.sql")
    (added,) = add_evidence(folder, me(), [Submission(path=path, authority=REF, market=market)], Silent())
    bring_up_to_date(folder, me(), Silent())
    return added.exhibit.exhibit_id


def rows(folder: Path, query: str) -> list[dict[str, object]]:
    with open_operation(folder, me()) as operation, reading(operation, "account", "listing") as engine:
        return engine.rows(query)


def test_a_stricter_label_reaches_the_packages_made_from_the_exhibit(operation: Path, exhibit: str) -> None:
    relabel(operation, me(), exhibit, reason="as agreed", handling="H0", tlp="GREEN", review_on="2027-01-01")
    bring_up_to_date(operation, me(), Silent())
    build_packages(operation, me(), Silent())
    assert show_package(operation, me(), "NL-001")["handling"]["code"] == "H0"
    relabel(operation, me(), exhibit, reason="the owner wrote", handling="H2", gradings=["4x4:B2", "admiralty:F6"])
    bring_up_to_date(operation, me(), Silent())
    assert {one.version for one in build_packages(operation, me(), Silent())} == {2}
    assert show_package(operation, me(), "NL-001")["handling"]["code"] == "H2"
    (found,) = list_evidence(operation, me())
    assert {grading.spelling for grading in found.label.gradings} == {"4x4:B2", "admiralty:F6"}


@pytest.mark.parametrize("changes", [{"handling": "H7"}, {"gradings": ["4x4:Z9"]}, {"nature": "rumour"}, {}])
def test_a_label_that_does_not_exist_changes_nothing(local_operation: Path, changes: dict[str, object]) -> None:
    exhibit = taken(local_operation)
    with pytest.raises(BadRequest):
        relabel(local_operation, me(), exhibit, reason="x", **changes)
    with open_operation(local_operation, me()) as operation:
        assert not operation.ledger.entries(ActKind.EXHIBIT_RELABELLED)


def test_a_withdrawn_exhibit_is_read_by_nothing_and_comes_back(operation: Path, exhibit: str) -> None:
    before = rows(operation, "SELECT * FROM account ORDER BY ALL")
    assert before
    withdraw(operation, me(), exhibit, reason="wrong server")
    bring_up_to_date(operation, me(), Silent())
    assert rows(operation, "SELECT * FROM account") == rows(operation, "SELECT * FROM sale") == []
    assert show_protected(operation, me(), "delivery", where={"sale_server_id": "s-1"}) == []
    withdraw(operation, me(), exhibit, reason="right after all", is_withdrawn=False)
    bring_up_to_date(operation, me(), Silent())
    assert rows(operation, "SELECT * FROM account ORDER BY ALL") == before


def test_a_withdrawn_exhibit_leaves_derived_tables_before_they_are_made_again(local_operation: Path) -> None:
    exhibit = taken(local_operation)
    assert rows(local_operation, "SELECT * FROM account")
    withdraw(local_operation, me(), exhibit, reason="wrong server")
    assert rows(local_operation, "SELECT * FROM account") == []
    assert [one.exhibit_id for one in show_retention(local_operation, me()).due] == [exhibit]


def test_evidence_registered_under_a_wrong_market_is_withdrawn_and_added_again(local_operation: Path) -> None:
    exhibit = taken(local_operation, "Kestral")
    with pytest.raises(Contradiction, match="Kestral"):
        taken(local_operation)
    withdraw(local_operation, me(), exhibit, reason="misspelled")
    assert taken(local_operation) == exhibit
    assert {row["market"] for row in rows(local_operation, "SELECT DISTINCT market FROM account")} == {MARKET}


def test_a_correction_puts_a_superseding_row_and_marks_what_was_built_from_the_old_one(
    operation: Path, exhibit: str
) -> None:
    build_packages(operation, me(), Silent())
    (old,) = rows(operation, "SELECT * FROM sale WHERE sale_server_id = 's-1'")
    with open_operation(operation, me()) as opened:
        files = {file.path for file in exhibits(opened.ledger)[exhibit].files}
    done = correct_row(
        operation,
        me(),
        exhibit,
        table="sale",
        offset=int(str(old["byte_offset"])),
        values={"quantity": "3", "state": ""},
        reason="the server's own correction list",
    )
    assert done.packages == ("NL-001",)
    bring_up_to_date(operation, me(), Silent())
    (new,) = rows(operation, "SELECT * FROM sale WHERE sale_server_id = 's-1'")
    assert (new["quantity"], new["state"]) == (Decimal(3), None)
    assert {k: v for k, v in new.items() if k not in {"quantity", "state"}} == {
        k: v for k, v in old.items() if k not in {"quantity", "state"}
    }
    assert all((operation / path).exists() for path in files), "what the exhibit stated stays on the disk"
    marks = {package["package_id"]: package["marks"] for package in list_packages(operation, me())}
    assert [mark["what"] for mark in marks["NL-001"]] == ["correction"]
    assert marks["DE-001"] == []
    assert all(check.is_whole for check in verify_evidence(operation, me(), Silent()))


def test_a_correction_of_a_protected_row_stays_sealed_and_out_of_the_log(local_operation: Path) -> None:
    exhibit = taken(local_operation)
    (row,) = show_protected(local_operation, me(), "delivery", where={"sale_server_id": "s-3"})
    correct_row(
        local_operation,
        me(),
        exhibit,
        table="delivery",
        offset=row["byte_offset"],
        values={"address_text": "Rectified Road 5"},
        reason="the addressee wrote to us",
    )
    (row,) = show_protected(local_operation, me(), "delivery", where={"sale_server_id": "s-3"})
    assert row["address_text"] == "Rectified Road 5"
    assert not [p for p in local_operation.rglob("*") if p.is_file() and b"Rectified" in p.read_bytes()]


@pytest.mark.parametrize(
    ("table", "values", "error"),
    [
        ("sale", {"no_such": "x"}, BadRequest),
        ("sale", {"byte_offset": "1"}, BadRequest),
        ("no_such", {"state": "x"}, BadRequest),
        ("sale", {}, BadRequest),
        ("feedback", {"comment": "x"}, NotFound),
    ],
)
def test_a_correction_that_fits_nothing_is_refused(
    local_operation: Path, table: str, values: dict[str, str], error: type[Exception]
) -> None:
    exhibit = taken(local_operation)
    with pytest.raises(error):
        correct_row(local_operation, me(), exhibit, table=table, offset=1, values=values, reason="x")


def test_a_value_that_does_not_fit_its_column_is_refused_in_words(local_operation: Path) -> None:
    exhibit = taken(local_operation)
    (old,) = rows(local_operation, "SELECT byte_offset FROM sale WHERE sale_server_id = 's-1'")
    with pytest.raises(BadRequest, match="does not fit"):
        correct_row(
            local_operation, me(), exhibit, table="sale", offset=int(str(old["byte_offset"])),
            values={"quantity": "many"}, reason="x",
        )  # fmt: skip


def test_what_people_decided_outlives_a_new_reading(operation: Path, exhibit: str) -> None:
    (old,) = rows(operation, "SELECT * FROM sale WHERE sale_server_id = 's-1'")
    offset = int(str(old["byte_offset"]))
    correct_row(operation, me(), exhibit, table="sale", offset=offset, values={"state": "refunded"}, reason="x")
    before = rows(operation, "SELECT * FROM sale ORDER BY sale_server_id")
    (report,) = reread_evidence(operation, me(), Silent(), exhibit_ids=[exhibit])
    assert report.carried == 2, "the sale and its delivery"
    assert rows(operation, "SELECT * FROM sale ORDER BY sale_server_id") == before
    with open_operation(operation, me()) as opened:
        parts = exhibits(opened.ledger)[exhibit].parts
    assert all(part.rows_in == part.rows_out + part.rows_refused for part in parts)


def test_a_new_reading_that_changes_nothing_gives_the_same_files(local_operation: Path) -> None:
    exhibit = taken(local_operation)

    def plain() -> set[str]:
        with open_operation(local_operation, me()) as operation:
            return {file.path for file in exhibits(operation.ledger)[exhibit].files if not file.protection}

    before = plain()
    reread_evidence(local_operation, me(), Silent(), exhibit_ids=[exhibit])
    assert plain() == before


def test_a_model_is_registered_with_what_it_learnt_from_and_is_never_overwritten(
    local_operation: Path, tmp_path: Path
) -> None:
    file = tmp_path / "weights.json"
    trained = [("simulation tiny seed 7", "ab" * 32)]
    for number, content in enumerate((b'{"w": 1}', b'{"w": 2}', b'{"w": 2}'), start=1):
        file.write_bytes(content)
        add_model(
            local_operation, me(), file, name="handle similarity", version=str(min(number, 2)), trained_on=trained,
            labels="simulation", tested_on="",
        )  # fmt: skip
    known = list_models(local_operation, me())
    assert [(model.version, model.labels, model.tested_on) for model in known] == [
        ("1", "simulation", "not tested"),
        ("2", "simulation", "not tested"),
    ]
    with open_operation(local_operation, me()) as operation:
        model, parameters = models.parameters_of(operation, "handle similarity")
        assert (model.version, parameters) == ("2", b'{"w": 2}')
        (local_operation / model.path).write_bytes(b'{"w": 3}')
        with pytest.raises(UnreadableSource):
            models.parameters_of(operation, "handle similarity")
        with pytest.raises(NotFound):
            models.parameters_of(operation, "another")
    with pytest.raises(BadRequest):
        add_model(local_operation, me(), file, name="x", version="1", trained_on=[], labels="weak", tested_on="")
