"""Draft, issue and withdraw batch alerts: software drafts from results of tests, a named person issues."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import Json
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction, NotFound, OperationBusy
from crossbearing.domain.labels import TLP, UNKNOWN, inherit
from crossbearing.leads import alert_words
from crossbearing.leads.alert_words import KnownNames, first_refused, known_names, texts_in
from crossbearing.leads.alerts import Alert, Look, alerts_in, document, require_valid, results_for
from crossbearing.reference.related_substances import substance_called
from crossbearing.registry import STEPS
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import register
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

DAYS: Final = 60  # before the newest result
_ACTS: Final = (ActKind.ALERT_DRAFTED, ActKind.ALERT_ISSUED, ActKind.ALERT_WITHDRAWN)
_STRICTEST: Final = "RED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person says of an alert beside what tests say.

    Attributes:
        substance: Any name of it.
        area: A county, a state or a country by its name; ``precision`` says which.
        remark: Own words; may be empty.
        tlp: How far it may go; empty for as far as the evidence allows.
        is_presumptive: A test on the spot says so, and no result is on record yet.
    """

    substance: str
    area: str
    precision: str
    form: str = ""
    colour: str = ""
    imprint: str = ""
    remark: str = ""
    tlp: str = ""
    days: int = DAYS
    is_presumptive: bool = False


def draft_alert(folder: Path, context: Context, wanted: Wanted) -> Alert:
    """Draft an alert out of what laboratories found; nothing is sent, and the draft is an act.

    Args:
        folder: Operation folder.
        context: Who, and for what purpose.
        wanted: What it is to be about.

    Raises:
        BadRequest: No purpose is named, or the alert would hold what it may not, or go further than its evidence.
        NotFound: No result of a test names the substance.
    """
    substance = substance_called(wanted.substance)
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, "alert", "draft")
        alerts = _alerts(operation)
        require_fresh(operation, STEPS, *alert_words.DERIVED)
        with reading(operation, *alert_words.DERIVED, protected=alert_words.PROTECTED) as engine:
            results = results_for(engine, substance, wanted.days)
            known = known_names(engine)
        _require_words([("remark", wanted.remark), ("area", wanted.area), ("imprint", wanted.imprint)], known)
        if not results.confirmed and not results.presumptive and not wanted.is_presumptive:
            raise NotFound(
                "No result of a laboratory names this substance as found",
                where="alert draft",
                remedy="Add results with `crossbearing evidence add`, or give --presumptive for a test on the spot.",
            )
        made = document(
            f"AL-{len(alerts) + 1:03}",
            results,
            substance=substance,
            look=Look(form=wanted.form, colour=wanted.colour, imprint=wanted.imprint),
            area=(wanted.area.strip(), wanted.precision),
            remark=wanted.remark.strip(),
            tlp=_tlp(operation, results.exhibits, wanted.tlp),
            today=context.clock().date(),
            body=operation.coordinator,
        )
        _require_words(texts_in(made), known)
        payload: dict[str, Json] = {"document": made, "exhibit_ids": [*sorted(results.exhibits)]}
        act = Act(kind=ActKind.ALERT_DRAFTED, subject=str(made["alert_id"]), payload=payload)
        return _entered(operation, act, alerts)


