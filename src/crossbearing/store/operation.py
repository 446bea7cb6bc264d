"""The operation folder: making it, opening it, and who may do what in it."""

import io
import json
import os
import tomllib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from crossbearing.domain.access import Action, Resource, Subject, decide, side_of
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
from crossbearing.domain.hit_or_no_hit import Side
from crossbearing.domain.tables import PROTECTED_CLASSES
from crossbearing.store import durable
from crossbearing.store.categorisation import follow_clock
from crossbearing.store.keyring import LOG, ORIGINALS, Keyring
from crossbearing.store.ledger import Engine, Ledger, PostgresEngine, SqliteEngine
from crossbearing.store.ledger.copying import copy_rows
from crossbearing.store.notes import public_key, signed
from crossbearing.store.originals import Originals
from crossbearing.store.question_clock import follow_questions
from crossbearing.store.records import Vault
from crossbearing.store.register import Authorisation, appointments, authorisations, generations

FORMAT: Final = 2
SETTINGS: Final = "operation.toml"
POSTGRES_VARIABLE: Final = "CROSSBEARING_POSTGRES"
_FOLDERS: Final = ("originals", "records", "protected", "derived", "models", "packages")
# Acts by which a person has a hand in an operation.
_WORK: Final = (ActKind.EXHIBIT_ADDED, ActKind.PAIR_JUDGED, ActKind.PACKAGE_BUILT)


@dataclass(frozen=True, slots=True)
class Operation:
    """An opened operation, on behalf of one person."""

    folder: Path
    operation_id: str
    name: str
    coordinator: str
    context: Context
    ledger: Ledger
    keyring: Keyring
    subject: Subject

    @property
    def originals(self) -> Originals:
        """The originals of this operation, for taking in and checking; reading goes by ``open_original``."""
        return Originals(self.folder / "originals", self.keyring)

    @property
    def vault(self) -> Vault:
        """Where record files lie, and how the protected ones are sealed now."""
        return Vault(self.folder, self.keyring, generations(self.ledger))

    @property
    def log_key(self) -> str:
        """The public key that the log's checkpoints are checked with."""
        return public_key(origin_of(self.operation_id), self.keyring.log_key)

    def open_original(self, exhibit_id: str, sha256: str, *, why: str) -> io.BufferedReader:
        """The bytes of an original; that it was opened is in the log before the first byte is out.

        Args:
            exhibit_id: Exhibit it belongs to.
            sha256: Which of its files.
            why: What for, in a word or two.

        Raises:
            BadRequest: No purpose is named.
            UnreadableSource: It is not there, damaged, or sealed with another key.
        """
        if not self.context.purpose.strip():
            raise BadRequest(
                "An original opens for a named purpose only",
                where=exhibit_id,
                remedy="Repeat with --purpose and say in a few words what for; it stands in the log.",
            )
        self.log_opening(exhibit_id, why=why)
        return self.originals.opened(sha256)

    def log_opening(self, exhibit_id: str, *, why: str) -> None:
        """Put into the log that an exhibit's originals are opened now."""
        self.ledger.record(self.context, Act(kind=ActKind.ORIGINAL_OPENED, subject=exhibit_id, payload={"why": why}))

    def standing(self) -> Subject:
        """The person with all that was decided about them here."""
        person = self.context.person
        appointed = appointments(self.ledger).get(person)
        worked = any(entry.person == person for entry in self.ledger.entries(*_WORK))
        if appointed is None:
            return replace(self.subject, has_worked_here=worked)
        return replace(self.subject, roles=appointed.roles, cases=appointed.cases, has_worked_here=worked)

    def require_review(self, resource: Resource) -> None:
        """Ask whether the person may review privileged material; see ``require``."""
        self._require(self.standing(), Action.REVIEW, resource)

    def require_side(self, action: Action, number: str, *sides: Side) -> Side:
        """Ask whether the person speaks for one of these sides of a case; gives which. See ``require``."""
        if self.context.authority:
            self.require_authority(self.context.authority, where=f"case {number}")
        standing, cases = self.standing(), frozenset({number})
        self._require(standing, action, Resource(kind="lead", name=number, cases=cases, sides=sides))
        return next(side for side in sides if side is side_of(standing, cases))

    def require(self, action: Action, kind: str, name: str) -> None:
        """Ask the access decision; a denied attempt is an act of its own.

        Raises:
            NotAuthorised: No rule allows it, or the authorisation relied on does not hold.
        """
        if self.context.authority:
            self.require_authority(self.context.authority, where=f"operation {self.name}")
        self._require(self.subject, action, Resource(kind=kind, name=name))

    def _require(self, subject: Subject, action: Action, resource: Resource) -> None:
        access = decide(subject, action, resource)
        if access.is_allowed:
            return
        self._deny(f"{resource.kind}:{resource.name}", str(action), access.reason)
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
    operation_id = context.randomness(8).hex()
    settings = settings_text(operation_id, name=name, coordinator=coordinator, on_postgres=on_postgres)
    _refuse_patterns(folder)
    keyring = keys_for(operation_id, folder)
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
        ledger = ledger_of(folder, tomllib.loads(settings), keyring)
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
    durable.write_text(folder / SETTINGS, settings)


