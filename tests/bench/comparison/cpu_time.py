"""CPU time of a process with all that it started, kernel work included."""

import os


def tree_ns(pid):
    """Nanoseconds that the threads of a process, and of its descendants, have run (proc(5), schedstat).

    Who ended meanwhile is not counted: what is measured keeps its processes.
    """
    total = 0
    todo = [pid]
    while todo:
        process = todo.pop()
        try:
            for task in os.listdir(f"/proc/{process}/task"):
                folder = f"/proc/{process}/task/{task}"
                total += int(read(f"{folder}/schedstat").split()[0])
                todo += [int(child) for child in read(f"{folder}/children").split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return total


def read(path):
    with open(path, encoding="ascii") as file:
        return file.read()
