"""Commands on outcomes: import, list, judge."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal

from cyclopts import App

from crossbearing.domain.errors import BadRequest
from crossbearing.domain.judgement import PairKind, Verdict
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.evidence import print_added
from crossbearing.interfaces.cli.handed_in import NOTHING_SAID, HandedIn
from crossbearing.interfaces.cli.output import Watched, as_json, hostile, next_move, say, table
from crossbearing.presentation.text import NOT_KNOWN, amount, day, plural
from crossbearing.workflows import new_operation
from crossbearing.workflows.add_evidence import add_evidence, read_manifest
from crossbearing.workflows.judge_pairs import judge, list_pairs
from crossbearing.workflows.list_outcomes import PROFILES, list_outcomes

_LISTED: Final = ("day", "kind", "item", "amount", "unit", "place", "credit", "counts")

outcome = App(name="outcome", help="What partners did with their packages: events that come back.")
app.command(outcome)


@outcome.command(name="import")
def import_(
    op: Path,
    *paths: Path,
    authority: str = "",
    manifest: Path | None = None,
    handed_in: HandedIn = NOTHING_SAID,
    shared: Shared = DEFAULTS,
) -> None:
    """Add partner reports; each report is an exhibit like any other.

    Parameters
    ----------
    op
        Operation folder.
    paths
        Report files, CSV, or forms as CSV, XLSX or JSON; see the how-to "report outcomes" for their columns.
    authority
        Reference of a registered authorisation.
    manifest
        A manifest.json that lists the reports under "outcomes", instead of PATHS.

    """
    context = shared.context(authority)
    if manifest is not None:
        for authorisation in new_operation.authorities_in(manifest):
            new_operation.add_authority(op, shared.context(), authorisation)
        submissions = read_manifest(manifest, "outcomes")
    else:
        submissions = handed_in.submissions(paths, authority)
    if not submissions:
        raise BadRequest("No file is named", where="outcome import", remedy="Name report files, or give --manifest.")
    checked = [replace(submission, accept_only=PROFILES) for submission in submissions]
    print_added(add_evidence(op, context, checked, Watched()), op, shared)


@outcome.command(name="list")
def list_(op: Path, *, campaign: str = "", doubles: bool = False, shared: Shared = DEFAULTS) -> None:
    """List events and stated totals, or with --doubles the reports that may speak of one event.

    Parameters
    ----------
    op
        Operation folder.
    campaign
        Only this campaign.
    doubles
        List possible double reports instead.

    """
    context = shared.context()
    if doubles:
        pairs = list_pairs(op, context, PairKind.OUTCOME)
        if shared.json:
            as_json(pairs)
            return
        table(
            ("pair", "chance", "why", "judged"),
            [
                (
                    pair["pair_id"],
                    f"{pair['one_event_chance']:.2f}{'' if pair['tier'] == 'proposal' else ' (no proposal)'}",
                    hostile(pair["reason"], 200),
                    pair["verdict"] or "open",
                )
                for pair in pairs
            ],
        )
        next_move(f"crossbearing outcome judge {op} PAIR same|different --reason …")
        return
    found = list_outcomes(op, context, campaign=campaign)
    if shared.json:
        as_json(found)
        return
    of_one = len({o["campaign"] for o in found}) == 1  # then it stands once above
    if of_one:
        say(f"[bold]{hostile(found[0]['campaign'])}[/bold]  {plural(len(found), 'report row')}")
    table(
        ("outcome", *(() if of_one else ("campaign",)), *_LISTED),
        [
            (
                o["outcome_id"],
                *(() if of_one else (hostile(o["campaign"], 20),)),
                day(o["happened_on"]),
                o["kind"],
                hostile(o["item"], 24),
                amount(o["amount"], o["unit"]),
                hostile(o["unit"], 12),
                o["place_code"] or NOT_KNOWN,
                o["credit_code"] or NOT_KNOWN,
                _counts(o),
            )
            for o in found
        ],
        right={"amount"},
    )


@outcome.command(name="judge")
def judge_(
    op: Path,
    pair: str,
    verdict: Literal["same", "different", "unsure", "withdrawn"],
    *,
    reason: str,
    shared: Shared = DEFAULTS,
) -> None:
    """Say whether two reports speak of one event; the same event counts once.

    Parameters
    ----------
    op
        Operation folder.
    pair
        Pair id, as `outcome list --doubles` shows it.
    verdict
        same, different, unsure, or withdrawn to take an answer back.
    reason
        Why, in a few words.

    """
    judged = judge(op, shared.context(), PairKind.OUTCOME, pair, Verdict(verdict), reason=reason)
    if shared.json:
        as_json({"pair_id": judged.pair_id, "verdict": judged.verdict})
        return
    say(f"{judged.pair_id}: {judged.verdict}")
    next_move(f"crossbearing run {op}, then crossbearing results show {op}")


def _counts(event: Mapping[str, Any]) -> str:
    if event["is_superseded"]:
        return "no: withdrawn" if event["why_not"] == "withdrawal" else "no: corrected"
    if event["is_stated_total"]:
        return "total"
    if event["counts"]:
        return "yes"
    return f"no: {event['why_not']}" + (f" of {event['double_of']}" if event["double_of"] else "")
