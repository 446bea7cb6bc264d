"""How fast identifiers are found in real forum text, and how many of each kind; counts below five are not shown.

Run: CROSSBEARING_DATA=... python benchmarks/identifiers.py
"""

import os
import time
from collections import Counter
from pathlib import Path

from pyarrow import parquet

from crossbearing.domain.scan import scan
from crossbearing.reference.telephones import checked

_FEWEST = 5  # smaller groups could point at somebody


def main() -> None:
    """Scan every post once; CPU time of one process."""
    path = Path(os.environ["CROSSBEARING_DATA"]) / "forum" / "silkroad1" / "posts.parquet"
    texts = [text for text in parquet.read_table(path, columns=["text"])["text"].to_pylist() if text]
    size = sum(len(text.encode()) for text in texts) / 1e6
    began = time.process_time()
    findings = [(checked(found.identifiers), found.claims) for found in map(scan, texts)]
    seconds = time.process_time() - began
    print(f"{len(texts):,} texts, {size:.1f} MB, {seconds:.2f} s CPU: {size / seconds:.1f} MB/s")
    counts = Counter((hit.kind.value, hit.network, hit.state.value) for hits, _ in findings for hit in hits)
    counts.update(("claim", claim.rule, "") for _, claims in findings for claim in claims)
    for what, count in sorted(counts.items()):
        print(f"{' '.join(filter(None, what)):40} {count if count >= _FEWEST else 'fewer than 5'}")


if __name__ == "__main__":
    main()
