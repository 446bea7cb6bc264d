"""What ties the accounts of a subject, read from the document: keys, judgements, and what is only proposed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from crossbearing.presentation.links import Tie, links
from crossbearing.presentation.words import Words, form_of

_MOST: Final = 12  # ties drawn of one subject; the lists beside it have all
_PAIRS: Final = {
    f"said.pair_{kind}{form}": kind for kind in ("proposal", "imitation", "lead") for form in ("", "_together")
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One tie: a line of the table, and a line in the picture."""

    account: str
    kind: str
    other: str
    places: tuple[int, ...]

    @property
    def is_key(self) -> bool:
        """Whether the other end is a key."""
        return self.kind == "key"

    @property
    def fingerprint(self) -> str:
        """The key, if it is one."""
        return self.other

    @property
    def how_sure(self) -> str:
        """Name of the label that says how sure it is."""
        return {"key": "tie.on_record", "judged": "tie.by_person"}.get(self.kind, "tie.by_software")


def ties_of(subject: Mapping[str, Any]) -> list[Shown]:
    """Ties of a subject's accounts; none if there is one account that nothing leads away from."""
    named = [f"{one['handle']} on {one['market']}" for one in subject["accounts"]]
    everywhere = tuple(range(len(named)))
    whose = subject["accounts"][0]["handle"] if len(named) == 1 else subject["subject_id"]
    shown: dict[str, list[int]] = {}
    for key in subject["keys"]:
        if key["context"] == "own profile" and "staff" not in key["state"]:
            shown.setdefault(key["fingerprint"], []).extend(at for at, one in enumerate(named) if one == key["account"])
    found = [
        Shown(", ".join(subject["accounts"][at]["handle"] for at in sorted(set(places))), "key", fingerprint,
              tuple(sorted(set(places))))
        for fingerprint, places in shown.items()
        if places
    ]  # fmt: skip
    others = 0
    for statement in subject["proposed"]:
        known = form_of(statement["text"])
        if known and known.key in _PAIRS:
            found.append(Shown(whose, _PAIRS[known.key], known.values["handle"], everywhere))
            others += 1
        elif known and known.key == "said.judged_pair":
            found.append(Shown(whose, "judged", known.values["pair"], everywhere))
    return found[:_MOST] if len(named) > 1 or others else []


def ties_chart(subject: Mapping[str, Any], ties: list[Shown], words: Words) -> Markup:
    """The picture of a subject's ties."""
    drawn = [Tie(one.places, label(one, words), end(one), one.kind in {"key", "judged"}) for one in ties]
    title = words.plain("text.links_title", subject=subject["subject_id"])
    return links([one["handle"] for one in subject["accounts"]], drawn, title=title)


def label(tie: Shown, words: Words) -> str:
    """What a tie is, in words."""
    if tie.is_key:
        return words.plain("tie.shared_key" if len(tie.places) > 1 else "tie.key")
    return words.plain(f"tie.{tie.kind}")


def end(tie: Shown) -> str:
    """What stands at its other end, short."""
    return f"…{tie.other[-8:]}" if tie.is_key else tie.other