def issue_alert(folder: Path, context: Context, alert_id: str) -> Alert:
    """Issue a draft, by the act of a named person; its words are checked again.

    Raises:
        NotFound: There is no such alert.
        Contradiction: It is no draft, or what it rests on does not stand any more.
        BadRequest: No purpose is named, or by what is known now it holds what it may not or goes too far.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, "alert", alert_id)
        alerts = _alerts(operation)
        one = _alert(alerts, alert_id)
        if one.state != "draft":
            raise Contradiction(
                f"The alert was {one.state} before",
                where=alert_id,
                remedy="Draft a new one; `crossbearing alert list` shows all.",
            )
        if not set(one.exhibit_ids) <= register(operation.ledger).standing.keys():
            raise Contradiction(
                "What the alert rests on does not stand any more",
                where=alert_id,
                remedy="Withdraw it, and draft a new one from what stands.",
            )
        with reading(operation, *alert_words.DERIVED, protected=alert_words.PROTECTED) as engine:
            known = known_names(engine)
        require_valid(one.document)
        _tlp(operation, one.exhibit_ids, str(one.document["tlp"]))
        _require_words(texts_in(one.document), known)
        return _entered(operation, Act(kind=ActKind.ALERT_ISSUED, subject=alert_id, payload={}), alerts)


def withdraw_alert(folder: Path, context: Context, alert_id: str, reason: str) -> Alert:
    """Withdraw an alert or a draft; from then on it shows as withdrawn, with the reason.

    Raises:
        NotFound: There is no such alert.
        Contradiction: It was withdrawn before.
        BadRequest: No reason or purpose is given, or the reason holds what no alert may.
    """
    if not reason.strip():
        raise BadRequest("No reason is given", where=alert_id, remedy="Say in a few words why, with --reason.")
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, "alert", alert_id)
        alerts = _alerts(operation)
        if _alert(alerts, alert_id).state == "withdrawn":
            raise Contradiction("The alert was withdrawn before", where=alert_id, remedy="Nothing more is to be done.")
        with reading(operation, *alert_words.DERIVED, protected=alert_words.PROTECTED) as engine:
            known = known_names(engine)
        _require_words([("reason", reason)], known)
        payload = {"reason": reason.strip()}
        return _entered(operation, Act(kind=ActKind.ALERT_WITHDRAWN, subject=alert_id, payload=payload), alerts)


def _alerts(operation: Operation) -> dict[str, Alert]:
    return alerts_in(operation.ledger.entries(*_ACTS))


def _alert(alerts: Mapping[str, Alert], alert_id: str) -> Alert:
    if alert_id not in alerts:
        raise NotFound("There is no such alert", where=alert_id, remedy="`crossbearing alert list` shows all.")
    return alerts[alert_id]


def _entered(operation: Operation, act: Act, alerts: Mapping[str, Alert]) -> Alert:
    """The alert with an act recorded, unless somebody changed an alert meanwhile."""

    def acts(seen: list[Entry]) -> list[Act]:
        if alerts_in(seen) != alerts:
            raise OperationBusy(
                "Somebody changed an alert meanwhile",
                where=act.subject,
                remedy="Look at it with `crossbearing alert list` and repeat the command.",
            )
        return [act]

    operation.ledger.decide(operation.context, acts, *_ACTS)
    return _alert(_alerts(operation), act.subject)


def _require_words(texts: Iterable[tuple[str, str]], known: KnownNames) -> None:
    field, kind = first_refused(texts, known)
    if field:
        raise BadRequest(
            f"The {field} holds {kind}",
            where=f"alert, {field}",
            remedy="An alert names a substance, a look, an area and a time, and nobody. Write it without.",
        )


def _tlp(operation: Operation, exhibits: Iterable[str], wanted: str) -> str:
    """How far it may go: no further than the evidence it rests on; what is not known counts as strictest."""
    if wanted and (wanted not in TLP or wanted == UNKNOWN):
        raise BadRequest("No such TLP", where="alert draft --tlp", remedy=f"Choices: {', '.join(TLP[:-1])}.")
    standing = register(operation.ledger).standing
    labels = [standing[exhibit].label for exhibit in sorted(exhibits)]
    allowed = inherit(labels).tlp if labels else _STRICTEST
    allowed = _STRICTEST if allowed == UNKNOWN else allowed
    if wanted and labels and TLP.index(wanted) < TLP.index(allowed):
        raise BadRequest(
            f"The results may go no further than TLP:{allowed}",
            where="TLP of the alert",
            remedy="Ask their owner, and label them anew with `crossbearing evidence label`; or draft it stricter.",
        )
    return wanted or allowed
