"""The order of work: parts add up, more harm never lowers a place, and nothing about who somebody is can enter."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import fixed_context
from crossbearing.domain.errors import BadConfiguration
from crossbearing.packages.priority import (
    INPUTS,
    NOTHING_KNOWN,
    PARTS,
    QUERIES,
    Measure,
    Priority,
    measured,
    parsed,
    ranked,
    shipped_weights,
)
from crossbearing.store.operation import open_operation
from crossbearing.store.session import Session, session
from crossbearing.store.views import reading

WEIGHTS = shipped_weights()
TEXT = (Path(__file__).parents[3] / "src/crossbearing/packages/priority.toml").read_text(encoding="utf-8")
MEASURES = st.one_of(
    st.just(NOTHING_KNOWN),
    st.builds(Measure, st.integers(0, 2_000_000).map(Decimal), st.booleans()),
    st.sampled_from([Measure(least) for one in WEIGHTS.parts for least, _ in one.steps]),
)
SELLERS = st.dictionaries(
    st.sampled_from([f"A-{n}" for n in range(8)]), st.fixed_dictionaries(dict.fromkeys(PARTS, MEASURES)), min_size=2
)


def order(sellers: Mapping[str, Mapping[str, Measure]]) -> dict[str, Priority]:
    return {one.subject_id: one for one in ranked({name: ((name,), own) for name, own in sellers.items()}, WEIGHTS)}


@given(SELLERS)
def test_points_add_up_from_their_parts_and_a_place_lies_where_it_could_be(
    sellers: Mapping[str, Mapping[str, Measure]],
) -> None:
    for one in order(sellers).values():
        assert (one.low, one.high) == (sum(part.low for part in one.parts), sum(part.high for part in one.parts))
        assert [part.name for part in one.parts] == list(PARTS)
        assert 1 <= one.best <= one.place <= one.worst <= len(sellers)
        assert one.high <= 100


@given(SELLERS, st.data())
def test_more_of_any_one_harm_never_lowers_the_place(
    sellers: Mapping[str, Mapping[str, Measure]], data: st.DataObject
) -> None:
    who, part = data.draw(st.sampled_from(sorted(sellers))), data.draw(st.sampled_from(PARTS))
    before = sellers[who][part]
    more = Decimal(data.draw(st.integers(0, 3_000_000))) + (before.value or 0)
    changed = {**sellers, who: {**sellers[who], part: replace(before, value=more)}}
    assert order(changed)[who].place <= order(sellers)[who].place
    assert order(changed)[who].low >= order(sellers)[who].low


@given(SELLERS)
def test_equal_sure_points_share_a_place_and_the_order_does_not_hang_on_how_they_came(
    sellers: Mapping[str, Mapping[str, Measure]],
) -> None:
    found = order(sellers)
    for one in found.values():
        assert {other.place for other in found.values() if other.low == one.low} == {one.place}
    assert order(dict(reversed(sellers.items()))) == found
    assert [(one.low, one.high) for one in found.values()] == sorted(
        [(one.low, one.high) for one in found.values()], reverse=True
    )


def test_what_is_not_known_is_neither_nothing_nor_the_average() -> None:
    nothing = {part: Measure(Decimal(0)) for part in PARTS}
    found = order({"A-0": nothing, "A-1": {**nothing, "orders": NOTHING_KNOWN}, "A-2": nothing})
    (unknown,) = (part for part in found["A-1"].parts if part.name == "orders")
    assert (unknown.low, unknown.high, unknown.measure.value) == (0, WEIGHTS.parts[2].most, None)
    assert (found["A-0"].high, found["A-1"].high) == (0, WEIGHTS.parts[2].most)
    assert (found["A-1"].place, found["A-1"].best, found["A-1"].worst) == (1, 1, 1)
    assert (found["A-0"].best, found["A-0"].worst) == (1, 2)


def test_what_is_known_in_part_counts_as_at_least_that() -> None:
    nothing = {part: Measure(Decimal(0)) for part in PARTS}
    some = order({"A-0": {**nothing, "money": Measure(Decimal(20_000), is_whole=False)}, "A-1": nothing})["A-0"]
    assert (some.low, some.high) == (6, 13)


def test_the_shipped_weights_rise_and_their_most_is_a_hundred() -> None:
    assert sum(one.most for one in WEIGHTS.parts) == 100
    assert all(one.rises for one in WEIGHTS.parts)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("steps = [[1, 12], [5, 16], [20, 20]]", "steps = [[1, 12], [5, 11], [20, 20]]", "do not rise"),
        ("steps = [[1, 12], [5, 16], [20, 20]]", "steps = []", "do not rise"),
        ("steps = [[1, 8], [5, 12]]", "steps = [[0, 8], [5, 12]]", "do not rise"),
        ("steps = [[1, 8], [5, 12]]", "steps = [[1, 8.5], [5, 12]]", "do not rise"),
        ("[markets]", "[nationality]", "markets"),
        ("[markets]", '[nationality]\nsays = "x"\nsteps = [[1, 1]]\n[markets]', "no part 'nationality'"),
        ('name = "workload"', "name = [", "cannot be used"),
    ],
)
def test_weights_that_do_not_fit_are_answered_in_words(old: str, new: str, problem: str) -> None:
    assert old in TEXT
    with pytest.raises(BadConfiguration, match=problem):
        parsed(TEXT.replace(old, new), where="test")


# The closed list, written down once more: whoever widens it does so twice, and says why.
CLOSED = {
    "subject.account_id", "account.account_id", "account.market", "listing.listing_id", "listing.account_id",
    "listing.ships_to", "listing.places", "listing_substance.listing_id", "listing_substance.substance_group",
    "listing_substance.is_ambiguous", "listing_goods.listing_id", "listing_goods.goods", "sale_valued.account_id",
    "sale_valued.listing_id", "sale_valued.value_eur", "sale_valued.place",
}  # fmt: skip


def test_the_inputs_are_a_closed_list_without_a_trait_of_anybody() -> None:
    assert {f"{table}.{column}" for table, columns in INPUTS.items() for column in columns} == CLOSED
    traits = ("handle", "origin", "ships_from", "country", "language", "text", "title", "description", "key", "buyer",
              "hour", "contact", "name", "born", "sex")  # fmt: skip
    assert not [one for one in CLOSED if any(trait in one for trait in traits)]


@pytest.fixture(scope="module")
def tables(story: Path) -> Mapping[str, pa.Table]:
    """Every table that is read, whole, of the simulated operation."""
    with open_operation(story, fixed_context()) as operation, reading(operation, *INPUTS) as engine:
        return {table: engine.arrow(f"SELECT * FROM {table}") for table in INPUTS}


@pytest.fixture
def engine(story: Path) -> Iterator[Session]:
    with session(folder=story) as one:
        yield one


def measures_of(engine: Session, tables: Mapping[str, pa.Table]) -> list[Priority]:
    for name, rows in tables.items():
        engine.table(name, rows)
    return ranked(measured(engine, {}, {}), WEIGHTS)


def test_nothing_but_the_closed_list_is_read_and_all_of_it(engine: Session, tables: Mapping[str, pa.Table]) -> None:
    closed = {name: rows.select(sorted(INPUTS[name])) for name, rows in tables.items()}
    found = measures_of(engine, closed)
    assert found == measures_of(engine, tables)
    assert len({one.low for one in found}) > 3, "there is something to tell apart"
    for table, column in (one.split(".") for one in CLOSED):
        names = ["elsewhere" if name == column else name for name in closed[table].column_names]
        less = {**closed, table: closed[table].rename_columns(names)}
        with pytest.raises(Exception, match=column):
            measures_of(engine, less)


def test_other_origins_names_and_roles_change_nothing(engine: Session, tables: Mapping[str, pa.Table]) -> None:
    before = measures_of(engine, tables)
    for word in ("Netherlands", "Nowhere", None):
        changed = {}
        for name, rows in tables.items():
            for column in set(rows.column_names) - INPUTS[name]:
                kind = rows.schema.field(column).type
                if pa.types.is_string(kind):
                    place = rows.column_names.index(column)
                    rows = rows.set_column(place, column, pa.array([word] * rows.num_rows, kind))  # noqa: PLW2901
            changed[name] = rows
        assert changed["listing"] != tables["listing"]
        assert measures_of(engine, changed) == before


def test_only_sellers_have_a_place(engine: Session, tables: Mapping[str, pa.Table]) -> None:
    account = tables["account"].to_pylist()
    sellers = {row["account_id"] for row in account if row["role"] == "seller"}
    assert {name for one in measures_of(engine, tables) for name in one.accounts} == sellers
    assert {row["role"] for row in account} > {"seller"}, "there are others that could have been ranked"
    assert not [name for name, query in QUERIES.items() if "buyer" in query]
