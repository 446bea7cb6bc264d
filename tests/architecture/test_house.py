"""Is the house in order? Each rule of the architecture holds, and is shown to fail when it is broken on purpose."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SOURCE = ROOT / "src" / "crossbearing"
MODULES = sorted(SOURCE.rglob("*.py"))
BREAKS = {
    # contract id: (file to write, its text)
    "layers": ("domain/sinner.py", "from crossbearing.store import durable\n"),
    "layers: siblings": ("results/sinner.py", "from crossbearing.packages import build\n"),
    "layers: exhaustive": ("nowhere/__init__.py", ""),
    "interfaces": ("interfaces/web/__init__.py", "from crossbearing.interfaces.cli import app\n"),
    "interfaces: exhaustive": ("interfaces/phone/__init__.py", ""),
    "workflows": ("workflows/sinner.py", "from crossbearing.workflows import judge_pairs\n"),
    "domain": ("domain/sinner.py", "import pyarrow\n"),
    "engines": ("results/sinner.py", "import duckdb\n"),
    "reads": ("interfaces/cli/sinner.py", "from crossbearing.store import views\n"),
}


@pytest.mark.parametrize("contract", BREAKS)
def test_each_import_contract_fails_when_it_is_broken(contract: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    name, text = BREAKS[contract]
    broken = tmp_path / "src" / "crossbearing" / name
    broken.parent.mkdir(exist_ok=True)
    broken.write_text(text)
    identifier = contract.split(":", maxsplit=1)[0]
    run = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--contract", identifier, "--no-cache"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1, run.stdout
    assert "BROKEN" in run.stdout


def test_the_domain_imports_the_standard_library_only() -> None:
    """The contract lists third parties by name; this knows them all."""
    for module in (SOURCE / "domain").glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                top = name.split(".")[0]
                assert top in sys.stdlib_module_names or name.startswith("crossbearing.domain"), f"{module}: {name}"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_modules_and_functions_stay_within_their_limits(module: Path) -> None:
    text = module.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            lines = (body[-1].end_lineno - body[0].lineno + 1) if body else 0
            assert lines <= 50, f"{node.name} has {lines} lines"


def test_no_folder_is_a_drawer() -> None:
    drawers = {"utils", "helpers", "common", "misc", "core", "manager", "base"}
    assert not [path for path in SOURCE.rglob("*") if path.stem in drawers]


def test_every_refusal_of_a_lint_rule_has_a_reason() -> None:
    inside = False
    for line in (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines():
        if line.startswith("ignore = ["):
            inside = True
        elif inside and line.startswith("]"):
            break
        elif inside:
            assert re.search(r'^\s+"[A-Z]+[0-9]*",\s+# .{10,}', line), line
    assert inside


TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
TEXT = [
    name
    for name in TRACKED
    if Path(name).suffix in {".py", ".md", ".toml", ".sql", ".lock", ".j2", ".css", ".json", ".yml", ""}
    and (ROOT / name).is_file()
]


@pytest.mark.skipif(not TRACKED, reason="not a checkout")
def test_nothing_names_a_registry_or_a_place_on_a_machine() -> None:
    registries = ["py" + "pi.org", "pythonhosted" + ".org", "npm" + "js.org", "deb" + "ian.org"]
    homes = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/\w")
    for name in TEXT:
        text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        assert not [host for host in registries if host in text], name
        assert not homes.search(text), name


@pytest.mark.skipif(not TRACKED, reason="not a checkout")
def test_no_onion_name_or_wallet_stands_in_the_repository() -> None:
    patterns = {
        "onion": re.compile(r"\b[a-z2-7]{16}(?:[a-z2-7]{40})?\." + "onion"),
        "bitcoin": re.compile(r"\b(?:bc1[ac-hj-np-z02-9]{25,60}|[13][1-9A-HJ-NP-Za-km-z]{26,34})\b(?!\w)"),
    }
    for name in TEXT:
        if name.endswith((".lock", ".json")):
            continue
        text = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        for kind, pattern in patterns.items():
            assert not pattern.search(text), f"{kind} in {name}"


def test_locks_carry_a_hash_for_every_package_and_only_wheels() -> None:
    for lock in ("run.lock", "dev.lock"):
        text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
        entries = re.split(r"\n(?=[a-zA-Z0-9])", text.strip())
        for entry in entries:
            assert "--hash=sha256:" in entry, entry[:60]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for wanted in project["dependencies"]:
        name = re.split(r"[>=<\[]", wanted)[0]
        assert re.search(rf"(?m)^{name}==", (ROOT / "requirements" / "run.lock").read_text(encoding="utf-8")), name


def test_the_wheel_holds_every_file_of_the_package(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([*build, str(tmp_path), str(ROOT)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    source = ROOT / "src"
    ours = {path.relative_to(source).as_posix() for path in (source / "crossbearing").rglob("*") if path.is_file()}
    with zipfile.ZipFile(wheel) as held:
        missing = {name for name in ours if "__pycache__" not in name} - set(held.namelist())
    assert missing == set()
    assert len(ours) > 300


@pytest.mark.long
def test_the_wheel_works_outside_the_source_tree_where_its_demo_tells_the_whole_story(tmp_path: Path) -> None:
    """Built, installed by itself, run from an empty folder: the whole demo, with its data files; once in a place."""
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir"]
    subprocess.run([*build, str(tmp_path), str(ROOT)], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    home = tmp_path / "environment"
    venv.create(home, with_pip=False)
    (site,) = home.glob("lib/python*/site-packages")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(site)]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    # The dependencies come from this environment; our own package must not.
    ours = next(Path(path) for path in sys.path if path.endswith("site-packages"))
    (site / "dependencies.pth").write_text(f"import site; site.addsitedir({str(ours)!r})\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    code = (
        "import sys; sys.path = [p for p in sys.path if not p.rstrip('/').endswith('/src')]; import crossbearing; "
        f"assert crossbearing.__file__.startswith({str(site)!r}), crossbearing.__file__; "
        "from crossbearing.interfaces.cli import main; "
        "assert main(['demo', 'demo', '--size', 'tiny', '--json']) == 0; sys.exit(main(['demo', 'demo']))"
    )
    run = subprocess.run(
        [home / "bin" / "python", "-I", "-c", code], cwd=empty, capture_output=True, text=True, check=False
    )
    assert run.returncode == 65, run.stderr
    found = json.loads(run.stdout)
    assert len(found["stages"]) == 7
    assert all(stage["did"] for stage in found["stages"])
    assert all((empty / package["page"]).is_file() for package in found["packages"])
    assert (empty / "demo" / "nightjar" / "results.html").is_file()
