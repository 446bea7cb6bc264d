"""Days as text: one spelling, so that comparing text compares days."""

import re
from datetime import date
from typing import Final

_SPELLING: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def iso_day(text: str) -> str:
    """The text, if it is a day written as YYYY-MM-DD.

    Raises:
        ValueError: It is not, or there is no such day.
    """
    if not _SPELLING.fullmatch(text):
        message = f"{text!r} is not a day written as YYYY-MM-DD"
        raise ValueError(message)
    return date.fromisoformat(text).isoformat()
