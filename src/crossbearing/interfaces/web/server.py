"""Serving on the loopback address of this machine, and on no other."""

import socket
from typing import Final

import uvicorn

from crossbearing.domain.errors import BadConfiguration
from crossbearing.interfaces.web.security import ENTRANCE, Guard, Session

LOOPBACK: Final = "127.0.0.1"


def listening(port: int) -> socket.socket:
    """A socket that listens on the loopback address; port 0 takes a free one.

    Raises:
        BadConfiguration: The port is taken or not allowed.
    """
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        found.bind((LOOPBACK, port))
        found.listen()  # before the address is told: whoever comes at once waits, and is not refused
    except (OSError, OverflowError) as taken:
        found.close()
        raise BadConfiguration(
            f"Port {port} cannot be used: {getattr(taken, 'strerror', None) or taken}",
            where="serve --port",
            remedy="Leave --port out, and a free one is taken.",
        ) from taken
    return found


def server_of(app: Guard) -> uvicorn.Server:
    """A server for the application; ``run(sockets=[...])`` serves until it is told to stop.

    It says nothing of itself, believes no proxy, keeps no list of who asked, and takes no web sockets.
    """
    config = uvicorn.Config(
        app, log_level="error", access_log=False, server_header=False, proxy_headers=False, ws="none", lifespan="off",
        log_config=None, limit_concurrency=32, timeout_graceful_shutdown=5,
    )  # fmt: skip
    return uvicorn.Server(config)


def address_of(taken: socket.socket, session: Session) -> str:
    """The address that opens the session, once."""
    return f"http://{LOOPBACK}:{taken.getsockname()[1]}{ENTRANCE}?token={session.entrance}"
