"""The rows of an operation that may leave, streamed from its tables as they stand."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import pyarrow as pa

from crossbearing.export.leaving import TABLES
from crossbearing.store.session import Session

_CHOSEN: Final = pa.schema([(name, pa.string()) for name in ("account_id", "market", "server_id", "handle")])
_OPERATOR: Final = pa.schema([("account_id", pa.string()), ("operator_id", pa.string())])
_PLACE: Final = pa.schema([("place", pa.string())])
_TEXTS: Final = pa.list_(pa.string())
_KINDS: Final = {
    **dict.fromkeys(("places", "exhibit_ids", "reasons_for", "reasons_against"), _TEXTS),
    **dict.fromkeys(("is_firm", "is_simulated", "is_exhibit"), pa.bool_()),
    **dict.fromkeys(("size_bytes", "step"), pa.int64()),
    "probability": pa.decimal128(7, 6),
    "log_odds": pa.decimal128(9, 4),
}
Rows = Sequence[Mapping[str, Any]]


def _schema(table: str) -> pa.Schema:
    return pa.schema([(name, _KINDS.get(name, pa.string())) for name in TABLES[table].columns])


class Selection:
    """What of one operation may leave, over a session that holds the tables of ``leaving.DERIVED`` and ``RECORDS``.

    Args:
        engine: As one person may see them.
        allowed: Exhibits that may leave.
        named: Places that a package names; None if the export is of no package.
    """

    def __init__(self, engine: Session, allowed: Iterable[str], named: Iterable[str] | None = None) -> None:
        """Bind the queries; ``choose`` says for which accounts."""
        self._engine = engine
        self._allowed = sorted(allowed)
        self._is_bound = named is not None
        engine.table("named_place", _rows([{"place": one} for one in sorted(set(named or ()))], _PLACE))

    def choose(self, subjects: Sequence[str] | None) -> frozenset[str]:
        """Choose the accounts of sellers that may leave: all, or those of these subjects; gives their ids."""
        table = TABLES["account"]
        wanted = "" if subjects is None else "AND list_contains(?, account.account_id)"
        found = self._engine.rows(
            f"SELECT account_id, market, server_id, handle FROM account WHERE account.role = 'seller' "
            f"AND list_has_all({self._list()}, account.exhibit_ids) AND len(account.exhibit_ids) > 0 {wanted} "
            f"ORDER BY {table.order}",
            [] if subjects is None else [list(subjects)],
        )
        self._engine.table("chosen_account", _rows(found, _CHOSEN))
        return frozenset(row["account_id"] for row in found)

    def join(self, operators: Mapping[str, Sequence[str]], proposed: Rows, judged: Rows) -> None:
        """Say which accounts are one operator, which pairs are proposed and which were judged."""
        members = [{"account_id": one, "operator_id": name} for name, found in operators.items() for one in found]
        self._engine.table("operator", _rows(members, _OPERATOR))
        self._engine.table("open_pair", _rows(proposed, _schema("pair")))
        self._engine.table("judged_pair", _rows(judged, _schema("judgement")))

    def used(self) -> list[str]:
        """Ids of the exhibits that at least one row that may leave comes from."""
        found: set[str] = set()
        for table in TABLES.values():
            if table.name in {"exhibit", "custody"}:
                continue
            one = "exhibit_id" if table.is_record else "unnest(exhibit_ids)"
            query = f"SELECT DISTINCT {one} AS exhibit_id FROM ({self._query(table.name)}) AS leaving"
            found.update(row["exhibit_id"] for row in self._engine.rows(query))
        return sorted(found)

    def describe(self, exhibits: Rows, custody: Rows) -> None:
        """Say what the exhibits are, and through whose hands those went that may be shown as one."""
        self._engine.table("used_exhibit", _rows(exhibits, _schema("exhibit")))
        self._engine.table("custody_step", _rows(custody, _schema("custody")))

    def pieces(self, table: str, columns: tuple[str, ...]) -> Iterator[pa.Table]:
        """These columns of a table in its order, in pieces; the first is empty."""
        names = ", ".join(f'"{name}"' for name in columns)
        return self._engine.batches(
            f"SELECT {names} FROM ({self._query(table)}) AS leaving ORDER BY {TABLES[table].order}"
        )

    def texts(self) -> Iterator[str]:
        """Every text that any format may carry, for the release check."""
        for table in TABLES.values():
            for piece in self.pieces(table.name, table.columns):
                for column in piece.itercolumns():
                    if pa.types.is_string(column.type):
                        yield from (text for text in column.to_pylist() if text)
                    elif column.type == _TEXTS or pa.types.is_list(column.type):
                        yield from (str(text) for texts in column.to_pylist() for text in texts or ())

    def _query(self, table: str) -> str:
        query = TABLES[table].query
        for inner in ("listing", "sale_valued"):
            if f"({{{inner}}})" in query:
                query = query.replace(f"{{{inner}}}", self._query(inner))
        return query.replace("{allowed}", self._list()).replace("{is_bound}", str(self._is_bound).upper())

    def _list(self) -> str:
        return f"[{', '.join(map(repr, self._allowed))}]::VARCHAR[]"


def _rows(rows: Rows, schema: pa.Schema) -> pa.Table:
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)
