"""What is done while faults happen: small evidence, acts on it, what must stand afterwards, the picture of it."""

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from conftest import REF, REPORT, fixed_context, made_operation
from crossbearing.domain.act import ActKind
from crossbearing.domain.exhibit import Exhibit
from crossbearing.domain.judgement import PairKind, Verdict
from crossbearing.domain.progress import Silent
from crossbearing.registry import STEPS
from crossbearing.store.derived import DERIVED, read_pointer
from crossbearing.store.durable import TEMPORARY
from crossbearing.store.keyring import KEYS_VARIABLE
from crossbearing.store.operation import Operation, open_operation
from crossbearing.store.register import register
from crossbearing.workflows.add_evidence import Submission, add_evidence
from crossbearing.workflows.bring_up_to_date import bring_up_to_date
from crossbearing.workflows.judge_pairs import judge, list_pairs
from crossbearing.workflows.show_log import verify_log

ERASED = "quietbuyer"
ERASED_ID = "b-1"

_DEFINITIONS = {
    "users": "`id` char(36),`username` varchar(190),`last_seen` datetime,`pgp_key` text,`created_at` timestamp NULL",
    "vendors": "`id` char(36),`vendor_level` int,`about` text",
    "products": "`id` char(36),`name` varchar(100),`description` text,`category_id` char(36),`user_id` char(36),"
    "`updated_at` timestamp NULL",
    "offers": "`id` char(36),`product_id` char(36),`price` decimal(16,2)",
    "purchases": "`id` char(36),`offer_id` char(36),`buyer_id` char(36),`vendor_id` char(36),`quantity` int,"
    "`address` text,`to_pay` decimal(24,12),`state` varchar(20),`coin_name` varchar(10),`created_at` timestamp NULL",
    "messages": "`id` char(36),`sender_id` char(36),`receiver_id` char(36),`content` text,`created_at` timestamp NULL",
}
_ROWS: Mapping[str, Sequence[Sequence[str | int]]] = {
    "users": [
        ("s-1", "northwind", "2021-03-01 10:00:00", "", "2020-10-01 10:00:00"),
        ("s-2", "glassbead", "2021-03-02 10:00:00", "", "2020-10-02 10:00:00"),
        ("b-1", ERASED, "2021-03-03 10:00:00", "", "2020-10-03 10:00:00"),
        ("b-2", "otherbuyer", "2021-03-04 10:00:00", "", "2020-10-04 10:00:00"),
    ],
    "vendors": [("s-1", 3, "ships from NL"), ("s-2", 2, "ships from DE")],
    "products": [
        ("p-1", "MDMA 5 g", "crystals", "", "s-1", "2021-01-01 00:00:00"),
        ("p-2", "Cannabis 10 g", "dried", "", "s-2", "2021-01-02 00:00:00"),
    ],
    "offers": [("o-1", "p-1", "60.00"), ("o-2", "p-2", "80.00")],
    "purchases": [
        ("q-1", "o-1", "b-1", "s-1", 1, "Q. Buyer, Lane 1", "0.0012", "delivered", "btc", "2021-02-01 12:00:00"),
        ("q-2", "o-1", "b-2", "s-1", 2, "O. Buyer, Lane 2", "0.0024", "delivered", "btc", "2021-02-02 12:00:00"),
        ("q-3", "o-2", "b-1", "s-2", 1, "Q. Buyer, Lane 1", "0.0016", "sent", "btc", "2021-02-03 12:00:00"),
    ],
    "messages": [
        ("m-1", "b-1", "s-1", "is this still available?", "2021-02-01 11:00:00"),
        ("m-2", "s-1", "b-2", "sent today", "2021-02-02 13:00:00"),
    ],
}
_LISTINGS = (
    "captured_on,listing_id,seller,title,description,category,price,currency,ships_from,ships_to,seller_key\n"
    "2021-04-01,1,Northwind,MDMA 5 g,crystals,Drugs,61,USD,Netherlands,EU,\n"
    "2021-04-01,2,Glassbead,Cannabis 10 g,dried,Drugs,79,USD,Germany,EU,\n"
)
_PRICES = "Date,BTC_USD,BTC_EUR\n2021-02-01,50000,41000\n2021-02-02,50500,41500\n2021-02-03,51000,42000\n"
_EVENT = "Nightjar,{ref},event,seizure,2021-05-0{day},2021-05-09,NL,NL,{agency},mdma,,5,kg,exact,,\n"


