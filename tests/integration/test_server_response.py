"""What server mode answers: configured at start, by democtl, by a request's query."""

import proc_facts
from ports import free_address, text
from raw_client import RawClient, get


def test_response_set_at_run_time(start_daemon):
    daemon = start_daemon("-k")
    with RawClient(daemon.address) as client:
        def ask(target="/"):
            client.send(f"GET {target} HTTP/1.1\r\nHost: test\r\n\r\n")
            return client.read_response()

        assert ask().body == b"OK\n"
        daemon.democtl("set-response", "--json", '{"hello":"world"}', "--header", "X-A: b", "--status", "202")
        response = ask()
        assert (response.status, response.body) == (202, b'{"hello":"world"}')
        assert response.get("Content-Type") == "application/json"
        assert response.get("X-A") == "b"
        daemon.democtl("set-response", "--body-size", "20k", "--content-type", "application/octet-stream",
                       "--status", "200")
        response = ask()
        assert response.status == 200 and len(response.body) == 20480
        assert response.get("Content-Type") == "application/octet-stream"
        assert response.get("X-A") == "b", "what was not named stays"
        daemon.democtl("set-response", "--text", "short")
        assert ask().body == b"short"


def test_response_from_a_file(start_daemon, tmp_path):
    body = bytes(range(256)) * 500
    (tmp_path / "body").write_bytes(body)
    daemon = start_daemon("-k")
    daemon.democtl("set-response", "--file", tmp_path / "body")
    assert get(daemon.address).body == body


def test_response_from_the_configuration(new_daemon, tmp_path):
    config = tmp_path / "demo-server.toml"
    config.write_text('[response]\nstatus = 404\nbody = "gone"\nheaders = ["X-A: b"]\nshaping = false\n')
    daemon = new_daemon().start("--config", config)
    response = get(daemon.address, "/?r=200")
    assert (response.status, response.body, response.get("X-A")) == (404, b"gone", "b")


def test_query_shapes_the_response_until_it_is_switched_off(start_daemon):
    daemon = start_daemon("-k")
    assert get(daemon.address, "/?s=20k&r=404").status == 404
    assert len(get(daemon.address, "/?s=20k&r=404").body) == 20480
    assert get(daemon.address, "/?chunked=1&s=300k").get("Transfer-Encoding") == "chunked"
    assert len(get(daemon.address, "/?chunked=1&s=300k").body) == 300 * 1024
    assert get(daemon.address, "/?t=50").status == 200
    with RawClient(daemon.address) as client:
        client.send(b"GET /?c=1 HTTP/1.1\r\nHost: test\r\n\r\n")
        assert client.read_response().get("Connection") == "close"
        assert client.at_end()
    daemon.democtl("set-response", "--shaping", "off")
    assert get(daemon.address, "/?r=404").status == 200


def test_body_of_a_gibibyte_takes_no_memory(start_daemon):
    daemon = start_daemon("-k")
    pid = daemon.worker_pids()[0]
    assert get(daemon.address, "/?s=2m").status == 200  # the pattern is there
    before = proc_facts.status_kib(pid, "VmRSS")
    with RawClient(daemon.address) as client:
        client.send(b"GET /?s=1g HTTP/1.1\r\nHost: test\r\n\r\n")
        head = client.read_head()
        assert head.get("Content-Length") == str(1 << 30)
        received = len(client.buffer)
        while received < 1 << 30:
            received += len(client.socket.recv(1 << 20))
        assert received == 1 << 30
    assert proc_facts.status_kib(pid, "VmRSS") <= before + 256


def test_raw_listener_answers_anything(start_daemon):
    daemon = start_daemon("-k")
    address = free_address()
    daemon.democtl("add-listener", text(address), "--mode", "raw")
    with RawClient(address) as client:
        for data in (b"\x00", b"nonsense", b"GET / HTTP/9.9\r\n\r\n"):
            client.send(data)
            assert client.read_response().status == 200
        daemon.democtl("keepalive", "off")
        assert client.at_end()
    with RawClient(address) as client:
        client.send(b"x")
        assert client.read_response().get("Connection") == "close"
        assert client.at_end()
