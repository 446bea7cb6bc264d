"""What a session's tables become, on the invented country that the benchmark counts chance in."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pyarrow as pa
import pytest

from crossbearing.leads.opened import Opened, read_cases, read_sales
from crossbearing.store.session import session

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "leads" / "chance.py"


@pytest.fixture(scope="module")
def chance() -> ModuleType:
    spec = importlib.util.spec_from_file_location("chance", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def opened(tables: dict[str, pa.Table]) -> Opened:
    with session() as engine:
        for name, table in tables.items():
            engine.table(name, table)
        return read_sales(engine, read_cases(engine, []))


def test_orders_without_a_time_or_a_seller_are_counted_and_not_searched(chance: ModuleType) -> None:
    tables = chance.made(1, 40, 130, 10).tables
    assert (len(opened(tables).sales), opened(tables).undated, opened(tables).without_seller) == (130, 0, 0)
    orders = tables["sale"]
    unknown = pa.table({"market": ["Fair", "Fair"], "sale_server_id": ["s0", "nobody's"]})
    timeless = tables["sale_valued"].set_column(5, "sold_at", pa.nulls(130, pa.timestamp("us", "UTC")))
    both = pa.concat_tables([tables["sale_valued"], timeless.slice(0, 3)])
    found = opened({**tables, "sale": pa.concat_tables([orders, unknown]), "sale_valued": both})
    assert (len(found.sales), found.undated, found.without_seller) == (130, 3, 1)
