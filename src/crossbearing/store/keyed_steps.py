"""Steps whose rows belong to keys: rows of a key whose sources are as they were are taken over, not made again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from crossbearing.store.arrow import sha256_of
from crossbearing.store.derived import DERIVED
from crossbearing.store.session import Session
from crossbearing.store.steps import SqlStep, making

_ROWS: Final = "earlier_rows"  # of this step
_KEYS: Final = "earlier_keys"  # of the driver, when they were made
_KEPT: Final = "kept_key"


@dataclass(frozen=True)
class KeyedStep(SqlStep):
    """A SELECT that makes the rows of a key from rows of that key, and from rows that the key's state follows.

    What it gives is the same as if all were made again; a test holds that.

    Attributes:
        driver: Table with one row per key; its ``state`` changes when anything changes that the rows are made from.
        key: Name of the key's column, in the driver, in what the step makes, and in whatever it reads key by key.
    """

    driver: str = "pair_candidate"
    key: str = "pair_id"

    @property
    def inputs(self) -> frozenset[str]:
        """What the SELECT reads, and the driver."""
        return self.read | {self.driver}

    def recall(self, engine: Session, folder: Path, pointer: Mapping[str, Any] | None) -> None:
        """See ``Step``; an earlier table that is not as it was written, or of other software, is not recalled."""
        made_with = (pointer or {}).get("made_with", {})
        if pointer is None or {**made_with, **making()} != made_with:
            return
        rows, keys = (folder / DERIVED / str(name) for name in (pointer["file"], made_with["files"][self.driver]))
        # A derived file is named by the beginning of its hash.
        if keys.is_file() and sha256_of(rows) == pointer["sha256"] and sha256_of(keys).startswith(keys.stem[-16:]):
            engine.view(_ROWS, [rows])
            engine.view(_KEYS, [keys])

    def produce(self, engine: Session) -> Iterator[pa.Table]:
        """See ``Step``."""
        if not engine.holds(_ROWS):
            return SqlStep.produce(self, engine)
        same = f"SELECT {self.key} FROM {self.driver} INNER JOIN {_KEYS} USING ({self.key}, state)"
        engine.table(_KEPT, engine.arrow(same))
        changed = ", ".join(
            f"{table} AS (SELECT * FROM main.{table} ANTI JOIN {_KEPT} USING ({self.key}))"
            for table in sorted(self.read)
            if self.key in engine.columns(table)
        )
        earlier = f"SELECT * FROM {_ROWS} SEMI JOIN {_KEPT} USING ({self.key})"
        both = f"SELECT * FROM ({self.statement}\n) UNION ALL BY NAME {earlier}"
        return engine.batches(f"WITH {changed} SELECT * FROM ({both}) ORDER BY ALL")

    def taken_over(self, engine: Session) -> int:
        """See ``Step``."""
        if not engine.holds(_KEPT):
            return 0
        return int(engine.one(f"SELECT count(*) AS n FROM {_ROWS} SEMI JOIN {_KEPT} USING ({self.key})")["n"])
