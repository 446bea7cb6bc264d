"""Every version of a package as it was built: kept packed beside the newest, so that two can be compared.

They lie in the package's own folder, so that an erasure of the package takes them along.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from crossbearing.store import durable

PACKAGES: Final = "packages"
_VERSIONS: Final = "versions"
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
    except (OSError, EOFError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def forget(folder: Path, package_id: str, version: int) -> None:
    """Remove the document of one version, if it is there."""
    _unlink(_path(folder, package_id, version))


def forget_newest(folder: Path, package_id: str) -> None:
    """Remove a package's newest document and its page, if they are there."""
    for name in ("package.json", "package.html"):
        _unlink(folder / PACKAGES / package_id / name)


def versions_kept(folder: Path) -> set[tuple[str, int]]:
    """Package and version of all documents that are kept."""
    found = set()
    for path in (folder / PACKAGES).glob(f"*/{_VERSIONS}/*.json.gz"):
        number = path.name.partition(".")[0]
        if number.isdecimal():
            found.add((path.parent.parent.name, int(number)))
    return found


def documents(folder: Path) -> Iterator[tuple[str, Any]]:
    """Every document of every package that lies here, newest and older ones, with its package."""
    for path in sorted((folder / PACKAGES).glob("*/package.json")):
        yield path.parent.name, json.loads(path.read_text(encoding="utf-8"))
    for package_id, version in sorted(versions_kept(folder)):
        document = kept(folder, package_id, version)
        if document is not None:
            yield package_id, document


def _unlink(path: Path) -> None:
    if path.is_file():
        path.unlink()
        durable.sync(path.parent)


def _path(folder: Path, package_id: str, version: int) -> Path:
    return folder / PACKAGES / package_id / _VERSIONS / f"{version}.json.gz"
