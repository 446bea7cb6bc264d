"""The expression in the engine's SQL that takes a record column from a source column."""

import re
from functools import cache
from typing import Final

import pyarrow as pa

from crossbearing.intake.proposing.facts import Facts
from crossbearing.intake.proposing.looks import role_of
from crossbearing.store.records import transformer

_PLAIN: Final = re.compile(r"[a-z_][a-z0-9_]*")
_AS_IT_STANDS: Final = frozenset({"prose", "body", "words", "address", "key"})
_IDS: Final = frozenset({"own id", "shared id", "reference"})
_YES, _NO = "'1', 't', 'true', 'y', 'yes'", "'0', 'f', 'false', 'n', 'no'"
_STAMPS: Final = {  # forms that no macro reads; %-d takes one digit or two
    "dotted": "['%d.%m.%Y %H:%M:%S', '%d.%m.%Y %H:%M', '%d.%m.%Y']",
    "slashed": "['%d/%m/%Y %H:%M:%S', '%d/%m/%Y %H:%M', '%d/%m/%Y']",
    "slashed, month first": "['%m/%d/%Y %H:%M:%S', '%m/%d/%Y %H:%M', '%m/%d/%Y']",
}


def named(column: str) -> str:
    """A column's name as the engine takes it: in quotes where it must be."""
    if _PLAIN.fullmatch(column) and column not in _keywords():
        return column
    return '"' + column.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as the engine takes it."""
    return "'" + text.replace("'", "''") + "'"


def expression(looks: str, column: Facts, *, is_day: bool, is_database: bool) -> str:
    """What takes a value of such looks.

    Args:
        looks: See ``Kind.slots``.
        column: Source column.
        is_day: A day is wanted, not a time.
        is_database: The file comes from a database, which has nulls, and ids without white space around.
    """
    name = named(column.name)
    if looks in _AS_IT_STANDS or (looks in _IDS and is_database):
        return name
    if looks.endswith("time"):
        return _time(name, column.time_form, is_day=is_day)
    if looks == "role":
        return _role(name, column)
    folded = f"folded({name})"
    return {
        "number": f"number_in({name})",
        "small whole": f"number_in({name})",
        "whole": f"whole_number_in({name})",
        "rating": f"whole_number_in({name})",
        "currency": f"upper(folded({name}))",
        "hash": f"lower(folded({name}))",
        "flag": f"CASE WHEN lower({folded}) IN ({_YES}) THEN true WHEN lower({folded}) IN ({_NO}) THEN false END",
    }.get(looks, folded)


def _time(name: str, form: str, *, is_day: bool) -> str:
    if form in {"seconds", "milliseconds"}:
        text = name if form == "seconds" else f"left(folded({name}), 10)"  # of thirteen digits
        return f"day_from_seconds({text})" if is_day else f"instant_from_seconds({text})"
    if form in _STAMPS:
        stamp = f"try_strptime(folded({name}), {_STAMPS[form]})"
        return f"{stamp}::DATE" if is_day else stamp
    return f"date_in({name})" if is_day else f"instant_in({name})"


def _role(name: str, column: Facts) -> str:
    """A role that the values spell, or that a yes or no in a column named after sellers tells."""
    told = {value: role for value in sorted(column.distinct) if (role := role_of(value))}
    if not told:
        seller = f"lower(folded({name})) IN ({_YES}) THEN 'seller'"
        return f"CASE WHEN {seller} WHEN lower(folded({name})) IN ({_NO}) THEN 'buyer' END"
    cases = " ".join(f"WHEN {literal(value.casefold())} THEN {literal(role)}" for value, role in told.items())
    return f"CASE lower(folded({name})) {cases} END"


@cache
def _keywords() -> frozenset[str]:
    with transformer() as engine:
        query = "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category <> 'unreserved'"
        return frozenset(engine.apply(pa.table({"x": [1]}), query)[0].column(0).to_pylist())
