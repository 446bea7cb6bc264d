"""The review: one pair at a time, an answer with its reason, and the way back."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Form
from starlette.responses import HTMLResponse, Response

from crossbearing.domain.errors import NotFound
from crossbearing.domain.judgement import PairKind, Verdict
from crossbearing.interfaces.web.desk import Desk, Tier, TierField, TierQuery, then
from crossbearing.presentation.waterfall import PATTERN, Part, waterfall
from crossbearing.workflows.judge_pairs import judge
from crossbearing.workflows.review_pair import Sheet, review_next, review_pair

LONGEST_REASON: Final = 2_000  # characters
_PAIR: Final = re.compile(r"P-[0-9a-f]{10}")
Answers = Literal["same", "different", "unsure"]


def review_pages(desk: Desk) -> APIRouter:
    """The queue, and one pair."""
    router = APIRouter()
    session = desk.session

    @router.get("/")
    def queue(tier: TierQuery = "proposal") -> HTMLResponse:
        found = review_next(desk.folder, desk.context, tier="" if tier == "all" else tier, passed=session.passed)
        if found.is_second_round:
            session.passed.clear()
            session.said = f"{session.said} All that waits was skipped once; here it comes again.".strip()
        passed = sum(name in session.passed for name in found.waiting)
        done = len(session.answered)
        place = f"{done + passed + 1} of {done + len(found.waiting)}"
        if found.sheet is None:
            return desk.page("nothing.html.j2", tier=tier)
        return _pair_page(desk, found.sheet, tier, place=place)

    @router.get("/pair/{pair_id}")
    def pair(pair_id: str, tier: TierQuery = "proposal") -> HTMLResponse:
        return _pair_page(desk, review_pair(desk.folder, desk.context, _named(pair_id)), tier)

    return router


def review_acts(desk: Desk) -> APIRouter:
    """Answering, skipping, taking back."""
    router = APIRouter()
    session = desk.session

    @router.post("/pair/{pair_id}/answer")
    def answer(
        pair_id: str,
        verdict: Annotated[Answers, Form()],
        rely: Annotated[list[str] | None, Form()] = None,
        note: Annotated[str, Form()] = "",
        tier: TierField = "proposal",
    ) -> Response:
        ticked = rely or []
        reason = "; ".join([*ticked, *([" ".join(note.split())] if note.strip() else [])])
        if wrong := _wrong_with(reason):
            sheet = review_pair(desk.folder, desk.context, _named(pair_id))
            return _pair_page(desk, sheet, tier, status=400, wrong=wrong, ticked=ticked, note=note)
        judged = judge(desk.folder, desk.context, PairKind.ACCOUNT, _named(pair_id), Verdict(verdict), reason=reason)
        session.answered[:] = [*(one for one in session.answered if one != pair_id), pair_id]
        others = "" if str(judged.standing) == verdict else f"; all answers come to {judged.standing}"
        minted = f"; new operator {', '.join(judged.minted)}" if judged.minted else ""
        session.said = f"Recorded: {pair_id} {verdict}{others}{minted}."
        return then("/", tier)

    @router.post("/pair/{pair_id}/pass")
    def pass_(pair_id: str, tier: TierField = "proposal") -> Response:
        session.passed[:] = [*(one for one in session.passed if one != pair_id), _named(pair_id)]
        return then("/", tier)

    @router.post("/undo")
    def undo(tier: TierField = "proposal") -> Response:
        if not session.answered:
            session.said = "There is no answer of this session to take back."
            return then("/", tier)
        pair_id = session.answered.pop()
        judge(desk.folder, desk.context, PairKind.ACCOUNT, pair_id, Verdict.WITHDRAWN, reason="undone in the workbench")
        session.said = f"Taken back: your answer about {pair_id}. It is open again."
        return then(f"/pair/{pair_id}", tier)

    @router.post("/keys")
    def keys(tier: TierField = "proposal") -> Response:
        session.has_keys = not session.has_keys
        return then("/", tier)

    return router


def _wrong_with(reason: str) -> str:
    if not reason:
        return "A judgement needs a reason: tick a bar that you rely on, or write a note. Nothing was recorded."
    if len(reason) > LONGEST_REASON:
        return (
            f"A reason has at most {LONGEST_REASON:,} characters, and this has {len(reason):,}. Nothing was recorded."
        )
    return ""


def _named(pair_id: str) -> str:
    if not _PAIR.fullmatch(pair_id):
        raise NotFound(f"No pair is called {pair_id!r}", where="the address", remedy="The queue leads to the pairs.")
    return pair_id


def _pair_page(
    desk: Desk,
    sheet: Sheet,
    tier: Tier,
    *,
    status: int = 200,
    place: str = "",
    wrong: str = "",
    ticked: Sequence[str] = (),
    note: str = "",
) -> HTMLResponse:
    pair: dict[str, Any] = dict(sheet.pair)
    steps: tuple[str, ...] = ()
    if not pair["is_blind"]:
        parts = [Part(bar["log_lr"], bar["log_lr_low"], bar["log_lr_high"]) for bar in pair["bars"]]
        steps = waterfall(pair["prior"], parts)
    subject = pair["pair_id"]
    return desk.page(
        "pair.html.j2",
        status,
        sheet=sheet,
        pair=pair,
        steps=steps,
        pattern=PATTERN,
        seal=lambda row: desk.session.seal(subject, row),
        subject=subject,
        tier=tier,
        place=place,
        wrong=wrong,
        ticked=ticked,
        note=note,
        longest=LONGEST_REASON,
    )