@dataclass(frozen=True)
class Act:
    """One thing a person does: a command that is repeated whole if it did not come back."""

    name: str
    do: Callable[[Path], object]


@dataclass
class Bench:
    """Where faults are made: evidence that is only read, and copies of an operation with its keys.

    Attributes:
        ready: Folder that holds the operation from which each trial starts, with its keys.
        exhibits: Ids of the exhibits, by the act that adds them.
    """

    home: Path
    ready: Path = field(init=False)

    def __post_init__(self) -> None:
        """Write the evidence."""
        self.ready = self.home / "ready"
        evidence = self.home / "evidence"
        evidence.mkdir(parents=True)
        (evidence / "kestrel.sql").write_text(dump(), encoding="utf-8")
        (evidence / "plover.csv").write_text(_LISTINGS, encoding="utf-8")
        (evidence / "prices.csv").write_text(_PRICES, encoding="utf-8")
        for number, agency in enumerate(("NL-P", "DE-P"), start=1):
            report = REPORT + _EVENT.format(ref=f"R{number}", day=number, agency=agency)
            (evidence / f"report-{number}.csv").write_text(report, encoding="utf-8")
        self.exhibit_of = {
            path.name: f"E-{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}" for path in evidence.iterdir()
        }

    def copied(self, name: str) -> Path:
        """A fresh copy of the operation and its keys, for one trial."""
        target = self.home / name
        shutil.copytree(self.ready, target)
        return target

    def add(self, name: str, market: str = "") -> Act:
        """Add one exhibit."""
        return Act(f"add {name}", partial(_add, self.home / "evidence" / name, market))

    def everything(self) -> list[Act]:
        """The whole scenario, from an empty operation."""
        return [
            self.add("kestrel.sql", "Kestrel"),
            self.add("plover.csv", "Plover"),
            self.add("prices.csv"),
            self.add("report-1.csv"),
            Act("run 1", _run),
            Act("judge account 0", partial(_judge, PairKind.ACCOUNT, 0)),
            Act("judge account 1", partial(_judge, PairKind.ACCOUNT, 1)),
            Act("run 2", _run),
        ]

    def small(self) -> list[Act]:
        """One exhibit, one run of a few steps, one judgement: on top of everything."""
        return [
            self.add("report-2.csv"),
            Act("run 3", _run),
            Act("judge outcome 0", partial(_judge, PairKind.OUTCOME, 0)),
        ]


def use_keys(trial: Path) -> Path:
    """Let this process use a trial's keys; gives its operation folder."""
    os.environ[KEYS_VARIABLE] = str(trial / "keys")
    return trial / "operation"


def make_empty(trial: Path) -> None:
    """Make an operation with an authorisation and nothing else."""
    made_operation(use_keys(trial))


def do_all(trial: Path, acts: Iterable[Act], say: Callable[[str], None] = lambda _: None) -> None:
    """Do the acts one after another, saying each that has returned."""
    operation = use_keys(trial)
    for act in acts:
        act.do(operation)
        say(act.name)


def standing(trial: Path, acknowledged: Iterable[str], exhibit_of: Mapping[str, str]) -> list[str]:
    """What is wrong after a fault: something acknowledged is not there, or something is doubled or damaged."""
    folder = use_keys(trial)
    wrong = [f"log: {finding}" for finding in verify_log(folder, fixed_context()).findings]
    with open_operation(folder, fixed_context()) as operation:
        entries = operation.ledger.entries()
        if [entry.position for entry in entries] != list(range(len(entries))):
            wrong.append("positions are not gapless")
        once = (ActKind.EXHIBIT_ADDED, ActKind.PAIR_JUDGED, ActKind.AUTHORITY_GRANTED, ActKind.OPERATOR_MINTED)
        counted = Counter((entry.kind, entry.subject) for entry in entries if entry.kind in once)
        wrong += [
            f"{kind} {subject} stands {number} times" for (kind, subject), number in counted.items() if number > 1
        ]
        exhibits = register(operation.ledger).standing
        wrong += [problem for one in exhibits.values() for problem in damaged(operation, one)]
        judged = {entry.payload["reason"] for entry in entries if entry.kind is ActKind.PAIR_JUDGED}
        for name in acknowledged:
            what, _, which = name.partition(" ")
            if what == "add" and exhibit_of[which] not in exhibits:
                wrong.append(f"{which} was acknowledged and is not there")
            if what == "judge" and which not in judged:
                wrong.append(f"the judgement {which} was acknowledged and is not there")
            if what == "run" and (gone := [s.table for s in STEPS if read_pointer(folder, s.table) is None]):
                wrong.append(f"a run was acknowledged and {gone} are not there")
    return wrong


