"""Totals of a campaign, checked and explained; as data and as a page."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

from crossbearing.domain.context import Context
from crossbearing.domain.days import last_moment
from crossbearing.domain.errors import NotFound
from crossbearing.domain.outcomes import OUTCOME_ACTS, bases_in, counts_by_place
from crossbearing.presentation.page import render
from crossbearing.registry import STEPS
from crossbearing.results.campaign import CampaignResults, results_of
from crossbearing.results.chart_data import by_country
from crossbearing.results.conversion import METHOD
from crossbearing.results.past import position_at, reading_then
from crossbearing.results.totals import TABLES, CountryPart, Line, campaigns
from crossbearing.store import durable
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import exhibits
from crossbearing.store.session import Session
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

__all__ = ["CampaignResults", "CountryPart", "Line", "show_results", "write_results_page"]


def show_results(
    folder: Path,
    context: Context,
    *,
    campaign: str = "",
    by_place: bool | None = None,
    currency: str = "",
    as_of: str = "",
) -> list[CampaignResults]:
    """The figures of one campaign, or of each by itself; campaigns are never added together.

    Args:
        folder: Operation folder.
        context: Who looks.
        campaign: Only this one.
        by_place: Count by the country where it happened; by default as the campaign's basis says.
        currency: Also give all money in it.
        as_of: Day or time, ISO 8601; what was reported or decided later does not count.

    Raises:
        NotFound: No outcome names the campaign.
    """
    until = last_moment(as_of)
    with open_operation(folder, context) as operation:
        position = position_at(operation, until) if until else operation.ledger.position()
        with _tables(operation, position if until else None) as engine:
            known = campaigns(engine)
            if as_of and (not known or (campaign and campaign not in known)):
                raise NotFound(
                    f"No outcome{f' of {campaign!r}' if campaign else ''} was on record by {as_of}",
                    where="results show --as-of",
                    remedy="It asks what had been added and decided by then, not what had happened; give a later day.",
                )
            if not known or (campaign and campaign not in known):
                raise NotFound(
                    f"No outcome names the campaign {campaign!r}" if campaign else "No outcome is on record",
                    where=str(folder),
                    remedy=f"Campaigns: {', '.join(known)}."
                    if known
                    else "Import one with `crossbearing outcome import`.",
                )
            entries = [one for one in operation.ledger.entries(*OUTCOME_ACTS) if one.position <= position]
            bases = bases_in(entries)
            simulated = frozenset(name for name, one in exhibits(operation.ledger).items() if one.is_simulated)
            return [
                results_of(
                    engine,
                    name,
                    operation=operation.name,
                    position=position,
                    bases=[one for key, one in sorted(bases.items()) if key[0] == name],
                    simulated=simulated,
                    by_place=counts_by_place(bases, name) if by_place is None else by_place,
                    currency=currency,
                    as_of=as_of,
                )
                for name in ([campaign] if campaign else known)
            ]


def write_results_page(results: list[CampaignResults], target: Path) -> Path:
    """The figures as one self-contained page with a chart by country."""
    charts = {
        (result.campaign, line.kind, line.item, line.unit): by_country(line)
        for result in results
        for line in result.lines
    }
    page = render(
        "results",
        "results.html.j2",
        results=results,
        charts=charts,
        country_name=CampaignResults.name_of,
        method=METHOD,
        rate=_rate,
    )
    durable.write_text(target, page)
    return target


@contextmanager
def _tables(operation: Operation, position: int | None) -> Iterator[Session]:
    """The outcome tables as they are, or as they were after an earlier entry."""
    require_fresh(operation, STEPS, *TABLES)
    with reading(operation, *TABLES) if position is None else reading_then(operation, position) as engine:
        yield engine


def _rate(rate: Decimal) -> str:
    """A rate with six decimals, or more where six would show fewer than six digits."""
    return f"{rate:.{max(6, 5 - rate.adjusted())}f}"
