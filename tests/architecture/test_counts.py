"""Overdoses stand beside shipments: no word makes one the cause of the other, and matching never reads them."""

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent.parent / "src" / "crossbearing"
COUNTING = (
    "leads/counting.py", "leads/suppression.py", "leads/spikes.py", "leads/waves.py", "workflows/count_overdoses.py",
    "interfaces/cli/spikes.py", "leads/templates/spikes.html.j2", "presentation/dots.py",
)  # fmt: skip
MATCHING = (
    "leads/matching.py", "leads/opened.py", "leads/findings.py", "leads/weighing.py", "workflows/match_leads.py",
    "workflows/show_leads.py",
)  # fmt: skip
CAUSAL = re.compile(
    r"\b(caus\w*|becaus\w*|due to|owing to|led to|leads? to|lead by|result(s|ed|ing)? (of|from|in)|consequen\w*|"
    r"responsib\w*|blam\w*|explain\w*|link(s|ed)?|trigger\w*|killed|kills|brought about|supplied|came from|"
    r"source of (the|these|an?) (death|overdose)s?|"
    r"follow(s|ed)? from|attribut(ed|able)|correlat\w*|driven|drove)\b",
    re.IGNORECASE,
)


def words_in(path: Path) -> list[str]:
    """Every text of a module or a template, docstrings among them."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return re.sub(r"\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", "\n", text, flags=re.DOTALL).split("\n")
    return [
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


@pytest.mark.parametrize("name", COUNTING)
def test_no_words_about_counts_say_why_they_are_as_they_are(name: str) -> None:
    words = words_in(SOURCE / name)
    assert any(len(text) > 20 for text in words), "something was looked at"
    assert not [text for text in words if CAUSAL.search(text)]


@pytest.mark.parametrize(
    "text", ["The shipments caused it.", "These deaths are due to a batch.", "linked to a seller", "as a result of it"]
)
def test_the_words_that_are_looked_for_would_be_found(text: str) -> None:
    assert CAUSAL.search(text)


def test_the_page_and_the_command_say_that_a_figure_says_nothing_of_why() -> None:
    said = " ".join(" ".join(words_in(SOURCE / name)) for name in COUNTING[5:7])
    assert said.count("says nothing of why either is as it is") == 2


@pytest.mark.parametrize("name", MATCHING)
def test_matching_never_reads_a_list_of_overdoses(name: str) -> None:
    text = (SOURCE / name).read_text(encoding="utf-8")
    assert "overdose_report" not in text
    assert not re.search(r"leads(\.| import .*\b)(counting|waves|spikes|suppression)\b", text)


def test_one_module_reads_lists_of_overdoses_and_one_workflow_opens_them() -> None:
    readers = [
        path.relative_to(SOURCE).as_posix()
        for path in sorted(SOURCE.rglob("*.py"))
        if "overdose_report" in path.read_text(encoding="utf-8")
    ]
    assert readers == ["domain/case_tables.py", "leads/counting.py"]
    openers = [
        path.relative_to(SOURCE).as_posix()
        for path in sorted((SOURCE / "workflows").glob("*.py"))
        if "counting.PROTECTED" in path.read_text(encoding="utf-8")
    ]
    assert openers == ["workflows/count_overdoses.py"]
