"""Other tools' own libraries read what leaves: those that install beside ours here, all of them by `make formats`."""

import importlib.util
import json
import os
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from export_by_hand import HOSTILE, content, hostile, tables, written

_TOOL = Path(__file__).parents[3] / "tools" / "check_exports.py"
# Formats whose library is in our own environment; CSV needs none.
HERE = {"stix": "stix2", "graphml": "networkx", "i2": "csv", "csv": "csv"}


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_exports", _TOOL)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def needed(library: str) -> None:
    if importlib.util.find_spec(library) is None:
        assert not os.environ.get("CI"), f"{library} is of requirements/dev.lock"
        pytest.skip(f"{library} is not installed here")


@pytest.mark.parametrize("form", HERE)
def test_the_library_of_its_community_reads_it_and_hostile_texts_come_back(
    form: str, tool: ModuleType, tmp_path: Path
) -> None:
    needed(HERE[form])
    assert tool.CHECKS[form](written(form, tmp_path / "plain"), []) == []
    assert tool.CHECKS[form](written(form, tmp_path / "hostile", hostile()), list(HOSTILE)) == []


@pytest.mark.parametrize("form", ["graphml", "i2", "csv"])
def test_the_check_itself_finds_what_does_not_come_back(form: str, tool: ModuleType, tmp_path: Path) -> None:
    needed(HERE[form])
    assert tool.CHECKS[form](written(form, tmp_path / "plain"), ["a title that is not there"])


BROKEN: dict[str, tuple[str, Callable[[str], str]]] = {
    "graphml": ("graph.graphml", lambda text: text.replace('target="account:A-3"', 'target="account:A-8"')),
    "i2": ("links.csv", lambda text: text.replace("account:A-3", "account:A-8")),
    "csv": ("listing.csv", lambda text: text.replace('"Haze', '"=Haze')),
}


@pytest.mark.parametrize("form", BROKEN)
def test_the_check_itself_finds_what_was_broken(form: str, tool: ModuleType, tmp_path: Path) -> None:
    needed(HERE[form])
    name, broken = BROKEN[form]
    path = written(form, tmp_path / "broken") / name
    path.write_text(broken(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert tool.CHECKS[form](path.parent, [])


def test_every_object_of_a_bundle_leads_to_its_sources(tmp_path: Path) -> None:
    """An observable cannot hold references, so one of those that refer to it does."""
    objects = json.loads(content(written("stix", tmp_path / "stix"))["bundle.json"])["objects"]
    # What frames the bundle: who made it, how it is marked, what its extensions are; and countries.
    frame = {"marking-definition", "extension-definition", "location"}
    makers = {one["created_by_ref"] for one in objects if "created_by_ref" in one}
    placed = [one for one in objects if one.get("external_references")]
    led = {one["id"] for one in placed} | makers
    for one in placed:
        led |= {one.get("source_ref"), one.get("target_ref"), *one.get("object_refs", ())}
    assert not [one["id"] for one in objects if one["type"] not in frame and one["id"] not in led]


def test_every_entity_of_followthemoney_lies_in_the_dataset_of_its_exhibit(tmp_path: Path) -> None:
    files = content(written("ftm", tmp_path / "ftm"))
    found = [(name, json.loads(line)) for name, text in files.items() for line in text.splitlines() if "ftm" in name]
    assert all(entity["datasets"] == [name.removesuffix(".ftm.json")] for name, entity in found)
    # Two exhibits that show one account stay two witnesses.
    names = [name for name, entity in found if entity["properties"].get("username") == ["heron"]]
    assert len(names) == len(set(names)) == 3
    for _, entity in found:
        properties = entity["properties"]
        assert any("place: " in text or "exhibit_id: " in text for text in properties.get("notes", ())) or any(
            properties.get(name) for name in ("recordId", "proof", "publisher", "keywords")
        )


def test_every_object_of_an_event_leads_to_its_sources(tmp_path: Path) -> None:
    event = json.loads(content(written("misp", tmp_path / "misp"))["event.json"])["Event"]
    assert len(event["Object"]) > 10
    assert all("E-" in one["comment"] for one in event["Object"])
    references = [one for made in event["Object"] for one in made.get("ObjectReference", ())]
    assert references
    telling = {one["value"] for made in event["Object"] for one in made["Attribute"] if not one["disable_correlation"]}
    assert telling >= {"AB" * 20, "notawallet1", "heron@example.org"}
    assert not telling & {"heron", "plover", "Haze 5g", "Holland"}


def test_a_step_of_custody_is_an_action_on_an_exhibit_and_nothing_else_is(tmp_path: Path) -> None:
    graph = json.loads(content(written("case", tmp_path / "case"))["custody.jsonld"])["@graph"]
    records = {one["@id"] for one in graph if one["@type"] == "case-investigation:ProvenanceRecord"}
    actions = [one for one in graph if one["@type"] == "case-investigation:InvestigativeAction"]
    assert len(records) == 2
    assert len(actions) == len(tables()["custody"])
    assert all(target["@id"] in records for one in actions for target in one["uco-action:object"])
