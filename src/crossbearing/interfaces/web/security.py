"""What stands before every page: who may ask, from where, and what a browser may do with the answer.

The person is whoever started the server; what is kept out is every other program and page on the machine. Sources:
OWASP ASVS 5 (sessions, anti-forgery), Fetch Metadata (W3C), Content Security Policy 3 (W3C).
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qs

from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crossbearing.domain.errors import BadRequest, CrossbearingError, NotAuthorised
from crossbearing.interfaces.web.assets import Asset
from crossbearing.presentation.page import render

HEADERS: Final = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "accelerometer=(), camera=(), clipboard-read=(), display-capture=(), geolocation=(), "
    "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-get=(), usb=()",
}
COOKIE: Final = "crossbearing"
ENTRANCE: Final = "/open"
LONGEST_BODY: Final = 1 << 16  # bytes; a reason is a few words
_FORM: Final = "application/x-www-form-urlencoded"


def _secret() -> str:
    return secrets.token_urlsafe(32)


@dataclass(slots=True)
class Session:
    """The one session of a server: its secrets, and what the person did in it.

    Attributes:
        entrance: Opens the session once; empty when it did.
        cookie: Comes with every request after that.
        form: Comes with every form.
        answered: Pairs that were answered, in order; the last can be undone.
        passed: Pairs that were skipped.
        said: What is told at the top of the next page, once.
        has_keys: The pages listen to single keys.
    """

    entrance: str = field(default_factory=_secret)
    cookie: str = field(default_factory=_secret)
    form: str = field(default_factory=_secret)
    answered: list[str] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    said: str = ""
    has_keys: bool = True

    def seal(self, subject: str, place: str) -> str:
        """A mark that only this session can make, so that only rows are opened that a page named."""
        return hmac.new(self.form.encode(), f"{subject}\n{place}".encode(), hashlib.sha256).hexdigest()[:32]

    def require_form(self, token: str) -> None:
        """Refuse what was not sent from a form of this session.

        Raises:
            NotAuthorised: The token is another one.
        """
        if not hmac.compare_digest(token.encode(), self.form.encode()):
            raise NotAuthorised(
                "This form is not of this session; nothing was recorded",
                where="the form's token",
                remedy="Go back, load the page again, and repeat.",
            )


class Guard:
    """Answers instead of the pages where somebody may not ask, and puts the headers on every answer."""

    def __init__(self, pages: ASGIApp, session: Session, port: int) -> None:
        """Stand before the pages.

        Args:
            pages: What is guarded.
            session: The one session.
            port: Port that this server listens to.
        """
        self._pages = pages
        self._session = session
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI; there is nothing but HTTP here."""
        if scope["type"] != "http":
            return

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name, value) for name, value in message["headers"] if name.decode() not in HEADERS]
                message["headers"] = own + [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            await send(message)

        try:
            early = self._answer(scope)
        except CrossbearingError as refused:
            early = page_of(refused)
        await (early or self._pages)(scope, receive, sealed)

    def _answer(self, scope: Scope) -> Response | None:
        """What is answered at once; None if the pages answer.

        Raises:
            NotAuthorised: This may not be asked, or not from there.
            BadRequest: A form of another kind or size.
        """
        headers = _headers(scope)
        self._require_own_host(headers)
        if scope["path"] == ENTRANCE and scope["method"] == "GET":
            return self._opened(scope, headers)
        self._require_session(headers)
        _require_same_origin(scope["method"], headers)
        if scope["method"] == "POST":
            _require_small_form(headers)
        return None

    def _require_own_host(self, headers: dict[str, str]) -> None:
        if headers.get("host") not in self._hosts:
            raise NotAuthorised(
                "The workbench answers to its own address only",
                where="the request's Host",
                remedy="Open the address that `crossbearing serve` printed.",
            )

    def _opened(self, scope: Scope, headers: dict[str, str]) -> Response:
        given = "".join(parse_qs(scope["query_string"].decode("ascii", "replace")).get("token", [])[:1])
        if self._session.entrance and hmac.compare_digest(given.encode(), self._session.entrance.encode()):
            self._session.entrance = ""
            answer = RedirectResponse("/", status_code=303)
            answer.set_cookie(COOKIE, self._session.cookie, httponly=True, samesite="strict")
            return answer
        self._require_session(headers)
        return RedirectResponse("/", status_code=303)

    def _require_session(self, headers: dict[str, str]) -> None:
        """Refuse whoever does not bring the session's cookie.

        Raises:
            NotAuthorised: It is missing or another one.
        """
        given = dict(part.strip().partition("=")[::2] for part in headers.get("cookie", "").split(";"))
        if not hmac.compare_digest(given.get(COOKIE, "").encode(), self._session.cookie.encode()):
            raise NotAuthorised(
                "The workbench is open in the browser that it was first opened in, and nowhere else",
                where="the request's session",
                remedy="Stop `crossbearing serve`, start it again, and open the address that it prints; "
                "an address opens once.",
            )


def page_of(error: CrossbearingError, style: Mapping[str, Asset] | None = None) -> HTMLResponse:
    """A page of an error: the problem, where it is, and the next move.

    Args:
        error: What went wrong.
        style: Files that it may load; none for whoever has no session.
    """
    page = render("interfaces.web", "refused.html.j2", error=error, style=style)
    return HTMLResponse(page, status_code=error.http_status)


def _headers(scope: Scope) -> dict[str, str]:
    """Name to value; of a name that comes twice, both, so that it equals nothing that is expected."""
    found: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1"), value.decode("latin-1")
        found[key] = f"{found[key]}, {text}" if key in found else text
    return found


def _require_same_origin(method: str, headers: dict[str, str]) -> None:
    """Refuse what another page asks for, also one of another port of this machine, to which cookies go too.

    A form of ours says "null" as its origin, for its page tells nobody where it stands (Referrer-Policy);
    so the browser's word on the site counts, and the origin only where it names one.

    Raises:
        NotAuthorised: Another page asks.
    """
    site, origin = headers.get("sec-fetch-site", ""), headers.get("origin", "")
    own = f"http://{headers['host']}"
    is_read = method in {"GET", "HEAD"}
    is_ours = site in ({"", "none", "same-origin"} if is_read else {"same-origin"})
    names_ours = origin in {own, "", "null"}
    if not names_ours or not (is_ours or (not site and origin == own)):
        raise NotAuthorised(
            "Another page asked for this; nothing was done",
            where="the request's origin",
            remedy="Type the address of the workbench yourself, or go back to its pages.",
        )


def _require_small_form(headers: dict[str, str]) -> None:
    length = headers.get("content-length", "")
    if not length.isascii() or not length.isdigit() or int(length) > LONGEST_BODY:
        raise BadRequest(
            f"A form of more than {LONGEST_BODY:,} bytes, or of unknown length",
            where="the request's length",
            remedy="Say it in fewer words.",
        )
    if headers.get("content-type", "").partition(";")[0].strip() != _FORM:
        raise BadRequest("This is no form", where="the request's type", remedy="Use the forms of the pages.")
