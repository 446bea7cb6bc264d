"""Reading bytes with a reader, spoiling valid files, and checking that every byte of a file is accounted for."""

import io
from collections.abc import Sequence

from hypothesis import strategies as st

from crossbearing.intake.reader import RawBatch, Reader, Refused


def read(reader: Reader, content: bytes, encoding: str = "utf-8") -> tuple[list[RawBatch], list[Refused]]:
    pieces = list(reader.read(io.BytesIO(content), encoding))
    return [p for p in pieces if isinstance(p, RawBatch)], [p for p in pieces if isinstance(p, Refused)]


def rows_of(batches: Sequence[RawBatch]) -> list[dict[str, str | None]]:
    return [dict(zip(batch.columns, row, strict=True)) for batch in batches for row in batch.rows()]


def unaccounted(content: bytes, batches: Sequence[RawBatch], refused: Sequence[Refused]) -> bytes:
    """The bytes that are in no row and in no refusal."""
    ranges = [(o, n) for b in batches for o, n in zip(b.offsets.tolist(), b.lengths.tolist(), strict=True)]
    ranges += [(r.offset, r.length) for r in refused]
    rest = bytearray(content)
    seen = bytearray(len(content))
    for offset, length in ranges:
        assert length > 0
        assert 0 <= offset <= offset + length <= len(content)
        seen[offset : offset + length] = b"\x01" * length
    return bytes(byte for byte, is_seen in zip(rest, seen, strict=True) if not is_seen)


def ordinals_are_whole(batches: Sequence[RawBatch], refused: Sequence[Refused], table: str) -> bool:
    """Whether rows and refused rows of a table are numbered from 1 without gaps, each once."""
    found = [n for batch in batches if batch.table == table for n in batch.ordinals.tolist()]
    found += [r.ordinal for r in refused if r.table == table and r.rows == 1]
    return sorted(found) == list(range(1, len(found) + 1))


@st.composite
def spoiled(draw: st.DrawFn, valid: bytes) -> bytes:
    """A valid file cut, with a flipped bit, with a stretch doubled or left out, or as it is with junk around."""
    first, last = sorted(draw(st.tuples(st.integers(0, len(valid)), st.integers(0, len(valid)))))
    kind = draw(st.sampled_from(["cut", "flip", "double", "hole", "before", "after", "many"]))
    if kind == "cut":
        return valid[:last]
    if kind == "double":
        return valid[:last] + valid[first:]
    if kind == "hole":
        return valid[:first] + valid[last:]
    if kind == "before":
        return draw(st.binary(max_size=60)) + valid
    if kind == "after":
        return valid + draw(st.binary(max_size=60))
    changed = bytearray(valid)
    for _ in range(1 if kind == "flip" else 12):
        changed[draw(st.integers(0, len(valid) - 1))] ^= 1 << draw(st.integers(0, 7))
    return bytes(changed)


@st.composite
def broken(draw: st.DrawFn, wholes: st.SearchStrategy[bytes]) -> bytes:
    """A valid file that had up to three bits flipped, a stretch doubled, and was cut, or some of it."""
    content = bytearray(draw(wholes))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(content) - 1))
        content[at] ^= 1 << draw(st.integers(0, 7))
    if draw(st.booleans()):
        begin = draw(st.integers(0, len(content)))
        end = draw(st.integers(begin, len(content)))
        content[end:end] = content[begin:end]
    return bytes(content[: draw(st.integers(0, len(content)))] if draw(st.booleans()) else content)
