"""The command on the rules that bring accounts together: operator rules."""

from pathlib import Path

from crossbearing.interfaces.cli.app import DEFAULTS, Shared
from crossbearing.interfaces.cli.operator import operator
from crossbearing.interfaces.cli.output import as_json, next_move, table
from crossbearing.presentation.text import NOT_KNOWN, number
from crossbearing.workflows.show_rules import show_rules


@operator.command
def rules(op: Path, *, shared: Shared = DEFAULTS) -> None:
    """Show by which rules accounts are brought together, and how many pairs each brings and leaves out.

    What more than twenty accounts share brings nobody together. A pair that no rule brings is never compared.

    Parameters
    ----------
    op
        Operation folder.

    """
    found = show_rules(op, shared.context())
    if shared.json:
        as_json(found)
        return
    table(
        ("rule", "counted before", "compared", "by this alone", "marks left out", "pairs left out"),
        [
            (
                one.rule, _counted(one.pairs), number(one.made), number(one.alone), _counted(one.marks_left_out),
                _counted(one.pairs_left_out),
            )
            for one in found
        ],
        right={"counted before", "compared", "by this alone", "marks left out", "pairs left out"},
    )  # fmt: skip
    next_move(f"crossbearing operator list {op}")


def _counted(count: int | None) -> str:
    return NOT_KNOWN if count is None else number(count)
