"""From a list of overdoses to figures: no row is lost, nothing of a person is read, no small group is shown."""

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from conftest import REF, fixed_context, made_operation
from crossbearing.domain.act import ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadConfiguration, BadRequest, Contradiction, NotFound, OperationBusy
from crossbearing.domain.exhibit import Exhibit
from crossbearing.domain.progress import Silent
from crossbearing.interfaces.cli import main
from crossbearing.leads.waves import Waves
from crossbearing.store.operation import open_operation
from crossbearing.store.views import reading
from crossbearing.workflows import count_overdoses as count_module
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.count_overdoses import Counts, count_overdoses, write_counts_page
from crossbearing.workflows.match_leads import match_leads
from crossbearing.workflows.relabel import withdraw
from overdose_lists import MIDDLE, PERSON, months, row, written
from small_market import MARKET, ROWS, SELLER_ID, small_market

STEADY = {"THORNMERE": [8, 9, 8, 7, 9, 8, 8, 9, 8, 30, 8, 9], "PELLBRIDGE": [6] * 12, "QUILLEN": [2, 1, 0] * 4}


def added(folder: Path, path: Path, market: str = "") -> Exhibit:
    (one,) = add_evidence(folder, fixed_context(), [Submission(path=path, authority=REF, market=market)], Silent())
    return one.exhibit


def prepared(tmp_path: Path, *paths: Path) -> Path:
    folder = made_operation(tmp_path / "operation")
    for path in paths:
        added(folder, path)
    bring_up_to_date(folder, fixed_context(), Silent())
    return folder


