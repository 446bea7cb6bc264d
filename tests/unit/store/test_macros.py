"""Macros: the short way of plain values gives what the long way gives; moments, lines and flags are what they say."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import resources

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossbearing.store.session import _macros, session

# How the words are meant: every value folded first, whatever it looks like.
LONG_WAY = r"""
CREATE MACRO long_folded(value) AS nullif(trim(regexp_replace(value, '[\s\x{00A0}]+', ' ', 'g')), '');
CREATE MACRO long_plain(value) AS CASE
    WHEN regexp_full_match(long_folded(value), '[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?')
        THEN replace(long_folded(value), ',', '')
    WHEN regexp_full_match(long_folded(value), '[-+]?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?') THEN long_folded(value) END;
CREATE MACRO long_number_in(value) AS try_cast(long_plain(value) AS DECIMAL(38, 12));
CREATE MACRO long_instant_in(value) AS CASE
    WHEN regexp_matches(long_folded(value), '^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}')
        THEN try_cast(long_folded(value) AS TIMESTAMP) END;
"""
BLANKS = " \t\n\r\f\v\u00a0\u2003"
texts = st.text(st.sampled_from(BLANKS + "aé1"), max_size=8)
numbers = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", " ", "-", "+", "\t"]), st.text("0123456789", max_size=28),
        st.sampled_from(["", ".", ",", "e3", " "]), st.text("0123456789", max_size=14),
        st.sampled_from(["", " ", "\n"]),
    ),
)  # fmt: skip
moments = st.datetimes().map(lambda at: at.strftime("%Y-%m-%d %H:%M:%S")) | st.builds(
    lambda text, place, char: text[:place] + char + text[place + 1 :],
    st.datetimes().map(lambda at: at.strftime("%Y-%m-%d %H:%M:%S")),
    st.integers(0, 20),
    st.text(st.sampled_from("0129 :Ta\n\u00a0"), max_size=2),
)


@pytest.fixture(scope="module")
def engine() -> Iterator[duckdb.DuckDBPyConnection]:
    connection = duckdb.connect()
    connection.execute((resources.files("crossbearing.store") / "macros.sql").read_text(encoding="utf-8"))
    connection.execute(LONG_WAY)
    yield connection
    connection.close()


@pytest.mark.parametrize(
    ("short", "values"), [("folded", texts), ("number_in", numbers), ("number_in", texts), ("instant_in", moments)]
)
def test_the_short_way_is_the_long_way(
    short: str, values: st.SearchStrategy[str], engine: duckdb.DuckDBPyConnection
) -> None:
    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.none() | values, min_size=20, max_size=60))
    def compare(given_values: list[str | None]) -> None:
        query = f"SELECT value, {short}(value) AS short, long_{short}(value) AS long FROM (SELECT unnest(?) AS value)"
        rows = engine.execute(f"{query} WHERE short IS DISTINCT FROM long", [given_values]).fetchall()
        assert rows == []

    compare()


MOMENTS = {  # day, clock: UTC
    ("2021-03-12", "12/03/2021 14:05:11(UTC+2)"): "2021-03-12 12:05:11",
    ("2021-03-12 00:00:00", "14:05:11"): "2021-03-12 14:05:11",
    ("12.03.2021 23:05:11(UTC-5)", None): "2021-03-13 04:05:11",
    ("1.3.2021 4:05", None): "2021-03-01 04:05:00",
    ("2021-03-12T14:05:11Z", None): "2021-03-12 14:05:11",
    ("2021-03-12 14:05:11.250+05:30", None): "2021-03-12 08:35:11.250",
    ("2021-03-12T14:05:11-0130", None): "2021-03-12 15:35:11",
    (" 2021-03-12\n2:05:11 pm (UTC)", None): "2021-03-12 14:05:11",
    ("2021-03-12 12:05 AM", None): "2021-03-12 00:05:00",
}
NO_MOMENTS = [
    None, "", "2021-03-12", "14:05:11", "12/03/2021 14:05:11", "03/04/2021 14:05:11(UTC+0)", "31.02.2021 10:00:00",
    "2021-03-12 25:05:11", "2021-03-12 14:05:11 CET", "2021-03-12 14:05:11 pm", "20210312 14:05:11",
]  # fmt: skip


@pytest.mark.parametrize("pair", MOMENTS)
def test_a_moment_is_in_utc_where_the_clock_says_how_far_it_is_from_it(
    pair: tuple[str, str | None], engine: duckdb.DuckDBPyConnection
) -> None:
    day, clock = pair
    found = engine.execute("SELECT moment_in(?::VARCHAR, ?::VARCHAR)", [day, clock or day]).fetchone()
    assert found == (datetime.fromisoformat(MOMENTS[pair]),)


@pytest.mark.parametrize("text", NO_MOMENTS)
def test_a_moment_that_is_in_doubt_is_null(text: str | None, engine: duckdb.DuckDBPyConnection) -> None:
    assert engine.execute("SELECT moment_in(?::VARCHAR, ?::VARCHAR)", [text, text]).fetchone() == (None,)


@given(st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)), st.integers(-14, 14))  # noqa: DTZ001 - of no zone
@settings(max_examples=60, deadline=None)
def test_a_moment_written_with_any_zone_is_the_same_moment(
    engine: duckdb.DuckDBPyConnection, at: datetime, hours: int
) -> None:
    there = at.replace(microsecond=0) + timedelta(hours=hours)
    if not 1900 <= there.year < 2200:
        return
    for form in ("{:%Y-%m-%d %H:%M:%S}(UTC{:+})", "{:%d.%m.%Y %H:%M:%S} UTC{:+}", "{:%Y-%m-%d %I:%M:%S %p}(UTC{:+})"):
        text = form.format(there, hours)
        found = engine.execute("SELECT moment_in(?::VARCHAR, ?::VARCHAR)", [text, text]).fetchone()
        assert found == (at.replace(microsecond=0),)


def test_lines_labels_and_flags(engine: duckdb.DuckDBPyConnection) -> None:
    query = "SELECT [[label_of(line), labelled_in(line)] FOR line IN lines_in(?::VARCHAR)]"
    cell = "Phone-Mobile: +12025550142\r\n\n http://shop.invalid \nEmpty:\nnote: see: below"
    assert engine.execute(query, [cell]).fetchone() == (
        [["Phone-Mobile", "+12025550142"], [None, "http://shop.invalid"], ["Empty", None], ["note", "see: below"]],
    )
    for nothing in (None, "", " \n "):
        assert engine.execute(query, [nothing]).fetchone() == ([[None, None]],)
    flags = {"Yes": True, " deleted ": True, "1": True, "Intact": False, "no": False, "": None, "perhaps": None}
    for text, flag in flags.items():
        assert engine.execute("SELECT flag_in(?::VARCHAR)", [text]).fetchone() == (flag,)


INSTANTS = {
    "2021-03-12 14:05:11": "2021-03-12 14:05:11",
    "2021-03-12T14:05:11Z": "2021-03-12 14:05:11",
    "2021-03-12T14:05:11+02:00": "2021-03-12 12:05:11",
    "2021-03-12 23:05:11.250 -0530": "2021-03-13 04:35:11.250",
    "2021-03-12 00:30+01": "2021-03-11 23:30:00",
    "2021-03-12": "2021-03-12 00:00:00",
    "2021-03-12 14-05": None,
}


@pytest.mark.parametrize(("text", "utc"), INSTANTS.items())
def test_a_time_that_states_its_distance_from_utc_is_moved_by_it(
    text: str, utc: str | None, engine: duckdb.DuckDBPyConnection
) -> None:
    found = engine.execute("SELECT instant_in(?) IS NOT DISTINCT FROM ?::TIMESTAMP", [text, utc]).fetchone()
    assert found == (True,)


@given(st.lists(st.none() | texts, min_size=20, max_size=60))
def test_a_text_says_something_if_anything_is_left_of_it_folded(
    engine: duckdb.DuckDBPyConnection, given_values: list[str | None]
) -> None:
    query = "SELECT value FROM (SELECT unnest(?) AS value) WHERE is_said(value) <> (folded(value) IS NOT NULL)"
    assert engine.execute(query, [given_values]).fetchall() == []


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("1614834367", "2021-03-04 05:06:07"), (" 1614834367 ", "2021-03-04 05:06:07"), ("1", "1970-01-01 00:00:01"),
        ("0", None), ("-5", None), ("", None), (None, None), ("soon", None), ("4102444800", None), ("9" * 30, None),
        ("1614834367.25", "2021-03-04 05:06:07.250000"), ("0.5", None), ("4102444799.9", "2099-12-31 23:59:59.900000"),
    ],
)  # fmt: skip
def test_seconds_become_a_time_and_nothing_else_does(
    value: str | None, time: str | None, engine: duckdb.DuckDBPyConnection
) -> None:
    query = "SELECT instant_from_seconds(v), day_from_seconds(v) FROM (SELECT ?::VARCHAR AS v)"
    instant, day = engine.execute(query, [value]).fetchone() or (0, 0)
    assert (None if instant is None else str(instant)) == time
    assert (None if day is None else str(day)) == (time[:10] if time else None)


@pytest.mark.parametrize(
    ("price", "is_one"),
    [
        ("9999", True), ("99999.99", True), ("11111", True), ("1000000", True), ("123456789012345678901", True),
        ("4444", False), ("999", False), ("99.99", False), ("9990", False), ("0", False), ("75000", False),
        (None, False),
    ],
)  # fmt: skip
def test_a_price_that_says_not_for_sale_is_a_placeholder(
    price: str | None, is_one: bool, engine: duckdb.DuckDBPyConnection
) -> None:
    found = engine.execute("SELECT is_placeholder(?::DECIMAL(38, 12))", [price]).fetchone()
    assert found == (is_one,)


def test_a_session_knows_every_macro_in_whatever_spelling_and_what_it_names() -> None:
    text = (resources.files("crossbearing.store") / "macros.sql").read_text(encoding="utf-8")
    assert list(_macros()) == [line.split()[4].partition("(")[0] for line in text.splitlines() if "MACRO" in line]
    for name, body in _macros().items():
        nulls = ", ".join("NULL" for _ in body.partition("(")[2].partition(")")[0].split(","))
        with session() as engine:
            assert len(engine.rows(f"SELECT {name.upper()}({nulls}) AS answer")) == 1
