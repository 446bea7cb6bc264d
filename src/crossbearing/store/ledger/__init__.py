"""The decision store: append-only acts with their log leaves, on SQLite or PostgreSQL."""

from crossbearing.store.ledger.engine import Engine, Transaction
from crossbearing.store.ledger.ledger import Ledger, LogReport
from crossbearing.store.ledger.postgres import PostgresEngine
from crossbearing.store.ledger.sqlite import SqliteEngine

__all__ = ["Engine", "Ledger", "LogReport", "PostgresEngine", "SqliteEngine", "Transaction"]