def counts(folder: Path, period: str = "month", area: str = "town") -> Counts:
    return count_overdoses(folder, fixed_context(), period=period, area=area)


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An operation with the steady list; tests only read it."""
    folder = tmp_path_factory.mktemp("steady")
    return prepared(folder, written(folder / "list.csv", months(STEADY)))


def listed(tmp_path: Path, *rows: dict[str, str]) -> list[dict[str, object]]:
    """The records of a list with these rows."""
    folder = made_operation(tmp_path / "operation")
    added(folder, written(tmp_path / "list.csv", rows))
    return reports(folder)


def reports(folder: Path) -> list[dict[str, object]]:
    with (
        open_operation(folder, fixed_context()) as operation,
        reading(operation, protected=["overdose_report"]) as all_,
    ):
        return all_.rows("SELECT * FROM overdose_report ORDER BY source_row")


def test_every_row_of_a_list_becomes_a_count_or_is_refused_with_its_reason(tmp_path: Path) -> None:
    rows = [
        row("02/30/2021", "QUILLEN"),
        row("", "QUILLEN"),
        row("2021-03-04", "QUILLEN"),
        row("03/04/2021", "QUILLEN"),
    ]
    folder = made_operation(tmp_path / "operation")
    exhibit = added(folder, written(tmp_path / "list.csv", rows))
    assert [(part.rows_in, part.rows_out, part.rows_refused) for part in exhibit.parts] == [(4, 1, 3)]
    with open_operation(folder, fixed_context()) as operation, reading(operation) as engine:
        refused = engine.rows("SELECT reason, source_rows FROM refusal ORDER BY source_row")
    assert [one["reason"] for one in refused] == [
        "the day is not written as month/day/year", "an overdose without a day",
        "the day is not written as month/day/year",
    ]  # fmt: skip


def test_nothing_of_the_person_is_read(tmp_path: Path) -> None:
    said = json.dumps(listed(tmp_path, row("03/04/2021", "QUILLEN")), default=str)
    assert "QUILLEN" in said
    assert not [cell for cell in PERSON.values() if cell in said]


# What a row of Quillen says otherwise; the substances, and the cells that were not read.
CELLS: list[tuple[dict[str, str], str | None, str | None]] = [
    ({"Fentanyl": "Y POPS", "Any Opioid": ""}, "fentanyl", "Fentanyl"),
    ({"Fentanyl": "Y (PTCH)", "Any Opioid": "N"}, "fentanyl", "Fentanyl"),
    ({"Fentanyl": "N", "Any Opioid": ""}, None, None),
    ({"Fentanyl": "", "Any Opioid": "", "Other Opioid": "Somethingelse"}, None, "Other Opioid"),
    ({"Fentanyl": "NO RX BUT STRAWS", "Any Opioid": ""}, None, "Fentanyl"),
    ({"Fentanyl": "y", "Any Opioid": "", "Other": "Loperamide"}, "fentanyl\nLoperamide", None),
]
# The same; how exactly the place is known, and the place.
PLACES: list[tuple[dict[str, str], str | None, tuple[str | None, ...]]] = [
    ({}, "town", ("QUILLEN", "BRIARSHIRE", "ZZ", "10.71")),
    ({"Injury City": "Unknown", "InjuryCityGeo": MIDDLE}, "county", (None, "BRIARSHIRE", "ZZ", None)),
    ({"Injury City": "", "Injury County": "", "InjuryCityGeo": MIDDLE}, "state", (None, None, "ZZ", None)),
    (
        {"Injury City": "", "Injury County": "", "Injury State": "", "InjuryCityGeo": "", "DeathCityGeo": MIDDLE},
        "state",
        (None, None, "ZZ", None),
    ),
    (
        {"Injury City": "", "Injury County": "", "Injury State": "", "InjuryCityGeo": "", "DeathCityGeo": ""},
        None,
        (None, None, None, None),
    ),
    ({"InjuryCityGeo": MIDDLE}, "town", ("QUILLEN", "BRIARSHIRE", "ZZ", None)),
]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    """The records of one list with all these rows, in their order."""
    rows = [row("03/04/2021", "QUILLEN", **changed) for changed, *_ in (*CELLS, *PLACES)]
    return listed(tmp_path_factory.mktemp("records"), *rows)


@pytest.mark.parametrize("number", range(len(CELLS)))
def test_a_cell_of_a_substance_says_yes_or_no_and_what_more_it_says_is_counted(
    records: list[dict[str, object]], number: int
) -> None:
    one, (_, substances, not_read) = records[number], CELLS[number]
    assert (one["substances"], one["cells_not_read"]) == (substances, not_read)


@pytest.mark.parametrize("number", range(len(PLACES)))
def test_a_state_alone_is_no_town_and_its_middle_is_no_place(records: list[dict[str, object]], number: int) -> None:
    one, (_, precision, where) = records[len(CELLS) + number], PLACES[number]
    north = one["town_latitude"]
    assert one["place_precision"] == precision
    assert (one["town"], one["county"], one["state"], None if north is None else f"{north:.2f}") == where


def test_the_middle_of_a_state_is_never_drawn(tmp_path: Path) -> None:
    rows = [*months(STEADY), *(row("05/05/2021") for _ in range(40))]
    found = counts(prepared(tmp_path, written(tmp_path / "list.csv", rows)))
    text = write_counts_page(found, tmp_path / "page.html").read_text(encoding="utf-8")
    drawn = re.findall(r"<circle[^>]*><title>([^:]+):", text)
    assert sorted(drawn) == ["PELLBRIDGE", "THORNMERE"], "Quillen never has five, and forty rows name the state alone"
    assert set(found.places) == {("ZZ", "THORNMERE"), ("ZZ", "PELLBRIDGE"), ("ZZ", "QUILLEN")}


def test_a_town_that_lies_in_two_places_has_none_and_two_middles_of_it_are_one(tmp_path: Path) -> None:
    rows = [
        *months(STEADY),
        row("05/05/2021", "THORNMERE", InjuryCityGeo="THORNMERE, ZZ\n(11.1, -21.1)"),
        row("05/05/2021", "PELLBRIDGE", InjuryCityGeo="PELLBRIDGE, ZZ\n(10.32, -20.40)"),
    ]
    found = counts(prepared(tmp_path, written(tmp_path / "list.csv", rows)))
    assert ("ZZ", "THORNMERE") not in found.places
    assert found.places["ZZ", "PELLBRIDGE"] == (Decimal("10.31"), Decimal("-20.41")), "the one most often stated"


def test_figures_hold_every_row_or_say_how_many_they_do_not_hold(steady: Path) -> None:
    found = counts(steady)
    (one,) = found.lists
    assert one.account.rows == len(months(STEADY)) == one.in_figures + one.not_shown
    assert one.not_shown == 0 or one.not_shown >= 5
    assert min(count for shown in found.overdoses.values() for count in shown.counts.values()) >= 5


def test_a_sudden_rise_is_a_spike_and_steady_counts_are_none(steady: Path) -> None:
    found = counts(steady).spikes
    assert [(one.period, one.area, one.group, one.count) for one in found.found] == [
        ("2021-10-01", "THORNMERE", "lethal opioid", 30)
    ]
    assert found.comparisons == 12, "of two towns the months that have six before them"
    assert 0 < found.expected < 1


def test_another_cut_is_refused_and_a_period_that_was_shown_is_never_counted_anew(tmp_path: Path) -> None:
    path = written(tmp_path / "list.csv", months(STEADY))
    folder = prepared(tmp_path, path)
    first = counts(folder)
    for cut in (("week", "town"), ("month", "county"), ("", "state")):
        with pytest.raises(Contradiction, match="by town and month"):
            counts(folder, *cut)
    late = [*months(STEADY), row("03/09/2021", "THORNMERE"), *months({"THORNMERE": [9]}, year=2022)]
    added(folder, written(tmp_path / "later.csv", late))
    bring_up_to_date(folder, fixed_context(), Silent())
    again = counts(folder, "", "")
    assert {unit: one for unit, one in again.overdoses.items() if unit in first.overdoses} == first.overdoses
    fresh = again.overdoses.keys() - first.overdoses.keys()
    assert {(unit.state, unit.period) for unit in fresh} <= {("ZZ", "2022-01-01")}, (
        "one row came late, and nobody sees it"
    )
    with open_operation(folder, fixed_context()) as operation:
        shown = [
            (one["state"], one["period"])
            for entry in operation.ledger.entries(ActKind.COUNTS_SHOWN)
            for one in entry.payload["units"]
        ]
    assert len(shown) == len(set(shown)), "no state's period twice"


def test_the_first_counts_need_a_cut_a_purpose_and_a_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = prepared(tmp_path)
    with pytest.raises(NotFound, match="No list of overdoses"):
        counts(folder)
    added(folder, written(tmp_path / "list.csv", months(STEADY)))
    bring_up_to_date(folder, fixed_context(), Silent())
    with pytest.raises(BadRequest, match="need a cut"):
        counts(folder, "", "")
    with pytest.raises(BadRequest, match="purpose"):
        count_overdoses(folder, Context(person="analyst"), period="month", area="town")
    for wrong in ("4", "few"):
        monkeypatch.setenv("CROSSBEARING_SMALLEST_GROUP", wrong)
        with pytest.raises(BadConfiguration, match="whole number from 5"):
            counts(folder)


def test_of_two_who_count_at_once_only_one_chooses_the_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = prepared(tmp_path, written(tmp_path / "list.csv", months(STEADY)))
    own = count_module.shown

    def meanwhile(*given: Any, **named: Any) -> Any:
        monkeypatch.setattr(count_module, "shown", own)
        counts(folder, "week", "county")
        return own(*given, **named)

    monkeypatch.setattr(count_module, "shown", meanwhile)
    with pytest.raises(OperationBusy, match="counted in this operation meanwhile"):
        counts(folder, "month", "town")
    with open_operation(folder, fixed_context()) as operation:
        (act,) = operation.ledger.entries(ActKind.COUNTS_SHOWN)
    assert act.payload["cut"]["period"] == "week"  # type: ignore[index, call-overload]


def test_a_larger_smallest_group_shows_less(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CROSSBEARING_SMALLEST_GROUP", "8")
    rows = months({"THORNMERE": [9] * 12, "PELLBRIDGE": [6, 5, 2] * 4})
    found = counts(prepared(tmp_path, written(tmp_path / "list.csv", rows)))
    assert {count for shown in found.overdoses.values() for count in shown.counts.values()} == {9}


def test_a_month_that_is_not_over_for_a_fortnight_is_not_shown(tmp_path: Path) -> None:
    """The clock of this test stands at 23 November 2026."""
    rows = [*months(STEADY), *(row(f"{month}/03/2026", "THORNMERE") for month in (10, 11) for _ in range(20))]
    found = counts(prepared(tmp_path, written(tmp_path / "list.csv", rows)))
    assert max(unit.period for unit in found.overdoses) == "2026-10-01"


def test_a_list_is_shown_once_and_what_was_not_over_then_needs_a_newer_copy(tmp_path: Path) -> None:
    """What is shown of one list later would tell what was not shown of it before."""
    rows = [*months(STEADY), *(row("11/03/2026", "THORNMERE") for _ in range(20))]
    folder = prepared(tmp_path, written(tmp_path / "list.csv", rows))
    first = counts(folder)
    next_year = Context(person="analyst", purpose="test", clock=lambda: datetime(2027, 1, 15, tzinfo=UTC))
    assert count_overdoses(folder, next_year).overdoses == first.overdoses
    added(folder, written(tmp_path / "newer.csv", [*rows, row("03/09/2021", "THORNMERE")]))
    bring_up_to_date(folder, fixed_context(), Silent())
    found = count_overdoses(folder, next_year).overdoses
    assert {unit.period for unit in found.keys() - first.overdoses.keys()} == {"2026-11-01"}


def test_figures_whose_list_was_withdrawn_are_left_out_and_not_counted_from_another_one(tmp_path: Path) -> None:
    folder = prepared(tmp_path, written(tmp_path / "list.csv", months(STEADY)))
    (exhibit,) = {unit.source for unit in counts(folder).overdoses}
    added(folder, written(tmp_path / "other.csv", [*months(STEADY), row("03/09/2021", "THORNMERE")]))
    bring_up_to_date(folder, fixed_context(), Silent())
    withdraw(folder, fixed_context(), exhibit, reason="wrong list")
    bring_up_to_date(folder, fixed_context(), Silent())
    found = counts(folder, "", "")
    assert (len(found.overdoses), found.left_out) == (0, 12)


def test_a_county_that_is_not_stated_is_that_of_the_towns_other_rows(tmp_path: Path) -> None:
    rows = [*months(STEADY), *(row("05/05/2021", "QUILLEN", **{"Injury County": ""}) for _ in range(9))]
    found = counts(prepared(tmp_path, written(tmp_path / "list.csv", rows)), "month", "county")
    (may,) = (one for unit, one in found.overdoses.items() if unit.period == "2021-05-01")
    assert {cell.area: count for cell, count in may.counts.items()} == {"ALDERSHIRE": 15, "BRIARSHIRE": 10}


def test_a_system_of_counts_is_read_without_where_exactly_it_was(tmp_path: Path) -> None:
    path = tmp_path / "map.csv"
    path.write_text(
        "incident_id,incident_at,fatal,naloxone,county,state,suspected_drug,latitude,longitude,age\n"
        "77123,2021-03-04 17:05,non-fatal,yes,Briarshire,zz,suspected heroin,10.123456,-20.654321,133\n"
        "77124,2021-03-04 18:05,maybe,,,zz,,,,\n77125,soon,yes,,,zz,,,,\n",
        encoding="utf-8",
    )
    folder = made_operation(tmp_path / "operation")
    added(folder, path)
    one, other = reports(folder)
    names = ("stated_on", "date_means", "is_fatal", "county", "state", "substances")
    assert (str(one["stated_on"]), *(one[name] for name in names[1:])) == (
        "2021-03-04", "event", False, "BRIARSHIRE", "ZZ", "suspected heroin",
    )  # fmt: skip
    assert (other["is_fatal"], other["place_precision"]) == (None, "state")
    said = json.dumps([one, other], default=str)
    assert not [word for word in ("77123", "10.123456", "20.654321", "133", "17:05") if word in said]


def with_market(tmp_path: Path, *, sealed: int) -> Path:
    """The list, and a market that sent six consignees of Thornmere something, two of them more than once."""
    orders = [
        (f"s-{n}", "o-1", f"u-{n}", SELLER_ID, 1, address, "0.001", "delivered", "btc", "2021-10-03 10:00:00")
        for n, address in enumerate([
            *(f"Q{chr(97 + n)}x Zorr\n{n + 1} Vine Lane\n12345 Thornmere\nUnited States" for n in (*range(6), 0, 0, 1)),
            *(f"Q{chr(97 + n)}x Zorr\n{n + 1} Vine Lane\n12345 Elsewhere\nUnited States" for n in range(20)),
            *([None] * sealed),
        ])
    ]  # fmt: skip
    products = [("p-1", "Fentanyl powder 1g", "pure", "c-1", SELLER_ID, "2021-03-02 10:00:00"), ROWS["products"][1]]
    folder = made_operation(tmp_path / "operation")
    added(folder, small_market(tmp_path / "kestrel.sql", {**ROWS, "purchases": orders, "products": products}), MARKET)
    added(folder, written(tmp_path / "list.csv", months(STEADY)))
    bring_up_to_date(folder, fixed_context(), Silent())
    return folder


def test_shipments_into_the_same_area_stand_beside_a_spike_as_consignees(tmp_path: Path) -> None:
    found = counts(with_market(tmp_path, sealed=0))
    assert found.beside == ((6, None),)
    assert "Of 100 orders 100" in found.shipments_said


def test_shipments_are_switched_off_in_words_where_too_few_addresses_can_be_read(tmp_path: Path) -> None:
    found = counts(with_market(tmp_path, sealed=40))
    assert (found.shipments, found.beside) == ({}, ((None, None),))
    assert found.shipments_said == (
        "Of 100 orders 42 have an address that can be read. Below 50 shipments are not shown: they would tell who "
        "seals addresses."
    )
    assert not Waves(100, 49, {}, {}, {}).is_on  # type: ignore[arg-type]
    assert Waves(100, 50, {}, {}, {}).is_on  # type: ignore[arg-type]


def test_counting_is_logged_with_its_purpose_and_matching_never_opens_a_list(tmp_path: Path) -> None:
    folder = with_market(tmp_path, sealed=0)
    (tmp_path / "cases.csv").write_text(
        "case_number,agency,legal_basis,family_name,given_name,town,country,last_seen_alive\n"
        "ZZ-7,ZZ police,death investigation,Zorr,Qax,Thornmere,US,2021-10-09 10:00:00\n",
        encoding="utf-8",
    )
    added(folder, tmp_path / "cases.csv")
    bring_up_to_date(folder, fixed_context(), Silent())
    match_leads(folder, fixed_context(), ["ZZ-7"], Silent())
    with open_operation(folder, fixed_context()) as operation:
        assert [entry.subject for entry in operation.ledger.entries(ActKind.PROTECTED_READ)] == [
            "overdose_case", "delivery"
        ]  # fmt: skip
    counts(folder)
    with open_operation(folder, fixed_context()) as operation:
        read = [(entry.subject, entry.purpose) for entry in operation.ledger.entries(ActKind.PROTECTED_READ)][2:]
    assert sorted(read) == [("delivery", "test"), ("overdose_report", "test")]


def test_the_command_prints_figures_and_writes_a_page_and_json_says_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = with_market(tmp_path, sealed=0)
    words = ["lead", "spikes", str(folder), "--by", "month", "--area", "town", "--purpose", "weekly look"]
    assert main([*words, "--page", str(tmp_path / "counts.html")]) == 0
    printed = capsys.readouterr().out
    assert "1 spike in 12 comparisons; if nothing had changed anywhere, about" in printed
    assert main([*words[:3], "--purpose", "weekly look", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["spikes"]["found"][0]["count"] == 30
    assert said["beside"] == [[6, None]]
    assert {one["area"] for unit in said["overdoses"] for one in unit["counts"]} == {"THORNMERE", "PELLBRIDGE"}
    page = (tmp_path / "counts.html").read_text(encoding="utf-8")
    assert "QUILLEN" not in printed + page
    assert page.count("<circle") == 2


def test_a_list_is_no_referral_and_never_taken_for_matching(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = made_operation(tmp_path / "operation")
    path = written(tmp_path / "list.csv", [row("03/04/2021", "QUILLEN")])
    assert main(["lead", "add", str(folder), str(path), "--authority", REF]) != 0
    assert "A population-wide file is never matched with persons" in " ".join(capsys.readouterr().err.split())
    with open_operation(folder, fixed_context()) as operation:
        assert not operation.ledger.entries(ActKind.EXHIBIT_ADDED)
    assert main(["evidence", "add", str(folder), str(path), "--authority", REF]) == 0, "as counts it may come in"
