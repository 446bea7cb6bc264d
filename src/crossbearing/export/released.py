"""Whether a package still is what a second person released, and if not, why not, in words."""

from collections.abc import Collection, Sequence
from typing import Final

from crossbearing.domain.act import ActKind, Entry
from crossbearing.store.register import EXHIBIT_ACTS

NO_PACKAGE: Final = "only a package is released"


def why_not_released(built: Entry, seen: Sequence[Entry], judging: Collection[ActKind]) -> str:
    """Why an export of a package is a working copy; empty if it is as released.

    Args:
        built: The act that built its newest version.
        seen: Acts on packages and on all that they rest on, in the order of the log.
        judging: Kinds of act that say which accounts are one operator.
    """
    own = [one for one in seen if one.subject == built.subject]
    since = [one for one in seen if one.position > built.position]
    of_it = {one.kind for one in own if one.position > built.position}
    version = built.payload["version"]
    if ActKind.PACKAGE_RELEASED not in of_it:
        earlier = [one.payload["version"] for one in own if one.kind is ActKind.PACKAGE_RELEASED]
        return f"version {version} was not released" + (f"; released was version {earlier[-1]}" if earlier else "")
    if ActKind.PACKAGE_MARKED in of_it:
        return f"released was version {version}; it was marked for recall or correction since"
    if any(one.kind in EXHIBIT_ACTS for one in since):
        return f"released was version {version}; evidence came in or was changed since"
    if any(one.kind in judging for one in since):
        return f"released was version {version}; accounts were judged since"
    return ""
