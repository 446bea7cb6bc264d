"""Write docs/reference/cli.md from the commands themselves; with --check, say whether it is up to date."""

import re
import sys
from pathlib import Path

from crossbearing.interfaces.cli import app

TARGET = Path(__file__).parent.parent / "docs" / "reference" / "cli.md"
HEAD = "<!-- Written by tools/cli_reference.py; change the commands' docstrings instead. -->\n\n"


def reference() -> str:
    """The commands as Markdown, without the table of contents that the site makes itself."""
    text = app.generate_docs(heading_level=1, max_heading_level=4)
    text = re.sub(r"## Table of Contents\n.*?\n(?=#|\*\*)", "", text, count=1, flags=re.DOTALL)
    return HEAD + re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE).rstrip() + "\n"


def main() -> int:
    """Write or check; 0 if the page is what the commands say."""
    if "--check" in sys.argv:
        if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == reference():
            return 0
        sys.stderr.write("docs/reference/cli.md is not up to date: run `make cli-reference`\n")
        return 1
    TARGET.write_text(reference(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
