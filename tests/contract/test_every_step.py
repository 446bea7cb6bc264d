"""What every derived table promises: lineage, one meaning per name, an answer that does not depend on order."""

from pathlib import Path

import pytest
import sqlglot
from pyarrow import parquet
from sqlglot import exp

from conftest import fixed_context
from crossbearing.domain.tables import OPEN_TABLES, RECORD_TABLES
from crossbearing.registry import STEPS
from crossbearing.store.arrow import record_schema
from crossbearing.store.derived import current_file
from crossbearing.store.operation import open_operation
from crossbearing.store.snapshot import DECISION_TABLES
from crossbearing.store.steps import PythonStep, SqlStep, in_order
from crossbearing.store.views import reading

SQL_STEPS = [step for step in STEPS if isinstance(step, SqlStep)]
PYTHON_STEPS = [step for step in STEPS if isinstance(step, PythonStep)]
# Aggregates whose answer depends on the order of rows, and functions whose answer depends on the moment.
UNSTABLE = (
    exp.AnyValue,
    exp.First,
    exp.Last,
    exp.ArgMax,
    exp.ArgMin,
    exp.Mode,
    exp.Rand,
    exp.CurrentTimestamp,
    exp.CurrentDate,
)


def test_every_table_has_one_producer() -> None:
    names = [step.table for step in STEPS]
    assert len(names) == len(set(names))
    assert not set(names) & (RECORD_TABLES.keys() | DECISION_TABLES.keys())
    assert [step.table for step in in_order(STEPS)] == [step.table for step in in_order(STEPS[::-1])]


@pytest.mark.parametrize("step", SQL_STEPS, ids=lambda step: step.table)
class TestSqlStep:
    def test_it_says_grain_source_and_limits(self, step: SqlStep) -> None:
        head = "\n".join(line for line in step.code.splitlines() if line.startswith("--"))
        for word in ("Grain:", "Source:", "Limits:"):
            assert word in head

    def test_it_reads_what_a_parser_says_it_reads(self, step: SqlStep) -> None:
        tree = sqlglot.parse_one(step.code, read="duckdb")
        named_here = {cte.alias for cte in tree.find_all(exp.CTE)}
        assert step.read == {table.name for table in tree.find_all(exp.Table) if table.name} - named_here

    def test_it_uses_nothing_whose_answer_depends_on_order_or_time(self, step: SqlStep) -> None:
        tree = sqlglot.parse_one(step.code, read="duckdb")
        assert not list(tree.find_all(*UNSTABLE))
        for found in tree.find_all(exp.ArrayAgg):
            sorted_around = found.find_ancestor(exp.ArraySort)
            assert sorted_around is not None, f"list() without list_sort() around it: {found.sql()}"


@pytest.mark.parametrize("step", PYTHON_STEPS, ids=lambda step: step.table)
def test_a_python_step_says_what_it_makes(step: PythonStep) -> None:
    assert step.function.__doc__
    assert step.inputs


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.table)
def test_every_derived_row_names_exhibits_that_exist(step: SqlStep | PythonStep, story: Path) -> None:
    """So that labels are inherited, and hidden exhibits can be subtracted."""
    with open_operation(story, fixed_context()) as operation, reading(operation, step.table, "exhibit") as engine:
        known = {row["exhibit_id"] for row in engine.rows("SELECT exhibit_id FROM exhibit")}
        for row in engine.rows(f"SELECT exhibit_ids FROM {step.table}"):
            assert row["exhibit_ids"]
            assert set(row["exhibit_ids"]) <= known


def test_one_name_has_one_type_in_all_tables(story: Path) -> None:
    types: dict[str, dict[str, list[str]]] = {}
    schemas = {name: record_schema(table) for name, table in RECORD_TABLES.items()}
    schemas |= {step.table: parquet.read_schema(current_file(story, step.table)) for step in STEPS}
    schemas |= {name: table.schema for name, table in DECISION_TABLES.items()}
    for table, schema in schemas.items():
        for field in schema:
            types.setdefault(field.name, {}).setdefault(str(field.type), []).append(table)
    assert {name: found for name, found in types.items() if len(found) > 1} == {}


def test_names_say_their_type(story: Path) -> None:
    """_at is a moment, _on a date, _id and handles are text, money is never a float."""
    for step in STEPS:
        for field in parquet.read_schema(current_file(story, step.table)):
            kind = str(field.type)
            assert kind not in {"double", "float"}, f"{step.table}.{field.name} is a float"
            if field.name.endswith("_at"):
                assert kind.startswith("timestamp"), f"{step.table}.{field.name}"
            if field.name.endswith("_on"):
                assert kind.startswith("date"), f"{step.table}.{field.name}"
            if field.name.endswith("_id"):
                assert kind == "string", f"{step.table}.{field.name}"


@pytest.mark.parametrize("hidden", [0, 1, 2, 3])
def test_what_rests_on_a_hidden_exhibit_is_not_shown(story: Path, hidden: int, monkeypatch) -> None:
    """The seam of later access rules: deny one exhibit, and no row that names it is left anywhere."""
    from crossbearing.domain import access
    from crossbearing.store import views

    context = fixed_context()
    with open_operation(story, context) as operation:
        target = sorted(e.subject for e in operation.ledger.entries() if e.kind == "exhibit_added")[hidden]

        def denying(subject: access.Subject, action: access.Action, resource: access.Resource) -> access.Access:
            if resource.name == target:
                return access.Access(is_allowed=False, reason="test")
            return access.decide(subject, action, resource)

        monkeypatch.setattr(views, "decide", denying)
        with reading(operation, *(step.table for step in STEPS)) as engine:
            for table in OPEN_TABLES:
                assert not engine.rows(f"SELECT 1 FROM {table} WHERE exhibit_id = ?", [target])
            for step in STEPS:
                assert not engine.rows(f"SELECT 1 FROM {step.table} WHERE list_contains(exhibit_ids, ?)", [target])
