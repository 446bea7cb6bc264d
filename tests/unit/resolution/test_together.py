"""What a copy takes: name and look at once count less than each by itself, and levels of writing follow its scores."""

from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from crossbearing.resolution.evidence_model import shipped_model
from rows_by_hand import TEXTS, result, rows

SIGNAL = {
    "pair_id": pa.string(), "left_id": pa.string(), "right_id": pa.string(), "signal": pa.string(),
    "level": pa.string(), "spread": pa.int64(), "reason": pa.string(), "places": TEXTS, "exhibit_ids": TEXTS,
}  # fmt: skip
SCORE = pa.decimal128(9, 4)


def copies(found: dict[str, str]) -> list[dict[str, Any]]:
    """Rows for one pair with these levels by signal."""
    of = {"writing": "writing", "titles": "writing", "handle": "handle", "self-claim": "claim", "picture": "picture"}
    seen: dict[str, list[tuple[Any, ...]]] = {"writing": [], "handle": [], "claim": [], "picture": [], "identity": []}
    for signal, level in found.items():
        row = ("P", "A", "B", signal, level, 2, "", [f"place of {signal}"], [f"E-{signal}"])
        seen[of.get(signal, "identity")].append(row)
    return result("signal_copy", **{f"signal_{name}": rows(SIGNAL, *values) for name, values in seen.items()})


@pytest.mark.parametrize(
    ("found", "level"),
    [
        ({"writing": "8 to 12", "handle": "equal"}, "no key"),
        ({"writing": "6 to 8, little text", "self-claim": "one", "key": "none"}, "another key"),
        ({"picture": "one", "handle": "near", "key": "some, one adds"}, "their key"),
        ({"writing": "12 and more", "handle": "bare", "key": "none", "contact": "none"}, "another key"),
        ({"writing": "12 and more", "handle": "equal", "contact": "all"}, None),
        ({"writing": "12 and more", "handle": "far"}, None),
        ({"writing": "5 to 6", "handle": "equal", "key": "none"}, None),
        ({"titles": "5 and more", "handle": "equal", "key": "none"}, None),
    ],
)
def test_a_copy_is_name_and_look_without_a_contact(found: dict[str, str], level: str | None) -> None:
    assert [row["level"] for row in copies(found)] == ([] if level is None else [level])


def test_it_names_the_rows_of_name_and_look_once() -> None:
    (row,) = copies({"writing": "12 and more", "picture": "one", "handle": "equal", "self-claim": "one"})
    assert row["places"] == sorted(f"place of {one}" for one in ("writing", "picture", "handle", "self-claim"))
    assert row["exhibit_ids"] == sorted(f"E-{one}" for one in ("writing", "picture", "handle", "self-claim"))


def test_a_copy_never_speaks_for_a_pair() -> None:
    weights = [row for row in shipped_model().weights.to_pylist() if row["signal"] == "copy"]
    assert {(row["regime"], row["level"]) for row in weights} == {
        (regime, level)
        for regime in ("same market", "across markets")
        for level in ("no key", "their key", "another key")
    }
    assert all(row["log_lr"] < 0 for row in weights)


def levels_of(score: str, title_score: str | None, words: int) -> dict[str, str]:
    """Levels by signal of one pair with these scores."""
    pair = rows({"pair_id": pa.string(), "left_id": pa.string(), "right_id": pa.string()}, ("P", "A", "B"))
    writing = rows(
        {
            "left_id": pa.string(), "right_id": pa.string(), "score": SCORE, "title_score": SCORE,
            "left_words": pa.int64(), "right_words": pa.int64(), "exhibit_ids": TEXTS,
        },
        ("A", "B", Decimal(score), None if title_score is None else Decimal(title_score), 900, words, ["E"]),
    )  # fmt: skip
    account = rows({"account_id": pa.string(), "places": TEXTS}, ("A", ["a"]), ("B", ["b"]))
    found = result("signal_writing", pair_candidate=pair, writing_pair=writing, account=account)
    return {row["signal"]: row["level"] for row in found}


@pytest.mark.parametrize(
    ("given", "levels"),
    [
        (("6.0000", "5.0000", 150), {"writing": "6 to 8", "titles": "5 and more"}),
        (("5.9999", "4.9999", 149), {"writing": "5 to 6, little text", "titles": "4 to 5"}),
        (("-0.0001", "-0.0001", 900), {"writing": "below 0", "titles": "below 0"}),
        (("12.0000", None, 900), {"writing": "12 and more"}),
    ],
)
def test_levels_are_steps_of_the_score_and_say_how_little_text_there_is(
    given: tuple[str, str | None, int], levels: dict[str, str]
) -> None:
    assert levels_of(*given) == levels


def test_more_alike_in_writing_never_speaks_less_for_a_pair_where_there_is_text() -> None:
    weights = {(row["regime"], row["level"]): row["log_lr"] for row in shipped_model().weights.to_pylist()
               if row["signal"] == "writing"}  # fmt: skip
    steps = ("below 0", "1 to 2", "3 to 4", "4 to 5", "6 to 8", "8 to 12")
    for regime in ("same market", "across markets"):
        found = [weights[regime, step] for step in steps]
        assert found == sorted(found)
