"""Commands on persons: propose, list, show, judge, requests."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import App, Parameter

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import Watched, as_json, hostile, next_move, say, shown_path, table
from crossbearing.presentation.text import NOT_KNOWN, plural
from crossbearing.workflows.draft_requests import draft_requests
from crossbearing.workflows.judge_person import Judgement, judge_person
from crossbearing.workflows.propose_persons import propose_persons
from crossbearing.workflows.show_persons import Identified, PersonOf, list_persons, show_person

person = App(name="person", help="Persons behind operators: evidence that leads to one, and what people decide of it.")
app.command(person)


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Said:
    """What a judgement says beside its verdict."""

    reason: Annotated[str, Parameter(help="Why, without naming the person.")] = ""
    basis: Annotated[str, Parameter(help="What the suspicion rests on.")] = ""
    nature: Annotated[str, Parameter(help="fact or assessment.")] = ""
    category: Annotated[str, Parameter(help="Category of data subject, such as suspect.")] = ""
    review_on: Annotated[str, Parameter(help="Day on which it is looked at again, ISO date.")] = ""
    since: Annotated[str, Parameter(help="First day on which the person ran the account, ISO date.")] = ""
    until: Annotated[str, Parameter(help="Last day, ISO date.")] = ""
    answers: Annotated[str, Parameter(help="How what speaks against it is answered.")] = ""


NOTHING_SAID: Final = Said()


@person.command
def propose(op: Path, *operators: str, every: bool = False, shared: Shared = DEFAULTS) -> None:
    """Look for persons behind operators; needs --purpose, and keeps no name, address or number.

    Parameters
    ----------
    op
        Operation folder.
    operators
        Operators, or accounts that nobody judged.
    every
        All operators, and all accounts to which any evidence leads.

    """
    found = propose_persons(op, shared.context(), operators, Watched(), every=every)
    if shared.json:
        as_json(found)
        return
    for one in found:
        says: Mapping[str, Any] = one.says
        counts = Counter(str(who["status"]) for who in says["persons"])
        words = ", ".join(f"{count} {status}" for status, count in counts.items())
        say(f"[bold]{hostile(one.subject)}[/bold]  {words or 'nobody; unidentified is a normal end'}")
    if not found:
        say("No evidence leads to anybody; unidentified is a normal end.")
        return
    next_move(f"crossbearing person show {op} {found[0].subject}")


@person.command(name="list")
def list_(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List operators with the state of who is behind them; shows no name.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = list_persons(op, shared.context())
    if shared.json:
        as_json(found)
        return
    table(
        ("operator", "accounts", "state", "confirmable", "proposed", "proposed on", "review"),
        [
            (
                hostile(one.subject, 40),
                str(len(one.accounts)),
                str(one.state),
                str(sum(who.status == "confirmable" for who in one.persons)),
                str(sum(bool(who.status) for who in one.persons)),
                f"{one.matched_at[:10]}{', other evidence since' if one.is_stale else ''}" or "never",
                "past its day" if one.is_past_review else "",
            )
            for one in found
        ],
        right={"accounts", "confirmable", "proposed"},
    )
    next_move(f"crossbearing person propose {op} --every --purpose …")


@person.command
def show(op: Path, operator: str, *, names: bool = False, shared: Shared = DEFAULTS) -> None:
    """Show who may be behind an operator, with what speaks for and against it; looking is in the log.

    Parameters
    ----------
    op
        Operation folder.
    operator
        Operator, or account that nobody judged.
    names
        Open the rows that name the persons; needs --purpose.

    """
    found = show_person(op, shared.context(), operator, with_rows=names)
    if shared.json:
        as_json(found)
        return
    _print_subject(found)
    for one in found.persons:
        _print_person(one)
    if not found.persons:
        say("  nobody; unidentified is a normal end")
    elif not names:
        next_move(f"crossbearing person show {op} {operator} --names --purpose …")


@person.command
def judge(
    op: Path, operator: str, who: str, verdict: str, *, said: Said = NOTHING_SAID, shared: Shared = DEFAULTS
) -> None:
    """Say whether a person is behind an operator; software never does. Needs --purpose.

    Candidate and confirmed need --reason, --basis, --nature, --category and --review-on. What speaks against a
    confirmed one is answered with --answers.

    Parameters
    ----------
    op
        Operation folder.
    operator
        Operator, or account that nobody judged.
    who
        Person, such as N-0a1b2c3d4e, as `person show` gives it.
    verdict
        candidate, confirmed, "not this person", or withdrawn to take your own answer back.

    """
    judgement = Judgement(verdict=verdict, **{name: getattr(said, name) for name in Said.__dataclass_fields__})
    given = judge_person(op, shared.context(), operator, who, judgement)
    if shared.json:
        as_json(given)
        return
    say(f"{hostile(given.subject)}: {hostile(given.person_id)} {given.verdict}, as {hostile(given.judge)} says")
    next_move(f"crossbearing person show {op} {operator}")


@person.command
def requests(op: Path, operator: str, *, to: Path | None = None, shared: Shared = DEFAULTS) -> None:
    """Draft preservation letters and records requests, what may be gone first at the top; nothing is ever sent.

    Parameters
    ----------
    op
        Operation folder.
    operator
        Operator, or account that nobody judged.
    to
        Folder for one text file per letter.

    """
    found = draft_requests(op, shared.context(), operator, to=to)
    if shared.json:
        as_json(found)
        return
    for one in found:
        say(f"[bold]{hostile(one.to, 100)}[/bold]  may be gone from {one.gone_on or NOT_KNOWN}")
        say(f"  {one.days} days after {one.after}; {one.source}")
        say(f"  {one.note}")
        if to is None:
            for line in one.preservation.splitlines():
                say(f"    {hostile(line, 200)}")
    if not found:
        say("Its accounts show no contact and no wallet, and nothing was bought from them: nothing to ask for.")
    elif to is not None:
        say(f"{plural(2 * len(found), 'draft')} in {shown_path(to)}; check them before you send them")
    else:
        next_move(f"crossbearing person requests {op} {operator} --to FOLDER")


def _print_subject(found: Identified) -> None:
    say(f"[bold]{hostile(found.subject)}[/bold]  {found.state}, {plural(len(found.accounts), 'account')}")
    if not found.matched_at:
        say("  nobody was looked for yet")
        return
    say(f"  looked for {found.matched_at[:10]} by {hostile(found.matched_by)}")
    searched = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in found.searched.items())
    say(f"  searched {searched}")
    if found.is_stale:
        say("  other evidence or other accounts stand now: propose again")
    if found.left_out:
        say(f"  {plural(found.left_out, 'link')} left out: what they rest on does not stand any more")


def _print_person(one: PersonOf) -> None:
    status = f"software says {one.status}" if one.status else "software does not propose it now"
    say(f"[bold]{hostile(one.person_id)}[/bold]  {one.state}; {status}")
    for row in one.rows:
        said = ", ".join(hostile(value, 80) for name, value in row.items() if name not in {"table", "place"})
        say(f"  named in {row['table']}: {said}")
    _print_evidence(one.finding)
    for answer in one.answers:
        _print_answer(answer)
    if one.is_past_review:
        say("  past its day of review: look at it again, or withdraw it")
    if not one.rests:
        say("  an answer rests on evidence that does not stand any more")


def _print_evidence(finding: Mapping[str, Any]) -> None:
    if finding:
        dated = f"{finding['since']} to {finding['until']}" if finding["since"] else "no day"
        in_use = " to ".join(day or "…" for day in finding.get("in_use", ("", "")))
        say(f"  dated evidence speaks of {dated}; of other days it says nothing. In use on record: {in_use}")
    for link in finding.get("links", ()):
        period = f"{link['since'] or '…'} to {link['until'] or '…'}"
        say(f"  {link['strength']:13} {link['law']} {link['kind']}, {hostile(link['account_id'])}, {period}")
        say(f"    can be wrong: {' '.join([link['failure'], *link['doubts']])}")
        authority = hostile(", ".join(link["authorities"]) or NOT_KNOWN)
        say(f"    authority {authority}; row {hostile(link['places'][-1], 160)}")
    for name, words in (("patterns", "misleads"), ("counter", "against")):
        for remark in finding.get(name, ()):
            say(f"  {words}: {remark['words']}")
    for words in finding.get("missing", ()):
        say(f"  missing: {words}")
    for other in finding.get("other_subjects", ()):
        say(f"  also linked to {hostile(other)}")
    for other in finding.get("namesakes", ()):
        say(f"  the same name, and nothing more, is that of {hostile(other)}")


def _print_answer(answer: Mapping[str, str]) -> None:
    about = f"({answer['nature']}, {answer['category']}), review on {answer['review_on']}"
    say(f"  {hostile(answer['judge'])} on {answer['at'][:10]}: {answer['verdict']} {about}")
    say(f"    reason: {hostile(answer['reason'], 300)}")
    if answer["basis"]:
        say(f"    basis for suspicion: {hostile(answer['basis'], 300)}")
    if answer["since"] or answer["until"]:
        say(f"    for {answer['since'] or '…'} to {answer['until'] or '…'}")
    if answer["answered"]:
        say(f"    what speaks against it: {hostile(answer['answered'], 300)}")
