"""Commands on leads: add, list, match, show, opinion; those by hit or no hit stand beside."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import App, Parameter

from crossbearing.domain.errors import BadRequest, WrongKind
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.deconflict import say_by_itself
from crossbearing.interfaces.cli.evidence import print_added
from crossbearing.interfaces.cli.handed_in import NOTHING_SAID, HandedIn, typed_in
from crossbearing.interfaces.cli.output import Watched, as_json, hostile, next_move, say, table
from crossbearing.presentation.text import NOT_KNOWN, day, plural
from crossbearing.presentation.text import number as number_
from crossbearing.workflows.add_evidence import Added, add_evidence
from crossbearing.workflows.enter_opinion import enter_opinion
from crossbearing.workflows.match_leads import match_leads
from crossbearing.workflows.show_leads import Boxes, FollowUp, list_referred, show_case
from crossbearing.workflows.write_lead_form import filled_form, form_profiles

lead = App(name="lead", help="Overdose cases that agencies refer, and the sales that may have supplied them.")
app.command(lead)

_NOT_YET: Final = "  shown when both sides have approved"
_NEEDS: Final = (
    "Each case needs the agency that asks, its case number and its legal basis. A population-wide file is never "
    "matched with persons. Columns: see the how-to on leads."
)


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Form:
    """One referral typed in, instead of a file; what is left out is not known."""

    agency: Annotated[str, Parameter(help="Agency that asks.")] = ""
    legal_basis: Annotated[str, Parameter(help="On what legal basis it asks.")] = ""
    asked: Annotated[str, Parameter(help="What it wants to know.")] = ""
    reply_by: Annotated[str, Parameter(help="Day by which it wants an answer, ISO date.")] = ""
    given_name: Annotated[str, Parameter(help="Of the person.")] = ""
    family_name: Annotated[str, Parameter(help="Of the person.")] = ""
    born: Annotated[str, Parameter(help="Day of birth, ISO date.")] = ""
    street: Annotated[str, Parameter(help="Last known home: street and number.")] = ""
    town: Annotated[str, Parameter(help="Last known home.")] = ""
    postcode: Annotated[str, Parameter(help="Last known home.")] = ""
    country: Annotated[str, Parameter(help="Last known home.")] = ""
    last_seen_alive: Annotated[str, Parameter(help="Time, UTC, such as 2021-03-09 18:00.")] = ""
    found_at: Annotated[str, Parameter(help="Time, UTC.")] = ""
    is_fatal: Annotated[str, Parameter(help="yes or no.")] = ""
    scene: Annotated[str, Parameter(help="What was found there.")] = ""
    tracking_number: Annotated[str, Parameter(help="On a parcel found there.")] = ""
    order_reference: Annotated[str, Parameter(help="Of an order found there.")] = ""
    handle_found: Annotated[str, Parameter(help="Buyer's handle found there.")] = ""
    payment_found: Annotated[str, Parameter(help="Payment address found there.")] = ""
    contact_found: Annotated[str, Parameter(help="Mail, number or messenger, such as 'signal: name.01'.")] = ""


NOTHING_TYPED: Final = Form()


@lead.command
def add(
    op: Path,
    *paths: Path,
    authority: str = "",
    kind: str = "overdose",
    field: Annotated[tuple[str, ...], Parameter(help="COLUMN=VALUE of a form; may be given several times.")] = (),
    form: Form = NOTHING_TYPED,
    handed_in: HandedIn = NOTHING_SAID,
    shared: Shared = DEFAULTS,
) -> None:
    """Take referrals in: files, or one typed in with --case and the options or fields of its form.

    All rows of a file are taken, or none. What is typed in becomes an exhibit too, sealed like any other.

    Parameters
    ----------
    op
        Operation folder.
    paths
        Referral forms: CSV, XLSX or JSON; `lead form` writes empty ones.
    authority
        Reference of a registered authorisation.
    kind
        What is typed in: overdose, toxicology, laboratory, parcel, purchase, exchange, device, provider, statement. A
        file says it itself.

    """
    if paths:
        print_added(_added(op, paths, authority, handed_in, shared), op, shared)
        say_by_itself(op, shared)
        return
    named = dict(one.partition("=")[::2] for one in field)
    if form == NOTHING_TYPED and not named:
        raise BadRequest("No file is named", where="lead add", remedy="Name referral forms, or give --case and a form.")
    given = {"case_number": shared.case, **{one.name: getattr(form, one.name) for one in fields(form)}, **named}
    typed = filled_form(kind, given)
    with typed_in(typed, "referral.csv") as path:
        print_added(_added(op, [path], authority, handed_in, shared), op, shared)
    say_by_itself(op, shared)


def _added(op: Path, paths: Sequence[Path], authority: str, handed_in: HandedIn, shared: Shared) -> list[Added]:
    submissions = handed_in.submissions(paths, authority)
    checked = [replace(one, accept_only=form_profiles(), needs=_NEEDS) for one in submissions]
    try:
        return add_evidence(op, shared.context(authority), checked, Watched())
    except WrongKind as wrong:
        raise WrongKind(f"This is no referral form. {wrong.problem}", where=wrong.where, remedy=_NEEDS) from wrong


@lead.command(name="list")
def list_(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List the referred cases, the most urgent first; needs --purpose, and shows no name.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = list_referred(op, shared.context())
    if shared.json:
        as_json(found)
        return
    table(
        ("case", "agency", "asks", "reply by", "matched", "leads", "hit or no hit"),
        [
            (
                hostile(one.referral["case_number"], 40),
                hostile(one.referral["agency"], 30),
                hostile(one.referral["asked"], 40) if one.referral["asked"] else NOT_KNOWN,
                day(one.referral["reply_by"]),
                f"{one.matched_at[:10]}{', other evidence since' if one.is_stale else ''}" or "no",
                "sealed" if one.follow_up else _graded(one.grades) or ("none" if one.matched_at else NOT_KNOWN),
                _followed(one.follow_up) if one.follow_up else "not asked",
            )
            for one in found
        ],
    )
    next_move(f"crossbearing lead match {op} --case NUMBER --purpose …")


@lead.command(name="match")
def match_(op: Path, *numbers: str, every: bool = False, shared: Shared = DEFAULTS) -> None:
    """Match cases with the sales; needs --purpose, and keeps no name and no address.

    What is found of a case that was asked for with `lead ask` is sealed; a market analyst matches it.

    Parameters
    ----------
    op
        Operation folder.
    numbers
        Case numbers; --case names one too.
    every
        All referred cases that you may match.

    """
    wanted = (*numbers, *([shared.case] if shared.case and shared.case not in numbers else []))
    found = match_leads(op, shared.context(), () if every else wanted, Watched(), every=every)
    if shared.json:
        as_json(found)
        return
    for one in found:
        says: Mapping[str, Any] = one.says
        grades = _graded([item["grade"] for item in says.get("leads", ())])
        shown = "answered, and sealed" if one.is_sealed else f"leads: {grades}" if grades else "no lead"
        say(f"[bold]{hostile(one.case_number)}[/bold]  {shown}")
    for run in [one.says["run"] for one in found if not one.is_sealed][:1]:
        say(_run_in_words(run))
    if found:
        next_move(f"crossbearing lead show {op} {found[0].case_number} --purpose …")
    else:
        say("there is no case that you may match")


@lead.command
def show(op: Path, number: str, *, shared: Shared = DEFAULTS) -> None:
    """Show one case in three boxes: supply, composition, causation; needs --purpose, and is in the log.

    Parameters
    ----------
    op
        Operation folder.
    number
        Case number.

    """
    found = show_case(op, shared.context(), number)
    if shared.json:
        as_json(found)
        return
    referral = found.referral
    say(f"[bold]{hostile(referral['case_number'])}[/bold]  asked by {hostile(referral['agency'])}")
    say(f"  basis     {hostile(referral['legal_basis'], 200)}")
    say(f"  asks      {hostile(referral['asked'], 200) if referral['asked'] else NOT_KNOWN}")
    say(f"  reply by  {day(referral['reply_by'])}")
    _print_supply(found)
    say("[bold]composition[/bold]  what the laboratory states")
    results = [(row["specimen"], row["substance"], row["result"], row["amount"], row["unit"]) for row in
               found.composition]  # fmt: skip
    table(
        ("specimen", "substance", "result", "amount"),
        [
            (hostile(specimen), hostile(name), hostile(result), f"{number_(amount)} {hostile(unit)}" if amount else "")
            for specimen, name, result, amount, unit in results
        ],
        right={"amount"},
    )
    if not found.composition:
        say(_NOT_YET if found.is_case_hidden else "  no result is on record")
    say("[bold]causation[/bold]  a person's medical opinion; never computed")
    for one in found.causation:
        said = f"{hostile(one.given_by)}, {hostile(one.qualification)}, on {one.given_on}"
        say(f"  {said}: {hostile(one.statement, 400)}")
        say(f"    entered by {hostile(one.entered_by)} at {one.entered_at}")
    if not found.causation:
        say(_NOT_YET if found.is_case_hidden else "  no opinion is on record")


@lead.command
def opinion(
    op: Path, number: str, statement: str, *, given_by: str, qualification: str, given_on: str,
    shared: Shared = DEFAULTS,
) -> None:  # fmt: skip
    """Enter a medical opinion on the cause of a death, in the words of who gave it.

    Parameters
    ----------
    op
        Operation folder.
    number
        Case number.
    statement
        The opinion.
    given_by
        Who gave it.
    qualification
        As what, such as "forensic pathologist".
    given_on
        Day of the opinion, ISO date.

    """
    entered = enter_opinion(
        op, shared.context(), number, statement, given_by=given_by, qualification=qualification, given_on=given_on
    )
    if shared.json:
        as_json(entered)
        return
    say(f"{hostile(entered.case_number)}: opinion of {hostile(entered.given_by)} entered")
    next_move(f"crossbearing lead show {op} {number} --purpose …")


def _graded(grades: Sequence[str]) -> str:
    """How many there are of each grade, the best first."""
    return ", ".join(f"{count} {grade}" for grade, count in Counter(grades).items())


def _followed(one: FollowUp) -> str:
    """How a question stands, in a few words."""
    due = f", due {one.due[:16].replace('T', ' ')} UTC{', overdue' if one.is_overdue else ''}" if one.due else ""
    approved = f", approved by the {' and the '.join(one.approved_by)}" if one.approved_by else ""
    reason = f": {hostile(one.reason, 100)}" if one.reason else ""
    return f"{one.state}{approved}{due}{reason}"


def _print_supply(found: Boxes) -> None:
    say("[bold]supply[/bold]  graded by software, for a person to judge")
    says = found.supply
    if found.follow_up:
        say(f"  by hit or no hit, asked {found.follow_up.asked_at[:10]}: {_followed(found.follow_up)}")
    if "answer" in says:
        say(f"  answer: [bold]{says['answer']}[/bold]; nothing more opens until both sides have approved")
        for one in says["searched"]:
            readable = f"{one['readable_percent']} % of addresses readable"
            say(f"  searched {hostile(one['market'])} from {one['from']} to {one['until']}: {readable}")
        return
    if not says:
        say("  nothing to show" if found.follow_up else "  not matched yet")
        return
    say(f"  matched {found.matched_at[:10]} by {hostile(found.matched_by)}, weights {says['weights']}")
    if found.is_stale:
        say("  other evidence stands now: match again")
    for item in says["leads"]:
        _print_lead(item)
    if found.left_out:
        say(f"  {plural(found.left_out, 'lead')} left out: what they rest on does not stand any more")
    for _, words in says["notes"]:
        say(f"  note  {words}")
    _print_searched(says["searched"])
    say(f"  whole run of {plural(says['run']['cases'], 'case')}: {_run_in_words(says['run'])}")


def _run_in_words(run: Any) -> str:
    found = f"{plural(run['found'], 'consignee')} agree with a case in name, address and time"
    return f"{found}; chance alone gives about {run['expected']}"


def _print_lead(item: Mapping[str, Any]) -> None:
    seller = f"{hostile(item.get('handle') or '', 40)} {item['account_id']}".strip()
    say(f"  [bold]{item['grade']}[/bold]  {seller} on {hostile(item['market'])}, "
        f"sale {hostile(item['sale_server_id'])}, probability {item['probability']}")  # fmt: skip
    say(f"    hypothesis: {item['hypothesis']}")
    for bar in item["bars"]:
        say(f"    {bar['part']:14} {bar['level']:28} {bar['value']:>10}")
    say(f"    {'sum':14} {'':28} {item['log_odds']:>10}")
    by_chance = item["expected_by_chance"]
    counted = "not counted, for name, address and time do not all agree" if by_chance is None else f"about {by_chance}"
    say(f"    strangers as near by chance alone: {counted}")
    say(f"    row {hostile(item['place'], 200)}")


def _print_searched(searched: Mapping[str, Any]) -> None:
    def said(count: int | None) -> str:
        return "not counted" if count is None else str(number_(count))

    for one in searched["markets"]:
        addresses = f"{said(one['readable'])} with a readable address, {said(one['encrypted'])} sealed"
        say(
            f"  searched {hostile(one['market'])} from {one['from']} to {one['until']}: "
            f"{plural(one['sales'], 'sale')}, {addresses}"
        )
    say(
        f"  within the case's time: {plural(searched['in_time'], 'sale')}, "
        f"{said(searched['readable_in_time'])} readable, "
        f"{said(searched['encrypted_in_time'])} sealed; not searched for want of a date: "
        f"{said(searched['undated'])}, of a seller: {said(searched.get('without_seller'))}"
    )
    if searched.get("messages") is not None:  # older findings do not say
        say(f"  searched for the parcel's number: {plural(searched['messages'], 'readable message')}")