def damaged(operation: Operation, exhibit: Exhibit) -> list[str]:
    """What an exhibit that stands has lost."""
    wrong = [
        f"an original of {exhibit.exhibit_id} is not whole"
        for sha256 in {exhibit.sha256, *(part.sha256 for part in exhibit.parts)}
        if not operation.originals.is_whole(sha256)
    ]
    for file in exhibit.files:
        path = operation.folder / file.path
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != file.sha256:
            wrong.append(f"{file.path} is not whole")
    return wrong


def spoil_leftovers(trial: Path) -> int:
    """Make whatever was left half written unreadable: if something reads it, it shows."""
    found = 0
    for path in (trial / "operation").rglob("*"):
        if path.is_file() and any(part.startswith(TEMPORARY) for part in path.relative_to(trial).parts):
            path.write_bytes(b"left over by a crash; nothing may read this")
            found += 1
    return found


def picture(trial: Path) -> dict[str, Any]:
    """Everything that must be the same whatever happened on the way.

    Sealed files are other bytes each time, so their rows stand here; of everything else the bytes' hashes.
    """
    folder = use_keys(trial)
    with open_operation(folder, fixed_context()) as operation:
        exhibits = register(operation.ledger).standing
        entries = operation.ledger.entries()
        return {
            "exhibits": {name: _stated(one) for name, one in sorted(exhibits.items())},
            "damaged": [problem for one in exhibits.values() for problem in damaged(operation, one)],
            "plain": {f.path: f.sha256 for one in exhibits.values() for f in one.files if not f.protection},
            "sealed": {
                f"{one.exhibit_id} {file.table} {file.protection}": str(operation.vault.read(file).to_pylist())
                for one in exhibits.values()
                for file in one.files
                if file.protection
            },
            "judged": [
                (entry.subject, entry.payload["verdict"], entry.payload["reason"])
                for entry in entries
                if entry.kind is ActKind.PAIR_JUDGED
            ],
            "minted": [entry.subject for entry in entries if entry.kind is ActKind.OPERATOR_MINTED],
            "derived": {
                path.name: hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted((folder / DERIVED).iterdir())
                if not path.name.startswith(".")
            },
        }


def differences(found: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """In which parts two pictures are not the same, and how."""
    wrong = []
    for part, wanted in expected.items():
        is_, was = _items(found[part]), _items(wanted)
        more, less = sorted(is_ - was), sorted(was - is_)
        if found[part] != wanted:
            wrong.append(f"{part} is not as in an undisturbed run: {more or 'nothing'} instead of {less or 'nothing'}")
    return wrong


def _items(part: Any) -> set[str]:
    return set(map(str, part.items() if isinstance(part, Mapping) else part))


def _stated(exhibit: Exhibit) -> list[Any]:
    parts = [(part.part, part.sha256, part.rows_in, part.rows_out, part.rows_refused) for part in exhibit.parts]
    files = [(file.table, file.protection, file.rows) for file in exhibit.files]
    return [exhibit.name, exhibit.sha256, exhibit.market, exhibit.label.owners == {"Court"}, parts, files]


def dump() -> str:
    """The dump of the market."""
    lines = ["-- MySQL dump 10.13\n"]
    for table, definition in _DEFINITIONS.items():
        lines.append(
            f"CREATE TABLE `{table}` (\n  {definition.replace(',`', ',' + chr(10) + '  `')}\n) ENGINE=InnoDB;\n"
        )
        rows = ",".join("(" + ",".join(f"'{value}'" for value in row) + ")" for row in _ROWS[table])
        lines.append(f"INSERT INTO `{table}` VALUES {rows};\n")
    return "".join([*lines, "-- Dump completed on 2021-12-28\n"])


def _add(path: Path, market: str, folder: Path) -> None:
    add_evidence(folder, fixed_context(), [Submission(path=path, authority=REF, market=market)], Silent())


def _run(folder: Path) -> None:
    bring_up_to_date(folder, fixed_context(), Silent(), threads=1)


def _judge(kind: PairKind, number: int, folder: Path) -> None:
    """Judge a pair, unless the list shows that it is judged: so does a person whose command did not come back."""
    pair = sorted(list_pairs(folder, fixed_context(), kind), key=lambda one: one["pair_id"])[number]
    if pair["verdict"] is None:
        judge(folder, fixed_context(), kind, pair["pair_id"], Verdict.SAME, reason=f"{kind} {number}")
