"""What the kernel says about a process, from /proc."""

import os
from pathlib import Path


def children(pid):
    """Process ids whose parent is pid, zombies left out."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = stat_fields(int(entry.name))
            if fields and int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(entry.name))
    return sorted(found)


def zombies(pid):
    """How many children of pid have ended and were not waited for."""
    states = [stat_fields(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return sum(fields is not None and int(fields[1]) == pid and fields[0] == "Z" for fields in states)


def stat_fields(pid):
    """The fields of /proc/PID/stat after the name (state, ppid, ...), or None when the process is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return text.rsplit(")", 1)[1].split()


def is_alive(pid):
    fields = stat_fields(pid)
    return fields is not None and fields[0] != "Z"


def name(pid):
    return Path(os.readlink(f"/proc/{pid}/exe")).name


def affinity(pid):
    return os.sched_getaffinity(pid)


def open_descriptors(pid):
    """{number: what it is} of a process."""
    found = {}
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found[int(entry.name)] = os.readlink(entry)
        except OSError:
            continue
    return found


def status_number(pid, field):
    """A number of /proc/PID/status, such as TracerPid."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise AssertionError(f"/proc/{pid}/status has no {field}")


def ignored_signals(pid):
    """The numbers of the signals that a process ignores."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("SigIgn:"):
            mask = int(line.split()[1], 16)
            return {number for number in range(1, 65) if mask >> (number - 1) & 1}
    raise AssertionError(f"/proc/{pid}/status has no SigIgn")


def status_kib(pid, field):
    """A size of /proc/PID/status in KiB: VmRSS, RssAnon, VmHWM."""
    return status_number(pid, field)


def cpu_seconds(pid):
    """User and system time that a process has used."""
    fields = stat_fields(pid)
    assert fields, f"process {pid} is gone"
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def client_ports(pid):
    """The ports of the clients whose IPv4 connections, in whatever state, a process holds."""
    held = {what for what in open_descriptors(pid).values() if what.startswith("socket:")}
    found = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, _, remote, _, _, _, _, _, _, inode, *_ = line.split()
        if f"socket:[{inode}]" in held:
            found.add(int(remote.rpartition(":")[2], 16))
    return found - {0}
