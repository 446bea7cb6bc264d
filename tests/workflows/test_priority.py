"""Operators in the order of work: joined by what people judged, moved by strong leads, and said to be no evidence."""

import json
from pathlib import Path

import pytest

from conftest import fixed_context
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.errors import NotFound, UnreadableSource
from crossbearing.domain.progress import Silent
from crossbearing.interfaces.cli import main
from crossbearing.store.operation import open_operation
from crossbearing.workflows.match_leads import match_leads
from crossbearing.workflows.rank_sellers import rank_sellers
from small_market import SELLER_ID
from small_referral import CASE, me, prepared


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared(tmp_path_factory.mktemp("ready"), CASE)


def test_a_strong_lead_counts_when_a_case_was_matched_and_is_unknown_before(ready: Path) -> None:
    def leads(folder: Path) -> dict[str, tuple[object, int, int]]:
        found = rank_sellers(folder, me()).priorities
        return {one.accounts[0]: (p.measure.value, p.low, p.high) for one in found for p in one.parts
                if p.name == "strong_leads"}  # fmt: skip

    assert set(leads(ready).values()) == {(None, 0, 20)}
    (finding,) = match_leads(ready, me(), ["GB-7"], Silent())
    seller = finding.says["leads"][0]["account_id"]  # type: ignore[index,call-overload]
    after = leads(ready)
    assert after[seller] == (1, 12, 12)
    assert {value for account, value in after.items() if account != seller} == {(0, 0, 0)}
    with open_operation(ready, me()) as operation:
        (entry,) = operation.ledger.entries(ActKind.LEADS_MATCHED)
        gone = [{**lead, "exhibit_ids": ["E-gone"]} for lead in entry.payload["leads"]]  # type: ignore[union-attr,dict-item]
        payload = {**entry.payload, "leads": gone}
        operation.ledger.record(me(), Act(kind=ActKind.LEADS_MATCHED, subject="GB-7", payload=payload))
    assert leads(ready)[seller] == (0, 0, 0), "what a lead rests on must stand"


def test_it_is_in_the_log_says_what_it_is_for_and_shows_the_rows(
    story: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["operator", "priority", str(story), "--most", "3"]) == 0
    printed = capsys.readouterr().out
    assert "for workload only: no evidence" in printed
    (first, *_) = rank_sellers(story, fixed_context(), most=1).priorities
    assert main(["operator", "priority", str(story), first.subject_id]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    rows = [place for part in first.parts for place in part.measure.places]
    assert rows
    assert all(place in shown for place in rows)
    assert f"sum {first.low}" in shown
    with open_operation(story, fixed_context()) as operation:
        said = [entry.payload for entry in operation.ledger.entries(ActKind.CONSULTED, subject=first.subject_id)]
    assert {"kind": "priority", "weights": "workload 1"} in said
    assert main(["operator", "priority", str(story), "--json"]) == 0
    whole = json.loads(capsys.readouterr().out, parse_float=lambda text: pytest.fail(f"a float: {text}"))
    assert whole["sellers"] == len(whole["priorities"])


def test_a_buyer_or_unknown_id_and_weights_that_are_not_there_are_answered_in_words(
    ready: Path, tmp_path: Path
) -> None:
    for name in ("u-buyer-1", "O-9999", SELLER_ID):
        with pytest.raises(NotFound, match="No seller"):
            rank_sellers(ready, me(), subject_id=name)
    with pytest.raises(UnreadableSource):
        rank_sellers(ready, me(), weights=tmp_path / "none.toml")
