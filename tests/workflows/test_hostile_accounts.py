"""Evidence made to break resolution: nothing is proposed, and it is said what was left out. Larger: make resolution."""

from collections.abc import Iterator
from pathlib import Path

from conftest import REF, fixed_context
from crossbearing.domain.judgement import PairKind, joined_groups
from crossbearing.domain.progress import Silent
from crossbearing.resolution.clustering import proposed_groups
from crossbearing.simulation.chance import stream
from crossbearing.simulation.keys import made_key
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.judge_pairs import list_operators, list_pairs
from crossbearing.workflows.show_status import show_status

HEAD = "captured_on,listing_id,seller,title,description,category,price,currency,ships_from,ships_to,seller_key\n"
ADVERT = "Finest flowers of the valley dried in the shade and sealed three times and posted every Tuesday. " * 3


def rows(market: str, key: str) -> Iterator[str]:
    """Thirty accounts with one key, thirty with one advert, names of one letter, accounts without a word."""
    for number in range(30):
        yield f'2021-01-01,{market}1{number},keyed{number:04}{market},Flowers {number},,,1,EUR,NL,,"{key}"\n'
        for copy in range(20):
            yield f"2021-01-01,{market}2{number:02}{copy:02},copier{number:04}{market},Flowers,{ADVERT},,1,EUR,NL,,\n"
        yield f"2021-01-01,{market}3{number},{chr(97 + number % 26)},Flowers,,,1,EUR,NL,,\n"
        yield f"2021-01-01,{market}4{number},silent{number:04}{market},,,,,,,,\n"


def test_nothing_is_proposed_from_what_many_accounts_share(local_operation: Path) -> None:
    key = made_key(stream(3, "keys"), "simulated", created=1).armour.replace("\n", " ")
    for market in ("alpha", "beta"):
        path = local_operation.parent / f"{market}.csv"
        path.write_text(HEAD + "".join(rows(market, key)), encoding="utf-8")
        add_evidence(local_operation, fixed_context(), [Submission(path=path, authority=REF, market=market)], Silent())
    bring_up_to_date(local_operation, fixed_context(), Silent())
    pairs = list_pairs(local_operation, fixed_context(), PairKind.ACCOUNT)
    assert {pair["tier"] for pair in pairs} <= {"lead"}
    assert max((pair["probability"] for pair in pairs), default=0) < 0.99
    keyed = [
        pair for pair in pairs if pair["left_handle"].startswith("keyed") and pair["right_handle"].startswith("keyed")
    ]
    assert not [pair for pair in keyed if "key" in "".join(pair["reasons_for"])]
    status = show_status(local_operation, fixed_context())
    assert status.too_common == 1, "the key that sixty accounts show"
    assert list_operators(local_operation, fixed_context()).operators == {}


def test_contradictory_answers_without_number_are_listed_and_join_nothing_wrong() -> None:
    chance = stream(2, "contradictory").integers(0, 2_000, (20_000, 2))
    pairs = [(f"A-{min(one):04}", f"A-{max(one):04}") for one in chance if one[0] != one[1]]
    same, different = pairs[::2], pairs[1::2]
    groups = joined_groups(same, different, firm=set(same[::2]))
    assert groups.conflicts
    joined = {member: name for name, members in groups.members.items() for member in members}
    assert not [pair for pair in different if joined.get(pair[0], 1) == joined.get(pair[1], 2)]
    (group,) = proposed_groups(dict.fromkeys(pairs, 0.9), groups, different)
    assert group.is_too_large
