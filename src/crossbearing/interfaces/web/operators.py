"""What the judgements make: operators, what contradicts itself or waits, and how far people agree."""

import re
from typing import Final

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from crossbearing.domain.errors import NotFound
from crossbearing.domain.judgement import PairKind
from crossbearing.interfaces.web.desk import Desk
from crossbearing.workflows.judge_pairs import list_operators, list_pairs
from crossbearing.workflows.show_agreement import show_agreement
from crossbearing.workflows.show_operator import show_operator
from crossbearing.workflows.show_status import show_status

_OPERATOR: Final = re.compile(r"O-[0-9]{4,9}")


def operator_pages(desk: Desk) -> APIRouter:
    """The operators, one operator, and the agreement."""
    router = APIRouter()

    @router.get("/operators")
    def operators() -> HTMLResponse:
        pairs = list_pairs(desk.folder, desk.context, PairKind.ACCOUNT, as_seen=True)
        sides = [(pair[f"{one}_id"], pair[f"{one}_handle"], pair[f"{one}_market"]) for pair in pairs for one in _SIDES]
        return desk.page(
            "operators.html.j2",
            standing=list_operators(desk.folder, desk.context),
            names={account_id: (handle, market) for account_id, handle, market in sides},
            pair_ids={(pair["left_id"], pair["right_id"]): pair["pair_id"] for pair in pairs},
            stale=show_status(desk.folder, desk.context).stale,
            folder=desk.folder,
        )

    @router.get("/operator/{operator_id}")
    def operator(operator_id: str) -> HTMLResponse:
        if not _OPERATOR.fullmatch(operator_id):
            raise NotFound(
                f"No operator is called {operator_id!r}",
                where="the address",
                remedy="The list of operators leads to them.",
            )
        found = show_operator(desk.folder, desk.context, operator_id)
        return desk.page(
            "operator.html.j2", found=found, names={one["account_id"]: one for one in found.accounts},
        )  # fmt: skip

    @router.get("/agreement")
    def agreement() -> HTMLResponse:
        return desk.page("agreement.html.j2", found=show_agreement(desk.folder, desk.context))

    return router


_SIDES: Final = ("left", "right")
