"""Values that break careless writers, and a table that holds them."""

from decimal import Decimal

import pytest

AWKWARD = [
    "", "plain", "it's", 'say "no"', "back\\slash", "\\", "\\'", "two\nlines", "old\rmac", "tab\there", "ctrl-\x1aZ",
    "100 % of %s and %d", "NULL", "\\N", "\\.", "'); DROP TABLE users; --", "é ß ñ", "日本語", "four bytes: 😀 𐍈",
    "bell\x07 back\b feed\f vertical\v", "`quoted`", "(1,2),(3,4)", "/* no comment */ -- none # none", "; DELIMITER ;;",
    "unit\x1fseparator", " spaces ", None,
]  # fmt: skip


@pytest.fixture
def texts() -> list[str | None]:
    """Every text that a PostgreSQL can hold; MariaDB takes a NUL too."""
    return list(AWKWARD)


@pytest.fixture
def rows(texts: list[str | None]) -> dict[str, list[object]]:
    """Columns by name."""
    count = len(texts)
    prices = [Decimal("-0.50"), Decimal("1E+3"), Decimal("99999999999999.99"), None, Decimal("-12.3")]
    numbers = [0, -1, 2**31 - 1, -(2**31), None]
    return {
        "id": list(range(1, count + 1)),
        "number": [numbers[n % 5] for n in range(count)],
        "price": [prices[n % 5] for n in range(count)],
        "text": texts,
        "made": ["2021-02-03 04:05:06" if n % 3 else None for n in range(count)],
        "image": [bytes(range(256)), b"", b"\x00\\'\"\n\r\x1a\xf0\x27", None, *[b"\xff\xd8"] * (count - 4)],
    }
