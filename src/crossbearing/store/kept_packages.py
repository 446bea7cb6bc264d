"""Every version of a package as it was built: kept packed beside the newest, so that two can be compared.

They lie in the package's own folder, so that an erasure of the package takes them along.
"""

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from crossbearing.store import durable

PACKAGES: Final = "packages"
_VERSIONS: Final = "versions"
_NEWEST: Final = "package.json"
_LEVEL: Final = 6


def keep(folder: Path, package_id: str, version: int, text: str) -> None:
    """Keep the document of one version; the same document is the same bytes, and is written once."""
    path = _path(folder, package_id, version)
    packed = gzip.compress(text.encode(), _LEVEL, mtime=0)
    if path.is_file() and path.read_bytes() == packed:
        return
    with durable.replacing(path) as unfinished:
        unfinished.write_bytes(packed)
    durable.sync(path.parent.parent)


def kept(folder: Path, package_id: str, version: int) -> dict[str, Any] | None:
    """The document of one version; None if it is not kept or cannot be read."""
    try:
        found = json.loads(gzip.decompress(_path(folder, package_id, version).read_bytes()))
    except (OSError, EOFError, zlib.error, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def newest(folder: Path, package_id: str) -> dict[str, Any] | None:
    """The newest document as it lies here; None if it does not, or cannot be read."""
    try:
        found = json.loads((folder / PACKAGES / package_id / _NEWEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def forget(folder: Path, package_id: str, version: int) -> None:
    """Remove the document of one version, if it is there."""
    _unlink(_path(folder, package_id, version))


def forget_newest(folder: Path, package_id: str) -> None:
    """Remove a package's newest document and its pages, in every language and on paper."""
    for path in (folder / PACKAGES / package_id).glob("package.*"):
        _unlink(path)


def versions_kept(folder: Path) -> set[tuple[str, int]]:
    """Package and version of all documents that are kept."""
    found = set()
    for path in (folder / PACKAGES).glob(f"*/{_VERSIONS}/*.json.gz"):
        number = path.name.partition(".")[0]
        if number.isdecimal():
            found.add((path.parent.parent.name, int(number)))
    return found


def lying_here(folder: Path) -> set[str]:
    """Packages of which a newest document lies here, whether it can be read or not."""
    return {path.parent.name for path in (folder / PACKAGES).glob(f"*/{_NEWEST}")}


def documents(folder: Path) -> Iterator[tuple[str, Any]]:
    """Every document of every package that lies here and can be read, newest and older ones, with its package."""
    every = [(name, newest(folder, name)) for name in sorted(lying_here(folder))]
    every += [(name, kept(folder, name, version)) for name, version in sorted(versions_kept(folder))]
    yield from ((name, document) for name, document in every if document is not None)


def _unlink(path: Path) -> None:
    if path.is_file():
        path.unlink()
        durable.sync(path.parent)


def _path(folder: Path, package_id: str, version: int) -> Path:
    return folder / PACKAGES / package_id / _VERSIONS / f"{version}.json.gz"
