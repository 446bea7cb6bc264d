"""The decision store: append-only acts with their log leaves, on SQLite or PostgreSQL."""

from crossbearing.store.ledger.engine import Engine, Transaction
from crossbearing.store.ledger.ledger import Attestation, Ledger, Stored
from crossbearing.store.ledger.postgres import PostgresEngine
from crossbearing.store.ledger.sqlite import SqliteEngine

__all__ = ["Attestation", "Engine", "Ledger", "PostgresEngine", "SqliteEngine", "Stored", "Transaction"]
