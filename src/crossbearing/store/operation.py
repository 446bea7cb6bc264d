"""The operation folder: making it, opening it, and who may do what in it."""

import json
import os
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from crossbearing.domain.access import Action, Resource, Subject, decide
from crossbearing.domain.act import Act, ActKind
from crossbearing.domain.context import Context
from crossbearing.domain.errors import (
    BadConfiguration,
    BadRequest,
    Contradiction,
    CrossbearingError,
    NotAuthorised,
    NotFound,
    NothingWritten,
)
from crossbearing.store import durable
from crossbearing.store.ledger import Engine, Ledger, PostgresEngine, SqliteEngine
from crossbearing.store.originals import Originals
from crossbearing.store.register import Authorisation, authorisations

FORMAT: Final = 1
SETTINGS: Final = "operation.toml"
POSTGRES_VARIABLE: Final = "CROSSBEARING_POSTGRES"
_FOLDERS: Final = ("originals", "records", "derived", "packages")


@dataclass(frozen=True, slots=True)
class Operation:
    """An opened operation, on behalf of one person."""

    folder: Path
    name: str
    coordinator: str
    context: Context
    ledger: Ledger
    subject: Subject

    @property
    def originals(self) -> Originals:
        """The originals of this operation."""
        return Originals(self.folder / "originals")

    def require(self, action: Action, kind: str, name: str) -> None:
        """Ask the access decision; a denied attempt is an act of its own.

        Raises:
            NotAuthorised: No rule allows it, or the authorisation relied on does not hold.
        """
        if self.context.authority:
            self.require_authority(self.context.authority, where=f"operation {self.name}")
        access = decide(self.subject, action, Resource(kind=kind, name=name))
        if access.is_allowed:
            return
        self._deny(f"{kind}:{name}", str(action), access.reason)
        raise NotAuthorised(
            f"You may not {action} this",
            where=f"operation {self.name}",
            remedy="Ask the coordinator; the attempt was logged.",
        )

    def require_authority(self, ref: str, *, where: str) -> Authorisation:
        """The registered authorisation with this reference, if it holds today.

        Raises:
            NotAuthorised: It is not registered, or not valid; the attempt is logged.
        """
        found = authorisations(self.ledger).get(ref)
        today = self.context.now()[:10]
        if found is not None and found.holds_on(today):
            return found
        problem = "is not registered" if found is None else f"is not valid on {today}"
        self._deny(f"authority:{ref}", "rely on", f"authorisation {problem}")
        raise NotAuthorised(
            f"Authorisation {ref!r} {problem}",
            where=where,
            remedy="Register it with `crossbearing authority add`, or name one that holds "
            "(`crossbearing authority list`).",
        )

    def _deny(self, subject: str, action: str, reason: str) -> None:
        payload = {"action": action, "reason": reason}
        self.ledger.record(self.context, Act(kind=ActKind.ACCESS_DENIED, subject=subject, payload=payload))


def create_operation(folder: Path, context: Context, *, name: str, coordinator: str, on_postgres: bool = False) -> None:
    """Make a new operation folder.

    Raises:
        Contradiction: Something is there already.
        NothingWritten: The place cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Contradiction(
            "There is something at this place already",
            where=str(folder),
            remedy="Name a folder that does not exist yet, or an empty one.",
        )
    settings = [
        f"format = {FORMAT}",
        f"id = {json.dumps(context.randomness(8).hex())}",
        f"name = {json.dumps(name)}",
        f"coordinator = {json.dumps(coordinator)}",
        "",
        "[decisions]",
        f"engine = {json.dumps('postgresql' if on_postgres else 'sqlite')}",
    ]
    if on_postgres:
        settings.append(f"connection_from = {json.dumps(POSTGRES_VARIABLE)}  # environment variable")
    _refuse_patterns(folder)
    is_ours = not folder.exists()
    try:
        for inner in _FOLDERS:
            (folder / inner).mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as refused:
        raise NothingWritten(
            f"The folder cannot be made: {refused.strerror}",
            where=str(folder),
            remedy="Name a place where you may write.",
        ) from refused
    try:
        ledger = Ledger(_engine(folder, tomllib.loads("\n".join(settings))))
    except CrossbearingError:
        for inner in _FOLDERS:
            (folder / inner).rmdir()
        if is_ours:
            folder.rmdir()
        raise
    try:
        ledger.record(
            context,
            Act(
                kind=ActKind.OPERATION_CREATED,
                subject=name,
                payload={"name": name, "coordinator": coordinator, "format": FORMAT},
            ),
        )
    finally:
        ledger.close()
    # Last, for a folder without settings is not an operation yet.
    durable.write_text(folder / SETTINGS, "\n".join(settings) + "\n")


@contextmanager
def open_operation(folder: Path, context: Context) -> Iterator[Operation]:
    """Open an operation on behalf of the context's person.

    Raises:
        NotFound: There is no operation folder at this place.
        BadConfiguration: Its settings cannot be used by this version.
    """
    _refuse_patterns(folder)
    settings = _settings(folder)
    ledger = Ledger(_engine(folder, settings))
    try:
        yield Operation(
            folder=folder,
            name=str(settings["name"]),
            coordinator=str(settings["coordinator"]),
            context=context,
            ledger=ledger,
            subject=Subject(person=context.person, owns_folder=folder.stat().st_uid == os.getuid()),
        )
    finally:
        ledger.close()


def _refuse_patterns(folder: Path) -> None:
    """Refuse a place whose name the engine would take for a pattern of names."""
    if found := sorted(set("[]*?") & set(str(folder.resolve()))):
        raise BadRequest(
            f"The path holds {' '.join(found)}, which stand for patterns of names",
            where=str(folder),
            remedy="Give the operation a place without these characters.",
        )


def _settings(folder: Path) -> dict[str, object]:
    path = folder / SETTINGS
    if not path.is_file():
        raise NotFound(
            "There is no operation here",
            where=str(folder),
            remedy="Name an operation folder, or make one with `crossbearing new`.",
        )
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
        missing = {"format", "id", "name", "coordinator", "decisions"} - settings.keys()
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as damaged:
        raise BadConfiguration(
            f"The settings cannot be read: {damaged}",
            where=str(path),
            remedy="Mend the file by hand or restore it from a backup.",
        ) from damaged
    if missing or settings["format"] != FORMAT:
        raise BadConfiguration(
            f"The folder has format {settings.get('format', 'unknown')}, this version reads {FORMAT}",
            where=str(path),
            remedy="Use the version of Crossbearing that made it.",
        )
    return settings


def _engine(folder: Path, settings: dict[str, object]) -> Engine:
    decisions = settings["decisions"]
    if not isinstance(decisions, dict) or decisions.get("engine") not in {"sqlite", "postgresql"}:
        raise BadConfiguration(
            "decisions.engine is neither sqlite nor postgresql",
            where=str(folder / SETTINGS),
            remedy="Restore the file from a backup.",
        )
    if decisions["engine"] == "sqlite":
        return SqliteEngine(folder / "decisions.sqlite")
    variable = str(decisions.get("connection_from", POSTGRES_VARIABLE))
    if not (uri := os.environ.get(variable)):
        raise BadConfiguration(
            f"The environment variable {variable} is not set",
            where=str(folder / SETTINGS),
            remedy=f"Set {variable} to the connection of the PostgreSQL server.",
        )
    return PostgresEngine(uri, schema=f"op_{settings['id']}")
