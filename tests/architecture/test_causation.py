"""No code path computes a cause of death: the third box is filled by one workflow, from what a person typed."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent.parent / "src" / "crossbearing"
# What computes supply and composition, and what it rests on.
COMPUTING = sorted(path.stem for path in (SOURCE / "leads").glob("*.py") if path.stem not in {"opinions", "__init__"})
WRITES, READS = "workflows/enter_opinion.py", "leads/opinions.py"


def names_in(path: Path) -> set[str]:
    """Every name, attribute, imported module and keyword of a module."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(one.name for one in node.names)}
        elif isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
    return found


def modules_that_name(*words: str) -> set[str]:
    return {
        path.relative_to(SOURCE).as_posix() for path in SOURCE.rglob("*.py") if not names_in(path).isdisjoint(words)
    }


def test_one_workflow_records_opinions_and_two_places_read_them() -> None:
    assert modules_that_name("OPINION_ENTERED") == {
        "domain/act.py", WRITES, READS, "workflows/show_leads.py"
    }  # fmt: skip
    assert modules_that_name("Opinion") == {WRITES, READS, "workflows/show_leads.py"}


def test_the_workflow_that_records_opinions_knows_nothing_that_computes() -> None:
    for module in (WRITES, READS):
        used = {name for name in names_in(SOURCE / module) if name.startswith("crossbearing.")}
        assert not {f"crossbearing.leads.{name}" for name in COMPUTING} & used, module
        assert not {name for name in used if name.startswith("crossbearing.reference")}, module


@pytest.mark.parametrize("module", COMPUTING)
def test_what_computes_knows_no_opinion_and_has_no_word_for_a_cause(module: str) -> None:
    names = names_in(SOURCE / "leads" / f"{module}.py")
    assert "crossbearing.leads.opinions" not in names
    assert not [name for name in names if "caus" in name.lower() or "opinion" in name.lower()]


def test_every_field_of_an_opinion_comes_from_an_argument_a_person_gave() -> None:
    """The payload is made of the arguments of the one function, and of nothing that is called."""
    tree = ast.parse((SOURCE / WRITES).read_text(encoding="utf-8"))
    (function,) = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    given = {one.arg for one in (*function.args.args, *function.args.kwonlyargs)}
    (said,) = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "said"
    ]
    assert isinstance(said, ast.Dict)
    assert {value.id for value in said.values if isinstance(value, ast.Name)} == {
        "statement", "given_by", "qualification"
    } <= given  # fmt: skip
    assert all(isinstance(value, ast.Name) for value in said.values)
    recorded = [ast.unparse(node) for node in ast.walk(function) if isinstance(node, ast.keyword | ast.Assign)]
    assert "payload=payload" in recorded
    assert [one for one in recorded if one.startswith("payload =")] == [
        "payload = {**said, 'given_on': day.isoformat()}"
    ], "beside them the day alone"
