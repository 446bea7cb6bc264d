"""The readers, in the order in which they are asked; other packages add theirs as entry points."""

from importlib import metadata

from crossbearing.domain.errors import BadConfiguration
from crossbearing.intake.reader import Reader
from crossbearing.intake.readers.delimited import Delimited
from crossbearing.intake.readers.mysqldump import Mysqldump

# The dump first, for its marks are certain; delimited text is recognised by exclusion.
BUILT_IN: tuple[Reader, ...] = (Mysqldump(), Delimited())
GROUP = "crossbearing.readers"


def all_readers() -> tuple[Reader, ...]:
    """Built-in readers and those of installed packages, which come first but cannot take our names.

    Raises:
        BadConfiguration: A package brings a reader with a built-in's name.
    """
    found: list[Reader] = []
    for entry in metadata.entry_points(group=GROUP):
        reader: Reader = entry.load()()
        if reader.name in {known.name for known in (*BUILT_IN, *found)}:
            raise BadConfiguration(
                f"Two readers are called {reader.name!r}",
                where=f"package {entry.dist.name if entry.dist else entry.value}",
                remedy="Remove that package or ask its authors to rename the reader.",
            )
        found.append(reader)
    return (*found, *BUILT_IN)
