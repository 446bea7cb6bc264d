"""A workbench that runs for a test, and a browser's requests to it."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from conftest import fixed_context
from crossbearing.interfaces.web.app import workbench
from crossbearing.interfaces.web.security import Guard, Session
from crossbearing.interfaces.web.server import address_of, listening, server_of

PERSON = "A. Reviewer"
# As a browser sends a form of a page that tells nobody where it stands.
OWN = {"sec-fetch-site": "same-origin", "origin": "null"}


@dataclass(frozen=True)
class Served:
    """A workbench that runs, and a browser's requests to it."""

    client: httpx.Client
    session: Session
    entrance: str
    folder: Path
    guard: Guard

    def post(self, path: str, **fields: object) -> httpx.Response:
        return self.client.post(path, data={"token": self.session.form, **fields}, headers=OWN)

    def waiting(self, query: str = "") -> str:
        return pair_on(self.client.get("/" + query).text)


@contextmanager
def served(folder: Path, person: str = PERSON) -> Iterator[Served]:
    session = Session()
    with listening(0) as taken:
        entrance = address_of(taken, session)
        guard = workbench(folder, fixed_context(person), session, taken.getsockname()[1])
        server = server_of(guard)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            base = entrance.partition("/open")[0]
            with httpx.Client(base_url=base, timeout=60, trust_env=False) as client:
                yield Served(client, session, entrance, folder, guard)
        finally:
            server.should_exit = True
            thread.join()


def pair_on(page: str) -> str:
    found = re.search(r"<title>(P-[0-9a-f]{10}) ", page)
    assert found, page[:300]
    return found[1]
