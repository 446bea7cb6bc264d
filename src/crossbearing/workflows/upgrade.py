"""Bring an operation folder of an earlier format to the one this version works with."""

from dataclasses import dataclass
from pathlib import Path

from crossbearing.domain.act import Act, ActKind, Entry
from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadConfiguration
from crossbearing.domain.progress import Progress
from crossbearing.store import durable
from crossbearing.store.ledger import Ledger
from crossbearing.store.migrations import MIGRATIONS
from crossbearing.store.operation import (
    FORMAT,
    SETTINGS,
    engine_of,
    keys_for,
    ledger_of,
    origin_of,
    read_settings,
    settings_text,
    signer_of,
)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """From which format to which; equal if there was nothing to do."""

    before: int
    after: int


def upgrade_operation(folder: Path, context: Context, progress: Progress) -> Upgrade:
    """Upgrade step by step; may be repeated if it was interrupted. Make a copy of the folder first.

    Raises:
        NotFound: There is no operation folder at this place.
        BadConfiguration: It was made by a newer version.
        OperationBusy: Somebody works in it.
    """
    settings = read_settings(folder)
    before = int(str(settings["format"]))
    if before > FORMAT:
        raise BadConfiguration(
            f"The folder has format {before}, this version works with {FORMAT}",
            where=str(folder / SETTINGS),
            remedy="Use the version of Crossbearing that made it, or a newer one.",
        )
    operation_id = str(settings["id"])
    with durable.locked(folder / ".lock", alone=True):
        keyring = keys_for(operation_id, folder)
        for step in range(before + 1, FORMAT + 1):
            engine = engine_of(folder, settings)
            try:
                sign = signer_of(operation_id, keyring)
                MIGRATIONS[step](folder, keyring, engine, origin_of(operation_id), sign, progress)
            finally:
                engine.close()
            ledger = ledger_of(folder, settings, keyring)
            try:
                _record_once(ledger, context, step)
            finally:
                ledger.close()
        if before < FORMAT:
            decisions = settings["decisions"]
            on_postgres = isinstance(decisions, dict) and decisions.get("engine") == "postgresql"
            text = settings_text(
                operation_id,
                name=str(settings["name"]),
                coordinator=str(settings["coordinator"]),
                on_postgres=on_postgres,
            )
            # Last: until this stands, the upgrade begins again, and finds done what is done.
            durable.write_text(folder / SETTINGS, text)
    return Upgrade(before, FORMAT)


def _record_once(ledger: Ledger, context: Context, step: int) -> None:
    def acts(seen: list[Entry]) -> list[Act]:
        if any(entry.payload["to"] == step for entry in seen):
            return []
        return [Act(kind=ActKind.OPERATION_UPGRADED, subject=f"format {step}", payload={"to": step})]

    ledger.decide(context, acts, ActKind.OPERATION_UPGRADED)
