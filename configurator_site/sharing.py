"""Where the processes of one server put what they count, so that whichever is asked tells the sum
of all.

prometheus_client decides when it is imported whether figures lie in files: `share_figures` is
called before that.
"""

import os
import shutil
import socket
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


def share_figures(folder: Path) -> Path:
    """Have the figures of this process lie in a folder that the other workers of its server use,
    too.

    The folder is named after their parent: a server that is started again begins with none. Those
    of servers of this machine that are gone are deleted.
    """
    host = socket.gethostname()[:60]
    own = folder / f"{host}-{os.getppid()}"
    for each in folder.glob(f"{host}-*"):
        number = each.name.rpartition("-")[2]
        if each != own and number.isdigit() and not _lives(int(number)):
            shutil.rmtree(each, ignore_errors=True)
    own.mkdir(parents=True, exist_ok=True)
    os.environ[VARIABLE] = str(own)
    return own


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
