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
        everything = {**known.standing, **known.withdrawn}
        attach_records(engine, operation.folder, everything, ["account_sighting"])
        handles, server_ids = {account.lower()}, {account.lower()}
        rows = engine.rows(
            """SELECT DISTINCT account_server_id, account_handle FROM account_sighting
               WHERE lower(market) = lower(?) AND account_server_id IS NOT NULL
                   AND lower(coalesce(account_handle, '')) = lower(?) OR lower(account_server_id) = lower(?)""",
            [market, account, account],
        )
        server_ids |= {row["account_server_id"].lower() for row in rows}
        handles |= {row["account_handle"].lower() for row in rows if row["account_handle"]}
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
