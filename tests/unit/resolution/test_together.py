"""What several say together, beyond what each says by itself; and levels of writing follow its scores."""

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


def together(found: dict[str, str]) -> list[dict[str, Any]]:
    """Rows for one pair with these levels by signal."""
    of = {"writing": "writing", "titles": "writing", "handle": "handle", "shared words": "first_seen"}
    seen: dict[str, list[tuple[Any, ...]]] = {"writing": [], "handle": [], "first_seen": [], "identity": []}
    for signal, level in found.items():
        row = ("P", "A", "B", signal, level, 2, "", [f"place of {signal}"], [f"E-{signal}"])
        seen[of.get(signal, "identity")].append(row)
    return result("signal_together", **{f"signal_{name}": rows(SIGNAL, *values) for name, values in seen.items()})


@pytest.mark.parametrize(
    ("found", "level"),
    [
        (
            {"writing": "8 to 12", "handle": "equal"},
            "one look throughout; one name; no keys; no contacts; no shared words",
        ),
        (
            {"writing": "6 to 8, little text", "handle": "part", "key": "none", "shared words": "20 words"},
            "one look; near names; other keys; no contacts; shared words",
        ),
        ({"key": "some, one adds"}, "unlike; other names; one key beside others; no contacts; no shared words"),
        (
            {"writing": "5 to 6", "handle": "common, bare", "contact": "none", "wallet": "all"},
            "very alike; a common name; no keys; one contact; no shared words",
        ),
        ({"writing": "4 to 5", "handle": "far"}, "alike; other names; no keys; no contacts; no shared words"),
        ({"writing": "3 to 4", "handle": "far", "key": "none"}, None),
        ({"titles": "5 and more", "key": "none", "contact": "anybody's"}, None),
        ({}, None),
    ],
)
def test_what_is_said_together_names_all_five_where_anything_is_shared(
    found: dict[str, str], level: str | None
) -> None:
    assert [row["level"] for row in together(found)] == ([] if level is None else [level])


@pytest.mark.parametrize(
    ("score", "look"),
    [
        ("-1", "unlike"), ("0.9", "unlike"), ("1.0", "hardly alike"), ("2.5", "a little alike"),
        ("3.9", "somewhat alike"), ("4.0", "alike"), ("5.9", "very alike"), ("6.0", "one look"),
        ("8.0", "one look throughout"), ("12.0", "one look throughout"), ("31.4", "one look throughout"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("words", [40, 300, 900])
def test_every_step_of_writing_has_its_look(score: str, look: str, words: int) -> None:
    (row,) = together({"writing": levels_of(score, None, words)["writing"], "handle": "equal"})
    assert row["level"].startswith(f"{look}; ")


def test_it_names_the_rows_of_its_parts_once() -> None:
    (row,) = together({"writing": "12 and more", "handle": "equal", "contact": "all", "wallet": "none"})
    assert row["places"] == sorted(f"place of {one}" for one in ("writing", "handle", "contact", "wallet"))
    assert row["exhibit_ids"] == sorted(f"E-{one}" for one in ("writing", "handle", "contact", "wallet"))


def test_name_and_look_with_another_key_say_less_together_than_each_by_itself() -> None:
    weights = {(row["regime"], row["level"]): row["log_lr"] for row in shipped_model().weights.to_pylist()
               if row["signal"] == "together"}  # fmt: skip
    for regime in ("same market", "across markets"):
        assert weights[regime, "one look throughout; one name; other keys; no contacts; shared words"] < -1


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
        (("5.9999", "4.9999", 149), {"writing": "5 to 6, little text", "titles": "4 to 5, little text"}),
        (("6.0000", "5.0000", 499), {"writing": "6 to 8", "titles": "5 and more"}),
        (("-0.0001", "-0.0001", 500), {"writing": "below 0, much text", "titles": "below 0"}),
        (("12.0000", None, 900), {"writing": "12 and more, much text"}),
    ],
)
def test_levels_are_steps_of_the_score_and_say_how_much_text_there_is(
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
