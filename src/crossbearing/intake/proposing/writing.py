"""The proposed profile as a TOML text: what is sure as mappings, all else as comments, each line with its grounds."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from crossbearing.domain.market_tables import MARKET_TABLES
from crossbearing.intake.proposing.drafting import Draft, DraftTable, Line
from crossbearing.intake.proposing.sample import SAMPLE, Sample
from crossbearing.presentation.text import seized

_WIDTH: Final = 110
_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
_MARKET: Final = frozenset(table.name for table in MARKET_TABLES)
DATABASES: Final = frozenset({"mysqldump", "pg_dump", "pg_custom", "sqlite", "mongodump"})


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the top of a proposed profile."""

    name: str
    file: str
    reader: str
    day: str


def written(head: Head, sample: Sample, tables: Mapping[str, DraftTable], secrets: Mapping[str, Sequence[str]]) -> str:
    """The whole text.

    Args:
        head: What stands at the top.
        sample: What the proposal was made from.
        tables: What is proposed, by source table; tables that are not in it are left out, with a comment.
        secrets: By table, the columns that are never mapped.
    """
    sure = [table for table in tables.values() if table.is_sure]
    unsure = [table for table in tables.values() if not table.is_sure]
    pieces = ["\n".join(_head(head, sample, sure))]
    pieces += ["\n".join(_table(table, secrets.get(table.found.table.name, ()))) for table in sure]
    pieces += ["\n".join(_in_comments(table, secrets.get(table.found.table.name, ()))) for table in unsure]
    pieces += ["\n".join(_left_out(sample, tables))]
    return "\n\n".join(piece for piece in pieces if piece) + "\n"


def _head(head: Head, sample: Sample, sure: Sequence[DraftTable]) -> Iterator[str]:
    read = "all rows were read" if sample.is_whole else "reading stopped before the end"
    looked_at = sum(min(SAMPLE, one.rows) for one in sample.tables.values())
    yield from _comment(
        f"PROPOSAL made by software on {head.day} for {seized(head.file)}, from at most {SAMPLE} rows of each table, "
        f"the first and the last: {looked_at:,} in all ({read}: {sample.rows:,}). A person must read and correct every "
        "line before it is used. Each line ends with its grounds. What is not sure is proposed in a comment, to be "
        "taken over or deleted."
    )
    if not sure:
        yield from _comment(
            "Nothing is sure enough: this is no profile until at least one table is taken out of the comments."
        )
    encoding, why = ("cp1252", f"  # {sample.not_utf8:,} values are no UTF-8") if sample.not_utf8 else ("utf-8", "")
    is_database = head.reader in DATABASES
    has_market = any(draft.record in _MARKET for table in sure for draft in table.drafts if draft.is_sure)
    yield f"name = {_text(head.name)}"
    yield 'version = "0"'
    yield f"title = {_text('Proposed for ' + seized(head.file) + ', not yet corrected by a person')}"
    yield f"reader = {_text(head.reader)}"
    yield f"encoding = {_text(encoding)}{why}"
    yield f"has_market = {'true' if has_market or not sure else 'false'}"
    yield f"source = {_text('a seized server' if is_database else 'a list of unstated origin')}  # correct this"
    yield f"notes = [{_text('Proposed by software from names and contents, and not yet corrected by a person.')}]"


def _table(table: DraftTable, secrets: Sequence[str]) -> Iterator[str]:
    found = table.found
    name = found.table.name
    says = "its name and columns" if found.name else "its columns"
    rival = f"; it may as well be: {found.rival}" if found.rival else ""
    yield from _comment(
        f"{seized(name)}: {found.kind.name}, by {says}, {found.score:.0%}; {found.table.rows:,} rows read{rival}"
    )
    if secrets:
        yield from _comment(f"never mapped: {_listed(secrets)}")
    used = table.used()
    yield f"[table.{_key(name)}]"
    yield from _list("columns", [column for column in found.table.columns if column in used])
    yield from _list("optional", [column for column in found.table.columns if column not in used])
    if table.refuse:
        yield "refuse = ["
        for _, condition, reason in table.refuse:
            yield f"    {{ when = {_text(condition)}, reason = {_text(reason)} }},"
        yield "]"
    numbers: dict[str, int] = {}
    for draft in table.drafts:
        numbers[draft.record] = numbers.get(draft.record, 0) + 1
        suffix = f"_{numbers[draft.record]}" if numbers[draft.record] > 1 else ""
        lines = _mapping(f"[table.{_key(name)}.record.{draft.record}{suffix}]", draft)
        yield from lines if draft.is_sure else (f"# {line.removeprefix('# ')}" for line in lines)


def _mapping(title: str, draft: Draft) -> Iterator[str]:
    yield title
    if draft.where:
        yield f"where = {_text(draft.where)}"
    for line in draft.lines:
        mark = "" if line.is_sure else "# "
        yield f"{mark}{line.column} = {_text(line.expression)}{_grounds(line)}"


def _grounds(line: Line) -> str:
    unsure = "" if line.is_sure else "not sure: "
    return f"  # {unsure}{seized(line.grounds, limit=300)}" if line.grounds or unsure else ""


def _in_comments(table: DraftTable, secrets: Sequence[str]) -> Iterator[str]:
    yield "# Not sure: take it over or delete it."
    for line in _table(table, secrets):
        yield f"# {line}" if not line.startswith("#") else line


def _left_out(sample: Sample, tables: Mapping[str, DraftTable]) -> Iterator[str]:
    for name, table in sample.tables.items():
        if name not in tables:
            why = "nothing was recognised" if table.rows else "it has no row and nothing in its names was recognised"
            yield from _comment(f"Left out: table {seized(name)} ({_listed(table.columns) or 'no column'}): {why}.")


def _comment(text: str) -> Iterator[str]:
    line = "#"
    for word in text.split():
        if len(line) + len(word) > _WIDTH and line != "#":
            yield line
            line = "#"
        line += f" {word}"
    yield line


def _list(key: str, names: Sequence[str]) -> Iterator[str]:
    one = f"{key} = [{', '.join(_text(name) for name in names)}]"
    if len(one) <= _WIDTH:
        yield one
        return
    yield f"{key} = ["
    line = "   "
    for name in names:
        if len(line) + len(_text(name)) > _WIDTH and line.strip():
            yield line
            line = "   "
        line += f" {_text(name)},"
    yield line
    yield "]"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(seized(name, limit=60) for name in names)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _text(text: str) -> str:
    """A TOML string: as it stands where it holds a quotation mark and nothing that a literal string may not."""
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    escaped = json.dumps(text, ensure_ascii=False)
    return "".join(one if one.isprintable() else f"\\U{ord(one):08X}" for one in escaped)
