"""Rules that stand in SQL, over tables made by hand: each agrees with its words, written out slowly in Python."""

from collections import Counter
from typing import Any

import pyarrow as pa
from hypothesis import example, given
from hypothesis import strategies as st

from crossbearing.registry import STEPS
from crossbearing.store.session import session
from crossbearing.store.steps import SqlStep

TEXTS = pa.list_(pa.string())


def result(table: str, **inputs: pa.Table) -> list[dict[str, Any]]:
    """Rows of one SQL step over these inputs."""
    step = next(step for step in STEPS if step.table == table)
    assert isinstance(step, SqlStep)
    assert step.inputs <= inputs.keys()
    with session(threads=1) as engine:
        for name, rows in inputs.items():
            engine.table(name, rows)
        return pa.concat_tables(step.produce(engine)).to_pylist()


def rows(types: dict[str, pa.DataType], *values: tuple[Any, ...]) -> pa.Table:
    schema = pa.schema(list(types.items()))
    return pa.Table.from_pylist([dict(zip(types, value, strict=True)) for value in values], schema=schema)


origins = st.lists(st.sampled_from(["NL", "DE", "FR", None]), max_size=12)


def expected_routes(stated: list[str | None]) -> dict[str | None, str]:
    """The rule in words: half of the readable ones; or a fifth, and at least three."""
    readable = Counter(country for country in stated if country)
    total = sum(readable.values())
    found: dict[str | None, str] = {}
    for country, count in readable.items():
        if count >= total / 2:
            found[country] = "main origin"
        elif count >= total / 5 and count >= 3:
            found[country] = "further origin"
    return found or {None: "unroutable"}


@given(origins)
@example(["NL", "NL", "DE", "DE"])
@example(["NL", "NL", "NL", "DE"])
@example(["NL", "NL", "NL", "DE", "DE", "DE", "FR"])
@example(["NL", "NL", "NL", "NL", "DE", "DE", "DE"])
@example([])
def test_a_subject_goes_where_the_stated_rule_says(stated: list[str | None]) -> None:
    found = result(
        "target_route",
        subject=rows({"account_id": pa.string(), "subject_id": pa.string()}, ("A", "S")),
        target=rows({"subject_id": pa.string(), "exhibit_ids": TEXTS}, ("S", ["E"])),
        origin=rows(
            {"ships_from": pa.string(), "country": pa.string()}, *((code, code) for code in ("NL", "DE", "FR"))
        ),
        listing=rows(
            {name: pa.string() for name in ("listing_id", "account_id", "ships_from")}
            | {"places": TEXTS, "exhibit_ids": TEXTS},
            *((f"L{n}", "A", code, [f"p{n}"], ["E"]) for n, code in enumerate(stated)),
        ),
    )  # fmt: skip
    assert {row["country"]: row["route_rule"] for row in found} == expected_routes(stated)
    for row in found:
        assert row["listings"] == len(stated)
        assert row["listings_from_country"] == len(row["places"])


strengths = st.lists(st.sampled_from(["identity", "lead", "against"]), min_size=1, max_size=4)


@given(strengths)
@example(["identity", "against"])
@example(["against"])
def test_a_pair_is_proposed_on_identity_evidence_with_nothing_against(found: list[str]) -> None:
    account = {"account_id": pa.string(), "market": pa.string(), "handle": pa.string()}
    signal = {
        "pair_id": pa.string(), "left_id": pa.string(), "right_id": pa.string(), "strength": pa.string(),
        "reason": pa.string(), "places": TEXTS, "exhibit_ids": TEXTS,
    }  # fmt: skip
    pairs = result(
        "account_pair",
        account=rows(account, ("A", "M", "one"), ("B", "N", "two")),
        pair_signal=rows(signal, *(("P", "A", "B", s, f"{s}{n}", [f"p{n}"], ["E"]) for n, s in enumerate(found))),
    )
    if set(found) == {"against"}:
        assert pairs == []
        return
    (pair,) = pairs
    assert pair["tier"] == ("proposal" if "identity" in found and "against" not in found else "lead")
    assert len(pair["reasons_for"]) == len([s for s in found if s != "against"])
    assert len(pair["reasons_against"]) == found.count("against")
