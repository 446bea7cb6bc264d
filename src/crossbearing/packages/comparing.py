"""What a version of a package adds, removes and changes against another one, in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Document = Mapping[str, Any]
ADDED, REMOVED, CHANGED = "added", "removed", "changed"
# Of the version itself, or what every figure's own place says already.
_NOT_COMPARED: Final = frozenset({"schema", "version", "supersedes", "built_on", "software", "rules"})
# By which keys the items of a list are the same item; a list of others is compared as a set of sentences.
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "subjects": ("subject_id",),
    "accounts": ("account_id",),
    "keys": ("fingerprint", "context", "account"),
    "shown": ("kind", "value", "account"),
    "persons": ("person_id",),
    "leads": ("reference", "account_id", "grade"),
    "requests": ("to", "held_by_owner"),
    "listings": ("listing_id",),
    "months": ("month",),
    "provenance": ("exhibit_id",),
    "uses": ("exhibit_id",),
    "risks": ("what",),
    "hits": ("subject_id",),
    "last_active": ("subject_id",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that differs.

    Attributes:
        what: "added", "removed" or "changed".
        subject: The subject that it is said of; empty if it is said of the package.
        where: Part of the document, its steps separated by " / ".
        before, after: As it was and as it is; empty where there is none.
    """

    what: str
    subject: str
    where: str
    before: str
    after: str


def differences(before: Document, after: Document) -> list[Difference]:
    """What differs between two documents of one package; the number and rows of a figure come after what it says.

    A figure counts as changed if its value, or the rows that it rests on, are others.
    """
    old, new = _with_figures(before), _with_figures(after)
    return list(_compared(old, new, subject="", steps=()))


def _with_figures(document: Document) -> dict[str, Any]:
    """The document without its list of figures, each standing where it is said instead of its number."""
    figures = {one["number"]: one for one in document.get("figures", ())}
    kept = {name: one for name, one in document.items() if name not in _NOT_COMPARED and name != "figures"}
    return {name: _placed(one, figures) for name, one in kept.items()}


def _placed(value: Any, figures: Mapping[int, Mapping[str, Any]]) -> Any:
    if isinstance(value, Mapping):
        placed = {name: _placed(one, figures) for name, one in value.items() if name != "figure"}
        if value.get("figure") in figures:
            rows = figures[value["figure"]]["rows"]
            placed["_rows"] = tuple(rows)
        return placed
    if isinstance(value, list):
        return [_placed(one, figures) for one in value]
    return value


def _compared(before: Any, after: Any, *, subject: str, steps: tuple[str, ...]) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted(before.keys() | after.keys()):
            yield from _compared(before.get(name), after.get(name), subject=subject, steps=(*steps, name))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(before, after, subject=subject, steps=steps)
    else:
        yield _difference(before, after, subject, steps)


def _lists(
    before: Sequence[Any], after: Sequence[Any], *, subject: str, steps: tuple[str, ...]
) -> Iterator[Difference]:
    old, new = _keyed(before, steps), _keyed(after, steps)
    for key in sorted(old.keys() | new.keys()):
        is_subject = steps == ("subjects",)
        where = (*steps, *(() if is_subject else (key,))) if steps[-1] in _KEYS else steps
        of = key if is_subject else subject
        one, other = old.get(key), new.get(key)
        if one is not None and other is not None:
            yield from _compared(one, other, subject=of, steps=where)
        else:
            yield _difference(one, other, of, where)


def _keyed(items: Sequence[Any], steps: tuple[str, ...]) -> dict[str, Any]:
    """Items by what makes them the same item; of several alike each has a number of its own."""
    names = _KEYS.get(steps[-1], ())
    found: dict[str, Any] = {}
    for item in items:
        is_keyed = bool(names) and isinstance(item, Mapping)
        key = " ".join(str(item.get(name)) for name in names) if is_keyed else _in_words(item)
        count, plain = 1, key
        while key in found:
            count += 1
            key = f"{plain} ({count})"
        found[key] = item
    return found


def _difference(before: Any, after: Any, subject: str, steps: tuple[str, ...]) -> Difference:
    what = ADDED if before is None else REMOVED if after is None else CHANGED
    return Difference(
        what=what,
        subject=subject,
        where=" / ".join("rows" if step == "_rows" else step.replace("_", " ") for step in steps),
        before=_in_words(before),
        after=_in_words(after),
    )


def _in_words(value: Any) -> str:
    """A value as one line; of a mapping its texts, of rows how many."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return f"{len(value)} rows"
    if isinstance(value, Mapping):
        said = [
            value[name] for name in ("value", "text", "title", "what", "name", "to", "subject_id") if value.get(name)
        ]
        return " ".join(map(str, said)) or "; ".join(f"{name} {_in_words(one)}" for name, one in sorted(value.items()))
    if isinstance(value, list):
        return ", ".join(map(_in_words, value))
    return str(value)
