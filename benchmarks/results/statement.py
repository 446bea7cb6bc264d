"""How many random edits of a true statement are refused, in each language; every edit that is not is printed."""

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "tests"))

from crossbearing.results.statement_check import checked
from crossbearing.results.statement_draft import drafted
from crossbearing.results.statement_figures import Book
from crossbearing.results.statement_words import LANGUAGES, language
from small_outcomes import book_of, rows
from statement_edits import Edit, Editor


def held_against(book: Book, code: str, edits: int, seed: int) -> tuple[Counter[str], list[Edit]]:
    """Edits by sort, and those that were not refused."""
    words = language(code)
    source = drafted(book, words, currency="EUR")
    if refused := checked(source, book, words).findings:
        message = f"the draft itself is refused: {refused[0]}"
        raise SystemExit(message)
    editor = Editor(source, book, words, random.Random(f"{seed}/{code}"))  # noqa: S311 - seeded, so that it can be repeated
    made = [editor.edit() for _ in range(edits)]
    return Counter(one.sort for one in made), [one for one in made if not checked(one.source, book, words).findings]


def main() -> None:
    """Print one line for each language, and every edit that went through."""
    options = argparse.ArgumentParser()
    options.add_argument("--edits", type=int, default=500)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    wrong = 0
    with book_of(rows()) as book:
        for code in LANGUAGES:
            started = time.perf_counter()
            sorts, passed = held_against(book, code, given.edits, given.seed)
            seconds = time.perf_counter() - started
            bad = [one for one in passed if one.is_false]
            wrong += len(bad)
            print(
                f"{code}: {given.edits} edits of {len(sorts)} sorts, {given.edits - len(passed)} refused, "
                f"{len(passed) - len(bad)} still true, {len(bad)} FALSE AND NOT REFUSED, {seconds:.1f} s"
            )
            for one in passed:
                print(f"   {'FALSE' if one.is_false else 'still true'}  {one.sort}: {one.before!r} -> {one.after!r}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
