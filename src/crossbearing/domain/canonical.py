"""One way to turn a payload into bytes, so that equal payloads have equal hashes."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"


def canonical(value: Json) -> bytes:
    """The value as JSON with sorted keys and no spaces, UTF-8.

    Args:
        value: None, booleans, whole numbers, text, lists and mappings of these. No floats: they have
            no single spelling, so amounts travel as text.

    Raises:
        TypeError: The value holds a float or anything else that is not listed.

    Source: RFC 8785, restricted to values whose spelling is the same in every language.
    """
    _refuse_floats(value)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def digest(value: Json) -> str:
    """SHA-256 of the canonical bytes, lower-case hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


def _refuse_floats(value: object) -> None:
    if value is None or isinstance(value, bool | int | str):
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                message = f"canonical JSON has text keys, found {type(key).__name__}"
                raise TypeError(message)
            _refuse_floats(item)
        return
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        for item in value:
            _refuse_floats(item)
        return
    message = f"canonical JSON cannot hold a {type(value).__name__}"
    raise TypeError(message)
