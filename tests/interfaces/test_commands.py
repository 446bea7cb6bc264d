"""Every command explains itself, speaks JSON, and fails with problem, place and next move."""

import ast
import gzip
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cyclopts import App
from pyrage.x25519 import Identity

from conftest import REF, fixed_context
from crossbearing.interfaces.cli import app, main, output
from crossbearing.interfaces.cli.output import next_move
from crossbearing.workflows.judge_pairs import PairKind, list_pairs

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("CROSSBEARING_PERSON", "tester")

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        # Progress shows on anything over two seconds, which on a busy machine is anything.
        errors = "".join(line for line in captured.err.splitlines(True) if not line.endswith(" …\n"))
        return code, captured.out, errors

    return call


def commands(tree: App = app, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name in tree:
        if name.startswith("-"):
            continue
        inner = tree[name]
        if inner.default_command is None:
            yield from commands(inner, (*path, name))
        else:
            yield (*path, name)


ALL = sorted(commands())
OWN = [path for path in ALL if path != ("install-completion",)]


def test_the_commands_are_those_of_the_design() -> None:
    assert {
        ("new",), ("status",), ("run",), ("simulate",), ("evidence", "add"), ("evidence", "list"), ("evidence", "show"),
        ("evidence", "verify"), ("readers", "list"), ("readers", "try"), ("operator", "list"), ("operator", "show"),
        ("operator", "review"), ("operator", "judge"), ("operator", "undo"), ("operator", "groups"),
        ("operator", "rules"), ("package", "build"), ("package", "show"), ("package", "seal"), ("package", "verify"),
        ("partner", "add"), ("partner", "list"),
        ("outcome", "import"), ("outcome", "list"), ("results", "show"), ("log", "show"), ("log", "verify"),
        ("evaluate",),
    } <= set(ALL)  # fmt: skip


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_has_a_help_text(path: tuple[str, ...], run: Run) -> None:
    code, out, _ = run(*path, "--help")
    assert code == 0
    assert "Usage: " in out
    described = re.search(r"Usage:.*?\n\n(\S[^\n]+)", out, re.DOTALL)
    assert described, "the first line after the usage says what it does"


@pytest.mark.parametrize(("said", "pdf"), [((), None), (("--pdf",), True), (("--no-pdf",), False)])
def test_paper_can_be_asked_for_and_left_out(said: tuple[str, ...], pdf: bool | None) -> None:
    _, bound, _ = app.parse_args(["package", "build", "op", *said], print_error=False, exit_on_error=False)
    assert bound.arguments.get("pdf") is pdf


JSON_KEYS = {
    ("status",): "stale",
    ("run",): "steps",
    ("authority", "list"): "ref",
    ("evidence", "list"): "exhibit_id",
    ("evidence", "verify"): "checked",
    ("operator", "list"): "pairs",
    ("operator", "groups"): "conflicts",
    ("operator", "priority"): "sellers",
    ("operator", "rules"): "alone",
    ("package", "build"): "package_id",
    ("categorise", "show"): "burn_down",
    ("package", "list"): "content_sha256",
    ("outcome", "list"): "outcome_id",
    ("results", "show"): "campaigns",
    ("log", "show"): "position",
    ("log", "verify"): "root",
}


@pytest.mark.parametrize("path", JSON_KEYS, ids=" ".join)
def test_json_is_json_and_nothing_else(path: tuple[str, ...], story: Path, tmp_path: Path, run: Run) -> None:
    folder = shutil.copytree(story, tmp_path / "copy")
    if path == ("package", "list"):
        run("package", "build", folder)
    code, out, err = run(*path, folder, "--json")
    assert (code, err) == (0, "")
    found = json.loads(out)
    assert JSON_KEYS[path] in (found[0] if isinstance(found, list) else found)


def test_figures_in_json_are_exact_text_and_never_floats(story: Path, run: Run) -> None:
    _, out, _ = run("results", "show", story, "--in", "EUR", "--json")
    campaign = json.loads(out, parse_float=lambda text: pytest.fail(f"a float: {text}"))["campaigns"][0]
    assert all(isinstance(line["total"], str) for line in campaign["lines"])


HEADER = b"captured_on,listing_id,seller,title,description,category,price,currency,ships_from,ships_to,seller_key\n"
GOOD = HEADER + b"2021-01-02,1,amberquay,Haze,,Cannabis,10,EUR,NL,EU,\n"
REPORT = (
    b"campaign,report_ref,statement,kind,happened_on,reported_on,place_country,credit_country,credit_agency,item,"
    b"part_of,amount,unit,bound,package_ref,note\nX,1,event,arrest,2022-01-01,,NL,NL,Desk,persons,,1,persons,,,\n"
)
BAD = {
    "empty": b"",
    "header only": HEADER,
    "truncated in a quoted cell": GOOD + b'2021-01-02,2,"amber',
    "truncated in a record": GOOD + b"2021-01-02,2,amber",
    "truncated dump": b"-- MySQL dump 10.13\nCREATE TABLE `t` (\n  `a` int\n);\nINSERT INTO `t` VALUES ('1",
    "another kind of table": b"x,y,z\n1,2,3\n",
    "no table at all": b"%PDF-1.7 something else\n",
    "binary": bytes(range(256)) * 10,
    "truncated gzip": gzip.compress(GOOD * 100)[:-20],
    "a gzip bomb": gzip.compress(b"\x00" * (80 << 20)),
}


def state_of(folder: Path) -> dict[str, bytes]:
    """Every file of an operation but the decision store, which also logs what was denied."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith("decisions.sqlite")
    }


@pytest.mark.parametrize("command", [("evidence", "add"), ("outcome", "import")], ids=" ".join)
@pytest.mark.parametrize("wrong", BAD)
def test_a_bad_file_is_one_clear_error_and_leaves_nothing_half_written(
    command: tuple[str, ...], wrong: str, local_operation: Path, tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "given"
    path.write_bytes(BAD[wrong])
    before = state_of(local_operation)
    more = ("--market", "M") if command[0] == "evidence" else ()
    code, out, err = run(*command, local_operation, path, *more, "--authority", REF)
    assert code == 65
    assert out == ""
    lines = err.splitlines()
    assert [line.split()[0] for line in lines] == ["error", "where", "next"]
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines)
    assert "given" in lines[1]
    assert state_of(local_operation) == before
    assert not list(local_operation.rglob(".unfinished*"))


@pytest.mark.parametrize("command", [("evidence", "add"), ("outcome", "import")], ids=" ".join)
@pytest.mark.parametrize("place", ["absent", "link", "pipe", "empty folder"])
def test_what_cannot_be_opened_is_said(
    command: tuple[str, ...], place: str, local_operation: Path, tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "given"
    if place == "link":
        (tmp_path / "target").write_bytes(GOOD)
        path.symlink_to(tmp_path / "target")
    elif place == "pipe":
        os.mkfifo(path)
    elif place == "empty folder":
        path.mkdir()
    before = state_of(local_operation)
    more = ("--market", "M") if command[0] == "evidence" else ()
    code, _, err = run(*command, local_operation, path, *more, "--authority", REF)
    assert code == 65
    assert "given" in err
    assert state_of(local_operation) == before


def test_an_unreadable_file_is_said(local_operation: Path, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "given"
    path.write_bytes(GOOD)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything; run as root")
    for words in (
        ("evidence", "add", local_operation, path, "--market", "M", "--authority", REF),
        ("readers", "try", path),
    ):
        code, out, err = run(*words)
        assert (code, out) == (65, "")
        assert "cannot be read" in err


@pytest.mark.parametrize("wrong", BAD)
def test_trying_a_bad_file_never_fails_without_words(wrong: str, tmp_path: Path, run: Run) -> None:
    """A cut file may still show its first rows; whatever cannot be shown is one clear error."""
    path = tmp_path / "given"
    path.write_bytes(BAD[wrong])
    code, out, err = run("readers", "try", path)
    assert (code == 0 and out and not err) or (
        code == 65 and not out and [line.split()[0] for line in err.splitlines()] == ["error", "where", "next"]
    )


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"authorities": 1}', '{"authorities": [], "exhibits": [{"path": 3}]}']
)
@pytest.mark.parametrize("command", [("evidence", "add"), ("outcome", "import")], ids=" ".join)
def test_a_bad_manifest_is_one_clear_error(
    command: tuple[str, ...], text: str, local_operation: Path, tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text)
    before = state_of(local_operation)
    code, out, err = run(*command, local_operation, "--manifest", path)
    assert (code, out) == (65, "")
    assert "manifest" in err
    assert state_of(local_operation) == before


@pytest.mark.parametrize("reference", ["", "NO-SUCH", "EXPIRED"])
def test_evidence_without_a_valid_authorisation_is_refused_and_logged(
    reference: str, local_operation: Path, tmp_path: Path, run: Run
) -> None:
    dates = ("--valid-from", "2020-01-01", "--valid-until", "2020-12-31")
    run("authority", "add", local_operation, "EXPIRED", "--issued-by", "Court", "--basis", "order", *dates)
    path = tmp_path / "given"
    path.write_bytes(GOOD)
    before = state_of(local_operation)
    code, _, err = run("evidence", "add", local_operation, path, "--market", "M", "--authority", reference)
    assert code == 77
    assert "crossbearing authority add" in err
    assert state_of(local_operation) == before
    _, out, _ = run("log", "show", local_operation, "--last", "1", "--json")
    assert json.loads(out)[0]["kind"] == "access_denied"


def test_a_damaged_file_can_be_kept_with_its_gap_on_record(local_operation: Path, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "given"
    path.write_bytes(BAD["truncated in a record"])
    arguments = ("evidence", "add", local_operation, path, "--market", "M", "--authority", REF)
    code, out, _ = run(*arguments, "--accept-damaged", "--json")
    assert code == 0
    (part,) = json.loads(out)[0]["exhibit"]["parts"]
    assert (part["rows_in"], part["rows_out"], part["rows_refused"]) == (2, 1, 1)


def test_adding_the_same_bytes_again_changes_nothing(local_operation: Path, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "given"
    path.write_bytes(GOOD)
    arguments = ("evidence", "add", local_operation, path, "--authority", REF, "--json")
    assert json.loads(run(*arguments, "--market", "M")[1])[0]["is_new"] is True
    before = state_of(local_operation)
    assert json.loads(run(*arguments, "--market", "M")[1])[0]["is_new"] is False
    assert run(*arguments, "--market", "OTHER")[0] == 65
    assert state_of(local_operation) == before


def test_outcomes_do_not_come_in_as_anything_else(local_operation: Path, tmp_path: Path, run: Run) -> None:
    listing, report = tmp_path / "listing.csv", tmp_path / "report.csv"
    listing.write_bytes(GOOD)
    report.write_bytes(REPORT)
    assert run("outcome", "import", local_operation, listing, "--authority", REF)[0] == 65
    assert run("outcome", "import", local_operation, report, "--authority", REF)[0] == 0


_WITHOUT_OPERATION = {
    ("new",), ("simulate",), ("demo",), ("readers", "list"), ("readers", "try"), ("readers", "propose"),
    ("log", "cosign"),
    ("custody", "new-key"),
    # These read another file first.
    ("custody", "sign"), ("custody", "record"), ("sequester", "hashes"), ("model", "add"),
    ("backup", "check"), ("backup", "restore"), ("backup", "make"), ("package", "verify"), ("package", "reply"),
    # These write a file that belongs to no operation.
    ("lead", "form"), ("lead", "page"), ("deconflict", "form"),
    ("lead", "form"), ("outcome", "form"), ("lead", "page"),
}  # fmt: skip
# These say that nothing is to be done.
_DOES_NOTHING = {
    ("package", "notify"): ("--out", "nowhere", "--purpose", "x"),
    ("package", "remind"): ("--out", "nowhere", "--purpose", "x"),
    ("deconflict", "check"): ("--purpose", "x"),
    ("deconflict", "notify"): ("--out", "nowhere", "--call", "x", "--purpose", "x"),
}
NEEDS_OPERATION = [path for path in OWN if path not in _WITHOUT_OPERATION]
ARGUMENTS = {
    ("authority", "add"): ("R", "--issued-by", "x", "--basis", "y", "--valid-from", "2020-01-01"),
    ("evidence", "add"): ("file", "--authority", "R"),
    ("evidence", "show"): ("E-1",),
    ("operator", "show"): ("P-1",),
    ("operator", "judge"): ("P-1", "same", "--reason", "x"),
    ("operator", "undo"): ("P-1", "--reason", "x"),
    ("package", "show"): ("NL-001",),
    ("package", "route"): ("A-1", "NL", "--reason", "x"),
    ("package", "diff"): ("NL-001",),
    ("package", "release"): ("NL-001", "--reason", "x"),
    ("package", "seal"): ("NL-001", "--to", "x", "--out", "nowhere", "--purpose", "x"),
    ("partner", "add"): (
        "x",
        "--country",
        "NL",
        "--seal-to",
        str(Identity.generate().to_public()),
        "--handling",
        "H1",
        "--keys-until",
        "2027-01-01",
        "--checked",
        "x",
    ),
    ("partner", "remove"): ("x", "--reason", "x"),
    ("package", "recall"): ("NL-001", "--reason", "x"),
    ("package", "acknowledged"): ("NL-001", "x", "--on", "2027-01-01", "--words", "x"),
    ("deconflict", "submit"): ("file", "--authority", "R", "--purpose", "x"),
    ("deconflict", "event"): ("file", "--authority", "R", "--purpose", "x"),
    ("deconflict", "withdraw"): ("E-1", "--reason", "x"),
    ("outcome", "import"): ("file", "--authority", "R"),
    ("export",): ("--format", "csv", "--to", "nowhere", "--of", "XX-009", "--purpose", "x"),
    ("results", "statement", "draft"): ("--campaign", "none", "--purpose", "x"),
    ("results", "statement", "check"): ("ST-999", "--purpose", "x"),
    ("results", "statement", "approve"): ("ST-999", "--reason", "x", "--purpose", "x"),
    ("results", "statement", "publish"): ("ST-999", "--to", "nowhere", "--purpose", "x"),
    ("results", "statement", "correct"): ("ST-999", "--reason", "x", "--purpose", "x"),
    ("results", "statement", "told"): ("ST-999", "x", "--on", "2027-01-01", "--words", "x"),
    ("results", "compare"): ("--campaign", "none"),
    ("results", "charts"): ("--campaign", "none", "--to", "nowhere"),
    ("lead", "add"): ("file", "--authority", "R"),
    ("lead", "match"): ("X-1", "--purpose", "x"),
    ("lead", "show"): ("X-1", "--purpose", "x"),
    ("lead", "spikes"): ("--by", "month", "--area", "town", "--purpose", "x"),
    ("lead", "ask"): ("X-1", "--purpose", "x"),
    ("lead", "approve"): ("X-1", "--reason", "x"),
    ("lead", "refuse"): ("X-1", "--reason", "x"),
    ("lead", "withdraw"): ("X-1", "--reason", "x"),
    ("lead", "audit"): ("X-1", "--authority", "R", "--purpose", "x"),
    ("lead", "opinion"): (
        "X-1",
        "words",
        "--given-by",
        "x",
        "--qualification",
        "y",
        "--given-on",
        "2021-01-01",
        "--purpose",
        "x",
    ),
    ("person", "propose"): ("O-0001", "--purpose", "x"),
    ("person", "show"): ("O-0001",),
    ("person", "judge"): ("O-0001", "N-1", "withdrawn", "--reason", "x", "--purpose", "x"),
    ("person", "requests"): ("O-0001",),
    ("alert", "draft"): ("nosuchsubstance", "--area", "Aldershire", "--precision", "county", "--purpose", "x"),
    ("alert", "show"): ("AL-999",),
    ("alert", "issue"): ("AL-999", "--purpose", "x"),
    ("alert", "withdraw"): ("AL-999", "--reason", "x", "--purpose", "x"),
    ("rates", "add"): ("file",),
    ("outcome", "judge"): ("P-1", "same", "--reason", "x"),
    ("outcome", "add"): (
        "--campaign",
        "x",
        "--kind",
        "arrest",
        "--country",
        "NL",
        "--agency",
        "x",
        "--authority",
        "R",
    ),
    ("outcome", "basis"): ("x", "--reason", "x"),
    ("outcome", "seal"): ("x", "--campaign", "x", "--agency", "x", "--reason", "x"),
    ("outcome", "unseal"): ("x", "--campaign", "x", "--agency", "x", "--reason", "x"),
    ("results", "freeze"): ("x", "--reason", "x", "--campaign", "nobody-at-all"),
    ("results", "release"): ("x",),
    ("evaluate",): ("--truth", "nowhere"),
    ("evidence", "label"): ("E-1", "--reason", "x", "--handling", "H1"),
    ("evidence", "withdraw"): ("E-1", "--reason", "x"),
    ("custody", "acquired"): ("E-1", "--source", "x", "--tool", "x", "--tool-version", "x", "--by", "x"),
    ("custody", "clock"): ("E-1", "+00:00", "--basis", "x"),
    ("custody", "draft"): (
        "E-1",
        "--giver",
        "x",
        "--receiver",
        "x",
        "--place",
        "x",
        "--reason",
        "x",
        "--to",
        "nowhere",
    ),
    ("custody", "show"): ("E-1",),
    ("retention", "hold"): ("--exhibit", "E-1", "--owner", "x", "--reason", "x", "--review-on", "2027-01-01"),
    ("retention", "lift"): ("H-1", "--reason", "x"),
    ("retention", "erase-rows"): ("E-0a1b2c3d4e5f|a.csv|rows|1|0|9", "--reason", "order"),
    ("retention", "erase"): ("--market", "x", "--account", "nobody-at-all", "--reason", "order"),
    ("retention", "destroy"): ("E-1", "--reason", "x"),
    ("retention", "correct"): ("E-1", "--table", "sale", "--offset", "1", "--set", "state=x", "--reason", "x"),
    ("categorise", "limit"): ("--authority", "R", "--reason", "x"),
    ("sequester", "rule"): ("R", "--reason", "x"),
    ("sequester", "row"): ("E-1", "1", "--reason", "x"),
    ("sequester", "review"): ("E-1", "1"),
    ("sequester", "release"): ("E-1", "1", "--reason", "x"),
    ("protected", "show"): ("delivery", "--where", "sale_server_id=x", "--purpose", "x"),
    ("covert", "add"): ("source", "--market", "x", "--account", "x"),
    ("job", "stop"): ("j",),
    ("staff", "appoint"): ("x",),
    ("log", "accept"): ("note", "--witness", "key"),
    ("log", "stamp"): ("--service", "http://localhost", "--root", "x"),
}


@pytest.mark.parametrize("path", NEEDS_OPERATION, ids=" ".join)
def test_a_place_that_is_no_operation_is_said_by_every_command(path: tuple[str, ...], tmp_path: Path, run: Run) -> None:
    code, out, err = run(*path, tmp_path / "nowhere", *(ARGUMENTS | _DOES_NOTHING).get(path, ()))
    if path == ("operator", "review"):
        assert (code, out) == (64, "")  # it asks for a terminal first
        return
    assert (code, out) == (66, "")
    assert "crossbearing new" in err or path == ("evaluate",)
    assert not (tmp_path / "nowhere").exists()


# These take a name that nobody knows yet.
_TAKES_NEW_NAMES = {
    ("authority", "add"), ("protected", "show"), ("sequester", "rule"), ("covert", "add"), ("staff", "appoint"),
    ("partner", "add"), ("outcome", "basis"), ("outcome", "seal"),
}  # fmt: skip


@pytest.mark.parametrize(
    "path", [p for p in NEEDS_OPERATION if p in ARGUMENTS and p not in _TAKES_NEW_NAMES], ids=" ".join
)
def test_a_thing_that_is_not_there_is_said_with_the_next_move(path: tuple[str, ...], story: Path, run: Run) -> None:
    code, _, err = run(*path, story, *ARGUMENTS[path])
    assert code in {64, 65, 66, 77}
    assert re.fullmatch(r"error .+\nwhere .+\nnext +.+\n", err)


def test_a_command_before_its_time_says_what_to_run_first(local_operation: Path, run: Run) -> None:
    for command in (("operator", "list"), ("operator", "groups"), ("package", "build"), ("results", "show")):
        code, _, err = run(*command, local_operation)
        assert code == 66
        assert "crossbearing run" in err


@pytest.mark.parametrize(
    "words", [("frobnicate",), ("evidence", "add"), ("status", "a", "b", "c"), ("run", ".", "--threads", "x")]
)
def test_words_that_make_no_command_are_said_in_the_same_three_lines(words: tuple[str, ...], run: Run) -> None:
    code, out, err = run(*words)
    assert (code, out) == (64, "")
    assert [line.split()[0] for line in err.splitlines()] == ["error", "where", "next"]


def test_errors_speak_json_too(tmp_path: Path, run: Run) -> None:
    code, out, err = run("status", tmp_path / "nowhere", "--json")
    assert (code, out) == (66, "")
    assert json.loads(err).keys() == {"error", "problem", "where", "next"}


def test_seized_text_cannot_steer_the_terminal(local_operation: Path, tmp_path: Path, run: Run) -> None:
    hostile = "\x1b[31mred\x1b[0m\u202e[bold]x[/bold]\x07"
    path = tmp_path / "given"
    path.write_text(
        GOOD.decode().replace("amberquay", hostile) + GOOD.decode().splitlines()[1] + "\n", encoding="utf-8"
    )
    run("evidence", "add", local_operation, path, "--market", hostile, "--authority", REF)
    for command in (("evidence", "list"), ("run",), ("operator", "list"), ("package", "build"), ("package", "show")):
        _, out, err = run(*command, local_operation, *(["NL-001"] if command == ("package", "show") else []))
        assert "\x1b" not in out + err
        assert "\u202e" not in out + err
        assert "\x07" not in out + err
    _, out, _ = run("package", "show", local_operation, "NL-001")
    assert "[bold]x" in out


def test_a_next_move_is_printed_word_for_word(capsys: pytest.CaptureFixture[str]) -> None:
    move = "crossbearing run 'case [4]/[bold]x', then crossbearing results diff [a release] [/dim]"
    next_move(move)
    assert capsys.readouterr().out == f"next  {move}\n"


@pytest.mark.parametrize("path", sorted(Path(output.__file__).parent.glob("*.py")), ids=lambda path: path.stem)
def test_no_command_loses_its_words_in_square_brackets(path: Path) -> None:
    """A next move is never escaped twice, and what stands in brackets in other lines is a style and nothing else."""
    styles = re.compile(r"\[/?(bold|dim|red|yellow|green|bold red)\]")
    for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        inner = list(ast.walk(call))
        if call.func.id == "next_move":
            assert not {one.id for one in inner if isinstance(one, ast.Name)} & {"hostile", "escape", "shown_path"}
        elif call.func.id in {"say", "table"}:
            texts = [one.value for one in inner if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            assert not [text for text in texts if "[" in styles.sub("", text)], f"line {call.lineno}"


def test_a_script_in_an_advert_stays_text(local_operation: Path, tmp_path: Path, run: Run) -> None:
    path = tmp_path / "given"
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    path.write_bytes(GOOD.replace(b"Haze", attack.encode()).replace(b"amberquay", b"<b>amber</b>"))
    run("evidence", "add", local_operation, path, "--market", "<i>M</i>", "--authority", REF)
    run("run", local_operation)
    assert run("package", "build", local_operation)[0] == 0
    page = (local_operation / "packages" / "NL-001" / "package.html").read_text(encoding="utf-8")
    for tag in ("<script", "<img", "<b>", "<i>"):
        assert tag not in page
    assert "&lt;script&gt;" in page


def test_a_review_in_a_terminal_judges_and_undoes(story: Path, tmp_path: Path, run: Run, monkeypatch) -> None:
    from crossbearing.interfaces.cli import operator as noun

    folder = shutil.copytree(story, tmp_path / "copy")
    # Same, different, back to the second, no reason given, same, stop at the third.
    answers = iter(["s", "same key on both", "d", "different words", "z", "u", " ", "s", "on reflection", "q"])
    monkeypatch.setattr(noun.Prompt, "ask", lambda *_, **__: next(answers))
    monkeypatch.setattr(noun.out, "_force_terminal", True)
    code, _, _ = run("operator", "review", folder)
    assert code == 0
    verdicts = [pair["verdict"] for pair in list_pairs(folder, fixed_context(), PairKind.ACCOUNT, tier="proposal")]
    assert verdicts[:2] == ["same", "same"]
    assert set(verdicts[2:]) == {None}
    _, out, _ = run("log", "show", folder, "--last", "6", "--json")
    given = [entry["payload"].get("verdict") for entry in json.loads(out) if entry["kind"] == "pair_judged"]
    assert given == ["same", "different", "withdrawn", "same"]


def test_groups_are_printed_with_what_people_said_and_all_of_them_if_asked(
    story: Path, tmp_path: Path, run: Run
) -> None:
    folder = shutil.copytree(story, tmp_path / "copy")
    found = json.loads(run("operator", "groups", folder, "--json")[1])
    pairs = [bond["pair_id"] for bond in next(one for one in found["groups"] if len(one["accounts"]) == 3)["bonds"]]
    for pair, verdict in zip(pairs, ("same", "same", "different"), strict=True):
        run("operator", "judge", folder, pair, verdict, "--reason", "seen")
    _, out, _ = run("operator", "groups", folder, "--most", "1")
    assert out.startswith(f"conflict  {pairs[2]}  ")
    assert all(f"  {pair}  " in out for pair in pairs)
    assert "judged different by tester; but these join them" in out
    assert f"… {found['count'] - 1} further groups; --most 0 shows all" in out
    _, out, _ = run("operator", "groups", folder, "--most", "0")
    assert out.count("proposed, ") == len(json.loads(run("operator", "groups", folder, "--json")[1])["groups"])
    assert run("operator", "groups", folder, "--market", "nowhere")[1].startswith("conflict")


def test_no_colour_where_none_is_wanted(story: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    for command in (("status",), ("results", "show"), ("operator", "list")):
        _, out, _ = run(*command, story)
        assert "\x1b" not in out
