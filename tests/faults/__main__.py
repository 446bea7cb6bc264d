"""Run one driver: ``python -m faults '{"driver": "kills", "folder": "/tmp/x", "count": 20, "seed": 1}'``."""

import importlib
import json
import sys
from pathlib import Path

from crossbearing.store.steps import software
from faults.harness import require_alone


def main() -> None:
    """Give the driver what is wanted, and write its report as one line of JSON."""
    wanted = json.loads(sys.argv[1])
    driver = importlib.import_module(f"faults.{wanted.pop('driver')}")
    folder = Path(wanted.pop("folder"))
    folder.mkdir(parents=True, exist_ok=True)
    software()  # known to all children from here on, although somebody may be editing the source meanwhile
    require_alone()
    sys.stdout.write(json.dumps(driver.main(folder, **wanted)) + "\n")


main()
