"""Valid archives and compressed files of every kind, and what must come out of them when they are broken."""

import bz2
import gzip
import io
import lzma
import random
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import zstandard

from crossbearing.domain.errors import CrossbearingError
from crossbearing.domain.exhibit import Gap
from crossbearing.intake.containers.archives import unpacked
from crossbearing.intake.sources import Source, open_part
from crossbearing.store.originals import Inner
from damage.account import LONGEST, Account, Hangs, limited
from damage.harm import Harmed

_METHODS = {
    "stored": zipfile.ZIP_STORED, "deflated": zipfile.ZIP_DEFLATED, "bzip2": zipfile.ZIP_BZIP2,
    "lzma": zipfile.ZIP_LZMA,
}  # fmt: skip
_FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda content: gzip.compress(content, mtime=0),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.ZstdCompressor(write_checksum=True).compress,  # without one nobody could see a changed byte
}


Files: TypeAlias = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Packed:
    """A valid container, and the files that were put into it.

    Attributes:
        places: Offset and length of each file's packed bytes, in a container that is not compressed as a whole.
    """

    kind: str
    content: bytes
    files: tuple[tuple[str, bytes], ...]
    places: tuple[tuple[int, int], ...] = ()


def _files() -> Files:
    chance = random.Random(3)
    texts = (f"{n},seller{n:04}\n".encode() * chance.randint(5, 60) for n in range(5))
    return (
        *((f"folder/{n}.csv", text) for n, text in enumerate(texts)),
        ("x" * 60 + "/" + "y" * 60, chance.randbytes(900)),
    )


def few() -> Files:
    """Two small files, one of a long name."""
    return (("folder/0.csv", b"1,seller0001\n" * 3), ("x" * 60 + "/" + "y" * 60, bytes(range(30))))


def _zip(files: Files, method: int, *, is_onward: bool = False) -> bytes:
    out = _Onward() if is_onward else io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files:
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return out.getvalue()


class _Onward(io.BytesIO):
    """A place to write to that cannot go back: the sizes of a member then stand behind it."""

    def seek(self, *_: object) -> int:
        raise io.UnsupportedOperation

    def tell(self) -> int:
        raise AttributeError


def _tar(files: Files, form: int) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for name, content in files:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return out.getvalue().rstrip(b"\x00") + bytes(1_024) if files == few() else out.getvalue()


def archives(files: Files | None = None) -> list[Packed]:
    """Zip and tar files, plain and compressed as a whole.

    Args:
        files: What is in them; without, six files of some hundred bytes.
    """
    files = files or _files()
    made = {f"zip {name}": _zip(files, method) for name, method in _METHODS.items()}
    made["zip onward"] = _zip(files, zipfile.ZIP_DEFLATED, is_onward=True)
    made |= {f"tar {name}": _tar(files, form) for name, form in _FORMATS.items()}
    made |= {f"tar {name}": pack(_tar(files, tarfile.PAX_FORMAT)) for name, pack in PACKERS.items()}
    return [Packed(kind, content, files, _places(kind, content)) for kind, content in made.items()]


def _places(kind: str, content: bytes) -> tuple[tuple[int, int], ...]:
    if kind.startswith("zip"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = archive.infolist()
        return tuple((one.header_offset + 30 + len(one.filename), one.compress_size) for one in found)
    if kind.removeprefix("tar ") not in _FORMATS:
        return ()
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return tuple((one.offset_data, one.size) for one in archive)


def compressed(files: Files | None = None) -> list[Packed]:
    """One file each, and two streams one behind the other."""
    content = b"".join(content for _, content in files or _files())
    once = [Packed(kind, pack(content), (("", content),)) for kind, pack in PACKERS.items()]
    return [*once, Packed("gzip twice", PACKERS["gzip"](content) * 2, (("", content * 2),))]


@dataclass(slots=True)
class _Opened:
    files: list[tuple[str, bytes]] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


def _opened(content: bytes, *, is_archive: bool) -> _Opened:
    """Everything in it, level by level."""
    found = _Opened()
    source = Source("outer", len(content), lambda: io.BufferedReader(io.BytesIO(content)))
    if not is_archive:
        with open_part(source, found.gaps.append) as stream:
            found.files.append(("", stream.read()))
        return found
    for piece in unpacked(source):
        if isinstance(piece, Inner):
            found.files.append((piece.name, piece.stream.read()))
            found.gaps += [*piece.gaps, *([Gap(0, 0, piece.unread)] if piece.unread else [])]
        else:
            found.gaps.append(piece)
    return found


def check(packed: Packed, harmed: Harmed, account: Account, within: int | None = None) -> None:
    """Unpack the broken container, and note what is wrong.

    Args:
        packed: What was broken.
        harmed: How.
        account: Takes the sums and what is wrong.
        within: The file in whose bytes the damage is, if it is in one.
    """
    begins = time.perf_counter()
    account.files += 1
    try:
        with limited(LONGEST):
            found = _opened(harmed.content, is_archive=packed.kind.startswith(("zip", "tar")))
    except CrossbearingError:
        account.errors += 1
        return
    except (Exception, Hangs) as failure:  # noqa: BLE001 - whatever it is, it is what we look for
        account.wrong.append(f"{packed.kind}: {type(failure).__name__}: {failure}")
        return
    finally:
        account.slowest = max(account.slowest, time.perf_counter() - begins)
    account.rows += len(found.files)
    account.refused += len(found.gaps)
    account.size += len(harmed.content)
    account.wrong += [f"{packed.kind}: {wrong}" for wrong in _wrong(packed, harmed, found, within)]


def _wrong(packed: Packed, harmed: Harmed, found: _Opened, within: int | None) -> Iterator[str]:
    for gap in found.gaps:
        if not gap.reason or min(gap.offset, gap.length) < 0:
            yield f"a gap without a reason or place: {gap}"
    came = {_seen(packed.kind, *file) for file in found.files}
    lost = [number for number, file in enumerate(packed.files) if _seen(packed.kind, *file) not in came]
    if within is not None and lost not in ([], [within]):
        yield f"damage in file {within} cost the files {lost}"
    # Without its mark it is no container but a file for the readers; of two streams the first alone is a valid file.
    is_container = harmed.content.startswith(packed.content[:10]) and packed.kind != "gzip twice"
    if is_container and lost and not found.gaps and (within is not None or found.files):
        yield f"the files {lost} did not come back and nothing says so"


def _seen(kind: str, name: str, content: bytes) -> tuple[str, bytes | int]:
    """What can be told of a file: a plain tar file has no checksum of what it holds."""
    return name, len(content) if kind.removeprefix("tar ") in _FORMATS else content
