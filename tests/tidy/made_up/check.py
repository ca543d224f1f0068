"""Run with DEMO_BUILD_DIR of the changed tree: the daemon and democtl of it know option and counter."""

import csv
import io
import json

import edits
import pytest
from daemon_process import BUILD, Daemon
from programs import check_config, run
from raw_client import get


@pytest.fixture
def daemon(tmp_path):
    config = tmp_path / "demo-server.toml"
    config.write_text('[[listener]]\naddress = "127.0.0.1:0"\nmade_up_depth = 3\n')
    daemon = Daemon(tmp_path)
    try:
        yield daemon.start("--config", config, "--state-dir", tmp_path, listen=())
        daemon.stop()
        daemon.check_log()
    finally:
        daemon.kill()


def listener_of(daemon):
    return daemon.democtl_json("config", "show")["listeners"][0]


def test_the_option_goes_from_file_to_api_command_state_and_back(daemon):
    address = listener_of(daemon)["address"]
    assert listener_of(daemon)["made_up_depth"] == 3
    assert "made_up_depth = 3" in daemon.democtl("config", "show", "-o", "toml").stdout
    daemon.democtl("set-listener", address, "--made-up-depth", "5")
    assert listener_of(daemon)["made_up_depth"] == 5
    assert "made_up_depth" in daemon.democtl("config", "diff").stdout
    assert "--made-up-depth 5" in daemon.democtl("config", "export-commands").stdout
    daemon.democtl("set-listener", address, "--reset", "made_up_depth")
    assert listener_of(daemon).get("made_up_depth", edits.OPTION_DEFAULT) == edits.OPTION_DEFAULT
    too_much = str(edits.OPTION_MOST + 1)
    refused = daemon.democtl("set-listener", address, "--made-up-depth", too_much, check=False)
    assert refused.returncode == 2
    assert f"from 1 to {edits.OPTION_MOST}" in refused.stderr


def test_the_file_is_checked(tmp_path):
    config = tmp_path / "wrong.toml"
    config.write_text('[[listener]]\naddress = "127.0.0.1:0"\nmade_up_depth = 65\n')
    refused = check_config("--config", config)
    assert refused.returncode != 0
    assert "made_up_depth" in refused.stderr


def test_help_and_man_page_tell_of_both(daemon):
    for verb in ("add-listener", "set-listener"):
        text = daemon.democtl(verb, "--help").stdout
        assert "--made-up-depth" in text
        assert edits.OPTION_HELP in " ".join(text.split())
        assert f"(1 to {edits.OPTION_MOST}, default {edits.OPTION_DEFAULT})" in " ".join(text.split())
    page = run("man", "--warnings", "-l", BUILD / "ctl" / "democtl.1").stdout
    for word in ("--made-up-depth", "made-up"):
        assert word in page
    assert edits.COLUMN_MEANING.lower() in " ".join(page.split()).lower()


def test_the_counter_is_in_api_and_table(daemon):
    get(daemon.address)
    (row,) = json.loads(daemon.democtl("stats", "-o", "json").stdout)["listeners"]
    assert int(row["figures"]["made_up"]) == int(row["figures"]["connections_accepted"]) >= 1
    rows = list(csv.DictReader(io.StringIO(daemon.democtl("stats", "-o", "csv").stdout)))
    (listener,) = (row for row in rows if row["kind"] == "listener")
    assert listener["made-up"] == listener["accepted"]
