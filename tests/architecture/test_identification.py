"""No trait of a person and no future conduct enters a proposal, and nobody but a named person confirms."""

import ast
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from crossbearing.identification.evidence import Evidence
from crossbearing.identification.linking import Link
from crossbearing.identification.persons import Sighting
from crossbearing.identification.proposing import Proposal, proposals_in
from small_persons import (
    DANEO,
    KEY,
    MAIL,
    POSTAGE,
    SOMEBODY,
    bought,
    device,
    evidence,
    exchange,
    money_path,
    parcel,
    record,
    row,
    shown,
    statement,
)

SOURCE = Path(__file__).parent.parent.parent / "src" / "crossbearing"
COMPUTING = ("evidence", "kinds", "linking", "persons", "proposing")
TRAITS = ("country", "nationality", "ethnic", "race", "religio", "belief", "politic", "membership", "health",
          "treatment", "gender", "sex", "language", "postcode", "category")  # fmt: skip
CONDUCT = ("predict", "forecast", "future", "risk", "danger", "reoffend", "probab", "likel", "score", "centrality")


def words_in(path: Path) -> set[str]:
    """Names, attributes and short texts of a module, such as columns; no docstring and no sentence."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.arg | ast.keyword):
            found.add(node.arg or "")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and " " not in node.value:
            found.add(node.value)
    return {word.lower() for word in found}


def modules_that_name(*words: str) -> set[str]:
    return {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if any(word.lower() in words_in(path) for word in words)
    }


def modules_that_record(kind: str) -> set[str]:
    """Modules in which an act of this kind is made."""
    return {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Act"
        for given in node.keywords
        if given.arg == "kind" and isinstance(given.value, ast.Attribute) and given.value.attr == kind
    }


@pytest.mark.parametrize("module", COMPUTING)
def test_what_computes_has_no_word_for_a_trait_of_a_person_or_for_what_somebody_will_do(module: str) -> None:
    words = words_in(SOURCE / "identification" / f"{module}.py")
    assert not [word for word in words for trait in (*TRAITS, *CONDUCT) if trait in word]


def test_a_person_is_compared_by_name_birth_address_and_number_and_by_nothing_else() -> None:
    assert {one.name for one in fields(Sighting)} == {
        "table", "exhibit_id", "place", "order", "root", "name", "born", "address", "phone"
    }  # fmt: skip
    for kind in (Link, Proposal):
        assert not [one.name for one in fields(kind) for word in (*TRAITS, *CONDUCT) if word in one.name]


def everything(who: dict[str, str], **traits: Any) -> Evidence:
    """Evidence of each kind that names a person, with whatever else its rows may say of them."""
    given = evidence(
        shown=[shown("key", KEY), shown("email", MAIL)], bought=[bought()], parcels=[parcel()],
        devices=[device(who)], returns=[exchange(who)],
        records=[record("mail", MAIL, who), record("postage account", POSTAGE, SOMEBODY)],
        statements=[money_path(), statement("surveillance", who), statement("held", who)],
        consignees=[row("sighting", role="consignee", full_name=f"{who['given_name']} {who['family_name']}")],
    )  # fmt: skip
    for rows in (given.devices, given.returns, given.records, given.statements, given.consignees):
        for one in rows:
            one |= traits  # type: ignore[misc] # noqa: PLW2901 - rows of ours
    return given


def outline(given: Evidence) -> list[Any]:
    """What is proposed, without references."""
    return [
        (one.status, one.missing, [(link.kind, link.strength, link.doubts) for link in one.links],
         [remark.code for remark in (*one.patterns, *one.counter)])
        for one in proposals_in(given)["A-1"]
    ]  # fmt: skip


@pytest.mark.parametrize("trait", ["country", "postcode", "nationality", "gender", "religion", "health"])
def test_whatever_a_row_says_of_a_trait_changes_nothing(trait: str) -> None:
    assert outline(everything(DANEO, **{trait: "one"})) == outline(everything(DANEO, **{trait: "other"}))
    assert outline(everything(DANEO, **{trait: "one"})) == outline(everything(DANEO))


def test_a_name_counts_only_by_being_the_same() -> None:
    renamed = {**DANEO, "given_name": "Xquor", "family_name": "Zwembo", "born_on": "1931-12-31"}
    assert outline(everything(renamed)) == outline(everything(DANEO))


def test_one_workflow_records_judgements_and_nothing_that_computes_knows_a_confirmed_person() -> None:
    # Beside the one that records, two read: one shows persons, one tells packages of them.
    assert modules_that_name("PERSON_JUDGED") == {
        "domain/act.py", "workflows/build_packages.py", "workflows/judge_person.py", "workflows/show_persons.py"
    }  # fmt: skip
    assert modules_that_record("PERSON_JUDGED") == {"workflows/judge_person.py"}
    for module in (*COMPUTING, "findings", "opened"):
        words = words_in(SOURCE / "identification" / f"{module}.py")
        assert not words & {"confirmed", "verdict", "state", "crossbearing.identification.judgements"}, module


def test_nothing_sends_a_letter() -> None:
    for module in ("identification/letters.py", "workflows/draft_requests.py"):
        used = set()
        for node in ast.walk(ast.parse((SOURCE / module).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                used.add((node.module or "").split(".")[0])
            elif isinstance(node, ast.Import):
                used |= {one.name.split(".")[0] for one in node.names}
        assert used <= {
            "collections", "crossbearing", "dataclasses", "datetime", "functools", "importlib", "pathlib", "re",
            "tomllib", "typing",
        }, module  # fmt: skip
