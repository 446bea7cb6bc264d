"""Sealing bytes with age while they stream: what is written is never on the disk unsealed.

The library pushes and pulls whole streams, so each stream has a pipe and a thread that feeds it.
"""

import io
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyrage

from crossbearing.domain.errors import BadRequest, NothingWritten, UnreadableSource

SUFFIX: Final = ".age"
_PIPE_BYTES: Final = 1 << 20


_SMALL: Final = 1 << 18  # bytes of a sealed file that is unsealed in one go


class SealedWriter(io.RawIOBase):
    """A file to write to; what reaches the disk is sealed. Whoever keeps the file syncs it."""

    def __init__(self, target: Path, recipient: pyrage.x25519.Recipient) -> None:
        """Begin a sealed file at a place where none is."""
        self._sealed = target.open("xb")
        self._written = 0
        source, sink = _pipe()
        self._sink = sink
        self._work = _Work(lambda: self._seal(source, recipient))

    def writable(self) -> bool:
        """It takes bytes."""
        return True

    def tell(self) -> int:
        """How many bytes were written."""
        return self._written

    def write(self, data: Any, /) -> int:
        """Take further bytes."""
        try:
            taken = self._sink.write(data)
        except BrokenPipeError:
            self._end()  # says why the other end is gone
            raise
        self._written += taken
        return taken

    def close(self) -> None:
        """Seal what is left.

        Raises:
            NothingWritten: The disk refused.
        """
        if self.closed:
            return
        super().close()
        try:
            self._sink.close()
            self._end()
        finally:
            self._sealed.close()

    def _end(self) -> None:
        try:
            self._work.join()
            self._sealed.flush()
        except (OSError, pyrage.EncryptError) as refused:
            raise NothingWritten(
                f"The sealed file could not be written: {refused}",
                where=self._sealed.name,
                remedy="Check free space on the operation folder, then repeat the command.",
            ) from refused

    def _seal(self, source: BinaryIO, recipient: pyrage.x25519.Recipient) -> None:
        with source:
            pyrage.encrypt_io(source, self._sealed, [recipient])


class _Opened(io.RawIOBase):
    """The bytes of a sealed file, as they are read."""

    def __init__(self, path: Path, identity: pyrage.x25519.Identity, *, skip_line: bool) -> None:
        self._where = path
        self._skip_line = skip_line
        source, sink = _pipe()
        self._source = source
        self._work = _Work(lambda: self._open(sink, identity))

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        count = self._source.readinto(buffer)  # type: ignore[attr-defined]  # a raw file has it
        if count == 0:
            try:
                self._work.join()
            except (pyrage.DecryptError, OSError) as damaged:
                raise _damaged(self._where) from damaged
        return int(count)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._source.close()
            self._work.forget()

    def _open(self, sink: BinaryIO, identity: pyrage.x25519.Identity) -> None:
        with sink, self._where.open("rb") as sealed:
            if self._skip_line:
                sealed.readline()
            pyrage.decrypt_io(sealed, sink, [identity])


class _SmallOpened(io.RawIOBase):
    """The bytes of a small sealed file, unsealed whole at the first reading: a thread for each would cost more."""

    def __init__(self, path: Path, identity: pyrage.x25519.Identity) -> None:
        self._where = path
        self._identity = identity
        self._content: io.BytesIO | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._content is None:
            try:
                self._content = io.BytesIO(pyrage.decrypt(self._where.read_bytes(), [self._identity]))
            except (pyrage.DecryptError, OSError) as damaged:
                raise _damaged(self._where) from damaged
        return self._content.readinto(buffer)


def _damaged(path: Path) -> UnreadableSource:
    return UnreadableSource(
        "A sealed file is damaged, or was sealed with another key",
        where=str(path),
        remedy="Restore it from a backup and run `crossbearing evidence verify`.",
    )


def sealing(target: Path, recipient: pyrage.x25519.Recipient) -> io.BufferedWriter:
    """A file to write to, sealed; see ``SealedWriter``."""
    return io.BufferedWriter(SealedWriter(target, recipient), _PIPE_BYTES)


def sealed_to(content: bytes, recipients: Sequence[str]) -> bytes:
    """Bytes that only the holders of these public age keys can open.

    Raises:
        BadRequest: A recipient is no public age key.
    """
    sealed: bytes = pyrage.encrypt(content, [parsed_recipient(one) for one in recipients])
    return sealed


def unsealed(content: bytes, identity: pyrage.x25519.Identity, *, where: str) -> bytes:
    """What was sealed to this key.

    Raises:
        UnreadableSource: It is sealed to another key, or was changed or cut.
    """
    try:
        opened: bytes = pyrage.decrypt(content, [identity])
    except pyrage.DecryptError as refused:
        raise UnreadableSource(
            "It is sealed to another recipient, or was changed or cut on its way",
            where=where,
            remedy="Ask the sender, by another way than the one it came, to send it again.",
        ) from refused
    return opened


def parsed_recipient(text: str) -> pyrage.x25519.Recipient:
    """A public age key from its text.

    Raises:
        BadRequest: It is none.
    """
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as wrong:
        raise BadRequest(
            "This is no public age key",
            where="the partner's key",
            remedy="It begins with age1; the partner makes one with `age-keygen` and keeps the other half.",
        ) from wrong


def opened(path: Path, identity: pyrage.x25519.Identity, *, skip_line: bool = False) -> io.BufferedReader:
    """The bytes of a sealed file from its beginning; nothing is written anywhere.

    Args:
        path: The sealed file.
        identity: The key.
        skip_line: The file begins with a line that is not sealed.

    Raises:
        UnreadableSource: While reading: it is damaged or another key sealed it.
    """
    if not path.is_file():
        raise UnreadableSource(
            "A sealed file is not there",
            where=str(path),
            remedy="Restore it from a backup and run `crossbearing evidence verify`.",
        )
    if not skip_line and path.stat().st_size <= _SMALL:
        return io.BufferedReader(_SmallOpened(path, identity))
    return io.BufferedReader(_Opened(path, identity, skip_line=skip_line), _PIPE_BYTES)


class _Work:
    """A thread whose failure is raised where it is waited for."""

    def __init__(self, work: Callable[[], None]) -> None:
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, args=(work,), daemon=True)
        self._thread.start()

    def join(self) -> None:
        self._thread.join()
        if self._failure is not None:
            raise self._failure

    def forget(self) -> None:
        """Wait for the end and let its failure be: the reader has gone away."""
        self._thread.join()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as failure:  # noqa: BLE001 - raised again where it is waited for
            self._failure = failure


def _pipe() -> tuple[BinaryIO, BinaryIO]:
    source, sink = os.pipe()
    return os.fdopen(source, "rb", buffering=0), os.fdopen(sink, "wb", buffering=0)
