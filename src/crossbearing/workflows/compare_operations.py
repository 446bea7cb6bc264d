"""This operation's figures beside earlier ones, and as charts, each with its data."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.domain.outcomes import OUTCOME_ACTS, bases_in, counts_by_place
from crossbearing.presentation.page import render
from crossbearing.reference.currencies import is_currency
from crossbearing.reference.operations import Operation, Published, operations
from crossbearing.registry import STEPS
from crossbearing.results.chart_data import Chart, charts_of, compared
from crossbearing.results.comparison import Beside, beside, notes_on, shown
from crossbearing.results.statement_figures import Book
from crossbearing.results.totals import TABLES, campaigns
from crossbearing.store import durable
from crossbearing.store.operation import open_operation
from crossbearing.store.register import exhibits
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

_LEDE: Final = (
    "Each operation counts in its own way: over another time, by another rule, persons or accounts. "
    "Nothing here is adjusted for that."
)


@dataclass(frozen=True, slots=True)
class Noted:
    """An earlier operation, and what contradicts itself or is left open in what was published of it."""

    operation: Operation
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One campaign beside earlier operations.

    Attributes:
        measures: What is compared, with whether a record holds.
    """

    operation: str
    campaign: str
    measures: tuple[Beside, ...]
    earlier: tuple[Noted, ...]
    log_position: int
    is_simulated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The charts of one campaign."""

    operation: str
    campaign: str
    charts: tuple[Chart, ...]
    log_position: int
    is_simulated: bool


def compare_operations(
    folder: Path,
    context: Context,
    *,
    campaign: str = "",
    by_place: bool | None = None,
    lead: str = "",
    currency: str = "",
) -> Comparison:
    """The figures of one campaign beside published ones.

    Args:
        folder: Operation folder.
        context: Who asks.
        campaign: May be left out if there is one only.
        by_place: Count by the country where it happened; by default as the campaign's basis says.
        lead: Compare only with operations that this body led.
        currency: Compare money in it only.

    Raises:
        BadRequest: Several campaigns and none is named, or the currency is none.
        NotFound: No such campaign, or nobody of that name led one.
    """
    leads = sorted({name for one in operations() for name in one.lead})
    if lead and lead not in leads:
        raise NotFound(
            f"No operation on the list was led by {lead!r}",
            where="results compare --lead",
            remedy=f"Choices: {', '.join(leads)}.",
        )
    _require_currency(currency)
    with _book(folder, context, campaign, by_place=by_place) as (book, name, position, simulated):
        return Comparison(
            operation=name,
            campaign=book.campaign,
            measures=tuple(beside(book, lead=lead, currency=currency)),
            earlier=tuple(
                Noted(one, tuple(notes_on(one)))
                for one in operations()
                if one.name != book.campaign and (not lead or lead in one.lead)
            ),
            log_position=position,
            is_simulated=simulated,
        )


def draw_charts(
    folder: Path, context: Context, out: Path, *, campaign: str = "", by_place: bool | None = None, currency: str = ""
) -> tuple[Drawn, list[Path]]:
    """Charts by country, month, kind and money, as one page; each with a CSV file of its data beside it.

    Raises:
        BadRequest: The place is a file, several campaigns and none is named, or the currency is none.
        NotFound: No such campaign.
    """
    if out.exists() and not out.is_dir():
        raise BadRequest("This is a file, not a folder", where=str(out), remedy="Name a folder with --to.")
    _require_currency(currency)
    with _book(folder, context, campaign, by_place=by_place) as (book, name, position, simulated):
        drawn = Drawn(
            operation=name, campaign=book.campaign, charts=tuple(charts_of(book, currency=currency)),
            log_position=position, is_simulated=simulated,
        )  # fmt: skip
    files = {chart.name: f"{chart.name}.csv" for chart in drawn.charts}
    for chart in drawn.charts:
        durable.write_text(out / files[chart.name], chart.as_csv())
    view = "the country where it happened" if book.by_place else "the country that reports it"
    lede = f"Events, counted once, by {view}. An arrest is not a charge, a charge is not a conviction."
    page = _page(drawn, drawn.charts, heading="Results as charts", lede=lede, files=files)
    durable.write_text(out / "charts.html", page)
    return drawn, [out / "charts.html", *(out / name for name in files.values())]


def write_comparison_page(comparison: Comparison, target: Path) -> Path:
    """The comparison as one page with a chart for each measure, and every published figure with its source."""
    charts = [compared(one, comparison.campaign) for one in comparison.measures]
    conditions = {
        chart.name: (one.record, one.conditions) for chart, one in zip(charts, comparison.measures, strict=True)
    }
    durable.write_text(
        target,
        _page(
            comparison, charts, heading="Beside earlier operations", lede=_LEDE, conditions=conditions,
            notes=[_noted(one) for one in comparison.earlier], is_comparison=True,
        ),
    )  # fmt: skip
    return target


def our_figure(one: Beside) -> str:
    """Our figure as people write it, with whether it is settled."""
    return compared(one, "").parts[0].shown


def written(figure: Published | None) -> str:
    """A published figure as people write it; empty if there is none."""
    return shown(figure) if figure else ""


def _page(of: Comparison | Drawn, charts: Sequence[Chart], **values: Any) -> str:
    empty: dict[str, Any] = {"files": {}, "conditions": {}, "notes": [], "is_comparison": False}
    return render(
        "results", "charts.html.j2", operation=of.operation, campaign=of.campaign, log_position=of.log_position,
        is_simulated=of.is_simulated, charts=charts, **{**empty, **values},
    )  # fmt: skip


def _noted(one: Noted) -> dict[str, object]:
    said = one.operation
    figures = [
        {
            "measure": x.measure,
            "scope": x.scope,
            "shown": shown(x),
            "source": x.source,
            "doubt": x.doubt,
            "note": x.note,
        }
        for x in said.figures
    ]
    return {
        "name": said.name, "announced": said.announced, "lead": said.lead, "seed": said.seed, "note": said.note,
        "notes": one.notes, "figures": figures,
    }  # fmt: skip


@contextmanager
def _book(
    folder: Path, context: Context, campaign: str, *, by_place: bool | None
) -> Iterator[tuple[Book, str, int, bool]]:
    with open_operation(folder, context) as operation:
        require_fresh(operation, STEPS, *TABLES)
        with reading(operation, *TABLES) as engine:
            known = campaigns(engine)
            if not known or (campaign and campaign not in known):
                raise NotFound(
                    f"No outcome names the campaign {campaign!r}" if campaign else "No outcome is on record",
                    where=str(folder),
                    remedy=f"Campaigns: {', '.join(known)}."
                    if known
                    else "Import one with `crossbearing outcome import`.",
                )
            if not campaign and len(known) > 1:
                raise BadRequest(
                    "Which campaign is it about?",
                    where=str(folder),
                    remedy=f"Name one with --campaign: {', '.join(known)}; campaigns are never added together.",
                )
            sources = exhibits(operation.ledger)
            name = campaign or known[0]
            if by_place is None:
                by_place = counts_by_place(bases_in(operation.ledger.entries(*OUTCOME_ACTS)), name)
            book = Book(engine, name, by_place=by_place, names={}, public=lambda _: False, records=None)
            simulated = any(
                sources[place.split("|")[0]].is_simulated for line in book.lines.values() for place in line.places
            )
            yield book, operation.name, operation.ledger.position(), simulated


def _require_currency(currency: str) -> None:
    if currency and not is_currency(currency):
        raise BadRequest(f"{currency!r} is no currency", where="--in", remedy="Give its code, such as EUR.")
