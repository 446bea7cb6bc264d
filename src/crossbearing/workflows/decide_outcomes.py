"""Decisions about outcomes: how a campaign counts, and which cases are held back."""

from datetime import date
from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.context import Context
from crossbearing.domain.days import iso_day
from crossbearing.domain.errors import BadRequest, MissingTable, NotFound
from crossbearing.domain.outcomes import ATTRIBUTION, OUTCOME_ACTS, Basis, bases_in, case_key, seals_in
from crossbearing.reference.countries import country_of
from crossbearing.store.operation import open_operation
from crossbearing.store.views import reading

_DAYS = ("begins_on", "seized_on", "counted_from", "counted_until")


def state_basis(folder: Path, context: Context, basis: Basis, *, reason: str) -> Basis:
    """State how a campaign counts, or one country within it; what is counted follows with the next run.

    Args:
        folder: Operation folder.
        context: Who states it.
        basis: The whole of it; it takes the place of what stood.
        reason: Why, in a few words.

    Raises:
        BadRequest: Something is missing, is no country, or the days are in no order.
    """
    _require_sound(basis, reason)
    payload = {
        "campaign": basis.campaign.strip(),
        "country": basis.country,
        **{name: day.isoformat() if (day := getattr(basis, name)) else "" for name in _DAYS},
        "attribution": basis.attribution,
        "words": basis.words.strip(),
        "reason": reason.strip(),
    }
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, "campaign", basis.campaign)
        act = Act(kind=ActKind.OUTCOME_BASIS_STATED, subject=basis.campaign.strip(), payload=payload)
        operation.ledger.record(context, act)
        return bases_in(operation.ledger.entries(*OUTCOME_ACTS))[basis.campaign.strip(), basis.country]


def day_of(text: str, where: str) -> date | None:
    """A day as somebody typed it; None if nothing was typed.

    Raises:
        BadRequest: It is no day.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(iso_day(text))
    except ValueError as wrong:
        raise BadRequest(str(wrong), where=where, remedy="Give the day as YYYY-MM-DD.") from wrong


def seal_case(folder: Path, context: Context, campaign: str, agency: str, case_ref: str, *, reason: str) -> int:
    """Hold a case back from every figure from now on, whether anything of it is on record or not.

    What a release has counted stays counted: to take it out would point at it. Gives how many rows of the tables as
    they are have this reference: 0 for a reference that nobody reports, and as well for a case that is sealed already.

    Raises:
        BadRequest: Campaign, agency, reference or reason is missing.
    """
    _require_case(campaign, agency, case_ref, reason)
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, "case", case_ref)
        operation.ledger.record(context, _act(ActKind.CASE_SEALED, campaign, agency, case_ref, reason))
        try:
            with reading(operation, "outcome_event") as engine:
                found = engine.one(
                    """SELECT count(*) AS rows FROM outcome_event
                       WHERE campaign = ? AND credit_agency = ? AND coalesce(case_ref, report_ref) = ?
                           AND NOT is_case_sealed""",
                    [campaign, agency, case_ref],
                )
        except MissingTable:  # nothing was derived yet
            return 0
        return int(found["rows"])


def unseal_case(folder: Path, context: Context, campaign: str, agency: str, case_ref: str, *, reason: str) -> None:
    """Let a case count again; what is reported as sealed after this is held back again.

    Raises:
        BadRequest: Campaign, agency, reference or reason is missing.
        NotFound: No such case is sealed.
    """
    _require_case(campaign, agency, case_ref, reason)
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, "case", case_ref)
        with reading(operation, "exhibit") as engine:
            reported = engine.rows(
                """SELECT max(exhibit.exhibit_position) AS position
                   FROM outcome
                   INNER JOIN outcome_detail AS detail
                       ON outcome.exhibit_id = detail.exhibit_id AND outcome.part = detail.part
                       AND outcome.source_table = detail.source_table AND outcome.source_row = detail.source_row
                   INNER JOIN exhibit ON outcome.exhibit_id = exhibit.exhibit_id
                   WHERE detail.is_sealed AND outcome.campaign = ? AND outcome.credit_agency = ?
                       AND coalesce(detail.case_ref, outcome.report_ref) = ?""",
                [campaign, agency, case_ref],
            )

        def acts(seen: list[Entry]) -> list[Act]:
            seal = seals_in(seen).get((campaign, agency, case_ref))
            newest = reported[0]["position"]
            is_sealed = (seal is not None and seal.sealed_at is not None) or (
                newest is not None and newest > ((seal.unsealed_at if seal else None) or -1)
            )
            if not is_sealed:
                raise NotFound(
                    "No such case is sealed",
                    where=case_key(campaign, agency, case_ref),
                    remedy="Give campaign, agency and reference as the report has them.",
                )
            return [_act(ActKind.CASE_UNSEALED, campaign, agency, case_ref, reason)]

        operation.ledger.decide(context, acts, *OUTCOME_ACTS)


def _act(kind: ActKind, campaign: str, agency: str, case_ref: str, reason: str) -> Act:
    payload = {"campaign": campaign, "agency": agency, "case_ref": case_ref, "reason": reason.strip()}
    return Act(kind=kind, subject=case_key(campaign, agency, case_ref), payload=payload)


def _require_case(campaign: str, agency: str, case_ref: str, reason: str) -> None:
    for name, value in (("campaign", campaign), ("agency", agency), ("case", case_ref), ("reason", reason)):
        if not value.strip():
            raise BadRequest(f"The {name} is missing", where="the case", remedy=f"Give it with --{name}.")


def _require_sound(basis: Basis, reason: str) -> None:
    where = basis.campaign or "the campaign"
    if not basis.campaign.strip():
        raise BadRequest("No campaign is named", where="outcome basis", remedy="Name it as the reports do.")
    if not reason.strip():
        raise BadRequest("A basis needs a reason", where=where, remedy="Say who decided it, with --reason.")
    if basis.country and country_of(basis.country) != basis.country:
        raise BadRequest(
            f"{basis.country!r} is no country code",
            where=where,
            remedy="Give the ISO code, such as NL, or leave it out.",
        )
    if basis.attribution not in ATTRIBUTION:
        raise BadRequest(
            f"{basis.attribution!r} is no rule of attribution",
            where=where,
            remedy="Use credit or place; see the how-to.",
        )
    if basis.counted_from and basis.counted_until and basis.counted_from > basis.counted_until:
        raise BadRequest("The counting period ends before it begins", where=where, remedy="Check --from and --until.")
