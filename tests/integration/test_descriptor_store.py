"""The stand-in for systemd's store of descriptors keeps, drops and hands out what systemd would."""

import array
import os
import socket
import subprocess
import sys

import placed_descriptors
import pytest
from descriptor_store import Store, is_name
from waiting import eventually

SHOW_DESCRIPTORS = """
import os
held = sorted(map(int, os.listdir("/proc/self/fd")))[3:-1]
print(os.environ["LISTEN_PID"] == str(os.getpid()), held, [os.read(number, 1) for number in held])
"""

@pytest.fixture
def store():
    made = Store(limit=4)
    yield made
    made.close()


def tell(store, text, *descriptors):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.connect(store.path)
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))
        sender.sendmsg([text.encode()], [rights] if descriptors else [])


def listening():
    return socket.create_server(("127.0.0.1", 0))


def keep(store, name, *descriptors):
    tell(store, f"FDSTORE=1\nFDNAME={name}", *descriptors)


def test_a_name_keeps_all_of_its_descriptors_and_an_open_file_is_kept_once(store):
    with listening() as one, listening() as other:
        keep(store, "s1", one.fileno(), other.fileno())
        keep(store, "s1", one.fileno())
        assert store.names() == {"s1": 2}
        tell(store, "FDSTOREREMOVE=1\nFDNAME=s1")
        assert store.names() == {}
    assert store.complaints == []


def test_an_open_file_stays_under_its_first_name_and_that_is_told(store):
    # All of this kind have one inode.
    bells = [os.eventfd(0), os.eventfd(0)]
    keep(store, "b0", bells[0])
    keep(store, "b1", bells[1])
    assert store.names() == {"b0": 1, "b1": 1}
    keep(store, "b2", bells[0])
    assert store.names() == {"b0": 1, "b1": 1}
    assert store.complaints == ["b2 is kept already as b0"]
    for bell in bells:
        os.close(bell)


def test_what_is_hung_up_is_dropped_and_its_end_in_the_store_keeps_the_other_side_open(store):
    ours, stored = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    memory = os.memfd_create("table")
    keep(store, "c0", stored.fileno())
    keep(store, "table", memory)
    stored.close()
    os.close(memory)
    assert store.names() == {"c0": 1, "table": 1}
    with pytest.raises(BlockingIOError):
        ours.recv(1)
    ours.close()
    eventually(lambda: store.names() == {"table": 1}, "the channel to be dropped")


def test_a_socket_that_does_not_listen_yet_is_hung_up(store):
    with socket.socket() as early, listening() as ready:
        keep(store, "s0", early.fileno())
        keep(store, "s1", ready.fileno())
        eventually(lambda: store.names() == {"s1": 1}, "the one that does not listen to be dropped")


def test_what_does_not_fit_and_what_has_no_name_is_told(store):
    sockets = [listening() for _ in range(5)]
    keep(store, "s0", *(each.fileno() for each in sockets))
    for each in sockets:
        each.close()
    assert store.names() == {"s0": 4}
    assert store.complaints == ["no room for s0: 4 descriptors are stored"]
    tell(store, "FDSTOREREMOVE=1\nFDNAME=a:b")
    store.settle()
    assert len(store.complaints) == 2
    assert not is_name("") and not is_name("a\x07") and not is_name("x" * 256) and is_name("x" * 255)


def test_a_barrier_is_a_descriptor_that_is_closed(store):
    read, write = os.pipe()
    tell(store, "BARRIER=1", write)
    os.close(write)
    assert os.read(read, 1) == b""
    os.close(read)
    tell(store, "READY=1\nSTATUS=Serving")
    store.settle()
    assert (store.readiness, store.status) == (1, "Serving")


def test_the_next_process_has_the_descriptors_from_three_on_newest_first(store):
    # One of them has a number that another one is to get.
    pipes = [os.pipe() for _ in range(3)]
    for number, (read, write) in enumerate(pipes):
        os.write(write, str(number).encode())
        keep(store, f"p{number}", read)
        store.settle()
        os.close(read)
    stored = store.handed_out()
    assert [name for name, _ in stored] == ["p2", "p1", "p0"]
    numbers = [descriptor for _, descriptor in stored]
    told = subprocess.run(
        [sys.executable, "-ISB", placed_descriptors.__file__, ",".join(map(str, numbers)), sys.executable]
        + ["-c", SHOW_DESCRIPTORS],
        pass_fds=numbers,
        capture_output=True,
        text=True,
        check=True,
    )
    for _, write in pipes:
        os.close(write)
    assert told.stdout == ("True [3, 4, 5] [b'2', b'1', b'0']\n"), told.stdout
