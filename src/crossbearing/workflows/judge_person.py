"""Judge a person: a named person's act, with what the law asks for, and without a word that names the person judged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.identification.findings import standing_finding
from crossbearing.identification.judgements import Answer, Verdict, about_subject, answers_in, require_complete
from crossbearing.identification.opened import PROTECTED, named_rows
from crossbearing.identification.persons import plain
from crossbearing.identification.proposing import Status
from crossbearing.resolution.operators import OPERATOR_ACTS, home_of, operators_in
from crossbearing.resolution.review import withheld_from
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import register
from crossbearing.store.views import reading

_SHORTEST: Final = 3  # letters of a word that can give somebody away
_NAMES: Final = ("given_name", "family_name", "full_name")
_PHRASES: Final = ("street", "town", "phone", "mail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a person says of a person of an operator.

    Attributes:
        basis: Basis for suspicion.
        nature: fact or assessment.
        since, until: For which time; open where empty.
        answers: How counter-evidence and misleading patterns are answered.
    """

    verdict: str
    reason: str
    basis: str = ""
    nature: str = ""
    category: str = ""
    review_on: str = ""
    since: str = ""
    until: str = ""
    answers: str = ""


def judge_person(folder: Path, context: Context, subject: str, person_id: str, said: Judgement) -> Answer:
    """Record a judgement; a withdrawn one takes the judge's own earlier one back.

    Args:
        folder: Operation folder.
        context: Who judges, and for what purpose: the rows that name the person are opened, so that no word of the
            judgement repeats them.
        subject: Operator or account.
        person_id: As ``person show`` gives it.
        said: The judgement.

    Raises:
        BadRequest: Something is missing, a word names the person, or what speaks against it is not answered.
        NotFound: The person was not proposed for this operator, or there is nothing to withdraw.
    """
    if said.verdict not in set(Verdict):
        raise BadRequest(
            f"The verdict is {said.verdict!r}", where="person judge", remedy=f"Use one of: {', '.join(Verdict)}."
        )
    answer = Answer(
        subject=subject, accounts=(), person_id=person_id, verdict=Verdict(said.verdict), reason=said.reason.strip(),
        basis=said.basis.strip(), nature=said.nature, category=said.category, review_on=said.review_on,
        since=said.since, until=said.until, answered=said.answers.strip(), judge=context.person,
    )  # fmt: skip
    require_complete(answer, context.now()[:10])
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, "person", subject)
        entries = operation.ledger.entries(*OPERATOR_ACTS)
        operators = operators_in(entries, withheld_from(context.person, entries)).operators
        meant = home_of(operators).get(subject, subject)
        answer = replace(answer, subject=meant, accounts=operators.get(meant, (meant,)))
        completed = _withdrawn if answer.verdict is Verdict.WITHDRAWN else _grounded
        answer = completed(operation, answer)
        with reading(operation, protected=PROTECTED) as engine:
            rows = named_rows(engine, answer.places)
        _require_no_name(answer, rows.values())
        act = Act(kind=ActKind.PERSON_JUDGED, subject=answer.subject, payload=answer.payload)
        return answers_in(operation.ledger.record(operation.context, act))[-1]


def _grounded(operation: Operation, answer: Answer) -> Answer:
    """The answer with what software said of the person, as far as it stands today."""
    entries = [one for one in operation.ledger.entries(ActKind.PERSONS_MATCHED) if one.subject == answer.subject]
    says: Any = entries[-1].payload if entries and not entries[-1].is_erased else {}
    persons, _ = standing_finding(says, register(operation.ledger).standing)
    person = next((one for one in persons if one["person_id"] == answer.person_id), None)
    if person is None:
        raise NotFound(
            f"{answer.person_id!r} is no person that was proposed for {answer.subject!r}",
            where="person judge",
            remedy="`crossbearing person propose` looks anew; `crossbearing person show` gives the persons.",
        )
    against = [one["code"] for one in (*person["patterns"], *person["counter"])]
    if answer.verdict is Verdict.CONFIRMED and not answer.answered and person["status"] != Status.CONFIRMABLE:
        what = ", ".join(dict.fromkeys(against)) or "the rule for confirmable persons is not met"
        raise BadRequest(
            f"What speaks against it is not answered: {what}",
            where="person judge",
            remedy="Say with --answers how each point is answered, or judge it a candidate.",
        )
    answer = _for_days(answer, str(person["since"]), str(person["until"]))
    return replace(
        answer, accounts=tuple(says["accounts"]), places=tuple(person["places"]), said=str(person["status"]),
        exhibit_ids=tuple(sorted({name for link in person["links"] for name in link["exhibit_ids"]})),
    )  # fmt: skip


def _for_days(answer: Answer, since: str, until: str) -> Answer:
    """The answer with the days of which dated evidence speaks, if it confirms somebody and says for no others.

    Args:
        answer: As it was given.
        since: First of those days; empty if none of the evidence has one.
        until: Last of them.
    """
    if answer.verdict is not Verdict.CONFIRMED:
        return answer
    if not (answer.since or answer.until):
        return replace(answer, since=since, until=until)
    is_within = since and answer.since and since <= answer.since and answer.until and answer.until <= until
    if not is_within and not answer.answered:
        raise BadRequest(
            f"The days go beyond those of which dated evidence speaks: {f'{since} to {until}' if since else 'none'}",
            where="person judge",
            remedy="Say with --answers what the other days rest on, or leave --since and --until out.",
        )
    return answer


def _withdrawn(operation: Operation, answer: Answer) -> Answer:
    given = answers_in(operation.ledger.entries(ActKind.PERSON_JUDGED))
    earlier = [
        one
        for one in about_subject(given, answer.subject, answer.accounts)
        if (one.person_id, one.judge) == (answer.person_id, answer.judge)
    ]
    if not earlier or earlier[-1].verdict is Verdict.WITHDRAWN:
        raise NotFound(
            f"{answer.judge} has no standing judgement of {answer.person_id!r}",
            where="person judge",
            remedy="Only who gave a judgement takes it back; a contrary one of another person makes it a dispute.",
        )
    return replace(earlier[-1], subject=answer.subject, verdict=Verdict.WITHDRAWN, reason=answer.reason)


def _require_no_name(answer: Answer, rows: Iterable[Mapping[str, Any]]) -> None:
    """Refuse words that name the person, for they would stand in the log for good."""
    named = list(rows)
    words = {word for row in named for name in _NAMES for word in plain(row.get(name)).split()}
    phrases = {plain(row.get(name)) for row in named for name in _PHRASES}
    for name, text in (("reason", answer.reason), ("basis", answer.basis), ("answers", answer.answered)):
        said = f" {plain(text)} "
        if any(f" {one} " in said for one in words | phrases if len(one) >= _SHORTEST):
            raise BadRequest(
                f"The {name} names the person, and what stands in the log stands there for good",
                where="person judge",
                remedy="Say it without names, places and numbers; the references lead to them.",
            )
