"""The workbench as one application: its pages, its files, and an answer in words to everything that goes wrong."""

from pathlib import Path
from typing import Annotated, Final

from fastapi import Depends, FastAPI, Form, Request
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from starlette.exceptions import HTTPException
from starlette.responses import Response

from crossbearing.domain.context import Context
from crossbearing.domain.errors import BadRequest, CrossbearingError, InvariantBroken, NotFound, NothingWritten
from crossbearing.interfaces.web.assets import ADDRESS, assets
from crossbearing.interfaces.web.desk import Desk
from crossbearing.interfaces.web.evidence import evidence_pages
from crossbearing.interfaces.web.groups import group_pages
from crossbearing.interfaces.web.operators import operator_pages
from crossbearing.interfaces.web.review import review_acts, review_pages
from crossbearing.interfaces.web.security import Guard, Session, page_of
from crossbearing.workflows.open_workbench import open_workbench

# FastAPI hands requests, forms and errors to whatever the environment names as a collector, unless it is told not to.
_SILENT: Final[TelemetryConfig] = {
    "tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False,
}  # fmt: skip


def workbench(folder: Path, context: Context, session: Session, port: int) -> Guard:
    """The application for one person at one operation.

    Args:
        folder: Operation folder.
        context: Who acts.
        session: The one session.
        port: Port that it will be served at, on the loopback address.

    Raises:
        NotFound: There is no operation at this place.
        NotAuthorised: The person may not see it.
    """
    desk = Desk(folder, context, open_workbench(folder, context), session)
    # No description of the interface is served: its pages load scripts from elsewhere.
    app = FastAPI(title="Crossbearing workbench", openapi_url=None, docs_url=None, redoc_url=None, telemetry=_SILENT)

    def require_form(token: Annotated[str, Form()] = "") -> None:
        session.require_form(token)

    @app.get(f"{ADDRESS}/{{name}}")
    def asset(name: str) -> Response:
        found = assets().get(name)
        if found is None:
            raise HTTPException(404)
        return Response(found.content, media_type=found.media_type)

    for pages in (review_pages, group_pages, operator_pages, evidence_pages):
        app.include_router(pages(desk))
    app.include_router(review_acts(desk), dependencies=[Depends(require_form)])
    _answer_errors(app)
    return Guard(app, session, port)


def _answer_errors(app: FastAPI) -> None:
    """Every error is a page with the problem, where it is, and the next move."""

    @app.exception_handler(CrossbearingError)
    def ours(_: Request, error: CrossbearingError) -> Response:
        return page_of(error, assets())

    @app.exception_handler(HTTPException)
    def not_there(request: Request, error: HTTPException) -> Response:
        where, remedy = request.url.path[:200], "Go to the review and on from there."
        if error.status_code == 404:  # noqa: PLR2004 - not found
            return page_of(NotFound("There is no such page", where=where, remedy=remedy), assets())
        answer = page_of(BadRequest("This page is not asked for in this way", where=where, remedy=remedy), assets())
        answer.status_code = error.status_code
        return answer

    @app.exception_handler(RequestValidationError)
    def misread(request: Request, error: RequestValidationError) -> Response:
        named = ", ".join(str(one["loc"][-1])[:40] for one in error.errors())
        wrong = f"The address or form does not fit together: {named}"
        return page_of(
            BadRequest(wrong, where=request.url.path[:200], remedy="Go to the review and on from there."), assets()
        )

    @app.exception_handler(OSError)
    def refused(_: Request, error: OSError) -> Response:
        problem = f"A file cannot be read or written: {error.strerror or 'refused'}"
        remedy = "Check free space and your rights on the operation folder, then repeat."
        return page_of(NothingWritten(problem, where="the operation folder", remedy=remedy), assets())

    @app.exception_handler(Exception)
    def broken(request: Request, _: Exception) -> Response:
        remedy = "Report what stands in the terminal; load the page again to see what was recorded."
        return page_of(InvariantBroken("The workbench failed", where=request.url.path[:200], remedy=remedy), assets())
