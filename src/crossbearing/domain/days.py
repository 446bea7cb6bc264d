"""Days as text: one spelling, so that comparing text compares days."""

import re
from datetime import UTC, date, datetime
from typing import Final

from crossbearing.domain.errors import BadRequest

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


def last_moment(as_of: str) -> str:
    """The last moment that counts for a day or a time, as the log writes times; empty for no limit.

    Args:
        as_of: ISO 8601; UTC if it says nothing.

    Raises:
        BadRequest: It is neither.
    """
    if not as_of:
        return ""
    try:
        given = datetime.fromisoformat(as_of)
    except ValueError as wrong:
        raise BadRequest(
            f"{as_of!r} is no day and no time", where="--as-of", remedy="Write 2026-05-31, or 2026-05-31T12:00:00Z."
        ) from wrong
    if len(as_of) == len("2026-05-31"):
        given = given.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return given.replace(tzinfo=given.tzinfo or UTC).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
