"""What stands between a service manager and the program that it starts: descriptors from 3 on, and for whom.

Run as a program: placed_descriptors.py NUMBER,... COMMAND... moves the descriptors of these numbers to 3, 4,
... in their order, says in LISTEN_PID that they are for this process, and becomes the command.
"""

import fcntl
import os
import sys

FIRST = 3  # SD_LISTEN_FDS_START


def place(numbers):
    """Leaves the descriptors at FIRST and above, inheritable, and nowhere else."""
    beyond = FIRST + len(numbers)
    # None may stand where another one belongs before that one was moved away.
    kept = [fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, beyond) for number in numbers]
    for number in numbers:
        os.close(number)
    for target, number in enumerate(kept, FIRST):
        os.dup2(number, target)


if __name__ == "__main__":
    place([int(number) for number in sys.argv[1].split(",")])
    os.environ["LISTEN_PID"] = str(os.getpid())
    os.execv(sys.argv[2], sys.argv[2:])
