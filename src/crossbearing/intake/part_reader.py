"""Reading an exhibit: every source row becomes records or is refused, and both are counted."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

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
                    rows_in = len(piece)
                    undecided = self._undecided(piece, member.part)
                    rows_out = rows_in - len(undecided)
                    if len(undecided):
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
        taken = [np.empty(0, np.int64)]
        for mapping in table.mappings:
            rows = self.transformer.apply(raw, profiles.record_query(table, mapping, constants))
            is_aside = pc.is_in(rows.column("source_row"), aside)
            self.writer.add(mapping.record, rows.filter(pc.invert(is_aside)))
            self.writer.add(mapping.record, rows.filter(is_aside), set_aside=True)
            taken.append(rows.column("source_row").to_numpy())
        given = np.unique(np.concatenate(taken))
        reasons = {row[ROW]: row["reason"] for row in refused}
        neither = np.isin(batch.ordinals, [*given, *reasons], invert=True)
        reasons.update(dict.fromkeys(batch.ordinals[neither].tolist(), "the row states nothing that the profile maps"))
        if np.isin(given, list(reasons)).any() or len(given) + len(reasons) != len(batch):
            raise InvariantBroken(
                "Rows in are not rows out plus rows refused",
                where=f"{part}, table {batch.table}",
                remedy="Report this with the profile; nothing of the exhibit was kept.",
            )
        self._refuse(
            [
                Refused(batch.table, row, 1, offset, length, reasons[row])
                for row, offset, length in _places(batch, np.isin(batch.ordinals, list(reasons)))
            ],
            part,
            constants,
        )
        return len(given)

    def _undecided(self, batch: RawBatch, part: str) -> RawBatch:
        """The batch without the rows that people decided about: those are carried over as they stand."""
        ranges = self.decided.get(part, ())
        if not ranges:
            return batch
        decided = np.zeros(len(batch), bool)
        for first, last in ranges:
            decided |= (first < batch.offsets + batch.lengths) & (batch.offsets < last)
        return batch.kept(~decided)

    def _privileged(self, raw: pa.Table, batch: RawBatch, part: str) -> pa.Array:
        """Ordinals of the rows that a rule sets aside, whole, before anything of them is a record."""
        if not self.privilege_query:
            return pa.array([], pa.int64())
        found = self.transformer.apply(raw, self.privilege_query).column(ROW)
        for row, offset, length in _places(batch, np.isin(batch.ordinals, found.to_numpy())):
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
    """The batch with its place beside each row; absent optional columns are null."""
    columns = dict(zip(batch.columns, batch.values.columns, strict=True))
    for name in table.optional:
        if name not in columns:
            columns[name] = pa.nulls(len(batch), pa.string())
    columns[ROW] = pa.array(batch.ordinals)
    columns[OFFSET] = pa.array(batch.offsets)
    columns[LENGTH] = pa.array(batch.lengths)
    columns[PART] = pa.array([part] * len(batch), pa.string())
    return pa.table(columns)


def _places(batch: RawBatch, wanted: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """Ordinal, offset and length of some rows."""
    columns = (batch.ordinals, batch.offsets, batch.lengths)
    return list(zip(*(column[wanted].tolist() for column in columns), strict=True))


def _run_of(batch: RawBatch, reason: str) -> Refused:
    """One refusal for all rows of a batch."""
    first = int(batch.offsets[0])
    return Refused(batch.table, int(batch.ordinals[0]), len(batch), first, _end_of(batch) - first, reason)


def _end_of(piece: RawBatch | Refused) -> int:
    if isinstance(piece, Refused):
        return piece.offset + piece.length
    return int(piece.offsets[-1] + piece.lengths[-1])
