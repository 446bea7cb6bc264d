"""Errors a user can act on: the problem, where it is, and the next move.

Every error carries an exit code (after the BSD ``sysexits`` numbers) and an HTTP status, so that the
command line, the pages and the API say the same thing in the same words.
"""


class CrossbearingError(Exception):
    """An error with its problem, its place and the next move."""

    exit_code = 1
    http_status = 500

    def __init__(self, problem: str, *, where: str, remedy: str) -> None:
        """Keep the three parts apart so that each interface can lay them out.

        Args:
            problem: What is wrong, as one sentence without a full stop.
            where: File, offset, row, table or command it was found in.
            remedy: What the user does next.
        """
        super().__init__(problem)
        self.problem = problem
        self.where = where
        self.remedy = remedy

    def parts(self) -> dict[str, str]:
        """The three parts with the error's name, for ``--json`` and the API."""
        return {
            "error": type(self).__name__,
            "problem": self.problem,
            "where": self.where,
            "next": self.remedy,
        }


class BadRequest(CrossbearingError):
    """The command's own words do not fit together."""

    exit_code = 64
    http_status = 400


class UnreadableSource(CrossbearingError):
    """Bytes that should hold evidence are empty, cut off, damaged or not readable."""

    exit_code = 65
    http_status = 422


class WrongKind(CrossbearingError):
    """No reader or profile takes a file of this kind."""

    exit_code = 65
    http_status = 415


class NotFound(CrossbearingError):
    """A thing named by the user is not there, or not for this person: the words are the same."""

    exit_code = 66
    http_status = 404


class MissingTable(CrossbearingError):
    """A step reads a table that nothing writes."""

    exit_code = 66
    http_status = 409


class InvariantBroken(CrossbearingError):
    """The software contradicts itself; nothing of the act was kept."""

    exit_code = 70
    http_status = 500


class NothingWritten(CrossbearingError):
    """The disk or the database refused a write; the act did not happen."""

    exit_code = 74
    http_status = 507


class OperationBusy(CrossbearingError):
    """Another process holds the decision store."""

    exit_code = 75
    http_status = 503


class Stopped(CrossbearingError):
    """Long work was asked to stop; what was finished is kept."""

    exit_code = 75
    http_status = 409


class Contradiction(CrossbearingError):
    """An act disagrees with one that stands."""

    exit_code = 65
    http_status = 409


class NotAuthorised(CrossbearingError):
    """The act needs an authorisation or a right that is not there."""

    exit_code = 77
    http_status = 403


class BadConfiguration(CrossbearingError):
    """A setting is missing or does not make sense."""

    exit_code = 78
    http_status = 500
