"""The server and the proxy example of the original daemon, with its addresses and its load."""

import pytest
from host_daemon import daemon_on
from load import ab
from three_hosts import ThreeHosts
from waiting import eventually

REQUESTS = 100_000
CONCURRENCY = 100


@pytest.fixture(scope="module")
def hosts():
    made = ThreeHosts()
    yield made
    made.close()


def load_from_client(hosts, requests=REQUESTS):
    result = ab("http://10.0.0.2:80/", requests, CONCURRENCY, prefix=hosts.prefix("client")).wait(600)
    result.check()
    assert result.requests == requests


def test_server_example(hosts):
    with daemon_on(hosts, "middle"):
        load_from_client(hosts)


def test_proxy_example(hosts):
    with daemon_on(hosts, "backend"), daemon_on(hosts, "middle", "-x", "10.0.0.3:80"):
        load_from_client(hosts)


def test_backend_added_while_it_runs(hosts):
    with daemon_on(hosts, "backend"), daemon_on(hosts, "middle") as proxy:
        proxy.democtl("add-backend", "10.0.0.3:80")
        assert "10.0.0.3:80" in proxy.democtl("backends")
        load_from_client(hosts, 10_000)
        proxy.democtl("remove-backend", "10.0.0.3:80")


def test_backend_that_is_killed_and_revived_fails_no_request(hosts):
    both = ["-x", "10.0.0.3:80", "10.0.0.3:81"]
    with (
        daemon_on(hosts, "backend"),
        daemon_on(hosts, "backend", "-a", "10.0.0.3:81") as dies,
        daemon_on(hosts, "middle", *both) as proxy,
    ):
        load = ab("http://10.0.0.2:80/", 2 * REQUESTS, CONCURRENCY, prefix=hosts.prefix("client"))
        try:
            eventually(lambda: proxy.requests() > REQUESTS // 2, "a quarter of the load", 300)
            assert dies.requests() > 0
            dies.kill()
            eventually(lambda: proxy.requests() > REQUESTS, "half of the load", 300)
            dies.start()
            eventually(lambda: dies.requests() > 0, "the revived backend to be used again", 60)
            assert load.running(), "it came back too late for this load"
            result = load.wait(600)
        finally:
            load.kill()
        result.check()
        assert result.requests == 2 * REQUESTS
