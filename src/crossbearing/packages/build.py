"""Writing a package's two files: the JSON document, checked against its schema, and the page."""

import copy
import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import jsonschema

from crossbearing.domain.errors import InvariantBroken
from crossbearing.presentation.page import render


@cache
def schema() -> dict[str, Any]:
    """The published JSON schema of a package document."""
    text = (resources.files("crossbearing.packages") / "schema" / "package-1.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def as_json(document: Mapping[str, Any]) -> str:
    """The document as text, the same for equal documents.

    Raises:
        InvariantBroken: It does not follow the published schema, or a figure names rows it does not have.
    """
    try:
        jsonschema.Draft202012Validator(schema()).validate(document)
    except jsonschema.ValidationError as wrong:
        raise InvariantBroken(
            f"The package does not follow its schema: {wrong.message[:200]}",
            where=wrong.json_path,
            remedy="Report this; no package was written.",
        ) from wrong
    return as_text(document)


def as_text(document: Mapping[str, Any]) -> str:
    """The same text of a document that was checked before; checking takes longer than all the rest."""
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def as_page(document: Mapping[str, Any]) -> str:
    """The document as one self-contained HTML page."""
    shown = copy.deepcopy(dict(document))
    for subject in shown["subjects"]:
        subject["month_pairs"] = [(month["month"], month["sales"]) for month in subject["months"]]
    newest = shown["newest_record_on"]
    age = None if newest is None else (date.fromisoformat(shown["built_on"]) - date.fromisoformat(newest)).days
    return render("packages", "package.html.j2", p=shown, age_days=age)
