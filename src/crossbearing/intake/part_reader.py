"""Reading an exhibit: every source row becomes records or is refused, and both are counted."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from crossbearing.domain.errors import CrossbearingError, InvariantBroken, WrongKind
from crossbearing.domain.exhibit import Gap, PartCount, Place
from crossbearing.intake import profile as profiles
from crossbearing.intake.kinds import kind_of, remedy_for
from crossbearing.intake.profile import LENGTH, OFFSET, PART, ROW, Profile, SourceTable
from crossbearing.intake.reader import RawBatch, Reader, Refused
from crossbearing.intake.readers import all_readers
from crossbearing.intake.sources import Openable, damaged, open_part
from crossbearing.store.originals import Member
from crossbearing.store.records import Transformer

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


@dataclass(frozen=True, slots=True)
class Unrecognised:
    """A file that no reader takes.

    Attributes:
        kind: What it looks like, in words; empty if nobody knows.
        damage: Where its compressed bytes broke before anything could be recognised.
    """

    kind: str
    damage: tuple[Gap, ...] = ()

    def refusal(self, where: str) -> CrossbearingError:
        """The error that says so."""
        if self.damage:
            return damaged(where, self.damage[0])
        looks = f": it looks like {self.kind}" if self.kind else ""
        return WrongKind(f"No reader takes a file of this kind{looks}", where=where, remedy=remedy_for(self.kind))


class Records(Protocol):
    """What takes the records of an exhibit: a ``RecordWriter``, or what only looks at them."""

    def add(self, table: str, rows: pa.Table, *, set_aside: bool = False) -> None:
        """Append rows to one record table."""


def recognise(source: Openable) -> Recognised | Unrecognised:
    """The first reader that takes the file, and the first profile that fits its tables.

    Damage is no matter here: whoever reads on finds it.
    """
    gaps: list[Gap] = []
    with open_part(source, gaps.append) as stream:
        head = stream.read(_HEAD)
    for reader in all_readers():
        if not reader.recognises(head):
            continue
        # A small file is in the head already: opening unseals it anew.
        with io.BytesIO(head) if len(head) < _HEAD else open_part(source, gaps.append) as stream:
            layout = reader.layout(stream)
        for profile in profiles.all_profiles():
            if profile.reader == reader.name and profile.fits(layout):
                return Recognised(reader, profile, layout)
        return Recognised(reader, None, layout)
    return Unrecognised(kind_of(head), tuple(gap for gap in gaps if gap.is_damage))


def require_profile(found: Recognised | Unrecognised, part: str) -> Profile:
    """The profile, or the error that says why there is none.

    Raises:
        UnreadableSource: It broke before it could be recognised.
        WrongKind: No reader takes the file, or no profile fits it.
    """
    if isinstance(found, Unrecognised):
        raise found.refusal(part)
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

    writer: Records
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
        count = self._nothing_yet(member)
        gaps: list[Gap] = []
        constants = {**self.constants, "reader": found.stamp}
        encoding = found.profile.encoding if found.profile else "utf-8"
        done = 0
        with open_part(member, gaps.append) as stream:
            for piece in found.reader.read(stream, encoding):
                if isinstance(piece, Refused):
                    self._require_whole(piece, member.part)
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
        self._note_gaps(gaps, member.part, found.stamp)
        advance(member.size_bytes - done)
        return count

    def refuse_part(self, member: Member, reason: str, damage: Sequence[Gap] = ()) -> PartCount:
        """Count a part that nothing reads; its bytes stay with the originals.

        Raises:
            UnreadableSource: It is damaged, and that was not accepted.
        """
        self._note_gaps(damage, member.part, "")
        whole = Refused("", 0, 0, 0, member.size_bytes, reason)
        self._refuse([whole], member.part, {**self.constants, "reader": ""})
        return self._nothing_yet(member)

    def skip_part(self, member: Member) -> PartCount:
        """Count an archive whose members are parts of their own; it has no rows itself."""
        return self._nothing_yet(member)

    def _nothing_yet(self, member: Member) -> PartCount:
        self._note_gaps(member.gaps, member.part, "")
        return PartCount(
            part=member.part,
            sha256=member.sha256,
            size_bytes=member.size_bytes,
            rows_in=0,
            rows_out=0,
            rows_refused=0,
            parent=member.parent,
            unread=member.unread,
            gaps=member.gaps,
        )

    def _note_gaps(self, gaps: Sequence[Gap], part: str, reader: str) -> None:
        """Refuse what the unpacking could not take."""
        runs = [Refused("", 0, 0, gap.offset, gap.length, gap.reason, gap.is_damage) for gap in gaps]
        for run in runs:
            self._require_whole(run, part)
        self._refuse(runs, part, {**self.constants, "reader": reader})

    def _take(self, batch: RawBatch, part: str, profile: Profile | None, constants: Mapping[str, str]) -> int:
        """Turn one batch into records; gives how many of its rows gave at least one."""
        table = profile.table(batch.table) if profile else None
        if table is None or not table.fits(batch.columns):
            reason = f"table {batch.table!r} is not mapped by the profile"
            self._refuse([_run_of(batch, reason)], part, constants)
            return 0
        raw = _raw_table(batch, part, table)
        refused = self.transformer.apply(raw, profiles.refusal_query(table)).to_pylist() if table.refuse else []
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
        told = np.fromiter(reasons, np.int64, len(reasons))
        neither = np.isin(batch.ordinals, np.concatenate([given, told]), invert=True)
        reasons.update(dict.fromkeys(batch.ordinals[neither].tolist(), "the row states nothing that the profile maps"))
        if np.isin(told, given).any() or len(given) + len(reasons) != len(batch):
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

    def _require_whole(self, refused: Refused, part: str) -> None:
        if refused.is_damage and not self.accept_damaged:
            raise damaged(part, Gap(refused.offset, refused.length, refused.reason))


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


def empty_table(table: SourceTable) -> pa.Table:
    """A batch of no row with all columns that a profile names, to try its expressions on."""
    columns = (*table.required, *table.optional)
    return _raw_table(RawBatch.of_rows(table.name, columns, [], []), "", table)


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
