"""How long a body, a file and a whole state may be: what one way takes, every way takes, shows and keeps."""

import json
import subprocess

import grpc
import pytest
from control_api import ControlApi, message
from ports import free_address, text
from programs import as_an_operator, check_config
from raw_client import get

BODY = 512 * 1024
STATE = 1280 * 1024
FILE = 3 * 1024 * 1024
# The characters that TOML and JSON write at the greatest length, and what is no text at all.
BODIES = {"text": b"x" * BODY, "escapes": b"\x01\x7f" * (BODY // 2), "bytes": b"\xff\0" * (BODY // 2)}


def said(daemon, *words):
    """What democtl says of what it refuses."""
    done = daemon.democtl(*words, check=False)
    assert done.returncode == 2, (words, done)
    return done.stderr


@pytest.fixture
def api(start_daemon, tmp_path):
    folder = tmp_path / "kept"
    folder.mkdir()
    daemon = start_daemon("--state-dir", folder)
    daemon.folder = folder
    # With the limits of a client that asks for nothing else: 4 MiB of an answer.
    api = ControlApi(daemon.control_path)
    api.daemon = daemon
    yield api
    api.close()


def test_the_longest_body_is_the_same_in_a_file_and_in_every_verb(start_daemon, tmp_path):
    body, config = tmp_path / "body", tmp_path / "demo-server.toml"
    config.write_text('[response]\nbody_file = "body"\n')
    body.write_bytes(BODIES["text"])
    assert check_config("--config", config).returncode == 0
    daemon = start_daemon("--config", config)
    body.write_bytes(BODIES["text"] + b"x")
    refused = check_config("--config", config)
    assert refused.returncode != 0
    assert f"at most {BODY} bytes" in refused.stderr
    assert f"at most {BODY}" in said(daemon, "set-response", "--file", body)
    assert get(daemon.address).body == BODIES["text"]


@pytest.mark.parametrize("kind", BODIES)
def test_the_longest_body_is_set_shown_exported_and_kept(api, tmp_path, kind):
    daemon, body = api.daemon, BODIES[kind]
    path, state, toml = tmp_path / "body", tmp_path / "state.json", tmp_path / "state.toml"
    path.write_bytes(body)
    daemon.democtl("set-response", "--file", path)
    assert get(daemon.address).body == body
    shown = api.monitor.GetConfig()
    assert shown.running.response.body == shown.saved.response.body == body
    state.write_text(daemon.democtl("config", "show").stdout)
    toml.write_text(daemon.democtl("config", "show", "-o", "toml").stdout)
    commands = daemon.democtl("config", "export-commands").stdout.splitlines()
    line = next(line for line in commands if "set-response" in line)
    for again in (
        ["democtl", "config", "apply", state],
        ["democtl", "config", "apply-file", toml, "--prefer", "file"],
        ["sh", "-e", tmp_path / "line.sh"],
    ):
        (tmp_path / "line.sh").write_text(line + "\n")
        daemon.democtl("set-response", "--text", "plain")
        subprocess.run([str(word) for word in again], check=True, timeout=60, env=as_an_operator(daemon))
        assert get(daemon.address).body == body, again
    daemon.stop()
    daemon.start("--state-dir", daemon.folder)
    assert get(daemon.address).body == body


def refusal(call, **fields):
    with pytest.raises(grpc.RpcError) as refused:
        call(**fields)
    return refused.value.code(), refused.value.details()


def test_a_body_that_is_too_long_is_refused_by_every_call_that_has_one(api):
    body = BODIES["text"] + b"x"
    config = api.monitor.GetConfig().running
    config.response.body = body
    for code, details in (
        refusal(api.control.SetResponse, response=message("Response")(body=body)),
        refusal(api.control.ApplyConfig, config=config),
        refusal(api.control.ApplyFile, text=f'[response]\nbody = "{body.decode()}"\n'),
    ):
        assert code == grpc.StatusCode.INVALID_ARGUMENT
        assert "response.body" in details and f"at most {BODY} bytes" in details


def test_a_text_is_as_long_as_a_file_may_be(api, tmp_path):
    path = tmp_path / "new.toml"
    rest = ["config", "apply-file", path, "--dry-run"]
    line = "max_connections = 9\n"
    longest = line + "#" * (FILE - len(line))
    path.write_text(longest)
    assert check_config("--config", path).returncode == 0
    api.daemon.democtl(*rest)
    path.write_text(longest + "#")
    assert f"at most {FILE} bytes" in check_config("--config", path).stderr
    assert f"at most {FILE}" in said(api.daemon, *rest)
    code, details = refusal(api.control.ApplyFile, text=longest + "#")
    assert code == grpc.StatusCode.INVALID_ARGUMENT and f"at most {FILE} bytes" in details


def test_a_state_that_could_not_be_shown_is_refused(api, tmp_path):
    """The longest body, many listeners, and long paths besides, until there is no more room."""
    daemon = api.daemon
    (tmp_path / "body").write_bytes(BODIES["text"])
    daemon.democtl("set-response", "--file", tmp_path / "body")
    for _ in range(8):
        daemon.democtl("add-listener", text(free_address()))
    path, pools = "/" + "p" * 8000, 0
    with pytest.raises(grpc.RpcError) as refused:
        for pools in range(200):
            pool = message("Pool")(name=f"p{pools}", health=message("HealthCheck")(path=path))
            api.control.AddPool(pool=pool)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert f"at most {STATE} bytes" in refused.value.details()
    assert pools > 50
    shown = api.monitor.GetConfig()
    assert len(shown.running.pools) == len(shown.saved.pools) >= pools
    config = json.loads(daemon.democtl("config", "show").stdout)
    config["pools"] += [{"name": "q", "health": {"path": path}}]
    (tmp_path / "state.json").write_text(json.dumps(config))
    assert f"at most {STATE} bytes" in said(daemon, "config", "apply", tmp_path / "state.json")
    (tmp_path / "many.toml").write_text(
        "".join(f'[[pool]]\nname = "p{i}"\nhealth.path = "{path}"\n' for i in range(200))
    )
    assert f"at most {STATE} bytes" in check_config("--config", tmp_path / "many.toml").stderr


def test_a_request_that_is_too_long_is_not_sent(api, tmp_path):
    path = "/" + "p" * 8000
    config = {"pools": [{"name": f"p{i}", "health": {"path": path}} for i in range(600)]}
    (tmp_path / "state.json").write_text(json.dumps(config))
    assert "the daemon takes at most 4194304" in said(
        api.daemon, "config", "apply", tmp_path / "state.json"
    )
