"""Paper: whatever a string holds is shown as itself, the same blocks are the same bytes, and nothing else is needed."""

import hashlib
import json
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crossbearing.domain.errors import BadConfiguration
from crossbearing.presentation import typeset as module
from crossbearing.presentation.blocks import Block, heading, lines, table, text
from crossbearing.presentation.typeset import typeset, wanted
from crossbearing.presentation.words import Run

typst = pytest.importorskip("typst", reason="typst is an extra")
DAY = date(2026, 3, 4)
MARKUP = [
    "#panic()",
    "$a^2$",
    "\\",
    "@n9",
    "<n1>",
    "// c",
    "/* c",
    "*b*",
    "_i_",
    "`r`",
    "= h",
    "[x]",
    "~",
    "---",
    '"',
    "\\u{0}",
]
HOSTILE = st.one_of(
    st.text(max_size=80),
    st.lists(st.one_of(st.sampled_from(MARKUP), st.text(max_size=8)), max_size=8).map("".join),
    st.text(st.characters(codec="utf-8", categories=["Cc", "Cf", "Co", "Cn", "Mn", "Lo"]), max_size=40),
)
KINDS = st.sampled_from(["", "seized", "english", "id", "strong", "note", "subject"])
RUNS = st.lists(st.builds(Run, HOSTILE, KINDS), max_size=4)


def made(blocks: list[Block], *, title: str = "t", footer: str = "f", language: str = "en") -> bytes:
    return typeset(blocks, title=title, author="desk", footer=footer, language=language, day=DAY)


def everywhere(runs: list[Run]) -> list[Block]:
    return [
        heading(1, [Run("a"), *runs]),
        text(runs), text(runs, "lede"), text(runs, "small"), text(runs, "banner"),
        lines([runs, runs], ordered=True),
        {"kind": "facts", "pairs": [(runs, runs)]},
        table([runs, runs], [[runs, runs]], (0, 1), right=(1,), caption=runs),
        {"kind": "four", "columns": [{"title": runs, "line": "dotted", "items": [runs]}]},
        {"kind": "notes", "items": [{"number": "1", "runs": runs}]},
    ]  # fmt: skip


@settings(max_examples=40)
@given(RUNS, HOSTILE)
def test_no_string_is_read_as_markup_or_stops_the_setting(runs: list[Run], one: str) -> None:
    assert made(everywhere(runs), title=one or "t", footer=one).startswith(b"%PDF-")


@settings(max_examples=25)
@given(HOSTILE)
def test_what_is_shown_is_the_string_itself(value: str) -> None:
    """Asked back from typst: the text that was set is what went in, not what it would mean as markup."""
    shown = module._shown([text([Run(value)])])[0]["runs"]
    found = typst.query(
        {"main.typ": b'#let p = json("p.json")\n#metadata(p.at(0).at(0)) <v>\n#p.at(0).at(0)',
         "p.json": json.dumps(shown).encode()},
        "<v>", field="value", one=True, font_paths=module._fonts(), ignore_system_fonts=True,
    ) if shown else '""'  # fmt: skip
    assert json.loads(found) == (shown[0][0] if shown else "")


def test_a_line_of_a_megabyte_nothing_and_turned_text_are_set() -> None:
    runs = [Run("A" * 1_000_000, "seized"), Run("\x00\u202e\u05d0\u0416\U0001f600", "seized"), Run("")]
    assert made([text(runs)]).startswith(b"%PDF-")


def test_what_no_font_here_has_is_written_as_its_number() -> None:
    assert module._shown("a\x00\u202e\u05d0\u0416\u0142") == "a{}{}{}\u0416\u0142".format(
        *(f"\u2039U+{one}\u203a" for one in ("0000", "202E", "05D0"))
    )


def test_equal_blocks_are_equal_bytes_whatever_the_clock_says() -> None:
    blocks = everywhere([Run("x", "seized")])
    assert made(blocks) == made(blocks)
    assert b"2026-03-04" in made(blocks)
    script = (
        "import sys, hashlib; from datetime import date; from crossbearing.presentation.typeset import typeset;"
        "from crossbearing.presentation.blocks import text; from crossbearing.presentation.words import Run;"
        "sys.stdout.write(hashlib.sha256(typeset([text([Run('x')])], title='t', author='desk', footer='f',"
        " language='de', day=date(2026, 3, 4))).hexdigest())"
    )
    other = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout
    assert other == hashlib.sha256(made([text([Run("x")])], language="de")).hexdigest()


def test_it_is_tagged_for_readers_of_screens_and_made_for_archives() -> None:
    paper = made(everywhere([Run("x")]))
    assert b"/StructTreeRoot" in paper
    assert b"pdfuaid" in paper
    assert b"<pdfaid:part>2" in paper


def test_only_the_fonts_beside_the_program_are_used() -> None:
    assert module._fonts().families() == ["IBM Plex Mono", "IBM Plex Sans", "IBM Plex Serif"]


def test_without_typst_a_pdf_that_is_asked_for_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(BadConfiguration, match="typst, which is not installed") as refused:
        wanted(True)
    assert "crossbearing[pdf]" in refused.value.remedy
    assert not wanted(False)
