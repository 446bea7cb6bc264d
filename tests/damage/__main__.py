"""The long form: ``python -m damage [--only READER] [--files N] [--first NUMBER] [--file NUMBER]``, a line for each."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from crossbearing.domain.progress import Silent
from crossbearing.workflows.simulate_operation import simulate_operation
from damage.trials import count_wanted, names, trial


def main() -> int:
    """0 if nothing was wrong."""
    parser = argparse.ArgumentParser(prog="damage")
    parser.add_argument("--only", default="", choices=["", *names()], help="one of them")
    parser.add_argument("--files", type=int, default=count_wanted(), help="how many to break for each")
    parser.add_argument("--first", type=int, default=0, help="number of the first of them")
    parser.add_argument("--file", type=int, help="only the one of this number")
    wanted = parser.parse_args()
    is_wrong, files = False, 0
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        simulated = Path(folder) / "simulated"
        simulate_operation(simulated, Silent(), size="tiny", seed=9)
        for name in [wanted.only] if wanted.only else names():
            numbers = range(wanted.first, wanted.first + wanted.files) if wanted.file is None else [wanted.file]
            account = trial(name, simulated, numbers)
            files += account.files
            sys.stdout.write(f"{name:<11} {account}\n" + "".join(f"  {one}\n" for one in account.wrong[:20]))
            sys.stdout.flush()
            is_wrong = is_wrong or bool(account.wrong)
    sys.stdout.write(f"{files:,} broken files; {'SOMETHING IS WRONG' if is_wrong else 'nothing wrong'}\n")
    return int(is_wrong)


sys.exit(main())
