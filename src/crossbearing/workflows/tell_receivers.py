"""Statements as they stand, and telling of a correction everybody who got an earlier version."""

from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.canonical import Json
from crossbearing.domain.context import Context
from crossbearing.domain.days import iso_day
from crossbearing.domain.errors import BadRequest, NotFound
from crossbearing.results.statement import STATEMENT_ACTS, Statement, statement_of, statements_in
from crossbearing.store.operation import open_operation


def tell_receiver(folder: Path, context: Context, statement_id: str, name: str, *, on: str, words: str) -> Statement:
    """Enter that somebody who had got an earlier version was told of the correction.

    Raises:
        BadRequest: No day or no words.
        NotFound: Nothing is pending with them.
    """
    try:
        iso_day(on)
    except ValueError as wrong:
        raise BadRequest(str(wrong), where="--on", remedy="Give the day as YYYY-MM-DD.") from wrong
    if not words.strip():
        raise BadRequest("How were they told?", where="--words", remedy="Give it in a few words.")

    def told(seen: list[Entry]) -> list[Act]:
        one = statements_in(seen).get(statement_id)
        if one is None or name not in one.pending:
            raise NotFound(
                f"Nothing is pending with {name!r}",
                where=statement_id,
                remedy="`crossbearing results statement list` shows who is to be told.",
            )
        payload: dict[str, Json] = {"to": name, "version": one.version, "words": words.strip(), "on": on}
        return [Act(kind=ActKind.STATEMENT_TOLD, subject=statement_id, payload=payload)]

    with open_operation(folder, context) as operation:
        operation.require(Action.JUDGE, "statement", statement_id)
        operation.ledger.decide(context, told, *STATEMENT_ACTS)
        return statement_of(operation.ledger.entries(*STATEMENT_ACTS), statement_id)


def list_statements(folder: Path, context: Context) -> list[Statement]:
    """Every statement, by id."""
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        found = statements_in(operation.ledger.entries(*STATEMENT_ACTS))
    return [found[name] for name in sorted(found)]
