"""What can be said of files handed in: their label, and how to take them; and what is typed in, as such a file."""

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from crossbearing.domain.errors import CrossbearingError
from crossbearing.workflows.add_evidence import Submission, label_from


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class HandedIn:
    """Options of every command that takes files in."""

    owner: Annotated[str, Parameter(help="Agency that owns it; by default the authorisation's issuer.")] = ""
    handling: Annotated[str, Parameter(help="H0, H1, H2 or H3; unknown counts as the strictest.")] = "unknown"
    tlp: Annotated[
        str, Parameter(help="CLEAR, GREEN, AMBER, AMBER+STRICT or RED; unknown counts as the strictest.")
    ] = "unknown"
    review_on: Annotated[str, Parameter(help="Day on which keeping it must be reviewed, ISO date.")] = "unknown"
    simulated: Annotated[bool, Parameter(help="It is invented; everything made from it says so.")] = False
    accept_damaged: Annotated[
        bool, Parameter(help="Keep what can be read of a broken file, with the gap on record.")
    ] = False
    keep_unread: Annotated[
        bool, Parameter(help="Keep and register a file that no reader takes; `evidence reread` tries it again.")
    ] = False

    def submissions(
        self, paths: Sequence[Path], authority: str, *, market: str = "", clock: str = "not asserted"
    ) -> list[Submission]:
        """One submission for each path."""
        label = label_from(
            {
                "owners": [self.owner] if self.owner else [],
                "handling": self.handling,
                "tlp": self.tlp,
                "review_on": self.review_on,
            }
        )
        return [
            Submission(
                path=path,
                authority=authority,
                market=market,
                label=label,
                clock=clock,
                accept_damaged=self.accept_damaged,
                keep_unread=self.keep_unread,
                is_simulated=self.simulated,
            )
            for path in paths
        ]


NOTHING_SAID = HandedIn()


@contextmanager
def typed_in(row: Mapping[str, str], name: str) -> Iterator[Path]:
    """One row as a file of this name, with an ending, for as long as the block lasts."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([row.keys(), row.values()])
    with laid_out(name, out.getvalue().encode(), "what was typed in") as path:
        yield path


@contextmanager
def laid_out(name: str, content: bytes, told_as: str) -> Iterator[Path]:
    """A file for as long as the block lasts; an error about it says what it is, for nobody can look where it lay."""
    with tempfile.TemporaryDirectory(prefix="crossbearing-") as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        try:
            yield path
        except CrossbearingError as refused:
            refused.where = refused.where.replace(str(path), told_as)
            raise
