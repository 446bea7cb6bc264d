"""What lies beside every export: which files, what the format carries of each table, and every column that it does not.

It is made from the mapping that the writer is bound to, so it cannot say anything else than what was done.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from crossbearing.export.format import About, Format, Loss, losses
from crossbearing.export.leaving import KEPT, TABLES
from crossbearing.store.arrow import sha256_of

SCHEMA: Final = "crossbearing/export/1"
DATA, TEXT = "EXPORT.json", "EXPORT.md"


def write(one: Format, about: About, home: Path) -> str:
    """Write the report beside the files of an export; gives the SHA-256 of ``EXPORT.json``, which names all others."""
    (home / TEXT).write_text(as_text(one, about), encoding="utf-8", newline="\n")
    files = [
        {"name": path.relative_to(home).as_posix(), "sha256": sha256_of(path), "size_bytes": path.stat().st_size}
        for path in sorted(home.rglob("*"))
        if path.is_file()
    ]
    says: dict[str, Any] = {
        "schema": SCHEMA, "format": one.name, "operation": about.operation, "originator": about.coordinator,
        "software": about.software, "scope": about.scope, "handling": about.handling, "tlp": about.tlp,
        "owners": about.owners, "as_of": about.as_of, "is_simulated": about.is_simulated,
        "is_released": about.is_released, "markings": about.markings, "files": files, "carries": one.carries,
        "lost": [
            {"table": loss.table, "column": loss.column, "why": loss.why, "is_whole": loss.is_whole}
            for loss in losses(one)
        ],
        "never_leaves": dict(KEPT),
    }  # fmt: skip
    (home / DATA).write_text(
        json.dumps(says, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n"
    )
    return sha256_of(home / DATA)


def as_text(one: Format, about: About) -> str:
    """The report to read."""
    lines = [f"# {one.title}", "", *(f"**{word}**  " for word in about.markings), ""]
    lines += [f"Of {about.operation}: {about.scope}. Every file and its SHA-256 stand in {DATA}.", ""]
    return "\n".join((*lines, *mapping_lines(one), "## What never leaves", "", *_kept(), ""))


def mapping_lines(one: Format) -> Iterable[str]:
    """The mapping of a format and its losses, as tables of Markdown."""
    yield from ("## What is carried", "", "| table | column | becomes |", "|---|---|---|")
    for table, columns in one.carries.items():
        yield from (f"| {table} | {column} | {to} |" for column, to in columns.items())
    yield from ("", "## What is lost", "")
    found = losses(one)
    if not found:
        yield from ("Nothing of the tables that may leave.", "")
        return
    yield from ("| table | column | |", "|---|---|---|")
    for table in TABLES:
        yield from _lost(table, [loss for loss in found if loss.table == table])
    yield ""


def _lost(table: str, found: list[Loss]) -> Iterable[str]:
    """Losses of one table; those with one reason stand together."""
    reasons: dict[tuple[bool, str], list[str]] = {}
    for loss in found:
        reasons.setdefault((loss.is_whole, loss.why), []).append(loss.column)
    for (is_whole, why), columns in reasons.items():
        yield f"| {table} | {', '.join(columns)} | {'not carried: ' if is_whole else 'in part: '}{why} |"


def _kept() -> Iterable[str]:
    yield from ("| | why |", "|---|---|")
    yield from (f"| {name} | {why} |" for name, why in KEPT)
