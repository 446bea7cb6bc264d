"""Enter a medical opinion on the cause of a death, as a person gave it; software never states a cause."""

from datetime import date
from pathlib import Path
from typing import Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.leads.opinions import Opinion, opinions_in
from crossbearing.store.operation import open_operation
from crossbearing.store.views import reading

_KNOWN: Final = "SELECT count(*) AS n FROM overdose_case WHERE case_number = ?"


def enter_opinion(
    folder: Path, context: Context, case_number: str, statement: str, *, given_by: str, qualification: str,
    given_on: str,
) -> Opinion:  # fmt: skip
    """Enter an opinion in its giver's words; it stands beside earlier ones.

    Args:
        folder: Operation folder.
        context: Who enters it, and for what purpose.
        case_number: The case.
        statement: The opinion.
        given_by: Who gave it.
        qualification: As what, such as "forensic pathologist".
        given_on: Day of the opinion, ISO date.

    Raises:
        BadRequest: Something of it is missing, or the day is none.
        NotFound: The case was not referred.
    """
    said = {"statement": statement, "given_by": given_by, "qualification": qualification}
    if missing := [name for name, value in said.items() if not value.strip()]:
        raise BadRequest(
            f"An opinion without {missing[0].replace('_', ' ')}",
            where=case_number,
            remedy="Name who gave it, as what, and in which words.",
        )
    try:
        day = date.fromisoformat(given_on)
    except ValueError as wrong:
        raise BadRequest(
            f"The day is {given_on!r}, expected an ISO date", where=case_number, remedy="Write it as 2026-11-26."
        ) from wrong
    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, "case", case_number)
        with reading(operation, protected=["overdose_case"]) as engine:
            if not engine.one(_KNOWN, [case_number])["n"]:
                raise NotFound(
                    f"No case {case_number!r} was referred",
                    where=str(folder),
                    remedy="`crossbearing lead list` shows the referred cases.",
                )
        payload = {**said, "given_on": day.isoformat()}
        entered = operation.ledger.record(
            context, Act(kind=ActKind.OPINION_ENTERED, subject=case_number, payload=payload)
        )
    return opinions_in(entered, case_number)[-1]
