"""What another exhibit does not touch is taken over, and comes out as if all had been made again; all is invented."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from conftest import REF, fixed_context, made_operation
from crossbearing.domain.progress import Silent
from crossbearing.registry import STEPS
from crossbearing.resolution.evidence import WeighingStep
from crossbearing.simulation.chance import stream
from crossbearing.store.arrow import sha256_of
from crossbearing.store.derived import current_file
from crossbearing.store.keyed_steps import KeyedStep
from crossbearing.store.steps import StepReport
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from made_once import made_anew

HEAD = "captured_on,listing_id,seller,title,description,category,price,currency,ships_from,ships_to,seller_key\n"
WARES = ("tea", "coffee", "cocoa", "biscuits", "marmalade", "candles", "soap", "pencils", "string", "buttons")
WAYS = (
    "sealed",
    "posted",
    "friendly",
    "quick",
    "careful",
    "honest",
    "daily",
    "proper",
    "neat",
    "fresh",
    "plain",
    "fair",
)


def capture(folder: Path, name: str, numbers: Sequence[int], *, day: str = "2021-01-01", price: int = 10) -> Path:
    """A capture with three adverts of each of these sellers, in habits of their own; every third gives a contact."""
    path = folder / f"{name}.csv"
    lines = [HEAD]
    for number in numbers:
        chance = stream(number, "habit")
        own = list(chance.choice(WAYS, 5, replace=False))
        contact = f" write to m{number // 3}@mail.invalid" if number % 3 == 0 else ""
        for advert in range(3):
            words = " ".join(chance.choice(own, 14))
            ware = WARES[(number + advert) % len(WARES)]
            seller = f"{own[0]}{own[1]}{number % 20}"
            lines.append(
                f"{day},{number}-{advert},{seller},{ware} {own[2]},{ware} {words}{contact},,{price},EUR,NL,,\n"
            )
    path.write_text("".join(lines), encoding="utf-8")
    return path


def derived(operation: Path) -> dict[str, str]:
    return {path.name: sha256_of(path) for path in (operation / "derived").glob("*.parquet")}


def brought(operation: Path, path: Path, market: str) -> dict[str, StepReport]:
    add_evidence(operation, fixed_context(), [Submission(path=path, authority=REF, market=market)], Silent())
    return {step.table: step for step in bring_up_to_date(operation, fixed_context(), Silent()).steps}


@pytest.mark.usefixtures("anew")
def test_what_is_taken_over_is_as_if_all_were_made_again(local_operation: Path, tmp_path: Path) -> None:
    brought(local_operation, capture(tmp_path, "one", range(30)), "alpha")
    first = brought(local_operation, capture(tmp_path, "two", range(30, 50)), "beta")
    more = brought(local_operation, capture(tmp_path, "three", [100, 101]), "beta")
    again = brought(local_operation, capture(tmp_path, "four", [3, 31], day="2021-03-01", price=12), "beta")
    assert first["pair_evidence"].rows > 200, "or the claim is empty"
    for made in (more, again):
        for table in ("masked_text", "signal_trade", "signal_handle", "pair_evidence", "account_pair"):
            assert 0 < made[table].taken_over < made[table].rows, table
    found = derived(local_operation)
    shutil.rmtree(local_operation / "derived")
    whole = bring_up_to_date(local_operation, fixed_context(), Silent())
    assert not any(step.taken_over for step in whole.steps)
    assert derived(local_operation) == found


@pytest.fixture(scope="module")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An operation with forty sellers; tests must not change it."""
    folder = made_operation(tmp_path_factory.mktemp("forty") / "operation")
    with made_anew():
        brought(folder, capture(folder.parent, "one", range(40)), "alpha")
    return folder


@pytest.mark.usefixtures("anew")
def test_nothing_is_taken_over_by_states_that_are_not_as_they_were_written(forty: Path, tmp_path: Path) -> None:
    operation = Path(shutil.copytree(forty, tmp_path / "copy"))
    path = current_file(operation, "pair_candidate")
    path.write_bytes(path.read_bytes() + b" ")
    made = brought(operation, capture(tmp_path, "two", [40, 41]), "beta")
    assert made["pair_evidence"].taken_over == made["signal_trade"].taken_over == 0
    assert made["masked_text"].taken_over > 0


@pytest.mark.usefixtures("anew")
def test_a_table_that_is_not_as_it_was_written_is_not_taken_over(forty: Path, tmp_path: Path) -> None:
    operation = Path(shutil.copytree(forty, tmp_path / "copy"))
    # The same rows in other bytes: even these are not trusted.
    path = current_file(operation, "pair_evidence")
    path.write_bytes(path.read_bytes() + b" ")
    made = brought(operation, capture(tmp_path, "two", [40, 41]), "beta")
    assert made["pair_evidence"].taken_over == 0
    assert made["signal_trade"].taken_over > 0


def test_whatever_a_pair_is_made_from_changes_its_state() -> None:
    steps = {step.table: step for step in STEPS}
    followed = steps["account_state"].inputs | steps["pair_candidate"].inputs
    keyed = [step for step in STEPS if isinstance(step, KeyedStep) and step.driver == "pair_candidate"]
    assert {type(step) for step in keyed} == {KeyedStep, WeighingStep}
    by_pair = {step.table for step in keyed} | {"pair_candidate"}
    assert {step.table: step.inputs - by_pair - followed for step in keyed if step.inputs - by_pair - followed} == {}
