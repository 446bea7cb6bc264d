"""What lies in a file that is no exhibit yet: the file itself, or the files of an archive, level by level."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias

from crossbearing.domain.exhibit import Gap
from crossbearing.intake.containers.archives import unpacked
from crossbearing.intake.containers.compression import codec_of, flowing
from crossbearing.intake.kinds import kind_of
from crossbearing.intake.sources import Openable, Source, open_part
from crossbearing.store.originals import Inner

# Bytes of one member held in memory, so that it can be read twice; a larger one is unpacked again each time.
_HELD: Final = 16 << 20
_HEAD: Final = 65_536
_BLOCK: Final = 1 << 18
_Unpack: TypeAlias = Callable[[Any], Iterator[Inner | Gap]]


@dataclass(frozen=True, slots=True)
class Item:
    """One file that was found.

    Attributes:
        source: Its bytes, as often as needed until the next item is asked for.
        unread: Why nothing can read it, if its archive says so.
        gaps: What of it could not be taken; of an archive, complete when all its files were given.
        is_archive: It holds files that are items of their own.
    """

    source: Openable
    unread: str
    gaps: list[Gap]
    is_archive: bool


def inventory(source: Source) -> Iterator[Item]:
    """The file, and what it holds if it is an archive, each archive before its members.

    Memory: at most 16 MiB of a member on each level; larger ones are unpacked anew each time they are opened.

    Raises:
        UnreadableSource: It is beyond the limits.
    """
    yield from _within(source, unpacked, "", [])


def looks_like(source: Openable) -> str:
    """What the file looks like, in words, and what is in it if it is compressed; empty if nobody knows."""
    with source.opened() as stream:
        head = stream.read(_HEAD)
    kind = kind_of(head)
    if not codec_of(head):
        return kind
    with open_part(source, lambda _: None) as stream:
        inside = kind_of(stream.read(_HEAD))
    return f"{kind} that holds {inside}" if inside else kind


def _within(source: Openable, unpack: _Unpack, unread: str, gaps: list[Gap]) -> Iterator[Item]:
    is_known = False  # whether it is an archive
    for at, piece in enumerate(() if unread else unpack(source)):
        if isinstance(piece, Gap):
            gaps.append(piece)
            continue
        if not is_known:
            is_known = True
            yield Item(source, "", gaps, is_archive=True)
        inner = _held(piece, f"{source.part}/{piece.name}", partial(_again, source, unpack, at))
        yield from _within(inner, piece.unpacked, piece.unread, list(piece.gaps))
    if not is_known:
        yield Item(source, unread, gaps, is_archive=False)


def _held(piece: Inner, part: str, again: Callable[[], io.BufferedReader]) -> Source:
    content = piece.stream.read(_HELD + 1)
    if len(content) <= _HELD:
        return Source(part, len(content), lambda: io.BufferedReader(io.BytesIO(content)))
    size = len(content)
    while block := piece.stream.read(_BLOCK):
        size += len(block)
    return Source(part, size, again)


def _again(source: Openable, unpack: _Unpack, wanted: int) -> io.BufferedReader:
    """The bytes of one member, unpacked once more."""

    def blocks() -> Iterator[bytes]:
        for at, piece in enumerate(unpack(source)):
            if at == wanted and isinstance(piece, Inner):
                while block := piece.stream.read(_BLOCK):
                    yield block
                return

    return flowing(blocks())
