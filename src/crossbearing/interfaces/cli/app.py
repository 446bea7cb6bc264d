"""The command tree and what all commands share."""

import getpass
import os
from dataclasses import dataclass
from typing import Annotated

from cyclopts import App, Group, Parameter

from crossbearing import __version__
from crossbearing.domain.context import Context

app = App(
    name="crossbearing",
    version=__version__,
    help="Evidence in; one target package per country out; outcomes back; figures that can be proven.",
    default_parameter=Parameter(negative=()),
    help_epilogue="Set CROSSBEARING_PERSON to your name as your agency writes it; it stands in the log.",
)
app.register_install_completion_command()

SHARED = Group("On every command", sort_key=99)


@Parameter(name="*", group=SHARED)
@dataclass(frozen=True, slots=True)
class Shared:
    """Options that every command has.

    Attributes:
        json: Print the result as JSON; its keys are documented and stable.
        person: Who acts; by default CROSSBEARING_PERSON, else the account you are logged in with.
        purpose: Why, in a few words; stands in the log.
        case: The case this belongs to.
    """

    json: Annotated[bool, Parameter(help="Print the result as JSON.")] = False
    person: Annotated[str, Parameter(help="Who acts; stands in the log.")] = ""
    purpose: Annotated[str, Parameter(help="Why, in a few words; stands in the log.")] = ""
    case: Annotated[str, Parameter(help="The case this belongs to.")] = ""

    def context(self, authority: str = "") -> Context:
        """The circumstances of the act."""
        person = self.person or os.environ.get("CROSSBEARING_PERSON", "") or getpass.getuser()
        return Context(person=person, authority=authority, purpose=self.purpose, case=self.case)


DEFAULTS = Shared()
