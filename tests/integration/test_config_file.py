"""The configuration file: what it says is in force, what is wrong is told, a state can be told again."""

import json
import re
import socket

import pytest
from daemon_process import SERVER
from programs import check_config, run, run_script
from raw_client import get

EVERYTHING = """
accept_mode = "exclusive"
log_level = "notice"
max_connections = 500
[client_keepalive]
enabled = true
idle_timeout = "15s"
max_requests = 10
[backend_keepalive]
enabled = false
idle_timeout = "3s"
[client_timeouts]
head = "1500ms"
body = "2s"
request = "1m"
write = "4s"
[forwarding]
x_forwarded = true
via = true
[response]
status = 203
content_type = "text/html"
body = "it's \\"here\\" $HOME `x`\\n"
headers = ["X-A: b c", "X-B: it's"]
shaping = false
[[pool]]
name = "web"
policy = "uri-hash"
send_proxy_protocol = "v1"
slow_start = "1500ms"
queue_limit = 7
[pool.health]
path = "/up?a=b&c=d"
expected_status = 204
rise = 4
[pool.ejection]
consecutive_failures = 6
allow_last = true
statuses = "429,500-599"
[pool.timeouts]
connect = "1s"
tunnel = "90s"
[[pool.backend]]
address = "[::1]:9000"
weight = 5
max_connections = 9
backup = true
state = "drain"
[[pool.backend]]
address = "unix:/nonexistent/backend.sock"
[[pool]]
name = "empty"
[[listener]]
address = "127.0.0.1:0"
mode = "server"
[listener.kernel]
backlog = 100
nodelay = false
keepalive_idle_s = 60
"""


def write_config(daemon, content):
    path = daemon.folder / "demo-server.toml"
    path.write_text(content)
    return path


def test_every_value_of_the_file_is_in_force(new_daemon):
    daemon = new_daemon()
    daemon.start("--config", write_config(daemon, EVERYTHING), listen=())
    response = get(daemon.address)
    assert response.status == 203
    assert response.body == b"it's \"here\" $HOME `x`\n"
    assert response.get("Content-Type") == "text/html"
    assert (response.get("X-A"), response.get("X-B")) == ("b c", "it's")
    shown = json.dumps(daemon.democtl_json("config", "show"))
    for value in ("web", "uri-hash", "127.0.0.1:0", "[::1]:9000", "/up?a=b&c=d", "1500ms"):
        assert value in shown, value


def test_exported_commands_make_the_same_state_again(new_daemon):
    daemon = new_daemon()
    daemon.start("--config", write_config(daemon, EVERYTHING), listen=())
    script = daemon.democtl("config", "export-commands").stdout
    wanted = daemon.monitor.GetConfig().running

    bare = new_daemon()
    bare.start()
    bare.democtl("remove-listener", "127.0.0.1:0")
    run_script(script, bare, "sh", "-e")
    made = bare.monitor.GetConfig().running
    # The number of workers came from a flag of both daemons.
    wanted.ClearField("workers")
    made.ClearField("workers")
    assert made == wanted


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("cores = [0, 4095]", ":2:13: workers.cores: core 4095 does not exist here"),
        ("start_core = 4095", ":2:14: workers.start_core: start core 4095 does not exist here"),
        ("count = 256", ":2:9: workers.count: 256 workers from core 0 on are more"),
    ],
)
def test_what_the_machine_does_not_have_is_told_with_its_place(tmp_path, content, told):
    config = tmp_path / "cores.toml"
    config.write_text(f"[workers]\n{content}\n")
    done = check_config("--config", config)
    assert done.returncode == 2
    assert f"{config}{told}" in done.stderr


def test_a_port_that_is_taken_at_the_start_is_told_with_its_place(tmp_path):
    config = tmp_path / "taken.toml"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        config.write_text(f'[[listener]]\naddress = "127.0.0.1:0"\n[[listener]]\naddress = "{address}"\n')

        def told(*flags):
            done = run(SERVER, "--config", config, "--control", f"unix://{tmp_path}/control.sock", *flags)
            assert done.returncode == 1, done.stderr
            return done.stderr

        assert f"demo-server: {config}:4:11: listener.address: cannot listen on {address}: " in told()
        assert f"{config}:4" not in told("--listen", address)


def test_very_many_unknown_keys_are_told_in_short(tmp_path):
    config = tmp_path / "many.toml"
    keys = ", ".join(f"key{i} = {i}" for i in range(100_000))
    config.write_text(f"workers = {{{keys}}}\n{'x' * 1_000_000} = 1\n")
    done = check_config("--config", config)
    assert done.returncode == 2
    assert len(done.stderr) < 20_000
    assert done.stderr.endswith("and 99951 more\n")


def test_all_mistakes_are_told_at_once_with_line_field_and_value(tmp_path):
    config = tmp_path / "bad.toml"
    config.write_text(
        'accept_mode = "both"\n[client_keepalve]\n[[listener]]\naddress = "1.2.3.4"\nmode = "tpc"\n'
    )
    done = check_config("--config", config)
    assert done.returncode != 0
    told = done.stdout + done.stderr
    assert (
        f'{config}:1:15: accept_mode is "both": must be one of shared, exclusive, reuseport, reuseport-cpu'
        in told
    )
    assert f'{config}:2:2: unknown key "client_keepalve"; did you mean "client_keepalive"?' in told
    assert f'{config}:4:11: listener.address: invalid address "1.2.3.4"' in told
    assert f'{config}:5:8: listener.mode is "tpc"' in told


STRANGE = {
    "not UTF-8": b"\xff\xfe",
    "zeros": b"\0" * 1000,
    "a key of many parts": b"a" + b".a" * 100_000 + b" = 1",
    "deep brackets": b"[" * 100_000,
    "JSON": b"{}",
    "another daemon's": b"listener {\n  listen 80;\n}\n",
}


@pytest.mark.parametrize("content", STRANGE.values(), ids=STRANGE.keys())
def test_a_file_of_something_else_is_refused_in_a_sentence(tmp_path, content):
    config = tmp_path / "strange.toml"
    config.write_bytes(content)
    done = check_config("--config", config)
    assert done.returncode in (1, 2)
    assert re.search(rf"{re.escape(str(config))}:1:\d+: ", done.stdout + done.stderr)


def test_flags_win_over_the_file(new_daemon):
    daemon = new_daemon()
    config = write_config(
        daemon, '[[listener]]\naddress = "127.0.0.9:0"\n[client_keepalive]\nenabled = false\n'
    )
    daemon.start("--config", config, "-k")
    assert daemon.address[0] == "127.0.0.1"
    assert len(daemon.addresses()) == 1
    assert daemon.monitor.GetStatus().client_keepalive
