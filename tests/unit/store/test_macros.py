"""The short way that plain values take through the macros gives what the long way gives."""

from collections.abc import Iterator
from importlib import resources

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
    st.text(st.sampled_from("0129 -:Ta\n\u00a0"), max_size=2),
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
