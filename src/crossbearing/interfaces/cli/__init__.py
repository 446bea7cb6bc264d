"""The command line: one module per noun; results on standard output, progress and errors on standard error."""

import json
import sys
from collections.abc import Sequence

from cyclopts import CycloptsError, MissingArgumentError

from crossbearing.domain.errors import BadRequest, CrossbearingError, NothingWritten
from crossbearing.interfaces.cli import (
    alert,
    authority,
    backup,
    categorise,
    comparison,
    covert,
    custody,
    deconflict,
    demo,
    evaluate,
    evidence,
    export,
    job,
    lead,
    lead_forms,
    lead_questions,
    log,
    model,
    operation,
    operator,
    operator_groups,
    operator_priority,
    operator_rules,
    outcome,
    outcome_rules,
    outcome_typed,
    package,
    package_replies,
    package_routing,
    package_sent,
    partner,
    person,
    protected,
    rates,
    readers,
    results,
    results_released,
    retention,
    sequester,
    serve,
    simulate,
    spikes,
    staff,
    statement,
)
from crossbearing.interfaces.cli.app import app
from crossbearing.interfaces.cli.output import show_error

__all__ = ["app", "main"]

_NOUNS = (
    operation, simulate, authority, evidence, rates, readers, custody, sequester, categorise, protected, covert,
    operator, operator_groups, operator_priority, operator_rules, lead, lead_forms, lead_questions, spikes, alert,
    person, partner, package, package_routing, package_sent, package_replies, deconflict, outcome, outcome_typed,
    outcome_rules, results, results_released, statement, comparison, export, retention, backup, log, job, model,
    staff, evaluate, serve, demo,
)  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; gives the exit code, which comes from the error tree."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(given, print_error=False, exit_on_error=False, result_action="return_value")
    except CycloptsError as wrong:
        problem = " ".join(str(wrong).split()).rstrip(".")
        if isinstance(wrong, MissingArgumentError) and wrong.argument and not wrong.argument.tokens:
            problem = problem.replace("requires an argument", "is missing")
        refused = BadRequest(problem, where=" ".join(given[:2]), remedy="Add --help to see how it is called.")
        return _refused(refused, given)
    except CrossbearingError as error:
        return _refused(error, given)
    except BrokenPipeError:
        sys.stderr.close()
        return 141
    except OSError as refused:
        problem = f"A file cannot be read or written: {refused.strerror or refused}"
        remedy = "Check the path, free space and your rights on it, then repeat the command."
        return _refused(NothingWritten(problem, where=str(refused.filename or given[:2]), remedy=remedy), given)
    except KeyboardInterrupt:
        sys.stderr.write("stopped; what was not registered is dropped, and the command can be repeated\n")
        return 130
    return 0


def _refused(error: CrossbearingError, arguments: Sequence[str]) -> int:
    if "--json" in arguments:
        sys.stderr.write(json.dumps(error.parts(), ensure_ascii=False) + "\n")
    else:
        show_error(error)
    return error.exit_code
