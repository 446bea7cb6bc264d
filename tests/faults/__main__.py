"""Run one driver: ``python -m faults '{"driver": "kills", "folder": "/tmp/x", "count": 20, "seed": 1}'``."""

import importlib
import io
import json
import sys
from pathlib import Path

from crossbearing.intake.readers.mysqldump import Mysqldump
from crossbearing.registry import STEPS
from crossbearing.store.steps import in_order, software
from faults.harness import require_alone
from faults.scenario import dump


def main() -> None:
    """Give the driver what is wanted, and write its report as one line of JSON."""
    wanted = json.loads(sys.argv[1])
    driver = importlib.import_module(f"faults.{wanted.pop('driver')}")
    folder = Path(wanted.pop("folder"))
    folder.mkdir(parents=True, exist_ok=True)
    software()  # known to all children from here on, although somebody may be editing the source meanwhile
    # Each child would take a second to parse the steps' SQL and to load the compiled code of the reader.
    in_order(STEPS)
    list(Mysqldump().read(io.BytesIO(dump().encode()), "utf-8"))
    require_alone()
    sys.stdout.write(json.dumps(driver.main(folder, **wanted)) + "\n")


main()
