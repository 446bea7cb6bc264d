"""Writing a package's two files: the JSON document, checked against its schema, and the page."""

import copy
import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources
from typing import Any, Final

import jsonschema
from markupsafe import Markup

from crossbearing.domain.errors import InvariantBroken
from crossbearing.packages import ties
from crossbearing.packages.paper import Paper
from crossbearing.presentation import charts
from crossbearing.presentation.page import render
from crossbearing.presentation.typeset import typeset
from crossbearing.presentation.words import Words, languages_of, words

_BARS: Final = 12  # subjects in the picture of values; the table has all


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


def files(document: Mapping[str, Any]) -> dict[str, bytes]:
    """The document, and a page of it in English and in each language of the recipient, by name of the file.

    Args:
        document: A whole package, which was held against its schema.
    """
    pages = {f"{stem}.html": as_page(document, language).encode() for stem, language in _stems(document).items()}
    return {"package.json": as_text(document).encode(), **pages}


def papers(document: Mapping[str, Any]) -> dict[str, str]:
    """Which files the same pages on paper are, and the language of each; ``as_pdf`` sets one."""
    return {f"{stem}.pdf": language for stem, language in _stems(document).items()}


def _stems(document: Mapping[str, Any]) -> dict[str, str]:
    languages = languages_of(document["recipient"]["country"])
    return {"package" if one == "en" else f"package.{one}": one for one in languages}


def as_page(document: Mapping[str, Any], language: str = "en") -> str:
    """The document as one self-contained HTML page.

    Args:
        document: A whole package.
        language: Of its labels and fixed sentences.
    """
    shown, own = copy.deepcopy(dict(document)), words(language)
    for subject in shown["subjects"]:
        subject["month_pairs"] = [(month["month"], month["sales"]) for month in subject["months"]]
        found = ties.ties_of(subject)
        subject["ties"] = [
            {"account": one.account, "says": ties.label(one, own), "other": one.other, "fingerprint": one.other,
             "is_key": one.is_key, "how_sure": own(one.how_sure)}
            for one in found
        ]  # fmt: skip
        subject["ties_chart"] = ties.ties_chart(subject, found, own) if found else ""
    return render(
        "packages",
        "package.html.j2",
        language,
        p=shown,
        age_days=age_days(document),
        values=values_chart(document, own),
    )


def as_pdf(document: Mapping[str, Any], language: str = "en") -> bytes:
    """The document on paper, as a tagged PDF; the same bytes for the same document.

    Raises:
        BadConfiguration: typst is not installed.
    """
    own = words(language)
    paper = Paper(document, own, age_days(document), values_chart(document, own))
    return typeset(
        paper.blocks(),
        title=f"{document['package_id']} v{document['version']} · {own.country(document['recipient']['country'])}",
        author=document["originator"],
        footer=paper.footer,
        language=language,
        day=date.fromisoformat(document["built_on"]),
    )


def age_days(document: Mapping[str, Any]) -> int | None:
    """Days from the newest record to the day of building."""
    newest = document["newest_record_on"]
    return None if newest is None else (date.fromisoformat(document["built_on"]) - date.fromisoformat(newest)).days


def values_chart(document: Mapping[str, Any], own: Words) -> Markup | None:
    """Value of the orders by subject, the largest first; none if fewer than two have one."""
    known = [(one["subject_id"], _amount(one["value"]["value"]), own.figure(one["value"]["value"]))
             for one in document["subjects"] if one["value"]["value"]]  # fmt: skip
    largest = sorted(known, key=lambda one: (-one[1], one[0]))[:_BARS]
    return charts.amounts(largest, title=own.plain("head.values")) if len(largest) > 1 else None


def _amount(text: str) -> Decimal:
    """The number of an amount as the document writes it, such as EUR 4 210."""
    return Decimal("".join(character for character in text if character.isdigit() or character == "."))
