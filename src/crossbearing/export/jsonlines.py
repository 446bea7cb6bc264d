"""JSON written as it comes, so that no document is ever held whole; equal objects are equal bytes."""

import json
from collections.abc import Iterable
from typing import Any, TextIO


def line(value: Any) -> str:
    """One object in one line."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def write_list(out: TextIO, before: str, items: Iterable[Any], after: str) -> None:
    """Write a list of objects, one a line, between two pieces of text."""
    out.write(f"{before}[")
    out.writelines(f"{',' if number else ''}\n{line(item)}" for number, item in enumerate(items))
    out.write(f"\n]{after}\n")
