"""Real key blocks: how many are named, why the others are not, and what other implementations say of each.

Only counts leave this module. The others read the block as it stands, with their own armour parsers, which give up on
damage that is repaired here; Sequoia also reads every key as it was repaired.
"""

import base64
import csv
import gzip
import hashlib
import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pysequoia

from crossbearing.domain.openpgp import Flaw, KeyState, read_keys
from crossbearing.domain.openpgp_packets import packets_in
from crossbearing.domain.progress import Progress
from crossbearing.intake.signatures import SelfSignature, self_signature

AGREES, DISAGREES, SILENT, ALONE = "agrees", "names another", "names none", "names one that is refused here"


@dataclass(slots=True)
class KeyAccount:
    """What became of the blocks.

    Attributes:
        states: Of those with a fingerprint.
        flaws: Why the others have none.
        oracles: For each other implementation, how many fingerprints agree, differ, or are missing on either side.
    """

    blocks: int = 0
    states: Counter[KeyState] = field(default_factory=Counter)
    flaws: Counter[Flaw] = field(default_factory=Counter)
    oracles: dict[str, Counter[str]] = field(default_factory=dict)

    @property
    def named(self) -> int:
        """Blocks with a fingerprint."""
        return self.states.total()


def key_account(path: Path, progress: Progress) -> KeyAccount:
    """Read every block of the set.

    Args:
        path: CSV with the columns block, and fp, which a simple parser of the set's own wrote.
        progress: Is told of each block.
    """
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    made = KeyAccount()
    with tempfile.TemporaryDirectory() as home, progress.stage("reading key blocks", len(rows)) as advance:
        others: dict[str, Callable[[str], str]] = {"Sequoia": _by_sequoia, "lines of base64, hashlib": _by_lines}
        if program := shutil.which("gpg"):
            others["GnuPG"] = lambda block: _by_gnupg(program, home, block)
        for row in rows:
            (one,) = read_keys(row["block"])
            made.blocks += 1
            if one.fingerprint:
                is_verified = self_signature(one.packets) is SelfSignature.VALID
                made.states[KeyState.VERIFIED if is_verified else one.state] += 1
            else:
                made.flaws[one.flaw] += 1
            said = {name: ask(row["block"]) for name, ask in others.items()}
            said["Sequoia, the key packet as repaired"] = _repaired_by_sequoia(one.packets) if one.fingerprint else ""
            said["the set's own simple parser"] = row["fp"].upper()
            for name, fingerprint in said.items():
                made.oracles.setdefault(name, Counter())[_verdict(one.fingerprint, fingerprint)] += 1
            advance(1)
    return made


def _verdict(ours: str, theirs: str) -> str:
    if ours and theirs:
        return AGREES if ours == theirs else DISAGREES
    return ALONE if theirs else SILENT


def _by_sequoia(block: str) -> str:
    try:
        return pysequoia.Cert.from_bytes(block.encode()).fingerprint.upper()
    except Exception:  # noqa: BLE001 - its errors have no common type
        return ""


def _repaired_by_sequoia(packets: bytes) -> str:
    key = next(packets_in(packets)).body
    framed = b"\xc6\xff" + len(key).to_bytes(4, "big") + key
    return pysequoia.Cert.from_bytes(framed).fingerprint.upper()


def _by_gnupg(program: str, home: str, block: str) -> str:
    call = [program, "--batch", "--no-options", "--homedir", home, "--show-keys", "--with-colons"]
    done = subprocess.run(call, input=block.encode(), capture_output=True, check=False, timeout=60)
    found = re.search(rb"^fpr:+([0-9A-F]{40}):", done.stdout, re.MULTILINE)
    return found[1].decode() if found else ""


def _by_lines(block: str) -> str:
    """The shortest parser that can be right: whole lines of base64, one old-format packet of version 4, SHA-1."""
    lines = re.findall(r"^[A-Za-z0-9+/]{4,76}={0,2}$", block.replace("\r", ""), re.MULTILINE)
    text = "".join(lines).rstrip("=")
    whole = base64.b64decode(text + "=" * (-len(text) % 4)) if len(text) % 4 != 1 else b""
    sizes = {b"\x98": 1, b"\x99": 2}.get(whole[:1], 0)
    body = whole[1 + sizes :][: int.from_bytes(whole[1 : 1 + sizes], "big")]
    is_whole = sizes and len(body) == int.from_bytes(whole[1 : 1 + sizes], "big") and body[:1] == b"\x04"
    framed = b"\x99" + len(body).to_bytes(2, "big") + body
    return hashlib.sha1(framed, usedforsecurity=False).hexdigest().upper() if is_whole else ""
