"""What all routes share: the operation, the person, the session, and how a page is made."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from fastapi import Form, Query
from starlette.responses import HTMLResponse, RedirectResponse

from crossbearing.domain.context import Context
from crossbearing.interfaces.web.assets import assets
from crossbearing.interfaces.web.security import Session
from crossbearing.presentation.page import render
from crossbearing.workflows.open_workbench import Masthead

Tier = Literal["proposal", "imitation", "lead", "all"]
TIERS: Final[dict[Tier, str]] = {
    "proposal": "proposals", "imitation": "possible imitations", "lead": "leads", "all": "all pairs",
}  # fmt: skip
# Pairs and operators as addresses name them; whatever else is asked for is not looked for.
TierQuery = Annotated[Tier, Query()]
TierField = Annotated[Tier, Form()]


@dataclass(frozen=True, slots=True)
class Desk:
    """One person at one operation.

    Attributes:
        folder: Operation folder.
        context: Who acts; whoever started the server.
        masthead: What stands at the head of every page.
        session: The one session.
    """

    folder: Path
    context: Context
    masthead: Masthead
    session: Session

    def looking_at(self, subject: str) -> Context:
        """The circumstances of opening an original for a pair or an operator."""
        purpose = f"judge {subject}" if subject.startswith("P-") else f"look at {subject}"
        return replace(self.context, purpose="; ".join(part for part in (self.context.purpose, purpose) if part))

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A page with what all pages have."""
        said, self.session.said = self.session.said, ""
        whole = render(
            "interfaces.web", template, assets=assets(), masthead=self.masthead, person=self.context.person,
            session=self.session, said=said, tiers=TIERS, **values,
        )  # fmt: skip
        return HTMLResponse(whole, status_code=status)


def then(address: str, tier: Tier | None = None) -> RedirectResponse:
    """Go on there, so that loading again repeats nothing."""
    return RedirectResponse(f"{address}?tier={tier}" if tier else address, status_code=303)
