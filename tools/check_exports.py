"""Let each community's own library read and validate exports; run by `make formats`, in an environment of its own.

Takes folders with one export each, named after its format; a folder may have a `hostile.json` beside it, with texts
that must come back as they were. It imports nothing of ours, so what it undoes it undoes by the documented rules.
"""

import csv
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

_FORMULA = re.compile(r"[\s\x00-\x20\x7f-\x9f]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_DATE_OR_FLAG = re.compile(r"\d{4}-\d\d-\d\d(T[\d:.]+Z)?|true|false")


def check_ftm(home: Path, hostile: list[str]) -> list[str]:
    """FollowTheMoney: each entity is valid, refers to one that is there, and loses nothing when it is cleaned."""
    from followthemoney import model

    problems: Counter[str] = Counter()
    ids, referred, seen, notes = set(), set(), set(), list[str]()
    for path in sorted(home.glob("*.ftm.json")):
        for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
            data = json.loads(line)
            proxy = model.get_proxy(data, cleaned=False)
            proxy.schema.validate(data)
            ids.add(proxy.id)
            if data["datasets"] != [path.name.removesuffix(".ftm.json")]:
                problems["an entity names another dataset than its file"] += 1
            for prop, value in proxy.itervalues():
                if prop.type.name == "entity":
                    referred.add(value)
                if prop.name in {"name", "username"}:
                    seen.add(value)
                elif prop.name == "notes":
                    notes.append(f"{value}\n")
                elif prop.type.clean(value) is None and value not in hostile:
                    problems[f"cleaning drops {proxy.schema.name}.{prop.name}"] += 1
    if referred - ids:
        problems["a reference to an entity that is not there"] += len(referred - ids)
    told = _unescaped("\n".join(notes))
    return _told(problems, _lost([text for text in hostile if text and f": {text}\n" not in told], seen))


def check_stix(home: Path, hostile: list[str]) -> list[str]:
    """STIX: the library parses the bundle strictly, every reference is there; the validator finds no error."""
    import stix2
    from stix2.properties import StringProperty

    data = json.loads((home / "bundle.json").read_text(encoding="utf-8"))
    kinds = {one["name"]: one for one in data["objects"] if one["type"] == "extension-definition"}
    for kind, names in {"crossbearing-wallet": ("address", "network"), "crossbearing-key": ("fingerprint",)}.items():
        if kind not in _KNOWN:
            _KNOWN.add(kind)
            properties = [(name, StringProperty()) for name in names]
            stix2.v21.CustomObservable(kind, properties, [names[0]], extension_name=kinds[kind]["id"])(
                type(kind, (), {})
            )
    bundle = stix2.parse(data, allow_custom=False)
    ids = {one["id"] for one in bundle.objects}
    problems: Counter[str] = Counter({"an id comes twice": len(bundle.objects) - len(ids)})
    seen = set()
    for one in bundle.objects:
        plain = json.loads(one.serialize())
        refs = [value for name, value in plain.items() if name.endswith("_ref")]
        refs += [value for name, values in plain.items() if name.endswith("_refs") for value in values]
        if missing := set(refs) - ids:
            problems[f"{one['type']} refers to what is not there"] += len(missing)
        seen |= {plain.get("account_login"), plain.get("abstract")}
    return _told(problems, _lost(hostile, seen), _stix_validator(home))


_KNOWN: set[str] = set()


def _stix_validator(home: Path) -> list[str]:
    try:
        from stix2validator import ValidationOptions, validate_file
    except ImportError:
        return []  # of the environment of its own only
    # Ids of version 5 are asked for here, and account types of a dark market are in no vocabulary.
    allowed = ("is not a valid UUIDv4 ID", "account-type-ov")
    found = validate_file(str(home / "bundle.json"), ValidationOptions(version="2.1"))
    problems = [str(error) for one in found.object_results for error in one.errors or []]
    warnings = [str(word) for one in found.object_results for word in one.warnings or []]
    return problems + [word for word in warnings if not any(known in word for known in allowed)]


def check_misp(home: Path, hostile: list[str]) -> list[str]:
    """MISP: the event loads, its objects fit their templates, every reference is there, and it is written back."""
    from pymisp import MISPEvent, MISPObject

    event = MISPEvent()
    event.load_file(str(home / "event.json"))
    problems: Counter[str] = Counter()
    ids = {one.uuid for one in event.objects}
    seen = set()
    for one in event.objects:
        own = {"misp_objects_path_custom": str(home / "objects")} if one.name == "dark-market-advert" else {}
        template = MISPObject(one.name, strict=True, **own)
        if (template.template_uuid, str(template.template_version)) != (one.template_uuid, str(one.template_version)):
            problems[f"{one.name} names another template"] += 1
        for attribute in one.attributes:
            made = template.add_attribute(attribute.object_relation, value=attribute.value)
            if made is not None and made.type != attribute.type:
                problems[f"{one.name}.{attribute.object_relation} is no {attribute.type}"] += 1
            if attribute.type not in attribute.describe_types["category_type_mappings"][attribute.category]:
                problems[f"{attribute.type} is not of the category {attribute.category}"] += 1
            seen.add(_unescaped(str(attribute.value)))
        template._validate() if hasattr(template, "_validate") else template.to_dict(strict=True)  # noqa: SLF001
        problems["a reference to an object that is not there"] += sum(
            reference.referenced_uuid not in ids for reference in one.references
        )
    again = json.loads(event.to_json())
    if len(again["Object"]) != len(ids):
        problems["an object is lost when it is written back"] += 1
    return _told(problems, _lost([text for text in hostile if text], seen))


def check_case(home: Path, _: list[str]) -> list[str]:
    """CASE: its own validator, with the ontology that it brings, finds nothing, warnings included."""
    validate = Path(sys.executable).parent / "case_validate"
    run = [str(validate), "--built-version", "case-1.4.0", str(home / "custody.jsonld")]
    found = subprocess.run(run, capture_output=True, text=True, check=False)  # noqa: S603 - installed beside us
    report = found.stdout.strip()
    return [] if found.returncode == 0 and report.splitlines()[-1:] == ["Conforms: True"] else [report or found.stderr]


def check_graphml(home: Path, hostile: list[str]) -> list[str]:
    """GraphML: NetworkX reads it, every edge ends at a node of the file, every text can be undone."""
    import networkx as nx

    graph = nx.read_graphml(home / "graph.graphml", force_multigraph=True)
    problems = Counter({"a node that only an edge names": sum(not data for _, data in graph.nodes(data=True))})
    problems["without a source"] = sum(
        "sources" not in data
        for data in (*dict(graph.nodes(data=True)).values(), *(d for *_, d in graph.edges(data=True)))
    )
    seen = {_unescaped(data.get("label", "")) for _, data in graph.nodes(data=True)}
    return _told(problems, _lost([text for text in hostile if text], seen))


def check_i2(home: Path, hostile: list[str]) -> list[str]:
    """CSV pairs: both files read, every link ends at an entity, no cell is a formula, every text can be undone."""
    names = ("entities.csv", "links.csv")
    tables = {name: _table(home / name) for name in names}
    ids = {row["Identity"] for row in tables["entities.csv"]}
    problems: Counter[str] = Counter()
    for row in tables["links.csv"]:
        problems["a link to no entity"] += not {row["From Identity"], row["To Identity"]} <= ids
    for table in tables.values():
        problems["an empty source"] += sum(not row["Source Type"] for row in table)
    seen = {row["Label"].removeprefix("'") for row in tables["entities.csv"]}
    return _told(problems, _lost([text for text in hostile if text], seen), _formulas(tables.values()))


def check_csv(home: Path, hostile: list[str]) -> list[str]:
    """CSV: the standard library and, where it is, pandas read each file alike; no cell is a formula."""
    problems: Counter[str] = Counter()
    tables = {path.name: _table(path) for path in sorted(home.glob("*.csv"))}
    seen = {row["title"].removeprefix("'") for row in tables["listing.csv"]}
    try:
        import pandas as pd
    except ImportError:
        pd = None  # of the environment of its own only
    for name, rows in tables.items():
        if pd is not None:
            frame = pd.read_csv(home / name, dtype=str, keep_default_na=False)
            problems[f"pandas reads {name} otherwise"] += frame.to_dict("records") != rows
    return _told(problems, _lost(hostile, seen), _formulas(tables.values()))


def _unescaped(text: str) -> str:
    return re.sub(r"\\(?:\\|u([0-9a-f]{4}))", lambda found: chr(int(found[1], 16)) if found[1] else "\\", text)


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, strict=True))


