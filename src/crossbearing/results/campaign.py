"""All figures of one campaign, with what they rest on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from crossbearing.domain.errors import BadRequest
from crossbearing.domain.outcomes import Basis
from crossbearing.presentation.text import plural
from crossbearing.reference.countries import country_name
from crossbearing.results import measures
from crossbearing.results.conversion import METHOD, Converted, Rates, converted
from crossbearing.results.totals import UNKNOWN_COUNTRY, Line, lines_of
from crossbearing.store.session import Session

# Why a row does not count, as one and as several of them are called.
_LEFT_OUT: Final = {
    "withdrawal": ("withdrawal", "withdrawals"),
    "double": ("double", "doubles"),
    "same product": ("of a product counted already",) * 2,
    "outside the period": ("outside the counting period",) * 2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignResults:
    """One campaign's figures.

    Attributes:
        view: "crediting country" or "place".
        doubles_judged: Pairs of reports that a person judged to be one event.
        doubles_open: Proposals that await a judgement; see ``possible_open`` for less likely pairs.
        money: Every money event in one currency, if one was asked for.
        log_position: Newest decision that is counted in.
        as_of: Last moment that counts, if it is not now.
        bases: How it counts: dates, period and rule, first for all countries, then for single ones.
        possible_open: Pairs below a proposal that nobody judged.
        missed: Double reports that are probably in no proposal.
        contained: Amounts by substance contained.
        implied: Rates that stated totals in two currencies imply.
        cases: Cases by how far they have come.
        verdicts: Kind, offence on the common list, persons.
        left_out: Rows that do not count, by why.
        questions: What agencies are to be asked, in words.
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
    as_of: str = ""
    bases: tuple[Basis, ...] = ()
    possible_open: int = 0
    missed: measures.Missed = field(default_factory=lambda: measures.Missed(*[Decimal(0)] * 4))
    contained: tuple[measures.Containing, ...] = ()
    implied: tuple[measures.Implied, ...] = ()
    cases: Mapping[str, int] = field(default_factory=dict)
    verdicts: tuple[tuple[str, str, Decimal], ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    questions: tuple[str, ...] = ()

    method: str = METHOD

    @staticmethod
    def name_of(country: str) -> str:
        """A country's name, or the words for no country."""
        return country if country == UNKNOWN_COUNTRY else country_name(country)

    @property
    def left_out_in_words(self) -> str:
        """How many rows are in no total, and why, as a sentence; empty if all count."""
        parts = [plural(rows, *_LEFT_OUT.get(why, (why, why))) for why, rows in self.left_out.items()]
        return f"Left out: {', '.join(parts)}." if parts else ""

    @property
    def money_total(self) -> Decimal:
        """Sum of what could be converted."""
        return sum((one.value for one in self.money if one.value is not None), Decimal(0))

    @property
    def money_left(self) -> int:
        """How many amounts have no rate."""
        return sum(one.value is None for one in self.money)


def results_of(
    engine: Session,
    campaign: str,
    *,
    operation: str,
    position: int,
    bases: Sequence[Basis],
    simulated: frozenset[str],
    by_place: bool = False,
    currency: str = "",
    as_of: str = "",
) -> CampaignResults:
    """The figures of one campaign.

    Args:
        engine: A session over the outcome tables.
        campaign: As the reports name it.
        operation: Name of the operation.
        position: Newest decision that is counted in.
        bases: How the campaign counts.
        simulated: Exhibits that are simulated.
        by_place: Count by the country where it happened instead of the one that reports it.
        currency: Also give all money in it; empty for none.
        as_of: Last moment that counts, if it is not now.

    Raises:
        BadRequest: No amount and no rate names the currency.
    """
    lines = lines_of(engine, campaign, by_place=by_place)
    pairs = _pairs(engine, campaign)
    return CampaignResults(
        operation=operation,
        campaign=campaign,
        view="place" if by_place else "crediting country",
        lines=tuple(lines),
        doubles_judged=sum(pair["pairs"] for pair in pairs if pair["verdict"] == "same"),
        doubles_open=tuple(_open_proposals(engine, campaign)),
        refused_rows=_refused(engine),
        currency=currency,
        money=tuple(_money(engine, campaign, currency)) if currency else (),
        log_position=position,
        is_simulated=any(place.split("|")[0] in simulated for line in lines for place in line.places),
        as_of=as_of,
        bases=tuple(bases),
        possible_open=sum(
            pair["pairs"] for pair in pairs if pair["tier"] != "proposal" and pair["verdict"] not in _DECIDED
        ),
        missed=measures.missed_doubles(engine, campaign, pairs),
        contained=tuple(measures.contained_in(engine, campaign)),
        implied=tuple(measures.implied_rates(lines)),
        cases=measures.cases_by_state(engine, campaign),
        verdicts=tuple(measures.verdicts_by_offence(engine, campaign)),
        left_out=measures.left_out(engine, campaign),
        questions=(*measures.questions(engine, campaign), *(said for line in lines for said in line.questions)),
    )


_DECIDED: Final = ("same", "different")
_JUDGED_PAIRS: Final = """
    FROM outcome_pair
    LEFT JOIN outcome_judgement ON outcome_pair.left_id = outcome_judgement.left_id
        AND outcome_pair.right_id = outcome_judgement.right_id
        AND outcome_pair.left_state = outcome_judgement.left_state
        AND outcome_pair.right_state = outcome_judgement.right_state
    WHERE outcome_pair.campaign = ?
"""


def _pairs(engine: Session, campaign: str) -> list[dict[str, Any]]:
    """How many pairs there are, and what their chances add up to, by tier, days apart and verdict."""
    return engine.rows(
        f"""SELECT outcome_pair.tier, outcome_pair.days_apart, outcome_judgement.verdict, count(*) AS pairs,
                sum(outcome_pair.one_event_chance) AS chances
            {_JUDGED_PAIRS} GROUP BY ALL ORDER BY ALL""",
        [campaign],
    )


def _open_proposals(engine: Session, campaign: str) -> list[dict[str, Any]]:
    return engine.rows(
        f"""SELECT outcome_pair.*, outcome_judgement.verdict {_JUDGED_PAIRS}
            AND outcome_pair.tier = 'proposal' AND coalesce(outcome_judgement.verdict, '') NOT IN {_DECIDED}
            ORDER BY outcome_pair.pair_id""",
        [campaign],
    )


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
           FROM outcome_event
           INNER JOIN outcome_counted ON outcome_event.outcome_id = outcome_counted.outcome_id
               AND outcome_event.place = outcome_counted.place
           WHERE outcome_event.campaign = ? AND NOT outcome_event.is_stated_total AND outcome_counted.counts
               AND outcome_event.kind <> 'valuation'
           ORDER BY outcome_event.place""",
        [campaign],
    )
    rates = Rates(engine)
    if not rates.knows(currency) and not any(currency in {row["unit"], row["worth_in"]} for row in rows):
        raise BadRequest(
            f"No amount and no rate on record names the currency {currency!r}",
            where="results show --in",
            remedy="Check the code, or add a file of rates with `crossbearing evidence add`.",
        )
    return converted(rows, rates, currency)
