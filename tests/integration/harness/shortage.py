"""Takes from a running process, or from a disk, what it needs."""

import resource

import proc_facts


def forbid_descriptors(pid):
    """Lets the process open no descriptor more; the limit before."""
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    # What is open for a moment is open at one look alone.
    looks = [proc_facts.open_descriptors(pid) for _ in range(10)]
    lowest_free = min(next(n for n in range(len(open_now) + 1) if n not in open_now) for open_now in looks)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (lowest_free, before[1]))
    return before


def fill(folder):
    """Writes until nothing fits; the file that took the space."""
    path = folder / "ballast"
    with open(path, "wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(b"x" * 1024)
        except OSError:
            pass
    return path
