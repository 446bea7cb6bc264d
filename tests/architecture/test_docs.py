"""The documentation says what the code does: names are complete, the tutorial runs, the pictures are there."""

import io
import re
import shlex
import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from pyarrow import parquet

from crossbearing.domain import errors
from crossbearing.domain.tables import RECORD_TABLES
from crossbearing.intake.profile import parse_profile
from crossbearing.intake.reader import RawBatch, Reader, Refused
from crossbearing.interfaces.cli import main
from crossbearing.registry import STEPS
from crossbearing.simulation.scenario import Scenario
from crossbearing.store.derived import current_file

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_every_record_table_and_column_is_documented() -> None:
    text = page("reference/records.md")
    for table in RECORD_TABLES.values():
        assert f"`{table.name}`" in text
        for column in table.all_columns:
            assert f"`{column.name}`" in text, column.name


def test_every_derived_table_is_documented() -> None:
    text = page("reference/derived.md")
    assert not [step.table for step in STEPS if f"`{step.table}`" not in text]


def test_every_column_of_a_derived_table_stands_in_its_section(story: Path) -> None:
    for step in STEPS:
        section = re.search(rf"(?ms)^#+ `{step.table}`.*?(?=^#+ |\Z)", page("reference/derived.md"))
        assert section, step.table
        names = parquet.read_schema(current_file(story, step.table)).names
        assert not [name for name in names if f"`{name}`" not in section[0]], step.table


def test_every_error_is_documented_with_its_exit_code() -> None:
    text = page("reference/errors.md")
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and issubclass(kind, errors.CrossbearingError):
            line = next((line for line in text.splitlines() if f"`{name}`" in line), "")
            assert line, name
            assert str(kind.exit_code) in line or name == "CrossbearingError", line


def test_every_setting_is_documented() -> None:
    used = set()
    for module in (ROOT / "src").rglob("*.py"):
        used |= set(re.findall(r'"(CROSSBEARING_[A-Z]+)"', module.read_text(encoding="utf-8")))
    assert used
    assert not [name for name in used if f"`{name}`" not in page("reference/settings.md")]


def test_the_command_reference_is_what_the_commands_say() -> None:
    run = subprocess.run(
        [sys.executable, ROOT / "tools" / "cli_reference.py", "--check"], check=False, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr


def test_links_between_pages_lead_somewhere() -> None:
    for path in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]:
        # Code links nowhere.
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\((?!#|mailto:)([^)#]+)", prose):
            assert "://" not in target, f"{path.name} links outside: {target}"
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_the_tutorial_runs_and_shows_what_the_commands_print(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command succeeds in order, and every line of a shown result was printed by a command before it."""
    blocks = re.findall(r"```(console|text)\n(.*?)```", page("tutorial/first-operation.md"), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("CROSSBEARING_PERSON", "A. Analyst")
    printed, ran = "", 0
    for kind, block in blocks:
        for line in block.splitlines():
            if kind == "console" and line.startswith("$ crossbearing "):
                code = main(shlex.split(line)[2:])
                said = capsys.readouterr()
                assert code == 0, f"{line}\n{said.err}"
                printed += " ".join(said.out.split()) + "\n"
                ran += 1
            elif kind == "text":
                for piece in re.split(r"\s*…$|^…\s*", line):
                    assert " ".join(piece.split()) in printed, f"not printed: {line}"
    assert ran > 10


def test_profiles_shown_in_the_docs_are_profiles() -> None:
    blocks = re.findall(r"```toml\n(.+?)```", page("how-to/write-a-profile.md"), re.DOTALL)
    whole = [block for block in blocks if "has_market" in block and "[table" in block]
    assert whole, "at least one whole profile is shown"
    for block in whole:
        parse_profile(block, where="docs")


def test_the_reader_shown_in_the_docs_is_a_reader() -> None:
    """Its code runs as it stands, and keeps the promises that the page names."""
    (block,) = re.findall(r"```python\n(.+?)```", page("how-to/add-a-reader.md"), re.DOTALL)
    namespace: dict[str, type] = {}
    exec(compile(block, "add-a-reader.md", "exec"), namespace)  # noqa: S102 - the page's own code
    reader: Reader = namespace["Pairs"]()
    content = b"handle=amberquay\nseen=2021-03-04\n\nhandle=bluetern\n\nhandle=coldmarsh\nseen=2021-03-05"
    assert reader.recognises(content)
    assert not reader.recognises(b"a,b\n1,2\n")
    assert {reader.name, reader.version, reader.format_reference} == {"pairs", "1", "notes of the capture team, 2026"}
    layout = reader.layout(io.BytesIO(content))
    pieces = list(reader.read(io.BytesIO(content), "utf-8"))
    batches = [piece for piece in pieces if isinstance(piece, RawBatch)]
    assert [(one.table, one.columns) for one in batches] == [("rows", layout["rows"])] * 2
    assert [one.rows() for one in batches] == [[("amberquay", "2021-03-04")], [("coldmarsh", "2021-03-05")]]
    places = [(int(one.ordinals[0]), int(one.offsets[0]), int(one.lengths[0])) for one in batches]
    (refused,) = (piece for piece in pieces if isinstance(piece, Refused))
    places.append((refused.ordinal, refused.offset, refused.length))
    assert [content[offset : offset + length] for _, offset, length in sorted(places)] == content.split(b"\n\n")
    assert [ordinal for ordinal, _, _ in sorted(places)] == [1, 2, 3]


@pytest.mark.parametrize(
    "name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "LICENSE"]
)
def test_the_house_has_its_papers(name: str) -> None:
    assert len((ROOT / name).read_text(encoding="utf-8")) > 400


def test_every_dial_of_the_simulation_is_documented_with_its_default() -> None:
    text = page("reference/simulation.md")
    for group in fields(Scenario):
        dials = getattr(Scenario(), group.name)
        if not is_dataclass(dials):
            continue
        section = re.search(rf"(?ms)^### `\[{group.name}\]`$.*?(?=^### |\Z)", text)
        assert section, group.name
        for dial in fields(dials):
            value = getattr(dials, dial.name)
            shown = str(value).lower() if isinstance(value, bool) else value
            assert f"| `{dial.name}` | {shown} |" in section[0], f"{group.name}.{dial.name}"


def test_every_file_of_the_simulation_is_documented(simulated: Path) -> None:
    text = page("reference/simulation.md")
    for path in [*(simulated / "evidence").iterdir(), *(simulated / "truth").iterdir()]:
        named = re.sub(r"^(identifiers|outcomes)-\w\w", r"\1-*", path.name)
        assert f"`{named}`" in text or f"`{named}/" in text, path.name
