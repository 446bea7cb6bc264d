"""The categorisation clock: by when it must be said of whom an exhibit speaks.

Directive (EU) 2016/680, Article 6, wants suspects, convicted persons, victims and others told apart. How long that may
take is a matter of law; an operation states its own limit.
"""

import calendar
from datetime import date
from typing import Final

from crossbearing.domain.labels import Label

NOT_CATEGORISED: Final = "not categorised"
# European Data Protection Supervisor, order to Europol, 3 January 2022: categorise within six months, or erase.
DEFAULT_MONTHS: Final = 6
# Regulation (EU) 2022/991: 18 months, which may be extended to three years.
LONGEST_MONTHS: Final = 36


def is_categorised(label: Label) -> bool:
    """Whether the label says of whom the thing speaks, and leaves nobody out; a label that is silent does not."""
    return bool(label.categories) and NOT_CATEGORISED not in label.categories


def last_day(received_on: str, months: int) -> str:
    """The last day on which a thing may be uncategorised, ISO date; the end of a month that is too short.

    Args:
        received_on: Day on which it came in, ISO date.
        months: The limit.
    """
    day = date.fromisoformat(received_on)
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1])).isoformat()


def days_left(last: str, today: str) -> int:
    """Days from today until the last day; 0 on that day, negative after it."""
    return (date.fromisoformat(last) - date.fromisoformat(today)).days
