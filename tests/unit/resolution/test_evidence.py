"""Weighing evidence: bars add up, caps hold, and what may be proposed rests on two families and an own identity."""

import math
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crossbearing.resolution.evidence_model import FAMILIES, parsed, shipped_model
from rows_by_hand import TEXTS, results, rows

SIGNAL = {
    "pair_id": pa.string(), "left_id": pa.string(), "right_id": pa.string(), "signal": pa.string(),
    "level": pa.string(), "spread": pa.int64(), "reason": pa.string(), "places": TEXTS, "exhibit_ids": TEXTS,
}  # fmt: skip
ACCOUNT = {"account_id": pa.string(), "market": pa.string(), "handle": pa.string()}
SIGNALS = (
    "identity", "pasted_key", "handle", "claim", "picture", "trade", "writing", "together", "hours", "amount",
    "destination", "closing", "continent", "dealing", "first_seen",
)  # fmt: skip
KNOWN = sorted({(row["signal"], row["level"]) for row in shipped_model().weights.to_pylist()})


def weighed(found: dict[str, str]) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
    """The bars of one pair with these levels by signal, and the pair, if it is shown."""
    seen = [("P", "A", "B", signal, level, 2, f"{signal} is {level}", ["p"], ["E"]) for signal, level in found.items()]
    tables = {f"signal_{name}": rows(SIGNAL) for name in SIGNALS} | {"signal_identity": rows(SIGNAL, *seen)}
    account = rows(ACCOUNT, ("A", "M", "one"), ("B", "N", "two"))
    made = results(("pair_evidence", "account_pair"), account=account, **tables)
    return made["pair_evidence"], next(iter(made["account_pair"]), None)


levels = st.lists(st.sampled_from(KNOWN), min_size=1, max_size=8, unique_by=lambda one: one[0]).map(dict)


@given(levels)
def test_prior_and_bars_add_up_to_the_score_exactly(found: dict[str, str]) -> None:
    bars, pair = weighed(found)
    assert len(bars) == len(found)
    if pair is not None:
        assert sum((bar["log_lr"] for bar in bars), start=Decimal(0)) + pair["prior"] == pair["log_odds"]
        assert float(pair["probability"]) == pytest.approx(1 / (1 + math.exp(-pair["log_odds"])), abs=1e-6)


@given(levels)
def test_a_family_counts_for_no_more_than_its_cap(found: dict[str, str]) -> None:
    caps = {row["family"]: row["cap"] for row in shipped_model().weights.to_pylist()}
    by_family: dict[str, Decimal] = {}
    for bar in weighed(found)[0]:
        by_family[bar["family"]] = by_family.get(bar["family"], Decimal(0)) + bar["log_lr"]
        assert (bar["log_lr"] >= 0) == (bar["log_lr_before"] >= 0) or bar["log_lr"] == 0
        assert bar["log_lr_low"] <= bar["log_lr"] <= bar["log_lr_high"], "a bar lies within its range"
    for family, total in by_family.items():
        assert abs(total) <= caps.get(family, Decimal(0)) + Decimal("0.001")  # what is not weighed counts for nothing


@given(levels)
def test_a_proposal_rests_on_two_families_one_of_them_an_own_identity(found: dict[str, str]) -> None:
    bars, pair = weighed(found)
    if pair is None or pair["tier"] != "proposal":
        return
    own = [bar for bar in bars if bar["signal"] in {"key", "contact", "wallet"} and bar["log_lr"] >= Decimal("1.0986")]
    sums: dict[str, Decimal] = {}
    for bar in bars:
        sums[bar["family"]] = sums.get(bar["family"], Decimal(0)) + bar["log_lr"]
    assert own
    by_hand = any(sums.get(family, Decimal(0)) >= Decimal("0.6931") for family in ("name", "text", "picture"))
    assert by_hand or {bar["signal"] for bar in own} & {"contact", "wallet"}, "a key is public"
    assert len([one for one in sums.values() if one >= Decimal("0.6931")]) >= 2
    assert pair["probability"] >= 0.99


def test_a_public_key_beside_goods_and_origin_is_a_lead_and_a_contact_is_a_proposal() -> None:
    alike = {"goods": "all, 4 and more", "origin": "same", "activity": "after", "closing": "within 4 weeks"}
    _, by_key = weighed({"key": "all", **alike})
    beside = "unlike; other names; other keys; one contact; no shared words"
    _, by_contact = weighed({"contact": "all", "together": beside, **alike})
    assert by_key is not None
    assert by_contact is not None
    assert min(by_key["log_odds"], by_contact["log_odds"]) >= Decimal("4.5951")
    assert (by_key["tier"], by_contact["tier"]) == ("lead", "proposal")


def test_a_public_key_that_one_shows_beside_another_proposes_nothing_and_a_contact_still_does() -> None:
    """A copy shows the key that it has taken beside its own."""
    alike = {"handle": "common, equal", "writing": "5 to 6, little text", "goods": "all, 4 and more", "origin": "same"}
    found = {}
    for name, own in (
        ("one key", {"key": "all"}),
        ("one adds", {"key": "some, one adds"}),
        ("contact", {"key": "some, one adds", "contact": "all"}),
    ):
        _, pair = weighed({**own, **alike})
        assert pair is not None
        assert pair["log_odds"] >= Decimal("4.5951")
        found[name] = pair["tier"]
    assert found == {"one key": "proposal", "one adds": "lead", "contact": "proposal"}


@pytest.mark.parametrize("level", ["12 and more", "8 to 12"])
def test_writing_and_pictures_alone_are_never_more_than_a_lead(level: str) -> None:
    _, pair = weighed({"writing": level, "picture": "several", "goods": "all, 4 and more", "origin": "same"})
    assert pair is None or pair["tier"] == "lead"


def test_what_can_all_be_copied_is_a_possible_imitation_and_a_shared_contact_is_not() -> None:
    for found in (
        {"handle": "equal", "key": "none"},
        {"handle": "equal", "key": "all"},
        {"handle": "far", "key": "some, one adds"},
    ):
        _, pair = weighed({"writing": "12 and more", "goods": "all, 4 and more", **found})
        assert pair is not None
        assert pair["tier"] == "imitation"
    _, owned = weighed({"writing": "12 and more", "handle": "equal", "key": "all", "contact": "all"})
    assert owned is not None
    assert owned["tier"] == "proposal"


def test_a_level_that_the_model_has_not_seen_counts_for_nothing_and_says_so() -> None:
    ((bar,), _) = weighed({"key": "never heard of"})
    assert bar["log_lr"] == 0
    assert "not seen" in bar["reason"]


def test_no_weight_of_the_model_turns_a_family_around() -> None:
    """More alike never speaks more against a pair than less alike."""
    weights = {
        (row["signal"], row["regime"], row["level"]): row["log_lr"] for row in shipped_model().weights.to_pylist()
    }
    for regime in ("same market", "across markets"):
        for signal, least, most in (
            ("key", "none", "all"),
            ("goods", "none", "all, 4 and more"),
            ("origin", "different", "same"),
        ):
            assert weights[signal, regime, least] < weights[signal, regime, most]


def test_every_signal_has_a_weight_but_wallets_which_no_simulation_shows() -> None:
    assert {signal for signal, _ in KNOWN} == FAMILIES.keys() - {"wallet"}


def test_a_model_without_its_parts_is_no_model() -> None:
    with pytest.raises(KeyError):
        parsed('name = "x"')
