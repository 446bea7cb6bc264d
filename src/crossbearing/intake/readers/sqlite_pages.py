"""Where in an SQLite file each row lies: its B-trees are walked, no row is interpreted.

Pages are visited once and nothing a page says about its own sizes is believed, so that broken and hostile files end.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

HEADER: Final = 100  # bytes before the first page's own header
_TABLE_LEAF, _TABLE_INTERIOR, _INDEX_LEAF, _INDEX_INTERIOR = 0x0D, 0x05, 0x0A, 0x02
_INTERIOR_HEADER, _LEAF_HEADER = 12, 8  # bytes
_SMALLEST_PAGE, _LARGEST_PAGE = 512, 65_536
_LONGEST_VARINT: Final = 9


@dataclass(frozen=True, slots=True)
class Cell:
    """A row's bytes on its page.

    Attributes:
        rowid: None in a table without row ids.
        offset: In the file, bytes.
        length: Without the overflow pages, which a long row names at its end.
    """

    rowid: int | None
    offset: int
    length: int


class Pages:
    """The pages of one file."""

    def __init__(self, content: bytes) -> None:
        """Look at the header.

        Args:
            content: All bytes of the file.
        """
        stated = int.from_bytes(content[16:18], "big")
        size = _LARGEST_PAGE if stated == 1 else stated
        is_known = _SMALLEST_PAGE <= size <= _LARGEST_PAGE and not size & (size - 1)
        self.size = size if is_known else 0
        self._content = content
        self._usable = size - (content[20] if len(content) > HEADER else 0)

    def place(self, number: int) -> tuple[int, int]:
        """Offset and length of a page in the file; of the whole file for one that is not in it."""
        offset = (number - 1) * self.size
        if number < 1 or not self.size or offset >= len(self._content):
            return 0, len(self._content)
        return offset, min(self.size, len(self._content) - offset)

    def has_rowids(self, root: int) -> bool:
        """Whether the B-tree of that root page is one of a table with row ids."""
        at = self._header_at(root)
        return at is not None and self._content[at] in {_TABLE_LEAF, _TABLE_INTERIOR}

    def cells(self, root: int, broken: list[int], reached: set[int] | None = None) -> Iterator[Cell]:
        """The rows of a table's B-tree in its order.

        Args:
            root: Number of its root page.
            broken: Numbers of pages that cannot be read are added to it.
            reached: Numbers of the others likewise.
        """
        kinds = {_TABLE_LEAF, _TABLE_INTERIOR} if self.has_rowids(root) else {_INDEX_LEAF, _INDEX_INTERIOR}
        seen: set[int] = set()
        waiting: list[int | Cell] = [root]  # pages to visit and rows to give, the next one last
        while waiting:
            following = waiting.pop()
            if isinstance(following, Cell):
                yield following
                continue
            at = self._header_at(following)
            if at is None or following in seen or self._content[at] not in kinds:
                broken.append(following)
                continue
            seen.add(following)
            try:
                waiting += reversed(self._inside(following, at))
            except IndexError:
                broken.append(following)
        if reached is not None:
            reached |= seen.difference(broken)

    def unexplained(self, in_cells: Mapping[int, int], reached: Container[int]) -> Iterator[tuple[int, int]]:
        """Offset and length of stretches of pages that hold bytes of no row, no free space and no structure.

        Args:
            in_cells: How many bytes of a page are in rows and entries of indexes, by its number.
            reached: Pages of the B-trees.
        """
        begins = ends = 0
        for number in range(1, len(self._content) // self.size + 1 if self.size else 0):
            offset = (number - 1) * self.size
            if number == 1 or self._is_filled(number, in_cells.get(number, 0), is_reached=number in reached):
                continue
            if offset > ends:
                if ends > begins:
                    yield begins, ends - begins
                begins = offset
            ends = offset + self.size
        if ends > begins:
            yield begins, ends - begins

    def _is_filled(self, number: int, in_cells: int, *, is_reached: bool) -> bool:
        """Whether a page is empty, or of a B-tree and filled by its cells and what SQLite itself counts as free."""
        page = self._content[(number - 1) * self.size : number * self.size]
        if not is_reached:
            return not page.strip(b"\x00")
        kind, count = page[0], int.from_bytes(page[3:5], "big")
        begins = int.from_bytes(page[5:7], "big") or _LARGEST_PAGE
        pointers = (_LEAF_HEADER if kind in {_TABLE_LEAF, _INDEX_LEAF} else _INTERIOR_HEADER) + 2 * count
        if kind == _TABLE_INTERIOR:
            in_cells = self._in_pointers((number - 1) * self.size)
        free, block = begins - pointers + page[7], int.from_bytes(page[1:3], "big")
        for _ in range(self.size // 4):  # of the smallest blocks
            if not block:
                break
            free += int.from_bytes(page[block + 2 : block + 4], "big")
            block = int.from_bytes(page[block : block + 2], "big")
        return pointers + free + in_cells == self._usable

    def _in_pointers(self, at: int) -> int:
        """How many bytes of a page without rows are in its cells: the number of a page, and a row id."""
        pointers = at + _INTERIOR_HEADER
        cells = [at + self._number(each, 2) for each in range(pointers, pointers + 2 * self._number(at + 3, 2), 2)]
        try:
            return sum(self._varint(cell + 4)[1] - cell for cell in cells)
        except IndexError:  # a row id that the file ends within
            return 0

    def _header_at(self, number: int) -> int | None:
        """Where a page's header begins; None if the page is not wholly in the file."""
        if number < 1 or not self.size or number * self.size > len(self._content):
            return None
        return (number - 1) * self.size + (HEADER if number == 1 else 0)

    def _inside(self, number: int, at: int) -> list[int | Cell]:
        """Rows and child pages of a page, in order.

        Raises:
            IndexError: Something lies outside the page.
        """
        kind = self._content[at]
        is_interior = kind in {_TABLE_INTERIOR, _INDEX_INTERIOR}
        pointers = at + (_INTERIOR_HEADER if is_interior else _LEAF_HEADER)
        page, page_ends = (number - 1) * self.size, number * self.size
        found: list[int | Cell] = []
        for pointer in range(pointers, pointers + 2 * self._number(at + 3, 2), 2):
            begins = page + self._number(pointer, 2)
            if not pointers <= begins < page_ends or pointer + 2 > page_ends:
                raise IndexError(pointer)
            if is_interior:
                found.append(self._number(begins, 4))
            if kind != _TABLE_INTERIOR:
                found.append(self._cell(begins, kind, page_ends))
        if is_interior:
            found.append(self._number(at + 8, 4))
        return found

    def _cell(self, begins: int, kind: int, page_ends: int) -> Cell:
        at = begins + (4 if kind == _INDEX_INTERIOR else 0)
        payload, at = self._varint(at)
        rowid = None
        if kind == _TABLE_LEAF:
            rowid, at = self._varint(at)
            rowid -= (rowid >> 63) << 64
        ends = at + self._local(payload, kind)
        if ends > page_ends:
            raise IndexError(begins)
        return Cell(rowid, begins, ends - begins)

    def _local(self, payload: int, kind: int) -> int:
        """How much of a row is on its page, with the pointer to its overflow page (file format, section 1.6)."""
        most = self._usable - 35 if kind == _TABLE_LEAF else (self._usable - 12) * 64 // 255 - 23
        if payload <= most:
            return payload
        least = (self._usable - 12) * 32 // 255 - 23
        fitting = least + (payload - least) % (self._usable - 4)
        return (fitting if fitting <= most else least) + 4

    def _number(self, at: int, size: int) -> int:
        return int.from_bytes(self._content[at : at + size], "big")

    def _varint(self, at: int) -> tuple[int, int]:
        """A number of one to nine bytes, and where it ends."""
        value = 0
        for count in range(1, _LONGEST_VARINT + 1):
            byte = self._content[at]
            at += 1
            if count == _LONGEST_VARINT:
                return value << 8 | byte, at
            value = value << 7 | byte & 0x7F
            if byte < 0x80:  # noqa: PLR2004 - the highest bit says that another byte follows
                break
        return value, at
