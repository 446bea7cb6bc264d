"""Write the mappings of the formats in docs/reference/exports.md from the code; the words before them stay."""

import re
from pathlib import Path

from crossbearing.export.formats import FORMATS
from crossbearing.export.leaving import KEPT, TABLES
from crossbearing.export.report import mapping_lines

TARGET = Path(__file__).parent.parent / "docs" / "reference" / "exports.md"
_BEGIN = "## What may leave\n"


def page(text: str) -> str:
    """The page with everything from ``What may leave`` on as the code has it now."""
    head, _, _ = text.partition(_BEGIN)
    lines = [head.rstrip(), "", _BEGIN.rstrip(), "", "| table | one row is | columns |", "|---|---|---|"]
    lines += [
        f"| `{table.name}` | {table.grain} | {', '.join(f'`{name}`' for name in table.columns)} |"
        for table in TABLES.values()
    ]
    lines += ["", "Never, in any format:", "", *(f"- {name}: {why}" for name, why in KEPT)]
    for name, one in FORMATS.items():
        lines += ["", f"## `{name}`: {one.title}", ""]
        if name in {"csv", "parquet"}:
            lines += [*_plain(name)]
            continue
        lines += [re.sub("^## ", "### ", line) for line in mapping_lines(one)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).rstrip() + "\n"


def _plain(name: str) -> list[str]:
    lost = "Lists stand as JSON in one cell." if name == "csv" else "Nothing of the tables is lost."
    return [f"Every table is a file of its own, every column under its own name. {lost}"]


if __name__ == "__main__":
    TARGET.write_text(page(TARGET.read_text(encoding="utf-8")), encoding="utf-8")
