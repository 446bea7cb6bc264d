"""Finding an account by one of its names: all the others that the records and decisions know it by."""

from collections.abc import Iterable
from typing import Any

from crossbearing.domain.act import ActKind
from crossbearing.domain.identity import AccountNames
from crossbearing.store.derived import read_pointer
from crossbearing.store.operation import Operation
from crossbearing.store.register import register
from crossbearing.store.session import Session, session
from crossbearing.store.views import attach_records


def names_of(operation: Operation, market: str, account: str) -> AccountNames:
    """All names of the account that has this handle or server id on this market.

    Args:
        operation: Where.
        market: Market, whatever the case.
        account: Handle or server id, whatever the case.
    """
    known = register(operation.ledger)
    with session(folder=operation.folder) as engine:
        attach_records(engine, operation.folder, known.kept, ["account_sighting"])
        # An id on the server is one account of that market; the handles it bore before are names of it too.
        rows = engine.rows(
            """WITH here AS (
                   SELECT DISTINCT lower(account_server_id) AS server_id, lower(account_handle) AS handle
                   FROM account_sighting WHERE lower(market) = lower(?) AND account_server_id IS NOT NULL)
               SELECT server_id, handle FROM here
               WHERE server_id = lower(?) OR server_id IN (SELECT server_id FROM here WHERE handle = lower(?))""",
            [market, account, account],
        )
        # What no record knows is taken as either.
        server_ids = {row["server_id"] for row in rows} or {account.lower()}
        handles = {row["handle"] for row in rows if row["handle"]} or {account.lower()}
        made = {
            engine.one("SELECT account_id_of(?, ?, ?) AS id", [market, server_id, handle])["id"]
            for server_id, handle in [*((None, name) for name in handles), *((name, None) for name in server_ids)]
        }
        made |= _pairs_of(operation, engine, made)
    return AccountNames(
        market=market, server_ids=frozenset(server_ids), handles=frozenset(handles), ids=frozenset(made)
    )


def _pairs_of(operation: Operation, engine: Session, account_ids: Iterable[str]) -> set[str]:
    """Ids of the pairs that one of the accounts is part of, judged or only proposed."""
    wanted = set(account_ids)
    found = set()
    for entry in operation.ledger.entries(ActKind.PAIR_JUDGED):
        payload: Any = entry.payload
        if wanted & {payload["left"], payload["right"]}:
            found.add(entry.subject)
    pointer = read_pointer(operation.folder, "account_pair")
    if pointer is not None:
        engine.view("account_pair", [operation.folder / "derived" / str(pointer["file"])])
        rows = engine.rows(
            "SELECT pair_id FROM account_pair WHERE list_contains(?, left_id) OR list_contains(?, right_id)",
            [sorted(wanted), sorted(wanted)],
        )
        found |= {row["pair_id"] for row in rows}
    return found
