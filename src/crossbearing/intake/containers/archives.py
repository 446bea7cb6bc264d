"""What an archive holds, within limits: its members become parts of the exhibit, each with its own hash.

Zip and tar files are archives, and tar files that are compressed as a whole. An archive within one is opened in turn,
down to ``limits.DEEPEST``. Nothing is written anywhere here: members are streams.
"""

from collections.abc import Iterator
from dataclasses import replace

from crossbearing.domain.exhibit import Gap
from crossbearing.intake.containers.compression import MARK_BYTES, codec_of
from crossbearing.intake.containers.limits import DEEPEST, MOST_GAPS, Budget
from crossbearing.intake.containers.tar_members import TAR_HEAD, is_tar, tar_members
from crossbearing.intake.containers.zip_members import is_zip, zip_members
from crossbearing.intake.sources import Openable, Places, open_part
from crossbearing.store.originals import Inner

_BLOCK = 1 << 16


def unpacked(source: Openable) -> Iterator[Inner | Gap]:
    """The files of an archive in its own order, and the places that gave none; nothing for a file that is no archive.

    A member's bytes are to be read before the next one is asked for. Folders are left out; links and devices are places
    without bytes. What is encrypted or compressed in an unknown way is a member that says so, with its bytes as they
    lie there.

    Raises:
        UnreadableSource: While reading: it is beyond the limits.
    """
    return _opened(source, Budget(source.part, source.size_bytes), 1)


def _opened(source: Openable, budget: Budget, depth: int) -> Iterator[Inner | Gap]:
    gaps = 0
    rest = Gap(0, 0, "")
    for piece in _pieces(source, budget) if depth <= DEEPEST else ():
        if isinstance(piece, Inner):
            yield replace(piece, unpacked=lambda inner: _opened(inner, budget, depth + 1))
        elif gaps < MOST_GAPS:
            gaps += 1
            yield piece
        else:
            length = rest.length + piece.length
            rest = Gap(rest.offset or piece.offset, length, "further places", rest.is_damage or piece.is_damage)
    if rest.reason:
        yield rest


def _pieces(source: Openable, budget: Budget) -> Iterator[Inner | Gap]:
    with source.opened() as stream:
        head = stream.read(TAR_HEAD)
    if is_zip(head):
        places = Places(source)
        try:
            yield from zip_members(places, budget)
        finally:
            places.close()
    elif is_tar(head):
        with source.opened() as stream:
            yield from tar_members(stream, budget.count, budget.take)
    elif codec_of(head[:MARK_BYTES]):
        with open_part(source, lambda _: None) as inside:
            is_archive = is_tar(inside.read(TAR_HEAD))
        if is_archive:
            gaps: list[Gap] = []
            with open_part(source, gaps.append, budget) as inside:
                yield from tar_members(inside, budget.count, lambda _: None)
                yield from gaps
