"""Listening sockets of the web and the web door: opened by the supervisor, so that a restart never
loses one.

A caller whose webhook arrives while the web process is being restarted waits in the socket's queue
instead of being refused.
"""

import socket

from hotline.supervise.errors import StartError

BACKLOG = 128


def listen(
    port: int,
    host: str = "127.0.0.1",
    setting: str = "HOTLINE_PUBLIC_URL",
    example: str = "http://127.0.0.1",
) -> socket.socket:
    """A listening socket; port 0 lets the kernel choose. Raises StartError when it is taken.

    setting, example: which one names the port, and how it looks before the port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except PermissionError:
        listener.close()
        raise StartError(
            f"Port {port} may not be opened by this user; set {setting} to a port above "
            f"1023, for example {example}:8080."
        ) from None
    except OSError:
        listener.close()
        raise StartError(
            f"Port {port} is in use by another program; stop it, or set {setting} to "
            f"another port, for example {example}:{port + 1}."
        ) from None
    return listener


def port_of(listener: socket.socket) -> int:
    """The port a socket listens on."""
    return int(listener.getsockname()[1])
