"""Write the tables of dials in docs/reference/simulation.md from the docstrings of the dials."""

import inspect
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

from crossbearing.simulation.scenario import Scenario

TARGET = Path(__file__).parent.parent / "docs" / "reference" / "simulation.md"


def tables() -> str:
    """One table a group, in the order of the scenario."""
    written = []
    for group in fields(Scenario):
        dials = getattr(Scenario(), group.name)
        if not is_dataclass(dials):
            continue
        said = inspect.cleandoc(str(dials.__doc__)).partition("Attributes:\n")[2]
        meaning = {name: " ".join(text.split()).rstrip(".") for name, text in re.findall(
            r"(?ms)^    (\w+): (.*?)(?=^    \w+: |\Z)", said)}  # fmt: skip
        rows = []
        for dial in fields(dials):
            value = getattr(dials, dial.name)
            shown = str(value).lower() if isinstance(value, bool) else value
            rows.append(f"| `{dial.name}` | {shown} | {meaning[dial.name]} |\n")
        written.append(f"### `[{group.name}]`\n\n| dial | default | what it says |\n|---|---|---|\n{''.join(rows)}")
    return "\n".join(written)


def page() -> str:
    """The page with the tables as they should be: everything from the first group on."""
    text = TARGET.read_text(encoding="utf-8")
    return text[: text.index("### `[")] + tables()


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
