"""The keys of an operation, in a folder of their own, outside the operation folder.

One file per key, readable by its owner only. What a key protects is named by the key: ``originals``,
``delivery-2`` (class and generation), ``backup-1``, ``log``. Destroying a key is how what it sealed is
erased, wherever copies of it lie; so a copy of this folder must be kept, and must be kept up to date.
"""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from crossbearing.domain.errors import BadConfiguration, NothingWritten
from crossbearing.store import durable

KEYS_VARIABLE: Final = "CROSSBEARING_KEYS"
ORIGINALS: Final = "originals"
LOG: Final = "log"
EXCHANGE: Final = "exchange"
REPLIES: Final = "replies"
OVERLAPS: Final = "overlaps"
_RANDOM: Final = (LOG, EXCHANGE, OVERLAPS)  # 32 random bytes; the others are age keys


def home_of_keys() -> Path:
    """The folder that holds the keys of all operations of this person."""
    if named := os.environ.get(KEYS_VARIABLE):
        return Path(named)
    data = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "crossbearing" / "keys"


@dataclass(frozen=True)
class Keyring:
    """The keys of one operation."""

    folder: Path

    @staticmethod
    def of(operation_id: str, operation_folder: Path) -> "Keyring":
        """The keyring of an operation.

        Raises:
            BadConfiguration: The keys would lie within the operation folder, beside what they seal.
        """
        folder = home_of_keys() / operation_id
        if folder.resolve().is_relative_to(operation_folder.resolve()):
            raise BadConfiguration(
                "The keys would lie inside the operation folder",
                where=str(folder),
                remedy=f"Let {KEYS_VARIABLE} name a folder elsewhere, best on another disk.",
            )
        return Keyring(folder)

    def names(self) -> list[str]:
        """Names of the keys that are here."""
        return sorted(path.stem for path in self.folder.glob("[!.]*.key"))

    def has(self, name: str) -> bool:
        """Whether a key is here."""
        return self._path(name).is_file()

    def make(self, name: str) -> None:
        """Make a key, unless it is here already; durable when it returns."""
        if self.has(name):
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            text = secrets.token_hex(32) if name in _RANDOM else str(pyrage.x25519.Identity.generate())
            unfinished = self.folder / f"{durable.TEMPORARY}{secrets.token_hex(4)}"
            handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(text + "\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(unfinished, self._path(name))  # refuses if another process was first
            except FileExistsError:
                pass
            finally:
                unfinished.unlink()
            durable.sync(self.folder)
        except OSError as refused:
            raise NothingWritten(
                f"The key {name!r} could not be kept: {refused.strerror}",
                where=str(self.folder),
                remedy=f"Check rights and space there, or let {KEYS_VARIABLE} name another folder.",
            ) from refused

    def destroy(self, name: str) -> None:
        """Overwrite and remove a key; what only it opened cannot be opened again. Twice is as once."""
        path = self._path(name)
        if not path.is_file():
            return
        path.chmod(0o600)
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        durable.sync(self.folder)

    def identity(self, name: str) -> pyrage.x25519.Identity:
        """What opens what was sealed under this name.

        Raises:
            BadConfiguration: The key is not here.
        """
        return pyrage.x25519.Identity.from_str(self._text(name))

    def recipient(self, name: str) -> pyrage.x25519.Recipient:
        """What seals under this name."""
        return self.identity(name).to_public()

    @cached_property
    def log_key(self) -> Ed25519PrivateKey:
        """What signs the checkpoints of the log.

        Raises:
            BadConfiguration: The key is not here.
        """
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self._text(LOG)))

    @cached_property
    def exchange_key(self) -> Ed25519PrivateKey:
        """What signs what is sent to partners; made when it is first needed.

        Raises:
            NothingWritten: It cannot be kept.
        """
        self.make(EXCHANGE)
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self._text(EXCHANGE)))

    @cached_property
    def reply_key(self) -> pyrage.x25519.Identity:
        """What opens the replies of partners; made when it is first needed.

        Raises:
            NothingWritten: It cannot be kept.
        """
        self.make(REPLIES)
        return self.identity(REPLIES)

    @cached_property
    def overlap_key(self) -> bytes:
        """Secret that numbers of overlaps are made with, so that nobody can guess from a number what overlaps.

        Raises:
            NothingWritten: It cannot be kept.
        """
        self.make(OVERLAPS)
        return bytes.fromhex(self._text(OVERLAPS))

    def generations(self, sealed_class: str) -> Iterator[int]:
        """The generations of a class whose keys are here."""
        for name in self.names():
            stem, _, number = name.rpartition("-")
            if stem == sealed_class and number.isdigit():
                yield int(number)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.key"

    def _text(self, name: str) -> str:
        try:
            return self._path(name).read_text(encoding="ascii").strip()
        except OSError as absent:
            raise BadConfiguration(
                f"The key {name!r} of this operation is not here",
                where=str(self.folder),
                remedy=f"Put the copy of the keys back, or let {KEYS_VARIABLE} name the folder that holds them. "
                "A key that an erasure destroyed does not come back.",
            ) from absent