def settings_text(operation_id: str, *, name: str, coordinator: str, on_postgres: bool) -> str:
    """The settings of an operation of today's format."""
    lines = [
        f"format = {FORMAT}",
        f"id = {json.dumps(operation_id)}",
        f"name = {json.dumps(name)}",
        f"coordinator = {json.dumps(coordinator)}",
        "",
        "[decisions]",
        f"engine = {json.dumps('postgresql' if on_postgres else 'sqlite')}",
    ]
    if on_postgres:
        lines.append(f"connection_from = {json.dumps(POSTGRES_VARIABLE)}  # environment variable")
    return "\n".join(lines) + "\n"


@contextmanager
def open_operation(folder: Path, context: Context, *, alone: bool = False, follow: bool = True) -> Iterator[Operation]:
    """Open an operation on behalf of the context's person.

    Args:
        folder: Operation folder.
        context: Who, and why.
        alone: Have it to oneself on this host, as erasing does; otherwise it is shared.
        follow: Let the categorisation clock lock and open exhibits first; not where the log itself is in doubt.

    Raises:
        OperationBusy: Somebody else has it to themselves, or uses it while it is wanted alone.
        NotFound: There is no operation folder at this place.
        BadConfiguration: Its settings cannot be used by this version.
    """
    _refuse_patterns(folder)
    settings = read_settings(folder)
    if settings["format"] != FORMAT:
        raise BadConfiguration(
            f"The folder has format {settings['format']}, this version works with {FORMAT}",
            where=str(folder / SETTINGS),
            remedy=f"Run `crossbearing upgrade {folder}`."
            if settings["format"] in range(1, FORMAT)
            else "Use the version of Crossbearing that made it, or a newer one.",
        )
    keyring = Keyring.of(str(settings["id"]), folder)
    with ExitStack() as until_closed:
        until_closed.enter_context(durable.locked(folder / ".lock", alone=alone))
        ledger = ledger_of(folder, settings, keyring)
        until_closed.callback(ledger.close)
        if follow:
            follow_clock(ledger, context)
            follow_questions(ledger, context)
        yield Operation(
            folder=folder,
            operation_id=str(settings["id"]),
            keyring=keyring,
            name=str(settings["name"]),
            coordinator=str(settings["coordinator"]),
            context=context,
            ledger=ledger,
            subject=Subject(person=context.person, owns_folder=folder.stat().st_uid == os.getuid()),
        )


def adopt_ledger(folder: Path) -> None:
    """After a restore: put the decisions from the backup's file to where the settings say they are.

    Raises:
        Contradiction: The server holds decisions of this operation already.
    """
    settings = read_settings(folder)
    engine = engine_of(folder, settings)
    copy = folder / "decisions.sqlite"
    if isinstance(engine, SqliteEngine):
        engine.close()
        return
    source = SqliteEngine(copy)
    with closing(source), closing(engine), source.reading() as rows, engine.writing() as sink:
        if sink.run("SELECT 1 FROM act LIMIT 1"):
            raise Contradiction(
                "The server holds decisions of this operation already",
                where=str(folder / SETTINGS),
                remedy="Restore beside another server, or drop the schema there if it is lost for good.",
            )
        copy_rows(rows, sink)
    copy.unlink()


def _refuse_patterns(folder: Path) -> None:
    """Refuse a place whose name the engine would take for a pattern of names."""
    if found := sorted(set("[]*?") & set(str(folder.resolve()))):
        raise BadRequest(
            f"The path holds {' '.join(found)}, which stand for patterns of names",
            where=str(folder),
            remedy="Give the operation a place without these characters.",
        )


def origin_of(operation_id: str) -> str:
    """The name of an operation's log on its checkpoints."""
    return f"crossbearing/{operation_id}"


def read_settings(folder: Path) -> dict[str, object]:
    """The settings of an operation folder of any format.

    Raises:
        NotFound: There is no operation folder at this place.
        BadConfiguration: The settings cannot be read.
    """
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
    if missing:
        raise BadConfiguration(
            f"The settings lack {', '.join(sorted(missing))}",
            where=str(path),
            remedy="Mend the file by hand or restore it from a backup.",
        )
    return settings


def keys_for(operation_id: str, folder: Path) -> Keyring:
    """The keyring of an operation with every key that it begins with."""
    keyring = Keyring.of(operation_id, folder)
    for key in (LOG, ORIGINALS, *(f"{name}-1" for name in (*PROTECTED_CLASSES, "backup"))):
        keyring.make(key)
    return keyring


def signer_of(operation_id: str, keyring: Keyring) -> Callable[[str], str]:
    """What signs the checkpoints of an operation's log."""
    return lambda text: signed(text, origin_of(operation_id), keyring.log_key)


def ledger_of(folder: Path, settings: dict[str, object], keyring: Keyring) -> Ledger:
    """The decisions of an operation folder."""
    operation_id = str(settings["id"])
    return Ledger(engine_of(folder, settings), origin=origin_of(operation_id), sign=signer_of(operation_id, keyring))


def engine_of(folder: Path, settings: dict[str, object]) -> Engine:
    """The database that the settings name."""
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
