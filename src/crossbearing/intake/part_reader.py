"""Reading an exhibit: every source row becomes records or is refused, and both are counted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from crossbearing.domain.errors import InvariantBroken, UnreadableSource, WrongKind
from crossbearing.domain.exhibit import PartCount, Place
from crossbearing.intake import profile as profiles
from crossbearing.intake.profile import LENGTH, OFFSET, PART, ROW, Profile, SourceTable
from crossbearing.intake.reader import RawBatch, Reader, Refused
from crossbearing.intake.readers import all_readers
from crossbearing.intake.sources import Source, open_part
from crossbearing.store.originals import Member
from crossbearing.store.records import RecordWriter, Transformer

_HEAD: Final = 65_536  # bytes shown to readers so that they may recognise a file


@dataclass(frozen=True, slots=True)
class Recognised:
    """Which reader takes a file, with which profile."""

    reader: Reader
    profile: Profile | None
    layout: Mapping[str, tuple[str, ...]]

    @property
    def stamp(self) -> str:
        """Reader and profile with their versions, as they stand in each record."""
        own = f"{self.reader.name} {self.reader.version}"
        return f"{own} / {self.profile.stamp}" if self.profile else own


def recognise(source: Source) -> Recognised | None:
    """The first reader that takes the file, and the first profile that fits its tables."""
    with open_part(source) as stream:
        head = stream.read(_HEAD)
    for reader in all_readers():
        if not reader.recognises(head):
            continue
        with open_part(source) as stream:
            layout = reader.layout(stream)
        for profile in profiles.all_profiles():
            if profile.reader == reader.name and profile.fits(layout):
                return Recognised(reader, profile, layout)
        return Recognised(reader, None, layout)
    return None


def source_of(member: Member) -> Source:
    """A staged file as something to read."""
    return Source(member.part, member.size_bytes, member.opened)


def require_profile(found: Recognised | None, part: str) -> Profile:
    """The profile, or the error that says why there is none.

    Raises:
        WrongKind: No reader takes the file, or no profile fits it.
    """
    if found is None:
        raise WrongKind(
            "No reader takes a file of this kind",
            where=part,
            remedy="`crossbearing readers list` names the kinds that can be read.",
        )
    if found.profile is None:
        tables = "; ".join(f"{name}: {', '.join(columns[:6])}" for name, columns in found.layout.items())
        raise WrongKind(
            f"No profile fits the tables of this {found.reader.name} file",
            where=f"{part} ({tables[:200] or 'no table'})",
            remedy="`crossbearing readers try` shows what was found; write a profile for it.",
        )
    return found.profile


@dataclass(slots=True)
class PartReader:
    """Reads the parts of one exhibit into its records.

    Attributes:
        constants: Column values that every record of the exhibit gets.
        accept_damaged: Keep what can be read of a broken file, with the gap as a refusal.
        privilege_query: Gives the raw rows that may be privileged; empty if no rule stands.
        set_aside: Where those rows stood.
        decided: Byte ranges by part whose rows people decided about; they are counted and not read again.
    """

    writer: RecordWriter
    transformer: Transformer
    constants: Mapping[str, str]
    accept_damaged: bool
    privilege_query: str = ""
    set_aside: list[Place] = field(default_factory=list)
    decided: Mapping[str, Sequence[tuple[int, int]]] = field(default_factory=dict)

    def read(self, member: Member, found: Recognised, advance: Callable[[int], None]) -> PartCount:
        """Read one part.

        Args:
            member: Its bytes.
            found: Reader and profile; without a profile the whole part is one refusal.
            advance: Is told of each further byte.

        Raises:
            UnreadableSource: The part is cut off or damaged, and that was not accepted.
            InvariantBroken: Rows in are not rows out plus rows refused.
        """
        count = _nothing_yet(member)
        constants = {**self.constants, "reader": found.stamp}
        encoding = found.profile.encoding if found.profile else "utf-8"
        done = 0
        with open_part(source_of(member)) as stream:
            for piece in found.reader.read(stream, encoding):
                if isinstance(piece, Refused):
                    self._refuse_damage(piece, member.part)
                    rows_in, rows_out = piece.rows, 0
                    self._refuse([piece], member.part, constants)
                else:
                    rows_in = len(piece.rows)
                    undecided = self._undecided(piece, member.part)
                    rows_out = rows_in - len(undecided.rows)
                    if undecided.rows:
                        rows_out += self._take(undecided, member.part, found.profile, constants)
                count = replace(
                    count,
                    rows_in=count.rows_in + rows_in,
                    rows_out=count.rows_out + rows_out,
                    rows_refused=count.rows_refused + rows_in - rows_out,
                )
                place = min(_end_of(piece), member.size_bytes)
                advance(max(0, place - done))
                done = max(done, place)
        advance(member.size_bytes - done)
        return count

    def refuse_part(self, member: Member, reason: str) -> PartCount:
        """Count a part that nothing reads; its bytes stay with the originals."""
        whole = Refused("", 0, 0, 0, member.size_bytes, reason)
        self._refuse([whole], member.part, {**self.constants, "reader": ""})
        return _nothing_yet(member)

    def skip_part(self, member: Member) -> PartCount:
        """Count an archive whose members are parts of their own; it has no rows itself."""
        return _nothing_yet(member)

    def _take(self, batch: RawBatch, part: str, profile: Profile | None, constants: Mapping[str, str]) -> int:
        """Turn one batch into records; gives how many of its rows gave at least one."""
        table = profile.table(batch.table) if profile else None
        if table is None or not table.fits(batch.columns):
            reason = f"table {batch.table!r} is not mapped by the profile"
            self._refuse([_run_of(batch, reason)], part, constants)
            return 0
        raw = _raw_table(batch, part, table)
        refused = self.transformer.apply(raw, profiles.refusal_query(table)).to_pylist()
        aside = self._privileged(raw, batch, part)
        taken: set[int] = set()
        for mapping in table.mappings:
            rows = self.transformer.apply(raw, profiles.record_query(table, mapping, constants))
            is_aside = pc.is_in(rows.column("source_row"), aside)
            self.writer.add(mapping.record, rows.filter(pc.invert(is_aside)))
            self.writer.add(mapping.record, rows.filter(is_aside), set_aside=True)
            taken.update(rows.column("source_row").to_pylist())
        places = {
            row: (offset, length)
            for row, offset, length in zip(batch.ordinals, batch.offsets, batch.lengths, strict=True)
        }
        reasons = {row[ROW]: row["reason"] for row in refused}
        lost = set(places) - taken - set(reasons)
        reasons.update(dict.fromkeys(lost, "the row states nothing that the profile maps"))
        if taken & set(reasons) or len(taken) + len(reasons) != len(batch.rows):
            raise InvariantBroken(
                "Rows in are not rows out plus rows refused",
                where=f"{part}, table {batch.table}",
                remedy="Report this with the profile; nothing of the exhibit was kept.",
            )
        self._refuse(
            [Refused(batch.table, row, 1, *places[row], reasons[row]) for row in sorted(reasons)],
            part,
            constants,
        )
        return len(taken)

    def _undecided(self, batch: RawBatch, part: str) -> RawBatch:
        """The batch without the rows that people decided about: those are carried over as they stand."""
        ranges = self.decided.get(part, ())
        if not ranges:
            return batch
        kept = [
            number
            for number, (offset, length) in enumerate(zip(batch.offsets, batch.lengths, strict=True))
            if not any(first < offset + length and offset < last for first, last in ranges)
        ]
        return RawBatch(
            batch.table,
            batch.columns,
            [batch.rows[number] for number in kept],
            [batch.ordinals[number] for number in kept],
            [batch.offsets[number] for number in kept],
            [batch.lengths[number] for number in kept],
        )

    def _privileged(self, raw: pa.Table, batch: RawBatch, part: str) -> pa.Array:
        """Ordinals of the rows that a rule sets aside, whole, before anything of them is a record."""
        if not self.privilege_query:
            return pa.array([], pa.int64())
        found = self.transformer.apply(raw, self.privilege_query).column(ROW)
        wanted = set(found.to_pylist())
        for row, offset, length in zip(batch.ordinals, batch.offsets, batch.lengths, strict=True):
            if row in wanted:
                self.set_aside.append(Place(self.constants["exhibit_id"], part, batch.table, row, offset, length))
        return found.combine_chunks()

    def _refuse(self, refused: list[Refused], part: str, constants: Mapping[str, str]) -> None:
        rows: list[dict[str, Any]] = [
            {
                "reason": run.reason,
                "source_rows": run.rows,
                "exhibit_id": constants["exhibit_id"],
                "part": part,
                "source_table": run.table,
                "source_row": run.ordinal,
                "byte_offset": run.offset,
                "byte_length": run.length,
                "reader": constants["reader"],
            }
            for run in refused
        ]
        if rows:
            self.writer.add("refusal", pa.Table.from_pylist(rows))

    def _refuse_damage(self, refused: Refused, part: str) -> None:
        if refused.is_damage and not self.accept_damaged:
            raise UnreadableSource(
                f"The file is cut off or damaged: {refused.reason}",
                where=f"{part}, byte {refused.offset:,}",
                remedy="Ask for the file again and compare hashes; to keep what can be read, with the gap "
                "on record, repeat with --accept-damaged.",
            )


def _nothing_yet(member: Member) -> PartCount:
    return PartCount(
        part=member.part,
        sha256=member.sha256,
        size_bytes=member.size_bytes,
        rows_in=0,
        rows_out=0,
        rows_refused=0,
        parent=member.parent,
    )


def _raw_table(batch: RawBatch, part: str, table: SourceTable) -> pa.Table:
    """The batch as text columns, with its place beside each row; absent optional columns are null."""
    values = list(zip(*batch.rows, strict=True))
    columns = {name: pa.array(column, pa.string()) for name, column in zip(batch.columns, values, strict=True)}
    for name in table.optional:
        if name not in columns:
            columns[name] = pa.nulls(len(batch.rows), pa.string())
    columns[ROW] = pa.array(batch.ordinals, pa.int64())
    columns[OFFSET] = pa.array(batch.offsets, pa.int64())
    columns[LENGTH] = pa.array(batch.lengths, pa.int64())
    columns[PART] = pa.array([part] * len(batch.rows), pa.string())
    return pa.table(columns)


def _run_of(batch: RawBatch, reason: str) -> Refused:
    """One refusal for all rows of a batch."""
    end = batch.offsets[-1] + batch.lengths[-1]
    first = batch.offsets[0]
    return Refused(batch.table, batch.ordinals[0], len(batch.rows), first, end - first, reason)


def _end_of(piece: RawBatch | Refused) -> int:
    if isinstance(piece, Refused):
        return piece.offset + piece.length
    return piece.offsets[-1] + piece.lengths[-1]
