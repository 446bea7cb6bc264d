"""Write the tables of columns in docs/reference/records.md from the contracts; the words between them stay."""

import re
from pathlib import Path

from crossbearing.domain.columns import RecordTable
from crossbearing.domain.tables import RECORD_TABLES

TARGET = Path(__file__).parent.parent / "docs" / "reference" / "records.md"
_COLUMNS = re.compile(r"\| column \| type \| says \|\n(?:\|.*\n)+")


def columns_of(table: RecordTable) -> str:
    """The table's own columns."""
    rows = "".join(f"| `{column.name}` | {column.type} | {column.says} |\n" for column in table.columns)
    return f"| column | type | says |\n|---|---|---|\n{rows}"


def section_of(table: RecordTable) -> str:
    """The section of a table that has none yet."""
    protected = f"Protected, class `{table.protection}`.\n\n" if table.protection else ""
    return f"## `{table.name}`\n\nGrain: {table.grain}.\n\n{protected}{columns_of(table)}"


def page(text: str) -> str:
    """The page with every table as it is now, in the order of the contracts."""
    head, *sections = re.split(r"(?m)^(?=## `)", text)
    written = {found[1]: section for section in sections if (found := re.match(r"## `(\w+)`", section))}
    made = []
    for name, table in RECORD_TABLES.items():
        section = written.get(name)
        shown = _COLUMNS.sub(lambda _, t=table: columns_of(t), section, count=1) if section else section_of(table)
        made.append(shown.rstrip() + "\n")
    return head + "\n".join(made)


if __name__ == "__main__":
    TARGET.write_text(page(TARGET.read_text(encoding="utf-8")), encoding="utf-8")
