"""Bytes of a page or a letter as text, by the charset that it states or by a stated guess."""

import codecs
import re
from typing import Final

# Charsets of text on the web and in mail. Other codecs of Python transform bytes and are never run on seized ones.
_KNOWN: Final = re.compile(
    r"utf[-_]?(8|8[-_]sig|16|16[-_][bl]e|32|32[-_][bl]e)|ascii|iso8859[-_]\d+|cp(125\d|437|85\d|86\d|866|874|932|949|950)"
    r"|koi8[-_][rut]|mac[-_](cyrillic|roman|greek|latin2|turkish)|big5(hkscs)?|gb(2312|k|18030)|hz"
    r"|euc_(jp|kr|jis_2004)|shift_jis(_2004)?|iso2022_(jp|kr)(_\w+)?|johab|tis_620"
)
# What servers and programs mean by these names: the Encoding Standard (WHATWG), names and labels.
_MEANT: Final = {"iso8859-1": "cp1252", "ascii": "cp1252", "iso8859-9": "cp1254", "gb2312": "gb18030", "gbk": "gb18030"}
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META: Final = re.compile(rb"<meta\b[^>]{0,500}?\bcharset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)
_META_HEAD: Final = 4_096  # bytes; the Encoding Standard asks for the first 1,024, saved pages put a comment before


def decoded(data: bytes, stated: str | None, otherwise: str) -> str:
    """The text; bytes that do not fit stay visible as escapes.

    Args:
        data: Bytes of the document. A byte order mark outranks what is stated.
        stated: Charset by any of its names; a name that is not known counts as none.
        otherwise: Python's name of the encoding where none is stated.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(name, "backslashreplace")
    return data.decode(_codec(stated) or otherwise, "backslashreplace")


def stated_in_page(data: bytes) -> str | None:
    """The charset that a page's own ``meta`` element states, as it stands; null if none."""
    found = _META.search(data[:_META_HEAD])
    return found[1].decode("ascii") if found else None


def _codec(label: str | None) -> str | None:
    try:
        name = codecs.lookup((label or "").strip().encode("ascii").decode()).name
    except (LookupError, UnicodeError, ValueError):
        return None
    return _MEANT.get(name, name) if _KNOWN.fullmatch(name) else None
