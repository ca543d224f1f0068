"""democtl's verbs by how they use the API, and one of them running."""

import subprocess

from daemon_process import DEMOCTL

STREAMS = (
    ("stats", "--watch", "--count", "2"),
    ("stats", "--watch", "--interval", "100ms", "-o", "jsonl"),
    ("events",),
    ("events", "--follow"),
    ("top",),
)
ANSWERS = (("status",), ("config", "show"), ("keepalive", "on"))


def watch(daemon, *arguments, out=subprocess.PIPE):
    command = [str(DEMOCTL), "--target", f"unix://{daemon.control_path}", *arguments]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.PIPE, text=True)