def _formulas(tables: Iterable[list[dict[str, str]]]) -> list[str]:
    return [
        f"a cell of {name} begins as a formula does: {cell[:20]!r}"
        for table in tables
        for row in table
        for name, cell in row.items()
        if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) and not _DATE_OR_FLAG.fullmatch(cell)
    ]


def _lost(hostile: Iterable[str], seen: Iterable[object]) -> list[str]:
    return [f"a text did not come back: {text[:40]!r}" for text in sorted(set(hostile) - set(seen))]


def _told(problems: Counter[str], *more: list[str]) -> list[str]:
    return [f"{count} times: {problem}" for problem, count in problems.items() if count] + [
        one for m in more for one in m
    ]


CHECKS: dict[str, Callable[[Path, list[str]], list[str]]] = {
    "ftm": check_ftm, "stix": check_stix, "misp": check_misp, "case": check_case, "graphml": check_graphml,
    "i2": check_i2, "csv": check_csv,
}  # fmt: skip


def main(homes: list[str]) -> int:
    """Check every export in these folders; gives 1 if anything was found."""
    is_bad = False
    for home in map(Path, homes):
        beside = home / "hostile.json"
        hostile = json.loads(beside.read_text(encoding="utf-8")) if beside.is_file() else []
        for name, check in CHECKS.items():
            found = check(home / name, hostile)
            is_bad |= bool(found)
            sys.stdout.write(f"{home.name} {name}: {'holds' if not found else ''}\n")
            sys.stdout.writelines(f"  {one[:300]}\n" for one in found[:20])
    return int(is_bad)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
