"""What is measured: the workloads, as one table. A new one is a line of it."""

from dataclasses import dataclass, replace
from enum import Enum

KIB = 1024
MIB = 1024 * KIB


class Role(Enum):
    """What a contender does with a request."""

    SERVER = "answers it"
    PROXY = "forwards it by HTTP"
    TCP = "relays its bytes"


@dataclass(frozen=True)
class Workload:
    name: str
    summary: str
    role: Role = Role.SERVER
    body_bytes: int = 3
    chunked: bool = False  # the response that is forwarded
    closing: bool = False  # a connection a request
    pipelined: int = 1  # requests that are sent at once
    backends: int = 1
    connections: int = 64  # of the load

    @property
    def forwards(self):
        return self.role is not Role.SERVER


WORKLOADS = (
    Workload("keepalive", "a small GET on kept connections"),
    Workload("close", "a connection for each GET", closing=True),
    Workload("pipeline16", "16 requests of a browser's kind at once", pipelined=16),
    Workload("body-64k", "a GET with a body of 64 KiB", body_bytes=64 * KIB),
    Workload("proxy-keepalive", "a small GET, forwarded", Role.PROXY),
    Workload("proxy-close", "a connection for each GET, forwarded", Role.PROXY, closing=True),
    Workload("proxy-64k", "a body of 64 KiB, forwarded", Role.PROXY, body_bytes=64 * KIB, connections=16),
    Workload("proxy-1m", "a body of 1 MiB, forwarded", Role.PROXY, body_bytes=MIB, connections=16),
    Workload(
        "proxy-chunked-1m", "the same in chunks", Role.PROXY, body_bytes=MIB, chunked=True, connections=16
    ),
    Workload("tcp", "a small GET, relayed by layer 4", Role.TCP),
    Workload("tcp-1m", "a body of 1 MiB, relayed by layer 4", Role.TCP, body_bytes=MIB, connections=16),
    Workload("backends", "a small GET, forwarded to N backends in turn (--backends)", Role.PROXY),
)


def chosen(names, backend_counts):
    """The workloads of these names, in the order of the table; "backends" once for each count."""
    unknown = set(names) - {workload.name for workload in WORKLOADS}
    if unknown:
        raise ValueError(f"there is no workload {', '.join(sorted(unknown))}")
    found = []
    for workload in WORKLOADS:
        if workload.name not in names:
            continue
        if workload.name == "backends":
            found += [
                replace(workload, name=f"backends-{count}", backends=count) for count in backend_counts
            ]
        else:
            found.append(workload)
    return found
