"""Rate series: added as exhibits, shown with their gaps, and never carried forward."""

from datetime import date
from pathlib import Path

import pytest

from conftest import fixed_context, made_operation
from crossbearing.domain.errors import WrongKind
from crossbearing.domain.progress import Silent
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.show_rates import PROFILES, list_series, show_rates


def test_series_say_how_many_days_they_skip_and_a_skipped_day_has_no_rate(simulated: Path, tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    files = [
        Submission(path=simulated / "evidence" / name, authority="WARRANT-1", accept_only=PROFILES)
        for name in ("monero-prices.csv", "euro-rates.csv")
    ]
    add_evidence(folder, fixed_context(), files, Silent())
    series = {(one["base"], one["quote"]): one for one in list_series(folder, fixed_context())}
    assert series["XMR", "USD"]["skipped"] == 12
    first, last = series["XMR", "USD"]["first"], series["XMR", "USD"]["last"]
    assert series["XMR", "USD"]["days"] == (last - first).days + 1 - 12
    (usd,) = [one for one in show_rates(folder, fixed_context(), "xmr", date(2021, 3, 3)) if one["quote"] == "USD"]
    assert usd["price"] > 0
    assert usd["place"].split("|")[1] == "monero-prices.csv"
    assert show_rates(folder, fixed_context(), "XMR", date(2031, 1, 1)) == []


def test_what_holds_no_rates_is_not_added_as_rates(simulated: Path, tmp_path: Path) -> None:
    folder = made_operation(tmp_path / "operation")
    file = Submission(path=simulated / "evidence" / "parcels.csv", authority="WARRANT-1", accept_only=PROFILES)
    with pytest.raises(WrongKind):
        add_evidence(folder, fixed_context(), [file], Silent())
