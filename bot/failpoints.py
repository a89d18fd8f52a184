"""Named points at which the process may be killed, for the tests that prove nothing is lost or doubled.

``ROWBOT_FAILPOINT=commit:hear_message:after`` kills this process with SIGKILL when it reaches that point;
``…@3`` at the third time. Unset, reaching a point costs one comparison. ``ROWBOT_FAILPOINT_LOG=path`` appends the name
of every point reached instead, so that a test can tell which ones a scenario passes through.
"""

import os
import signal
from pathlib import Path

_armed, _, _count = os.environ.get("ROWBOT_FAILPOINT", "").partition("@")
_log = os.environ.get("ROWBOT_FAILPOINT_LOG", "")
_left = int(_count or 1)


def reach(point: str) -> None:
    """Say that the process is at this point; if it is the armed one, it ends here and now."""
    global _left  # noqa: PLW0603 - the countdown belongs to the process
    if _log:
        with Path(_log).open("a") as log:
            log.write(point + "\n")
    if point != _armed:
        return
    _left -= 1
    if _left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
