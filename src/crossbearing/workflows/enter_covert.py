"""Enter an account into the register of undercover officers or of sources."""

from dataclasses import replace
from pathlib import Path

from crossbearing.domain.access import Action
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest
from crossbearing.store import covert
from crossbearing.store.accounts import names_of
from crossbearing.store.operation import open_operation


def enter_covert(folder: Path, context: Context, *, kind: str, market: str, account: str) -> int:
    """Enter an account; gives how many entries there are. What is entered is never shown again.

    Args:
        folder: Operation folder.
        context: Who enters it; the log says that an entry was made, not whom it names.
        kind: "undercover" or "source".
        market: Market the account is on.
        account: Its handle or its id on the server.

    Raises:
        BadRequest: The kind does not exist, or a name is empty.
    """
    if kind not in covert.KINDS or not market.strip() or not account.strip():
        raise BadRequest(
            f"A register entry needs a kind ({' or '.join(covert.KINDS)}), a market and an account",
            where="covert add",
            remedy="Give all three.",
        )
    # What was typed as purpose or case could name the person; neither goes into the log.
    with open_operation(folder, replace(context, purpose="register entry", case="")) as operation:
        operation.require(Action.ADD, "register", kind)
        covert.enter(operation, kind, names_of(operation, market, account))
        return covert.count(operation)
