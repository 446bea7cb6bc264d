"""Names of files within an archive, made fit to be named in a register: they are data and lead nowhere."""

from crossbearing.intake.containers.limits import LONGEST_NAME


def member_name(raw: str | bytes) -> str:
    """The name as a path below the archive, with what could mislead as an escape.

    Steps upwards (``..``) and a slash at the beginning are escaped, and so is every character that cannot be seen or
    turns the reading direction. Empty steps and ``.`` are left out. A name beyond the cap is cut.

    Args:
        raw: As it stands in the archive. Bytes are UTF-8 where they can be, else code page 437, as zip has it.
    """
    text = raw if isinstance(raw, str) else _decoded(raw)
    cut = text[: LONGEST_NAME + 1]
    shown = "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in cut)
    steps = [r"\x2e\x2e" if step == ".." else step for step in shown.split("/") if step not in {"", "."}]
    root = r"\x2f" if text.startswith("/") else ""
    name = root + "/".join(steps) or "unnamed"
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp437")
