"""Releases: freeze a campaign's figures under a name, give them out again byte for byte, show what changed since."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import canonical
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, NotFound
from crossbearing.domain.outcomes import OUTCOME_ACTS, Release, bases_in, counts_by_place, releases_in
from crossbearing.registry import STEPS
from crossbearing.results.campaign import results_of
from crossbearing.results.release import Change, changes, frozen
from crossbearing.results.totals import TABLES, campaigns
from crossbearing.store import durable
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import EXHIBIT_ACTS, exhibits
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

_BEHIND = (*OUTCOME_ACTS, ActKind.PAIR_JUDGED, *EXHIBIT_ACTS)  # acts that change what counts
NOW = "now"


def freeze_results(
    folder: Path, context: Context, name: str, *, reason: str, campaign: str = "", currency: str = ""
) -> Release:
    """Freeze the figures of a campaign as they are now; they stay so whatever comes later.

    Args:
        folder: Operation folder.
        context: Who freezes them.
        name: What the release is called; one name is given once.
        reason: What it is for.
        campaign: Which; may be left out if there is one only.
        currency: Also give all money in it.

    Raises:
        BadRequest: Name or reason is missing, or there are several campaigns.
        Contradiction: The name is taken, or something was decided or added in between.
        NotFound: No outcome names the campaign.
    """
    for what, value in (("name", name), ("reason", reason)):
        if not value.strip():
            raise BadRequest(f"A release needs a {what}", where="results freeze", remedy=f"Give the {what}.")
    if name == NOW:
        raise BadRequest(
            f"No release can be called {NOW}", where="results freeze", remedy="That word stands for today's figures."
        )
    with open_operation(folder, context) as operation:
        operation.require(Action.BUILD, "results", name)
        position = operation.ledger.position()
        document = _document_now(operation, campaign, currency, position)

        def acts(seen: list[Entry]) -> list[Act]:
            _require_free(seen, name)
            if any(one.position > position for one in seen):
                raise Contradiction(
                    "Something was added or decided while the figures were made",
                    where=name,
                    remedy=f"Run `crossbearing run {folder}`, then freeze again.",
                )
            payload = {"campaign": document["campaign"], "reason": reason.strip(), "document": document}
            return [Act(kind=ActKind.RESULTS_FROZEN, subject=name, payload=payload)]

        operation.ledger.decide(context, acts, *_BEHIND)
        return _release(operation, name)


def list_releases(folder: Path, context: Context) -> list[Release]:
    """All releases in the order in which they were frozen."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        return releases_in(operation.ledger.entries(ActKind.RESULTS_FROZEN))


def show_release(folder: Path, context: Context, name: str, *, out: Path | None = None) -> Release:
    """One release; written out, its bytes are the same every time.

    Raises:
        NotFound: There is no such release.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        release = _release(operation, name)
    if out is not None:
        durable.write_text(out, release_text(release))
    return release


def release_text(release: Release) -> str:
    """A release's document as text: canonical JSON and a line end."""
    return canonical(dict(release.document)).decode() + "\n"


def compare_releases(
    folder: Path, context: Context, before: str = "", after: str = NOW, *, campaign: str = ""
) -> tuple[str, str, list[Change]]:
    """What changed from one release to another; gives the two names and the figures that differ.

    Args:
        folder: Operation folder.
        context: Who looks.
        before: A release; by default the last one of the campaign, before ``after`` if that is one.
        after: A release, or "now" for the figures of today.
        campaign: Which; may be left out if there is one only.

    Raises:
        BadRequest: The two are of different campaigns.
        NotFound: There is no such release.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        known = releases_in(operation.ledger.entries(ActKind.RESULTS_FROZEN))
        newer = _release(operation, after) if after != NOW else None
        older = _release(operation, before) if before else _last_before(known, newer, campaign)
        name = campaign or older.campaign
        document = (
            newer.document
            if newer
            else _document_now(operation, name, str(older.document["money"]["currency"]), operation.ledger.position())
        )
        if document["campaign"] != older.campaign:
            raise BadRequest(
                "The two are of different campaigns",
                where=f"{older.name} and {after}",
                remedy="Campaigns are never added together nor held against each other; name two of one.",
            )
        return older.name, after, changes(older.document, document)


def _document_now(operation: Operation, campaign: str, currency: str, position: int) -> Mapping[str, Any]:
    require_fresh(operation, STEPS, *TABLES)
    with reading(operation, *TABLES) as engine:
        known = campaigns(engine)
        if campaign not in known and (campaign or not known):
            raise NotFound(
                f"No outcome names the campaign {campaign!r}" if campaign else "No outcome is on record",
                where=operation.name,
                remedy=f"Campaigns: {', '.join(known)}." if known else "Import one with `crossbearing outcome import`.",
            )
        if not campaign and len(known) > 1:
            raise BadRequest(
                "There are several campaigns, and a release is of one",
                where=operation.name,
                remedy=f"Name one with --campaign: {', '.join(known)}.",
            )
        name = campaign or known[0]
        bases = bases_in(operation.ledger.entries(*OUTCOME_ACTS))
        simulated = frozenset(one for one, exhibit in exhibits(operation.ledger).items() if exhibit.is_simulated)
        found = results_of(
            engine,
            name,
            operation=operation.name,
            position=position,
            bases=[one for key, one in sorted(bases.items()) if key[0] == name],
            simulated=simulated,
            by_place=counts_by_place(bases, name),
            currency=currency,
        )
    return frozen(found)


def _require_free(seen: list[Entry], name: str) -> None:
    if any(one.name == name for one in releases_in(seen)):
        raise Contradiction(
            f"There is a release {name!r} already",
            where="the releases",
            remedy="A release stays what it was; give the new one another name.",
        )


def _release(operation: Operation, name: str) -> Release:
    known = releases_in(operation.ledger.entries(ActKind.RESULTS_FROZEN))
    for one in known:
        if one.name == name:
            return one
    raise NotFound(
        f"There is no release {name!r}",
        where="the releases",
        remedy=f"Releases: {', '.join(one.name for one in known)}."
        if known
        else "`crossbearing results freeze` makes one.",
    )


def _last_before(known: list[Release], newer: Release | None, campaign: str) -> Release:
    wanted = newer.campaign if newer else campaign
    fitting = [
        one
        for one in known
        if (not wanted or one.campaign == wanted) and (newer is None or one.position < newer.position)
    ]
    if not fitting:
        raise NotFound(
            "There is no earlier release to compare with",
            where="the releases",
            remedy="`crossbearing results freeze` makes one.",
        )
    return fitting[-1]
