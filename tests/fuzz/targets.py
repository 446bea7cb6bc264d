"""What is fuzzed: a function from bytes for each target, and the inputs that it begins with."""

import io
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial

import pyarrow as pa

from crossbearing.domain.errors import CrossbearingError
from crossbearing.domain.exhibit import Gap
from crossbearing.domain.openpgp import armoured, fingerprint, read_keys
from crossbearing.domain.openpgp_packets import whole_packets
from crossbearing.domain.scan import scan
from crossbearing.intake import title_readings
from crossbearing.intake.containers.archives import unpacked
from crossbearing.intake.kinds import kind_of
from crossbearing.intake.pages.http_answer import parse_answer
from crossbearing.intake.pages.markup import document
from crossbearing.intake.pages.page_words import WORDS, PageCell, taken
from crossbearing.intake.reader import Reader
from crossbearing.intake.readers import BUILT_IN
from crossbearing.intake.signatures import self_signature
from crossbearing.intake.sources import Source, open_part
from damage.account import found_by, places_wrong
from damage.containers import archives, compressed, few
from damage.seeds import rows, small
from made_identifiers import base58check, ethereum, monero, onion, segwit

# Bytes of an input. A run takes time with its length, and rows that are like those before reach nothing new: this is
# room for a small file of the kind (``damage.seeds.small``) and for as much again of what fuzzing adds, up to 1 KiB.
_LARGEST = {
    "titles": 256, "scan": 512, "reader-mysqldump": 4_096, "reader-sqlite": 4_096, "reader-warc": 3_072,
    "reader-mail": 3_072, "reader-workbook": 7_168, "containers": 4_096,
}  # fmt: skip
_LARGEST_OTHERWISE = 2_048
_TITLES = (
    "10g MDMA 84% champagne", "1/4 oz (7g) 🍁 Northern Lights", "100 x 250mg XTC pills", "2-3.5 g coke", "½ lb",
    "Buy 5 get 1 free: 30x alprazolam 2 mg bars", "1.000,50 ug LSD", "dumps + pin, fullz 2021", "3,5gr hasj", "kilo x2",
)  # fmt: skip
_TEXTS = (
    "aka Alder on Kestrel, wickr: alder77 jabber alder@example.invalid", "tg @alder_birch +49 151 0000 0000",
    f"{segwit('bc', 0, bytes(20))} {ethereum(bytes(range(20)))} {base58check(0, bytes(20))}",
    f"http://{onion(bytes(range(32)))}/x {monero(18, bytes(64))}", "alder [at] example [dot] invalid",
)  # fmt: skip
# What the small files lack: objects within arrays, and a run of backslashes.
_FURTHER = {
    "json": [b'{"a":[{"b":{"c":[1.5e3,"x",{}]}}]}\n'],
    "pg_dump": [b"COPY public.t (a, b) FROM stdin;\n\\\\\\\\n\t\\\\t\n\\.\n"],
}
_SELECTORS = ("td:nth-child(2) > a[href*='x']", "h1, .h", "table tr td")

Target = Callable[[bytes], None]


def _reader(reader: Reader, content: bytes) -> None:
    reader.recognises(content[:65_536])
    try:
        found = found_by(reader, content)
    except CrossbearingError:
        return
    wrong = places_wrong(found, len(content), has_own_bytes=False)
    assert not wrong, wrong


def _source(content: bytes) -> Source:
    return Source("outer", len(content), lambda: io.BufferedReader(io.BytesIO(content)))


def _containers(content: bytes) -> None:
    kind_of(content)
    waiting = [(unpacked, content)]
    while waiting:
        unpack, packed = waiting.pop()
        try:
            for piece in unpack(_source(packed)):
                if isinstance(piece, Gap):
                    assert piece.offset >= 0 <= piece.length
                    continue
                inner = piece.stream.read()
                assert piece.name.isprintable()
                if not piece.unread and len(waiting) < 100:  # a bomb of archives is not our business
                    waiting.append((piece.unpacked, inner))
        except CrossbearingError:
            pass


def _compressed(content: bytes) -> None:
    gaps: list[Gap] = []
    try:
        with open_part(_source(content), gaps.append) as stream:
            while stream.read(1 << 20):
                pass
    except CrossbearingError:
        return
    assert len(gaps) <= 1


def _page(content: bytes) -> None:
    if (answer := parse_answer(content)) and answer.body is not None:
        content = answer.body
    html = document(content, None, "utf-8").html
    # ``css_cell_attrs`` has the most: rows, cell, attribute.
    taken([html], [PageCell(name, "html", _SELECTORS[: word.arguments]) for name, word in WORDS.items()])


def _text(content: bytes) -> str:
    return content.decode("utf-8", "backslashreplace")


def _scan(content: bytes) -> None:
    text = _text(content)
    for hit in scan(text).identifiers:
        assert 0 <= hit.start <= hit.end <= len(text)


def _openpgp(content: bytes) -> None:
    """Armour as it is found, and the packets as if the armour were whole."""
    for reading in read_keys(_text(content)):
        self_signature(reading.packets)
    whole_packets(content)
    self_signature(content)
    for reading in read_keys(armoured(content)):
        assert reading.start < reading.end
        self_signature(reading.packets)
    if content[:1] in {b"\x04", b"\x06"}:
        fingerprint(content)


def _titles(content: bytes) -> None:
    """What a title says must fit into the tables."""
    category, _, title = _text(content).rpartition("|")
    for columns, read in title_readings.READINGS:
        rows_read = list(read(title, category or None))
        assert all(row.keys() <= dict(columns).keys() for row in rows_read)
        amounts = [value for row in rows_read for value in row.values() if isinstance(value, Decimal)]
        pa.array(amounts, dict(title_readings.READINGS[-1][0])["quantity_low"])


def targets() -> Mapping[str, Target]:
    """All of them by name."""
    readers = {f"reader-{reader.name}": partial(_reader, reader) for reader in BUILT_IN}
    others = {
        "containers": _containers, "compressed": _compressed, "pages": _page, "scan": _scan, "openpgp": _openpgp,
        "titles": _titles,
    }  # fmt: skip
    return {**readers, **others}


def largest(name: str) -> int:
    """Bytes of an input for a target, at most."""
    return _LARGEST.get(name, _LARGEST_OTHERWISE)


def inputs(name: str) -> list[bytes]:
    """What a target begins with."""
    if name.startswith("reader-") or name == "pages":
        kind = "web_page" if name == "pages" else name.removeprefix("reader-")
        return [*small(kind), *_FURTHER.get(kind, [])]
    if name in {"containers", "compressed"}:
        return [one.content for one in (archives(few()) if name == "containers" else compressed(few()))]
    if name == "openpgp":
        return [armoured(bytes(range(256))).encode(), *_KEYS, *(armoured(key).encode() for key in _KEYS)]
    texts = _TITLES if name == "titles" else (*_TEXTS, *(note for _, _, note, _ in rows(20)))
    return [text.encode() for text in texts]


_KEY = bytes([4, 0x5F, 0, 0, 0, 22, 9]) + bytes.fromhex("2b06010401da470f01") + bytes([1, 7, 0x40]) + bytes(range(32))
_KEYS = (bytes([0x98, len(_KEY)]) + _KEY + bytes([0xB4, 5]) + b"alder",)
