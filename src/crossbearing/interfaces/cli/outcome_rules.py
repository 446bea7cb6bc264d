"""Commands on how outcomes are counted: basis, seal, unseal."""

from pathlib import Path
from typing import Annotated, Final, Literal

from cyclopts import Parameter

from crossbearing.domain.outcomes import Basis
from crossbearing.interfaces.cli.app import DEFAULTS, Shared
from crossbearing.interfaces.cli.outcome import outcome
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, say
from crossbearing.presentation.text import plural
from crossbearing.workflows.decide_outcomes import day_of, seal_case, state_basis, unseal_case


@outcome.command
def basis(
    op: Path,
    campaign: str,
    *,
    reason: str,
    country: str = "",
    begins: str = "",
    seized: str = "",
    first: Annotated[str, Parameter(name="--from")] = "",
    until: str = "",
    by: Literal["credit", "place"] = "credit",
    words: str = "",
    shared: Shared = DEFAULTS,
) -> None:
    """State how a campaign counts: its dates, the period that counts, and by which rule; printed with every total.

    Parameters
    ----------
    op
        Operation folder.
    campaign
        As the reports name it.
    reason
        Who decided it, and why.
    country
        This holds for one country only, such as a longer period; ISO code.
    begins
        Day on which the operation began, ISO date.
    seized
        Day on which the evidence was seized that it rests on.
    first
        First day that counts; what happened before is left out.
    until
        Last day that counts.
    by
        Whether the country that reports an event counts it, or the one where it happened.
    words
        The rule in words, as it is announced.

    """
    stated = Basis(
        campaign=campaign, country=country.upper(), begins_on=day_of(begins, "--begins"),
        seized_on=day_of(seized, "--seized"), counted_from=day_of(first, "--from"),
        counted_until=day_of(until, "--until"), attribution=by, words=words,
    )  # fmt: skip
    found = state_basis(op, shared.context(), stated, reason=reason)
    if shared.json:
        as_json(found)
        return
    say(f"{hostile(found.campaign)}: {hostile(found.in_words, 400)}")
    next_move(f"crossbearing run {op}, then crossbearing results show {op}")


@outcome.command
def seal(op: Path, case: str, *, campaign: str, agency: str, reason: str, shared: Shared = DEFAULTS) -> None:
    """Hold a case back from every figure, list and pair until it is unsealed.

    Parameters
    ----------
    op
        Operation folder.
    case
        The agency's reference of the person in the case, or of the report if it has none.
    campaign
        As the reports name it.
    agency
        Agency whose case it is, as the reports name it.
    reason
        Whose order, without a name of a person.

    """
    rows = seal_case(op, shared.context(), campaign, agency, case, reason=reason)
    held = f"; {plural(rows, 'report row')} of it will be held back with the next run"
    _say_done(op, "sealed", shared, held if rows else _NOT_FOUND)


@outcome.command
def unseal(op: Path, case: str, *, campaign: str, agency: str, reason: str, shared: Shared = DEFAULTS) -> None:
    """Let a sealed case count again.

    Parameters
    ----------
    op
        Operation folder.
    case
        The agency's reference of the person in the case, or of the report if it has none.
    campaign
        As the reports name it.
    agency
        Agency whose case it is, as the reports name it.
    reason
        Whose order.

    """
    unseal_case(op, shared.context(), campaign, agency, case, reason=reason)
    _say_done(op, "unsealed", shared)


_NOT_FOUND: Final = (
    "; no report row that is shown has this reference: if one should, seal it again with campaign, agency and "
    "reference as the report writes them"
)


def _say_done(op: Path, what: str, shared: Shared, more: str = "") -> None:
    if shared.json:
        as_json({"case": what})
        return
    say(f"the case is {what}{more}")
    next_move(f"crossbearing run {op}")
