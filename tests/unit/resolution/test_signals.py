"""What each signal says of a pair, over tables written by hand."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rows_by_hand import TEXTS, python_step, result, results, rows

PAIR = rows(
    dict.fromkeys(("pair_id", "left_id", "right_id"), pa.string()) | {"candidate_rules": TEXTS, "exhibit_ids": TEXTS},
    ("P", "A", "B", ["pasted key", "self-claim"], ["E"]),
)  # fmt: skip
IDENTITY = {
    "account_id": pa.string(), "market": pa.string(), "role": pa.string(), "identity_kind": pa.string(),
    "identity": pa.string(), "is_sound": pa.bool_(), "spread": pa.int64(), "is_desk_key": pa.bool_(), "places": TEXTS,
    "exhibit_ids": TEXTS,
}  # fmt: skip
ACCOUNT = {
    "account_id": pa.string(), "market": pa.string(), "handle": pa.string(), "role": pa.string(), "places": TEXTS,
    "exhibit_ids": TEXTS,
}  # fmt: skip


OWN = {"account_id": pa.string(), "places": TEXTS, "exhibit_ids": TEXTS}


def shown(account: str, key: str, *, sound: bool = True, spread: int = 2, desk: bool = False) -> tuple[Any, ...]:
    return (account, "M", "seller", "key", key, sound, spread, desk, [f"{account}/{key}"], [f"E-{account}"])


@pytest.mark.parametrize(
    ("keys", "level"),
    [
        ([shown("A", "K1"), shown("B", "K1")], "all"),
        ([shown("A", "K1"), shown("A", "K2", spread=1), shown("B", "K1")], "some, one adds"),
        ([shown("A", "K1"), shown("A", "K2"), shown("B", "K1"), shown("B", "K3")], "some, both add"),
        ([shown("A", "K1", spread=6), shown("B", "K1", spread=6)], "many"),
        ([shown("A", "K1", sound=False), shown("B", "K1")], "damaged"),
        ([shown("A", "K1"), shown("B", "K2")], "none"),
        ([shown("A", "K1"), shown("B", "K2", sound=False)], None),  # a damaged fingerprint speaks against nobody
        ([shown("A", "K1")], None),
        ([shown("A", "D", desk=True), shown("B", "D", desk=True)], None),
    ],
)
def test_keys_are_told_apart_by_what_is_shared_and_what_is_added(keys: list[Any], level: str | None) -> None:
    found = result("signal_identity", pair_candidate=PAIR, account_identity=rows(IDENTITY, *keys))
    assert [row["level"] for row in found] == ([level] if level else [])
    for row in found:
        assert row["signal"] == "key"
        assert row["places"], "a signal without rows"


@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.sampled_from("123"), st.booleans()), max_size=6, unique_by=lambda k: k[:2]
    )
)
def test_an_identity_signal_is_the_same_whoever_comes_first(keys: list[tuple[str, str, bool]]) -> None:
    def level(swap: dict[str, str]) -> list[str]:
        known = [shown(swap[account], key, sound=sound) for account, key, sound in keys]
        return [
            row["level"]
            for row in result("signal_identity", pair_candidate=PAIR, account_identity=rows(IDENTITY, *known))
        ]

    assert level({"A": "A", "B": "B"}) == level({"A": "B", "B": "A"})


def test_an_address_of_a_wallet_keeps_its_case_and_a_contact_does_not() -> None:
    columns = ("account_id", "identifier_kind", "network", "identifier", "identifier_state", "place")
    identifier = rows(
        dict.fromkeys(columns, pa.string()) | {"is_quoted": pa.bool_(), "exhibit_ids": TEXTS},
        ("A", "bitcoin", "regtest", "mBcD", "verified", "p1", False, ["E"]),
        ("A", "email", None, "Desk@Example.invalid", "no_checksum", "p2", False, ["E"]),
        ("A", "email", None, "quoted@example.invalid", "no_checksum", "p3", True, ["E"]),
        ("A", "bitcoin", "regtest", "broken", "damaged", "p4", False, ["E"]),
    )
    key = dict.fromkeys(("account_id", "fingerprint", "key_context", "key_state"), pa.string())
    found = result(
        "account_identity",
        identifier=identifier,
        account=rows(ACCOUNT, ("A", "M", "one", "seller", [], [])),
        account_key=rows(key | {"is_quoted": pa.bool_(), "places": TEXTS, "exhibit_ids": TEXTS}),
    )
    assert {(row["identity_kind"], row["identity"]) for row in found} == {
        ("wallet", "bitcoin mBcD"),
        ("contact", "email desk@example.invalid"),
    }


@pytest.mark.parametrize("accounts", [2, 20, 21])
def test_what_more_than_twenty_accounts_show_brings_nobody_together(accounts: int) -> None:
    names = [f"A-{number:02}" for number in range(accounts)]
    met = candidates(
        names, pictures=rows({**OWN, "difference_hash": pa.string()}, *((name, [], [], "same") for name in names))
    )
    assert len(met) == (accounts * (accounts - 1) // 2 if accounts <= 20 else 0)


def test_pairs_come_together_by_rules_that_are_named() -> None:
    bare = rows(
        {"account_id": pa.string(), "skeleton": pa.string()},
        ("A", "mistyworks"), ("B", "mistywork2"), ("C", "otherworks"), ("D", "mistyworks"),
    )  # fmt: skip
    claims = rows({**OWN, "claimed_id": pa.string()}, ("D", [], [], "C"))
    assert candidates(list("ABCD"), skeletons=bare, claims=claims) == {
        ("A", "B"): ["beginning of the handle"],
        ("A", "C"): ["end of the handle"],
        ("A", "D"): ["beginning of the handle", "end of the handle", "handle"],
        ("B", "D"): ["beginning of the handle"],
        ("C", "D"): ["end of the handle", "self-claim"],
    }


def test_equal_handles_come_together_however_many_share_their_skeleton() -> None:
    accounts = [(f"{market}{number}", market, f"Seller{number}") for market in "MN" for number in range(30)]
    bare = rows({"account_id": pa.string(), "skeleton": pa.string()}, *((one[0], "seller") for one in accounts))
    met = candidates([one[0] for one in accounts], skeletons=bare, handles=[one[2] for one in accounts])
    assert met == {(f"M{number}", f"N{number}"): ["equal handle"] for number in range(30)}


@pytest.mark.parametrize(("accounts", "pairs", "left_out"), [(1, 0, 0), (20, 190, 0), (21, 0, 210)])
def test_pairs_of_a_rule_are_counted_before_they_are_made(accounts: int, pairs: int, left_out: int) -> None:
    mark = {"account_id": pa.string(), "candidate_rule": pa.string(), "mark": pa.string(), "is_too_common": pa.bool_()}
    marks = rows(mark | {"exhibit_ids": TEXTS}, *((f"A{n}", "key", "K", accounts > 20, ["E"]) for n in range(accounts)))
    found = result("candidate_rule", account_mark=marks)
    assert sum(row["pairs"] for row in found) == pairs
    assert sum(row["pairs_left_out"] for row in found) == left_out
    assert sum(row["accounts_left_out"] for row in found) == (accounts if left_out else 0)


@pytest.mark.parametrize(
    ("seen", "rules"),
    [
        (("B", "K1", "own_profile", False), ["key"]),
        (("B", "K1", "own_profile", True), ["key", "pasted key"]),
        (("B", "K1", "message", False), ["key", "pasted key"]),
    ],
)
def test_a_key_that_both_show_as_their_own_was_not_pasted(seen: tuple[str, str, str, bool], rules: list[str]) -> None:
    own = ("A", "K1", "own_profile", False)
    met = candidates(["A", "B"], identities=[shown("A", "K1"), shown("B", "K1")], keys=[own, seen])
    assert met == {("A", "B"): rules}


def test_a_buyer_is_in_no_pair() -> None:
    bare = rows({"account_id": pa.string(), "skeleton": pa.string()}, ("A", "mistyworks"), ("B", "mistyworks"))
    assert candidates(["A", "B"], skeletons=bare, roles=["seller", "buyer"]) == {}


def candidates(
    names: list[str],
    *,
    skeletons: pa.Table | None = None,
    pictures: pa.Table | None = None,
    claims: pa.Table | None = None,
    roles: list[str] | None = None,
    handles: list[str] | None = None,
    identities: Sequence[tuple[Any, ...]] = (),
    keys: Sequence[tuple[str, str, str, bool]] = (),
) -> dict[tuple[str, str], list[str]]:
    """Rules by pair."""
    key = dict.fromkeys(("account_id", "fingerprint", "key_context"), pa.string()) | {"is_quoted": pa.bool_()}
    accounts = zip(names, handles or names, roles or ["seller"] * len(names), strict=True)
    found = results(
        ("account_mark", "candidate_rule", "pair_met"),
        account=rows(ACCOUNT, *((name, "M", handle, role, [], ["E"]) for name, handle, role in accounts)),
        account_identity=rows(IDENTITY, *identities),
        account_key=rows(key, *keys),
        handle_skeleton=skeletons or rows({"account_id": pa.string(), "skeleton": pa.string()}),
        account_picture=pictures or rows({**OWN, "difference_hash": pa.string()}),
        account_claim=claims or rows({**OWN, "claimed_id": pa.string()}),
    )
    met = {(row["left_id"], row["right_id"]): row["candidate_rules"] for row in found["pair_met"]}
    brought = Counter(rule for rules in met.values() for rule in rules if rule not in {"pasted key", "self-claim"})
    sellers = not roles or set(roles) == {"seller"}
    counted = {row["candidate_rule"]: row["pairs"] for row in found["candidate_rule"] if row["pairs"]}
    assert not sellers or brought == counted, "each rule brings as many pairs as were counted before"
    return met


@pytest.mark.parametrize(
    ("handles", "level"),
    [
        (("mistyworks", "MistyWorks"), "equal"),
        (("mistyworks", "the_misty_works"), "bare"),
        (("mistyworks", "mistyworkz"), "near"),
        (("mistyworks", "mistyworksuk"), "near"),
        (("fern", "frostyferneries"), "part"),
        (("mistyworks", "tidalinn"), "far"),
    ],
)
def test_handles_are_told_apart_by_what_is_left_without_decoration(handles: tuple[str, str], level: str) -> None:
    account = [
        (name, market, handle, "seller", [f"p{name}"], ["E"])
        for name, market, handle in zip("AB", "MN", handles, strict=True)
    ]
    assert [row["level"] for row in by_handle(account)] == [level]


def test_a_name_that_more_accounts_carry_than_there_are_markets_is_common() -> None:
    account = [(name, market, "fridaybox", "seller", [], []) for name, market in (("A", "M"), ("B", "N"), ("C", "N"))]
    assert [row["level"] for row in by_handle(account)] == ["common, equal"]


def by_handle(accounts: list[tuple[Any, ...]]) -> list[dict[str, Any]]:
    """Rows of the signal, over what the step before it makes of the accounts."""
    account = rows(ACCOUNT, *accounts)
    bare = python_step("handle_skeleton", account=account)
    return result("signal_handle", pair_candidate=PAIR, account=account, handle_skeleton=bare)


TRADE = {
    "account_id": pa.string(), "named_goods": TEXTS, "countries": TEXTS, "prices": TEXTS,
    "begins_at": pa.timestamp("us"), "ends_at": pa.timestamp("us"), "places": TEXTS, "exhibit_ids": TEXTS,
}  # fmt: skip
PRICES = ["EUR 1", "EUR 2", "EUR 3"]
DAY = [None, *(datetime(2021, month, 1) for month in range(1, 8))]  # noqa: DTZ001 - the engine's times are UTC


@pytest.mark.parametrize(
    ("one", "other", "levels"),
    [
        ((["tea"], ["NL"], [], DAY[1], DAY[4]), (["tea"], ["NL"], [], DAY[3], DAY[7]),
         {"goods": "all, 1", "origin": "same", "activity": "at once"}),
        ((["tea", "salt"], ["NL"], [], DAY[1], DAY[2]), (["tea", "salt"], ["DE"], [], DAY[3], DAY[4]),
         {"goods": "all, 2", "origin": "different", "activity": "after"}),
        ((["tea"], [], PRICES, DAY[1], DAY[2]), (["soap"], ["DE"], PRICES, DAY[6], None),
         {"goods": "none", "prices": "most"}),
        (([], [], [], None, None), (["soap"], ["DE"], [], DAY[6], None), {}),
    ],
)  # fmt: skip
def test_trade_is_compared_only_where_both_state_something(one: Any, other: Any, levels: dict[str, str]) -> None:
    trade = rows(TRADE, ("A", *one, ["pA"], ["E"]), ("B", *other, ["pB"], ["E"]))
    found = result("signal_trade", pair_candidate=PAIR, account_trade=trade)
    assert {row["signal"]: row["level"] for row in found} == levels


@pytest.mark.parametrize(
    ("shared", "named", "level"),
    [
        (0, 3, "none"), (1, 4, "few, 1"), (1, 3, "some, 1"), (2, 4, "half, 2"), (3, 5, "most, 3"),
        (9, 12, "nearly all, 4 and more"), (3, 3, "all, 3"),
    ],
)  # fmt: skip
def test_goods_are_compared_by_their_share_and_their_number(shared: int, named: int, level: str) -> None:
    goods = [f"thing {number}" for number in range(named)]
    mine, theirs = goods[: max(shared, 1)], goods[1:] if not shared else goods
    trade = rows(
        TRADE, *((name, sold, [], [], None, None, ["p"], ["E"]) for name, sold in (("A", mine), ("B", theirs)))
    )
    (row,) = result("signal_trade", pair_candidate=PAIR, account_trade=trade)
    assert row["level"] == level


def test_words_that_one_is_the_other_are_a_signal() -> None:
    claim = rows({**OWN, "claimed_id": pa.string()}, ("A", ["p"], ["E"], "B"))
    assert [row["level"] for row in result("signal_claim", pair_candidate=PAIR, account_claim=claim)] == ["one"]


def test_pictures_that_look_alike_count_unless_everybody_shows_them() -> None:
    alike = [(name, [f"{name}{n}"], ["E"], f"{n}", 2) for name in "AB" for n in range(2)]
    common = [(name, [], [], "x", 30) for name in "AB"]
    pictures = rows({**OWN, "difference_hash": pa.string(), "spread": pa.int64()}, *alike, *common)
    found = result("signal_picture", pair_candidate=PAIR, account_picture=pictures)
    assert [(row["level"], row["spread"]) for row in found] == [("several", 2)]


def test_a_key_of_ones_profile_in_the_others_message_is_a_signal_with_both_rows() -> None:
    stood = {**OWN, "fingerprint": pa.string(), "key_context": pa.string(), "is_quoted": pa.bool_()}
    keys = [("A", ["a"], ["E"], "K1", "own_profile", False), ("B", ["b"], ["E"], "K1", "message", False)]
    found = result(
        "signal_pasted_key",
        pair_candidate=PAIR,
        account_identity=rows(IDENTITY, shown("A", "K1")),
        account_key=rows(stood, *keys),
    )
    assert [(row["level"], row["places"]) for row in found] == [("pasted", ["A/K1", "b"])]
