"""A process that has read Rowbot's whole program, so that a life can begin as its copy: reading it anew would take longer than most lives last.

It listens on a Unix socket. Whoever connects sends one line of JSON (the arguments, the environment, the file for what is logged, and
perhaps a program to run in place of Rowbot's command line) and hears the number of the new process, then all that it prints, then how it ended. A copy has done nothing yet that a fresh
`python -m bot` has not: the program is read, and the network loaded.
"""

import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
from typing import Any, Final

import bot.__main__ as program
from bot import failpoints
from bot.config import Settings
from bot.features.matching.matcher import Matcher

_BACKLOG: Final = 16


def main(path: str) -> None:
    """Serve until whoever started this closes its standard input."""
    Matcher.load(Settings().embedder)
    gc.freeze()  # a life that looks for garbage would copy every page of this memory
    wakes, wake = socket.socketpair()
    for end in (wakes, wake):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake.fileno())
    lives: dict[int, socket.socket] = {}
    with socket.socket(socket.AF_UNIX) as door, selectors.DefaultSelector() as selector:
        door.bind(path)
        door.listen(_BACKLOG)
        for source in (door, wakes, sys.stdin):
            selector.register(source, selectors.EVENT_READ)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            ready = [key.fileobj for key, _ in selector.select()]
            if wakes in ready:
                wakes.recv(4096)
                _bury(lives)
            if door in ready:
                life, _ = door.accept()
                number = os.fork()
                if number == 0:
                    _live(life)
                lives[number] = life
            if sys.stdin in ready:
                break
    for number in lives:
        os.kill(number, signal.SIGKILL)


def _bury(lives: dict[int, socket.socket]) -> None:
    while lives:
        number, status = os.waitpid(-1, os.WNOHANG)
        if number == 0:
            return
        with lives.pop(number) as life:
            life.sendall(f"ended {os.waitstatus_to_exitcode(status)}\n".encode())


def _live(life: socket.socket) -> None:
    """Be a fresh process of the program, to its end."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with life.makefile("r") as asked:
            wanted: dict[str, Any] = json.loads(asked.readline())
        os.environ.clear()
        os.environ.update(wanted["environment"])
        log = os.open(wanted["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (life.fileno(), 1), (log, 2)):
            os.dup2(source, target)
        os.closerange(3, 1024)
        importlib.reload(failpoints)  # it reads the environment, into the names that all hold
        sys.stdout.write(f"begun {os.getpid()}\n")
        sys.stdout.flush()
        if wanted["program"]:
            sys.argv = ["-c", *wanted["arguments"]]
            exec(wanted["program"], {"__name__": "__main__"})  # noqa: S102 - a test's own
            code = 0
        else:
            code = program.main(wanted["arguments"])
    except BaseException:  # noqa: BLE001 - as an interpreter does with what nobody catches
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1])
