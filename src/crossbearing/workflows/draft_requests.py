"""Draft records requests and preservation letters for one operator, from open tables only; nothing is ever sent."""

import re
from pathlib import Path
from typing import Final

from crossbearing.domain.access import Action
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import NotFound
from crossbearing.identification import opened
from crossbearing.identification.letters import Draft, drafts_for
from crossbearing.registry import STEPS
from crossbearing.resolution.operators import OPERATOR_ACTS, home_of, operators_in
from crossbearing.resolution.review import withheld_from
from crossbearing.store import durable
from crossbearing.store.operation import open_operation
from crossbearing.store.steps import require_fresh
from crossbearing.store.views import reading

_NO_LETTER: Final = re.compile(r"[^\w.]+")  # a host stands in seized text


def draft_requests(folder: Path, context: Context, subject: str, *, to: Path | None = None) -> list[Draft]:
    """Letters to providers, what may be gone first at the top; that they were drafted is in the log.

    Args:
        folder: Operation folder.
        context: Who drafts; its case stands on the letters.
        subject: Operator, or account that nobody judged.
        to: Folder for one text file per letter; none is written without it.

    Raises:
        NotFound: There is no such operator or account.
    """
    with open_operation(folder, context) as operation:
        operation.require(Action.SEE, "operation", operation.name)
        require_fresh(operation, STEPS, *opened.DERIVED)
        entries = operation.ledger.entries(*OPERATOR_ACTS)
        home = home_of(operators_in(entries, withheld_from(context.person, entries)).operators)
        with reading(operation, *opened.DERIVED) as engine:
            evidence = opened.read_open(engine, home)
        account = evidence.accounts.get(subject)
        meant = account.subject if account else subject
        if meant not in {one.subject for one in evidence.accounts.values()}:
            raise NotFound(
                f"No operator and no seller's account {subject!r}",
                where=str(folder),
                remedy="`crossbearing operator list` shows the operators.",
            )
        drafts = drafts_for(evidence, meant, context.case)
        operation.ledger.record(context, Act(kind=ActKind.CONSULTED, subject=meant, payload={"kind": "requests"}))
    if to is not None:
        to.mkdir(parents=True, exist_ok=True)
        for number, one in enumerate(drafts, start=1):
            for name, text in (("preservation", one.preservation), ("request", one.request)):
                durable.write_text(to / f"{number:02}-{_NO_LETTER.sub('-', one.to)}-{name}.txt", text)
    return drafts
