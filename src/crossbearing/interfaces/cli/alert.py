"""Commands on batch alerts: draft, list, show, issue, withdraw."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, say, table
from crossbearing.presentation.text import NOT_KNOWN
from crossbearing.workflows.draft_alert import DAYS, Wanted, draft_alert, issue_alert, withdraw_alert
from crossbearing.workflows.show_alerts import ShownAlert, list_alerts, show_alert, write_alert_page

alert = App(name="alert", help="Public-health alerts about a batch: a substance, a look, an area; never a person.")
app.command(alert)


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of the batch; what is left out is taken from the results, or not known."""

    form: Annotated[str, Parameter(help="powder, tablet, capsule, liquid, paper or plant material.")] = ""
    colour: Annotated[str, Parameter(help="One plain word, such as blue.")] = ""
    imprint: Annotated[str, Parameter(help="Imprint of a pill or stamp of a bag, up to 20 letters.")] = ""
    remark: Annotated[str, Parameter(help="Own words; no person, account, market, address or case.")] = ""
    tlp: Annotated[str, Parameter(help="How far it may go; by default as far as the results may.")] = ""
    days: Annotated[int, Parameter(help="How far back from the newest result.")] = DAYS
    presumptive: Annotated[bool, Parameter(help="A test on the spot says so, and no result is on record.")] = False


NOTHING_SAID = Said()


@alert.command
def draft(
    op: Path, substance: str, *, area: str, precision: str, said: Said = NOTHING_SAID, shared: Shared = DEFAULTS
) -> None:
    """Draft an alert out of what laboratories found; needs --purpose, and sends nothing.

    Parameters
    ----------
    op
        Operation folder.
    substance
        Any name of it.
    area
        Name of a county, a state or a country; nothing smaller.
    precision
        Which of these it is: county, state or country.

    """
    wanted = Wanted(
        substance=substance, area=area, precision=precision, form=said.form, colour=said.colour,
        imprint=said.imprint, remark=said.remark, tlp=said.tlp, days=said.days, is_presumptive=said.presumptive,
    )  # fmt: skip
    made = draft_alert(op, shared.context(), wanted)
    _print(show_alert(op, shared.context(), made.alert_id), shared)
    if not shared.json:
        next_move(f"crossbearing alert issue {op} {made.alert_id} --purpose …")


@alert.command(name="list")
def list_(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """List all alerts, the newest first, with those that were withdrawn.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = list_alerts(op, shared.context())
    if shared.json:
        as_json(found)
        return
    table(
        ("alert", "state", "substance", "area", "until", "TLP"),
        [
            (
                one.alert.alert_id,
                one.alert.state.upper() if one.alert.state == "withdrawn" else one.alert.state,
                hostile(one.alert.document["substance"]),
                hostile(one.alert.document["area"]["name"]),
                one.alert.document["period"]["until"],
                one.alert.document["tlp"],
            )
            for one in found
        ],
    )
    next_move(f"crossbearing alert draft {op} SUBSTANCE --area … --precision county --purpose …")


@alert.command
def show(op: Path, number: str, *, page: Path | None = None, shared: Shared = DEFAULTS) -> None:
    """Show one alert, and write it as a page to print if asked.

    Parameters
    ----------
    op
        Operation folder.
    number
        Its number, such as AL-001.
    page
        Also write it as a page to this file.

    """
    found = show_alert(op, shared.context(), number)
    if page is not None:
        write_alert_page(found, page)
    _print(found, shared)


@alert.command
def issue(op: Path, number: str, *, shared: Shared = DEFAULTS) -> None:
    """Issue a draft; it is your act, and needs --purpose.

    Parameters
    ----------
    op
        Operation folder.
    number
        Its number, such as AL-001.

    """
    issue_alert(op, shared.context(), number)
    _print(show_alert(op, shared.context(), number), shared)
    if not shared.json:
        next_move(f"crossbearing alert show {op} {number} --page alert.html")


@alert.command
def withdraw(op: Path, number: str, *, reason: str, shared: Shared = DEFAULTS) -> None:
    """Withdraw an alert or a draft; it stays and shows as withdrawn. Needs --purpose.

    Parameters
    ----------
    op
        Operation folder.
    number
        Its number, such as AL-001.
    reason
        Why; stands on the alert.

    """
    withdraw_alert(op, shared.context(), number, reason)
    _print(show_alert(op, shared.context(), number), shared)


def _print(found: ShownAlert, shared: Shared) -> None:
    if shared.json:
        as_json(found)
        return
    one, says = found.alert, found.alert.document
    say(f"[bold]{one.alert_id}[/bold]  {one.state.upper()}  TLP:{says['tlp']}")
    if one.state == "withdrawn":
        say(f"  withdrawn   {one.withdrawn_at[:10]}: {hostile(one.reason, 400)}")
    if not found.stands:
        say("  what it rests on does not stand any more")
    look = [says["look"][name] for name in ("form", "colour", "imprint")]
    say(f"  substance   {hostile(says['substance'])} ({says['group']})")
    say(f"  look        {', '.join(hostile(word) for word in look if word) or NOT_KNOWN}")
    say(f"  area        {hostile(says['area']['name'])} ({says['area']['precision']})")
    say(f"  seen        {says['period']['from']} to {says['period']['until']}")
    say(f"  test        {says['test']}")
    say(f"  confidence  {says['confidence']}")
    for sentence in says["advice"]:
        say(f"  what to do  {sentence}")
    if says["remark"]:
        say(f"  remark      {hostile(says['remark'], 400)}")
