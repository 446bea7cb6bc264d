"""Reading a whole exhibit: which of its parts are read, by which profiles, and the account of each."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from crossbearing.domain.exhibit import Exhibit, PartCount
from crossbearing.intake.part_reader import PartReader, Recognised, recognise, require_profile, source_of
from crossbearing.intake.profile import Profile, all_profiles
from crossbearing.store.originals import Member

# Profile and source of an exhibit whose bytes are kept although nothing can read them yet.
UNREAD: Final = "kept unread"


def unread_parts(members: Sequence[Member], listed: Mapping[str, str]) -> dict[str, str]:
    """Parts that nobody opens, each with the reason: their hash is on a list.

    Args:
        members: The exhibit's files.
        listed: Name of the list by hash.
    """
    return {m.part: f"quarantined: on hash list {listed[m.sha256]}" for m in members if m.sha256 in listed}


def recognised(members: Sequence[Member], unread: Mapping[str, str]) -> dict[str, Recognised | None]:
    """Which reader takes each part; None for those that none takes or nobody opens."""
    return {m.part: None if m.part in unread or m.is_container else recognise(source_of(m)) for m in members}


def profiles_of(
    found: Mapping[str, Recognised | None], members: Sequence[Member], *, keep_unread: bool = False
) -> tuple[Profile, ...]:
    """The profiles of the exhibit's readable parts, by name; none if it is to be kept although nothing reads it.

    Raises:
        WrongKind: No part can be read, and it is not to be kept unread.
    """
    fitting = {hit.profile.name: hit.profile for hit in found.values() if hit and hit.profile}
    if not fitting:
        if keep_unread:
            return ()
        first = next((member.part for member in members if not member.is_container), members[0].part)
        return (require_profile(found[first], first),)
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
    found: Mapping[str, Recognised | None],
    unread: Mapping[str, str],
    advance: Callable[[int], None],
) -> tuple[PartCount, ...]:
    """Read every part that can be read; the others are counted with the reason."""
    counts = []
    for member in members:
        hit = found[member.part]
        if member.part in unread:
            counts.append(reader.refuse_part(member, unread[member.part]))
        elif member.is_container:
            counts.append(reader.skip_part(member))
        elif hit is None or hit.profile is None:
            reason = "no reader takes this file" if hit is None else "no profile fits this file"
            counts.append(reader.refuse_part(member, reason))
        else:
            counts.append(reader.read(member, hit, advance))
    return tuple(counts)
