"""Write an empty form: of a referral, of outcomes, of what agencies compare; or the page for a local officer."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, Contradiction
from crossbearing.intake.profile import Profile, SourceTable, all_profiles
from crossbearing.leads.forms import FORMS, Field, fields_of
from crossbearing.leads.scene_page import scene_page
from crossbearing.simulation.formats.workbook import Sheet, write_workbook
from crossbearing.store import durable

__all__ = ["Field", "filled_form", "form_fields", "form_profiles", "write_form", "write_scene_page"]

_FORMS: Final = {
    **FORMS,
    "identifier": "identifier-form",
    "event": "event-form",
    "outcome": "outcome-form",
}


def form_fields(kind: str) -> list[Field]:
    """The fields that `lead add`, `outcome add`, `deconflict submit` or `deconflict event` reads from a form.

    Raises:
        BadRequest: There is no such kind.
    """
    table = _table(kind)
    return fields_of((*table.required, *table.optional), [when for when, _ in table.refuse], table.mappings)


def form_profiles() -> frozenset[str]:
    """Names of the profiles whose files are referrals; one is for workbooks with a sheet called ``cases``."""
    return frozenset({*FORMS.values(), "overdose-cases"})


def filled_form(kind: str, given: Mapping[str, str]) -> dict[str, str]:
    """A row of a form, every field of it, from what a person typed; what was left out is empty.

    Raises:
        BadRequest: There is no such kind, or no such field in its form.
    """
    names = [field.name for field in form_fields(kind)]
    if unknown := sorted(name for name, value in given.items() if value and name not in names):
        raise BadRequest(
            f"The form for {kind!r} has no field {unknown[0]!r}",
            where="lead add",
            remedy=f"Fields: {', '.join(names)}.",
        )
    return {name: given.get(name, "") for name in names}


def write_form(path: Path, kind: str, context: Context) -> list[Field]:
    """Write an empty form; gives its fields.

    Args:
        path: New file; its ending says which kind of file: csv, json, xlsx.
        kind: Of the thing referred, such as "parcel".
        context: Gives the time in a workbook's properties.

    Raises:
        BadRequest: There is no such kind or ending.
        Contradiction: There is something at this place.
    """
    fields = form_fields(kind)
    write = _WRITERS.get(path.suffix.lower())
    if write is None:
        raise BadRequest(
            f"A form is no file of kind {path.suffix!r}",
            where=str(path),
            remedy=f"Give a name that ends with {', '.join(_WRITERS)}.",
        )
    table = _table(kind)
    _write_new(path, write(table.name, fields, context))
    return fields


def write_scene_page(path: Path) -> None:
    """Write the printable page "Is there a dark-web angle?", with the form of an overdose at its end.

    Raises:
        BadRequest: The name does not end with html.
        Contradiction: There is something at this place.
    """
    if path.suffix.lower() != ".html":
        raise BadRequest("The page is an HTML file", where=str(path), remedy="Give a name that ends with .html.")
    _write_new(path, scene_page(form_fields("overdose")).encode())


def _write_new(path: Path, content: bytes) -> None:
    if path.exists():
        raise Contradiction(
            "There is something at this place already", where=str(path), remedy="Name a file that does not exist yet."
        )
    with durable.replacing(path) as unfinished:
        unfinished.write_bytes(content)


def _csv(_: str, fields: list[Field], __: Context) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerow([field.name for field in fields])
    return out.getvalue().encode()


def _json(_: str, fields: list[Field], __: Context) -> bytes:
    return json.dumps([{field.name: "" for field in fields}], indent=1).encode() + b"\n"


def _xlsx(table: str, fields: list[Field], context: Context) -> bytes:
    out = io.BytesIO()
    names = tuple(field.name for field in fields)
    write_workbook(out, [Sheet(table, names, [])], created=context.clock().replace(tzinfo=None))
    return out.getvalue()


_WRITERS: Final[Mapping[str, Callable[[str, list[Field], Context], bytes]]] = {
    ".csv": _csv,
    ".json": _json,
    ".xlsx": _xlsx,
}


def _table(kind: str) -> SourceTable:
    if kind not in _FORMS:
        raise BadRequest(f"There is no form for {kind!r}", where="the form", remedy=f"Kinds: {', '.join(_FORMS)}.")
    (table,) = _profile(_FORMS[kind]).tables
    return table


def _profile(name: str) -> Profile:
    return next(profile for profile in all_profiles() if profile.name == name)
