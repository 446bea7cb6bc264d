"""Commands on results: show."""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, plain, say, shown_path
from crossbearing.presentation.text import amount, money, number, plural, quantity
from crossbearing.workflows.show_results import CampaignResults, CountryPart, Line, show_results, write_results_page

results = App(name="results", help="Totals that add up, with the part that nobody specified.")
app.command(results)

_BAR = 40


@results.command
def show(
    op: Path,
    *,
    campaign: str = "",
    by: Literal["credit", "place", "basis"] = "basis",
    currency: Annotated[str, Parameter(name=["--in", "--currency"])] = "",
    as_of: str = "",
    page: Path | None = None,
    shared: Shared = DEFAULTS,
) -> None:
    """Show totals and countries, checked against what was stated; campaigns are never added together.

    Parameters
    ----------
    op
        Operation folder.
    campaign
        Only this campaign.
    by
        Count by the country that reports an event, by the place where it happened, or as the campaign's basis says.
    currency
        Also give all money in this currency, with rate and date of each amount.
    as_of
        Day or time, ISO 8601; what was reported or decided later does not count.
    page
        Also write the figures as a page with charts to this file.

    """
    by_place = None if by == "basis" else by == "place"
    found = show_results(
        op, shared.context(), campaign=campaign, by_place=by_place, currency=currency.upper(), as_of=as_of
    )
    if page is not None:
        write_results_page(found, page)
    if shared.json:
        as_json({"campaigns": [_machine(one) for one in found], "page": page})
        return
    for one in found:
        _print_campaign(one)
    if page is not None:
        say(f"page  {shown_path(page)}")
    if any(one.doubles_open for one in found):
        next_move(f"crossbearing outcome list {op} --doubles")
    else:
        next_move(f"open {page} in a browser" if page else f"crossbearing results show {op} --page results.html")


def _print_campaign(one: CampaignResults) -> None:
    say(f"[bold]{hostile(one.campaign)}[/bold]  by {one.view}, as of log position {one.log_position}")
    if one.is_simulated:
        say("SIMULATED EVIDENCE")
    for basis in one.bases:
        say(hostile(basis.in_words, 400))
    general = next((basis.attribution for basis in one.bases if not basis.country), "")
    if general and (general == "place") != (one.view == "place"):
        say(f"shown by {one.view} because --by asks for it; the basis above counts otherwise")
    if not one.bases:
        say("counting period and rule are not stated; `crossbearing outcome basis` states them")
    for line in one.lines:
        _print_line(one, line)
    _print_beside(one)
    if one.currency:
        left = f"; {plural(one.money_left, 'amount')} without a rate" if one.money_left else ""
        say(f"\nmoney in {one.currency}: [bold]{money(one.money_total, one.currency)}[/bold]{left}  ({one.method})")
    where = " (`crossbearing evidence list` shows in which exhibits)" if one.refused_rows else ""
    say(
        f"\ndouble reports judged {one.doubles_judged}, open {len(one.doubles_open)}; "
        f"rows that could not be read {one.refused_rows}{where}"
    )
    if one.left_out:
        say(one.left_out_in_words)
    say(
        f"double reports probably missed {one.missed.expected}, in 19 of 20 cases at most {one.missed.upper}; "
        f"less likely pairs not judged {one.possible_open}\n"
    )


def _print_line(one: CampaignResults, line: Line) -> None:
    """One thing that was counted, by country and kind."""
    least = "at least " if line.is_at_least else ""
    item = "" if line.item in {"persons", ""} else f" of {hostile(line.item)}"
    say(f"\n{line.kind}{item}: [bold]{least}{quantity(line.total, line.unit)}[/bold]  {line.check}")
    longest = max((part.total for part in line.countries), default=Decimal(1)) or Decimal(1)
    for part in line.countries:
        _print_bar(one.name_of(part.country), part, longest, line.unit)
    if line.unspecified:
        part = CountryPart("", Decimal(0), line.unspecified)
        _print_bar("no country stated", part, max(longest, line.unspecified), line.unit)
    for kind, much in line.kinds:
        say(f"    of which {hostile(kind)} {quantity(much, line.unit)}")
    if line.kind_unspecified:
        say(f"    of which unspecified {quantity(line.kind_unspecified, line.unit)}")
    for problem in line.problems:
        say(f"    [red]check[/red] {hostile(problem, 300)}")
    for note in line.notes:
        say(f"    note {hostile(note, 200)}")


def _print_beside(one: CampaignResults) -> None:
    """What stands beside the totals."""
    for measure in one.contained:
        states = ", ".join(f"{state} {amount(much, measure.unit)}" for state, much in measure.by_state)
        say(f"containing {hostile(measure.substance)}: {quantity(measure.amount, measure.unit)} ({states})")
    for rate in one.implied:
        say(
            f"{hostile(rate.item)} is stated as {money(rate.other, rate.wanted, whole=True)} and as "
            f"{money(rate.amount, rate.currency, whole=True)}: implied {number(rate.rate)} {rate.wanted} for one "
            f"{rate.currency}"
        )
    if one.cases:
        say("cases by their last step: " + ", ".join(f"{state} {number(cases)}" for state, cases in one.cases.items()))
    for kind, offence, persons in one.verdicts:
        say(f"  {kind} for {offence}: {quantity(persons, 'persons')}")
    for question in one.questions:
        say(f"    [red]ask[/red] {hostile(question, 300)}")


def _print_bar(name: str, part: CountryPart, longest: Decimal, unit: str) -> None:
    solid = round(_BAR * part.counted / longest)
    hatched = round(_BAR * part.unspecified / longest)
    without = f" of which {amount(part.unspecified, unit)} without details" if part.unspecified and part.counted else ""
    say(f"  {hostile(name, 20):<20} {'█' * solid}{'▒' * hatched} {amount(part.total, unit)}{without}")


def _machine(one: CampaignResults) -> dict[str, object]:
    lines = [{**plain(line), "sum_of_parts": line.sum_of_parts, "check": line.check} for line in one.lines]
    missed = {**plain(one.missed), "expected": plain(one.missed.expected), "upper": one.missed.upper}
    return {
        **plain(one),
        "lines": lines,
        "missed": missed,
        "money_total": one.money_total,
        "money_left": one.money_left,
    }
