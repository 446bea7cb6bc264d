"""Reading a whole exhibit: which of its parts are read, by which profiles, and the account of each."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from crossbearing.domain.errors import WrongKind
from crossbearing.domain.exhibit import Exhibit, PartCount
from crossbearing.intake.part_reader import PartReader, Recognised, Unrecognised, recognise, require_profile
from crossbearing.intake.profile import Profile, all_profiles
from crossbearing.intake.sources import damaged
from crossbearing.store.originals import Member
from crossbearing.store.records import Transformer

# Profile and source of an exhibit whose bytes are kept although nothing can read them yet.
UNREAD: Final = "kept unread"


def unread_parts(members: Sequence[Member], listed: Mapping[str, str]) -> dict[str, str]:
    """Parts that nobody opens, each with the reason: their hash is on a list, or their archive says so.

    Args:
        members: The exhibit's files.
        listed: Name of the list by hash.
    """
    locked = {m.part: m.unread for m in members if m.unread}
    return locked | {m.part: f"quarantined: on hash list {listed[m.sha256]}" for m in members if m.sha256 in listed}


def require_whole(members: Sequence[Member], *, accept_damaged: bool) -> None:
    """Say so if an archive broke where it was unpacked.

    Raises:
        UnreadableSource: It did, and that was not accepted.
    """
    broken = ((member.part, gap) for member in members for gap in member.gaps if gap.is_damage)
    if not accept_damaged and (first := next(broken, None)):
        raise damaged(*first)


def recognised(
    members: Sequence[Member], unread: Mapping[str, str], engine: Transformer, *, may_be_cut: bool
) -> dict[str, Recognised | Unrecognised]:
    """Which reader takes each part; archives and parts that nobody opens are left out. See ``recognise``."""
    asked = [member for member in members if member.part not in unread and not member.is_container]
    return {member.part: recognise(member, engine, may_be_cut=may_be_cut) for member in asked}


def profiles_of(
    found: Mapping[str, Recognised | Unrecognised], members: Sequence[Member], *, keep_unread: bool = False
) -> tuple[Profile, ...]:
    """The profiles of the exhibit's readable parts, by name; none if it is to be kept although nothing reads it.

    Raises:
        WrongKind: No part can be read, and it is not to be kept unread.
    """
    hits = [hit.profile for hit in found.values() if isinstance(hit, Recognised) and hit.profile]
    fitting = {profile.name: profile for profile in hits}
    if not fitting:
        if keep_unread:
            return ()
        for part, hit in found.items():
            require_profile(hit, part)
        first = next((member for member in members if not member.is_container), members[0])
        raise WrongKind(
            f"No part of it can be read: {first.unread or 'nobody may open it'}",
            where=first.part,
            remedy="Ask for it without a password; `--keep-unread` keeps it as it is.",
        )
    return tuple(fitting[name] for name in sorted(fitting))


def outdated(known: Iterable[Exhibit]) -> list[str]:
    """Exhibits that were read with an earlier version of their profile, or kept unread when there were fewer."""
    newest = {UNREAD: stamps(()), **{profile.name: profile.stamp for profile in all_profiles()}}

    def is_old(stamp: str) -> bool:
        name = stamp.rpartition(" ")[0]
        return name in newest and newest[name] != stamp

    return [one.exhibit_id for one in known if any(is_old(stamp) for stamp in one.profile.split("; "))]


def stamps(profiles: Sequence[Profile]) -> str:
    """The profiles with their versions, as an exhibit names them.

    Without one: a name for the profiles that were tried, so that it is noticed when there are others.
    """
    if not profiles:
        tried = "; ".join(sorted(profile.stamp for profile in all_profiles()))
        return f"{UNREAD} {hashlib.sha256(tried.encode()).hexdigest()[:8]}"
    return "; ".join(profile.stamp for profile in profiles)


def sources_in_words(profiles: Sequence[Profile]) -> str:
    """What kind of thing an exhibit is, as its profiles say."""
    return "; ".join(sorted({profile.source for profile in profiles})) or UNREAD


def read_parts(
    reader: PartReader,
    members: Sequence[Member],
    found: Mapping[str, Recognised | Unrecognised],
    unread: Mapping[str, str],
    advance: Callable[[int], None],
) -> tuple[PartCount, ...]:
    """Read every part that can be read; the others are counted with the reason."""
    for member in members:
        hit = found.get(member.part)
        if member.part in unread:
            reader.refuse_part(member, unread[member.part])
        elif hit is None:
            reader.skip_part(member)
        elif isinstance(hit, Unrecognised):
            reason = "no reader takes this file" + (f": it looks like {hit.kind}" if hit.kind else "")
            reader.refuse_part(member, reason, hit.damage)
        elif hit.profile is None:
            reader.refuse_part(member, "no profile fits this file")
        else:
            reader.read(member, hit, advance)
    return reader.counts()
