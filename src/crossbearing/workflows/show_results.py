"""Totals of a campaign, checked and explained; as data and as a page."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.presentation.charts import Bar
from crossbearing.presentation.page import render
from crossbearing.reference.countries import country_name
from crossbearing.registry import STEPS
from crossbearing.results.conversion import METHOD, Converted, Rates, converted
from crossbearing.results.totals import TABLES, UNKNOWN_COUNTRY, Line, campaigns, lines_of
from crossbearing.store import durable
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import exhibits
from crossbearing.store.session import Session
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignResults:
    """One campaign's figures.

    Attributes:
        view: "crediting country" or "place".
        doubles_judged: Pairs of reports that a person judged to be one event.
        doubles_open: Pairs that await a judgement.
        money: Every money event in one currency, if one was asked for.
        log_position: Newest decision that is counted in.
    """

    operation: str
    campaign: str
    view: str
    lines: tuple[Line, ...]
    doubles_judged: int
    doubles_open: tuple[Mapping[str, Any], ...]
    refused_rows: int
    currency: str
    money: tuple[Converted, ...]
    log_position: int
    is_simulated: bool

    method: str = METHOD

    @staticmethod
    def name_of(country: str) -> str:
        """A country's name, or the words for no country."""
        return country if country == UNKNOWN_COUNTRY else country_name(country)

    @property
    def money_total(self) -> Decimal:
        """Sum of what could be converted."""
        return sum((one.value for one in self.money if one.value is not None), Decimal(0))

    @property
    def money_left(self) -> int:
        """How many amounts have no rate."""
        return sum(one.value is None for one in self.money)


def show_results(
    folder: Path, context: Context, *, campaign: str = "", by_place: bool = False, currency: str = ""
) -> list[CampaignResults]:
    """The figures of one campaign, or of each by itself; campaigns are never added together.

    Raises:
        NotFound: No outcome names the campaign.
    """
    with open_operation(folder, context) as operation, _fresh(operation) as engine:
        known = campaigns(engine)
        if not known or (campaign and campaign not in known):
            raise NotFound(
                f"No outcome names the campaign {campaign!r}" if campaign else "No outcome is on record",
                where=str(folder),
                remedy=f"Campaigns: {', '.join(known)}." if known else "Import one with `crossbearing outcome import`.",
            )
        sources = exhibits(operation.ledger)
        position = operation.ledger.position()
        results = []
        for name in [campaign] if campaign else known:
            lines = lines_of(engine, name, by_place=by_place)
            judged, open_pairs = _doubles(engine, name)
            results.append(
                CampaignResults(
                    operation=operation.name,
                    campaign=name,
                    view="place" if by_place else "crediting country",
                    lines=tuple(lines),
                    doubles_judged=judged,
                    doubles_open=tuple(open_pairs),
                    refused_rows=_refused(engine),
                    currency=currency,
                    money=tuple(_money(engine, name, currency)) if currency else (),
                    log_position=position,
                    is_simulated=any(
                        sources[place.split("|")[0]].is_simulated for line in lines for place in line.places
                    ),
                )
            )
        return results


def write_results_page(results: list[CampaignResults], target: Path) -> Path:
    """The figures as one self-contained page with a chart by country."""
    charts = {
        (result.campaign, line.kind, line.item, line.unit): _bars(line) for result in results for line in result.lines
    }
    page = render(
        "results",
        "results.html.j2",
        results=results,
        charts=charts,
        country_name=CampaignResults.name_of,
        method=METHOD,
    )
    durable.write_text(target, page)
    return target


@contextmanager
def _fresh(operation: Operation) -> Iterator[Session]:
    require_fresh(operation, STEPS, *TABLES)
    with reading(operation, *TABLES) as engine:
        yield engine


def _bars(line: Line) -> list[Bar]:
    bars = [
        Bar(CampaignResults.name_of(part.country), part.counted, part.country == UNKNOWN_COUNTRY)
        for part in line.countries
        if part.counted
    ]
    bars += [Bar(f"{part.country}, no details", part.unspecified, True) for part in line.countries if part.unspecified]
    if line.unspecified:
        bars.append(Bar("no country stated", line.unspecified, True))
    return bars


def _doubles(engine: Session, campaign: str) -> tuple[int, list[dict[str, Any]]]:
    pairs = engine.rows(
        """SELECT outcome_pair.*, outcome_judgement.verdict
           FROM outcome_pair
           LEFT JOIN outcome_judgement ON outcome_pair.left_id = outcome_judgement.left_id
               AND outcome_pair.right_id = outcome_judgement.right_id
               AND outcome_pair.left_state = outcome_judgement.left_state
               AND outcome_pair.right_state = outcome_judgement.right_state
           WHERE outcome_pair.campaign = ? ORDER BY outcome_pair.pair_id""",
        [campaign],
    )
    still_open = [pair for pair in pairs if pair["verdict"] in {None, "unsure", "withdrawn"}]
    return sum(pair["verdict"] == "same" for pair in pairs), still_open


def _refused(engine: Session) -> int:
    """Rows of outcome reports that could not be read, in all campaigns."""
    row = engine.one(
        """SELECT coalesce(sum(source_rows), 0) AS refused FROM refusal
           WHERE exhibit_id IN (SELECT DISTINCT exhibit_id FROM outcome)"""
    )
    return int(row["refused"])


def _money(engine: Session, campaign: str, currency: str) -> list[Converted]:
    rows = engine.rows(
        """SELECT outcome_event.*
           FROM outcome_event INNER JOIN outcome_counted ON outcome_event.place = outcome_counted.place
           WHERE outcome_event.campaign = ? AND NOT outcome_event.is_stated_total AND outcome_counted.counts
           ORDER BY outcome_event.place""",
        [campaign],
    )
    rates = Rates(engine)
    if not rates.knows(currency) and not any(row["unit"] == currency for row in rows):
        raise BadRequest(
            f"No amount and no rate on record names the currency {currency!r}",
            where="results show --in",
            remedy="Check the code, or add a file of rates with `crossbearing evidence add`.",
        )
    return converted(rows, rates, currency)
