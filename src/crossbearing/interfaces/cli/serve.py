"""Command serve: the workbench in the browser."""

import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from crossbearing.domain.errors import BadConfiguration
from crossbearing.interfaces.cli.app import DEFAULTS, Shared, app
from crossbearing.interfaces.cli.output import as_json, next_move, say
from crossbearing.presentation.text import plural


@app.command
def serve(
    op: Path,
    *,
    port: int = 0,
    open_: Annotated[bool, Parameter(name="--open")] = False,
    authority: str = "",
    shared: Shared = DEFAULTS,
) -> None:
    """Serve the workbench to a browser on this machine, until you stop it with Ctrl-C.

    It listens on 127.0.0.1 only. The address that is printed opens once; the browser that opened it stays in. Whoever
    started it is the person who judges.

    Parameters
    ----------
    op
        Operation folder.
    port
        Port to listen to; 0 takes a free one.
    open_
        Also open the address in the browser.
    authority
        Authorisation relied on for every answer.

    """
    try:
        from crossbearing.interfaces.web.app import workbench  # noqa: PLC0415 - rests on an extra
        from crossbearing.interfaces.web.security import Session  # noqa: PLC0415 - as above
        from crossbearing.interfaces.web.server import address_of, listening, server_of  # noqa: PLC0415 - as above
    except ModuleNotFoundError as missing:
        raise BadConfiguration(
            f"The workbench needs {missing.name}, which is not installed",
            where="crossbearing serve",
            remedy="Install Crossbearing with its extra `workbench`.",
        ) from missing
    session = Session()
    with listening(port) as taken:
        address = address_of(taken, session)
        guard = workbench(op, shared.context(authority), session, taken.getsockname()[1])
        if shared.json:
            as_json({"address": address})
        else:
            say(f"open once, in a browser on this machine: {address}")
            say("stop with Ctrl-C")
        if open_:
            webbrowser.open(address)
        with suppress(KeyboardInterrupt):  # how it is stopped
            server_of(guard).run(sockets=[taken])
    if not shared.json:
        say(f"stopped; {plural(len(session.answered), 'answer')} recorded")
        next_move(f"crossbearing run {op}")
