"""Every cap on what is unpacked, each with its reason, and the account that holds them."""

from typing import Final

from crossbearing.domain.errors import UnreadableSource

# Bytes of all levels together: the largest disk of a seized server that one machine still reads in a day.
LARGEST_UNPACKED: Final = 256 << 30
# Unpacked to packed bytes of what was handed in: dumps reach 30, pages with one template 100; bombs begin at 1,000.
LARGEST_RATIO: Final = 400
FREE_OF_RATIO: Final = 64 << 20  # bytes; small files may compress well, and this much does no harm
# Members of all levels together: each becomes a sealed file, a part in the register and a line in the act.
MOST_MEMBERS: Final = 100_000
# Archives within archives that are opened: a delivery, the server's backup in it, and a folder packed in that.
DEEPEST: Final = 3
LONGEST_NAME: Final = 1_024  # characters; file systems end at 255 a name, and a register must stay readable
# Bytes of a zip directory, which is held in memory while it is sorted: 100,000 members with names of usual length.
LARGEST_DIRECTORY: Final = 32 << 20
LARGEST_HEADER: Final = 1 << 20  # bytes of one tar header that goes before a member; real ones hold a path
# Bytes of memory that a compressed stream may ask for: what `zstd --long` and `xz -9` need, not what a header claims.
LARGEST_WINDOW: Final = 128 << 20
MOST_GAPS: Final = 1_000  # places of one container that are named one by one; the rest is one sum


class Budget:
    """How much one file that was handed in may still unpack to; what it says of its own sizes is not believed."""

    def __init__(self, part: str, packed_bytes: int) -> None:
        """Allow as much as fits a file of this size."""
        self._part = part
        self._left = min(LARGEST_UNPACKED, max(packed_bytes * LARGEST_RATIO, FREE_OF_RATIO))
        self._members = 0

    def count(self) -> None:
        """Count one more member.

        Raises:
            UnreadableSource: There are too many.
        """
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise self.refusal(f"holds more than {MOST_MEMBERS:,} files")

    def take(self, size: int) -> None:
        """Count further unpacked bytes.

        Raises:
            UnreadableSource: There are too many.
        """
        self._left -= size
        if self._left < 0:
            raise self.refusal("unpacks to far more bytes than one of its size should")

    def refusal(self, what: str) -> UnreadableSource:
        """The error that ends the unpacking."""
        return UnreadableSource(
            f"The file {what}",
            where=self._part,
            remedy="Look at it in a sandbox; if it is genuine, unpack it there and add the result.",
        )
