"""Users of one host at the control sockets: none of them shuts the others out, and each is told why."""

import pytest
from neighbours import NEEDS_ROOT, Neighbour, democtl_as
from own_user import OWN_USER
from preloads import preload
from raw_client import get
from waiting import eventually

pytestmark = NEEDS_ROOT

CROWD, OTHER, LATE = 65534, 65533, 65532
# So few descriptors that the places are few: 69, of which 8 are kept, and 32 for one user.
FEW = ("prlimit", "--nofile=1024:1024")
OF_ONE, OF_ALL = 32, 61


@pytest.fixture(params=["monitor.sock", "control.sock"])
def small(request, start_daemon):
    """A daemon with few places, both of whose sockets everybody reaches."""
    daemon = start_daemon(started_by=FEW)
    daemon.folder.chmod(0o755)
    daemon.path = daemon.folder / request.param
    daemon.path.chmod(0o666)
    return daemon


def troubles(daemon):
    problems = daemon.democtl_json("status").get("problems", [])
    return [problem for problem in problems if problem.startswith("control over")]


def test_a_user_with_its_share_is_told_so_and_nobody_else_suffers(small):
    with Neighbour(CROWD, small.path, OF_ONE + 8) as crowd:
        eventually(lambda: crowd.held() == OF_ONE, "those beyond the share to be refused")
        refused = democtl_as(CROWD, small.path, "status")
        assert refused.returncode == 1, refused
        assert refused.stderr == (
            f"democtl: too many connections of uid {CROWD} to {small.path}, {OF_ONE} are open already: "
            "close some, or try again later\n"
        )
        assert "state:" in democtl_as(OTHER, small.path, "status").stdout
        assert "state:" in small.democtl("status", target=f"unix://{small.path}").stdout
        assert troubles(small) == [f"control over {small.path}: connections of uid {CROWD} are refused, "
                                   f"{OF_ONE} are open already"]
        assert get(small.address).status == 200
        assert crowd.held() == OF_ONE
    assert small.log().count("are refused") == 1, small.log()
    eventually(lambda: "state:" in democtl_as(CROWD, small.path, "status").stdout, "its places to be free")


def test_an_idle_connection_of_the_user_with_most_gives_way(small):
    small.close_api()  # no connection of the test's own takes a place
    with Neighbour(CROWD, small.path, OF_ONE) as crowd, \
            Neighbour(OTHER, small.path, OF_ALL - OF_ONE) as other:
        # Until all are counted.
        taken = (OF_ONE, OF_ALL - OF_ONE)
        eventually(lambda: (crowd.held(), other.held()) == taken, "all places to be taken")
        with Neighbour(LATE, small.path, 1) as late:
            eventually(lambda: crowd.held() < OF_ONE, "one of the crowd to give way")
            assert late.held() == 1
            assert (crowd.held(), other.held()) == (OF_ONE - 1, OF_ALL - OF_ONE)
            # Places that are kept for root: nobody gives way to it.
            with Neighbour(0, small.path, 5) as root:
                assert "state:" in small.democtl("status", target=f"unix://{small.path}").stdout
                assert (root.held(), crowd.held(), late.held()) == (5, OF_ONE - 1, 1)
    assert f"idle connection of uid {CROWD} gives way to one of uid {LATE}" in small.log()


def test_root_gets_in_where_its_own_script_holds_every_place(small):
    with Neighbour(0, small.path, 80):
        for _ in range(5):
            assert "state:" in small.democtl("status", target=f"unix://{small.path}").stdout
            assert "state:" in democtl_as(OTHER, small.path, "status").stdout
    assert not troubles(small)


def test_who_watches_is_ended_after_who_is_idle(start_daemon):
    daemon = start_daemon(started_by=FEW)
    daemon.folder.chmod(0o755)
    path = daemon.folder / "monitor.sock"
    # Of root's connections this one is the oldest.
    events = daemon.monitor.WatchEvents(after_sequence=0, follow=True, timeout=60)
    next(events)
    with Neighbour(0, daemon.control_path, 90) as idle:
        eventually(lambda: idle.held() < 80, "idle ones to give way")
        daemon.democtl("add-backend", "127.0.0.1:9")
        assert any("add-backend" in event.event.message for event in (next(events) for _ in range(4)))
    assert "state:" in democtl_as(OTHER, path, "status").stdout


@pytest.mark.skipif(not preload("stray_worker").exists(), reason="needs a library that is not built here")
def test_a_worker_is_let_in_nowhere(new_daemon, tmp_path):
    daemon, findings = new_daemon(), tmp_path / "findings"
    sockets = [daemon.control_path, daemon.folder / "monitor.sock"]
    # One whom the sockets' modes would let in.
    daemon.start(*OWN_USER, environment={
        "LD_PRELOAD": str(preload("stray_worker")),
        "DEMO_TEST_SOCKETS": ":".join(map(str, sockets)),
        "DEMO_TEST_FINDINGS": str(findings),
    })
    assert get(daemon.address).status == 200
    eventually(findings.read_text, "the worker to have tried")
    assert findings.read_text().split() == ["0", "0"]
    (worker,) = daemon.worker_pids()
    for path in sockets:
        told = f"control over {path}: the worker process {worker} is refused"
        assert any(problem.startswith(told) for problem in troubles(daemon)), troubles(daemon)
