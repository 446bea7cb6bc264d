"""Commands on readers: list, try, propose."""

from collections import Counter
from pathlib import Path
from typing import Final

from cyclopts import App

from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, hostile, next_move, say, table
from crossbearing.presentation.text import number
from crossbearing.workflows.propose_profile import Proposed, propose_profile
from crossbearing.workflows.try_profile import Fit, require_fit, try_profile
from crossbearing.workflows.try_readers import Trial, list_readers, try_reader

_SHOWN_MEMBERS: Final = 100  # of an archive, on a terminal

readers = App(name="readers", help="What kinds of file can be read.")
app.command(readers)


@readers.command(name="list")
def list_(*, shared: Shared = DEFAULTS) -> None:
    """List readers and the profiles that come with the package."""
    found = list_readers()
    if shared.json:
        as_json(found)
        return
    table(("name", "version", "reads", "through"), [(k.name, k.version, k.title, k.reader) for k in found])


@readers.command(name="try")
def try_(path: Path, *, profile: Path | None = None, shared: Shared = DEFAULTS) -> None:
    """Say what a file is and show its first rows; nothing is added anywhere.

    Of an archive, the files within are listed with what each is. With --profile, say how that profile fits: what it
    maps, what is left over, and what the first 10,000 rows become. It fails if the profile does not fit.

    Parameters
    ----------
    path
        A file.
    profile
        A profile that need not be installed, as a TOML file.

    """
    if profile is not None:
        fit = try_profile(path, profile)
        as_json(fit) if shared.json else _print_fit(fit)
        require_fit(fit, path)
        return
    trial = try_reader(path)
    if shared.json:
        as_json(trial)
        return
    if trial.looks_like:
        say(f"looks like {trial.looks_like}")
    if trial.problem:
        say(f"problem {hostile(trial.problem, 300)}")
    _print_members(trial)
    if trial.reader:
        of = f"{hostile(trial.part, 200)}: " if trial.members else ""
        say(f"{of}reader {trial.reader}; profile {trial.profile or 'none fits: its tables are not known'}")
    for name, columns in trial.tables.items():
        say(f"table {hostile(name)}: {hostile(', '.join(columns), 300)}")
    for row in trial.first_rows:
        say("  " + hostile(" | ".join(row), 400))


@readers.command
def propose(path: Path, *, out: Path | None = None, anyway: bool = False, shared: Shared = DEFAULTS) -> None:
    """Propose a profile for a file that none fits, from the names and contents of its tables; a person corrects it.

    Of an archive, for the first file within that no profile fits. The file is read once, whole; 500 rows of each table
    are looked at. Without --out the proposal is printed. Nothing is added anywhere.

    Parameters
    ----------
    path
        A file.
    out
        Where to write the proposal, as a TOML file; it must not exist yet.
    anyway
        Propose even if a profile fits already.

    """
    result = propose_profile(path, out=out, anyway=anyway)
    as_json(result) if shared.json else _print_proposed(result, path)


def _print_proposed(result: Proposed, path: Path) -> None:
    proposal, out = result.proposal, result.out
    if proposal is None:
        say(f"the profile {result.fits} fits already; --anyway proposes all the same")
        return
    if out is None:
        print(proposal.text, end="")
        return
    mapped = Counter(line.table for line in proposal.columns if line.is_mapped)
    asked = Counter(line.table for line in proposal.columns if not line.is_mapped)
    table(
        ("table", "taken for", "columns mapped", "in comments"),
        [(hostile(name), one.kind, number(mapped[name]), number(asked[name])) for name, one in proposal.kinds.items()],
        right={"columns mapped", "in comments"},
    )
    for name, columns in proposal.left_out.items():
        say(f"left out: table {hostile(name)}: {hostile(', '.join(columns), 300)}")
    say(f"rows read {number(proposal.rows)}; proposal written to {hostile(str(out), 200)}")
    if not proposal.is_usable:
        say("nothing in it is sure: it is no profile until a table is taken out of the comments")
    trial = f"crossbearing readers try {hostile(str(path), 200)} --profile {hostile(str(out), 200)}"
    next_move(f"read and correct it, then: {trial}")


def _print_members(trial: Trial) -> None:
    """The files of an archive; of very many only the first."""
    table(
        ("file", "bytes", "looks like", "reader", "profile", "problem"),
        [
            (
                hostile(one.part, 200),
                number(one.size_bytes),
                one.looks_like,
                one.reader,
                one.profile,
                hostile(one.problem, 200),
            )
            for one in trial.members[:_SHOWN_MEMBERS]
        ],
        right={"bytes"},
    )
    if len(trial.members) > _SHOWN_MEMBERS:
        say(f"and {number(len(trial.members) - _SHOWN_MEMBERS)} more; --json lists all")


def _print_fit(fit: Fit) -> None:
    say(f"reader {fit.reader}; profile {hostile(fit.profile)}; file {hostile(fit.part, 200)}")
    table(
        ("table", "columns", "record", "record column"),
        [
            (hostile(one.table), hostile(", ".join(one.columns), 80), one.record, one.record_column)
            for one in fit.mapped
        ],
    )
    for name, columns in fit.columns_left.items():
        say(f"left over in table {hostile(name)}: {hostile(', '.join(columns), 300)}")
    for name, columns in fit.tables_left.items():
        say(f"left over: table {hostile(name)}: {hostile(', '.join(columns), 300)}")
    say(f"rows read {number(fit.rows_in)}, became records {number(fit.rows_out)}")
    for name, count in fit.records.items():
        say(f"  {name}: {number(count)}")
    for reason, count in fit.refused.items():
        say(f"  refused {number(count)}: {hostile(reason, 200)}")
    for problem in fit.does_not_fit:
        say(f"does not fit: {hostile(problem, 300)}")
