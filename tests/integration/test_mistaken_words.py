"""What operators mistype: refused with exit 2 or 3, and told in the words that they typed."""

import pytest
from programs import check_config


@pytest.fixture
def daemon(start_daemon):
    daemon = start_daemon(workers=1)
    daemon.democtl("add-pool", "api")
    return daemon


def refused(daemon, *words):
    done = daemon.democtl(*words, check=False)
    assert done.returncode, f"{words}: {done.stdout}"
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["set-workers", "--cores", "0,,1"], '--cores: "0,,1" has an empty part'),
        (["set-response", "--json", "{bad"], "--json: 1:2: no JSON"),
        (["status", "--sort", "fact"], "--sort: means nothing to status"),
        (["events", "--sort", "time"], "--sort: means nothing to events"),
        (["add-listener", ":0", "--defer-accept", "500ms"], '--defer-accept: "500ms": must be whole seconds'),
        (["add-listener", ":0", "--busy-poll", "1h"], '--busy-poll: "1h": must be from 0us to 2147483647us'),
        (["add-listener", ":0", "--keepalive-idle", "10h"], '-idle: "10h": must be from 1s to 32767s'),
        (["add-listener", ":0", "--v6only", "on"], '--v6only: "on": applies to IPv6 addresses only'),
        (["add-backend", "ex ample:80"], "neither an IPv4 address nor a host name; expected 1.2.3.4:80, "),
        (["set-response", "--content-type", "a b c"], '--content-type: "a b c": must be a media type'),
        (["set-response", "--header", "X-A: a\x01"], "a field value holds no control characters but the tab"),
        (["set-workers", "0"], 'COUNT: "0": must be from 1 to 256'),
        (["set-pool", "api", "--health-interval", "1ms"], '--health-interval: "1ms": must be from 10ms'),
        (["add-backend", "10.0.0.300:80x"], "ENDPOINT: "),
        (["workers", "-o", "xml"], "-o: "),
    ],
)
def test_usage_errors_name_what_was_typed(daemon, words, told):
    code, text = refused(daemon, *words)
    assert code == 2, text
    assert told in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["stats", "--worker", "9"], '--worker: there is no worker "9", only 0'),
        (["stats", "--listener", ":99"], '--listener: there is no listener ":99", only '),
        (["stats", "--pool", "apii"], 'did you mean "api"?'),
        (["stats", "--watch", "--count", "1", "--worker", "9"], "--worker: there is no worker"),
    ],
)
def test_a_filter_that_names_nothing_has_the_code_of_what_does_not_exist(daemon, words, told):
    code, text = refused(daemon, *words)
    assert code == 3, text
    assert told in text


def test_a_fields_value_has_no_blanks_around_it(daemon):
    field = "X-A: \t\u00e9 \"q\" \\ "
    assert daemon.democtl("set-response", "--header", field).returncode == 0
    shown = daemon.democtl_json("config", "show")["response"]["headers"]
    assert shown == [{"name": "X-A", "value": '\u00e9 "q" \\'}]


def test_filters_that_match_something_are_taken(daemon):
    listener = daemon.democtl_json("listeners")["listeners"][0]["listener"]["address"]
    for words in (["--worker", "0"], ["--listener", listener], ["--pool", "api"]):
        assert daemon.democtl("stats", *words).returncode == 0


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (["remove-pool", "apii"], "api"),
        (["backends", "--pool", "apii"], "api"),
        (["set-backend", "10.0.0.33:80", "--pool", "api", "--weight", "2"], "10.0.0.3:80"),
    ],
)
def test_unknown_names_suggest_the_near_one(daemon, words, near):
    daemon.democtl("add-backend", "10.0.0.3:80", "--pool", "api")
    code, text = refused(daemon, *words)
    assert code == 3, text
    assert f'did you mean "{near}"?' in text


def test_if_not_exists_refuses_what_is_there_in_another_way(daemon):
    daemon.democtl("add-listener", "127.0.0.9:0", "--mode", "raw")
    daemon.democtl("add-listener", "127.0.0.9:0", "--if-not-exists")
    daemon.democtl("add-listener", "127.0.0.9:0", "--if-not-exists", "--mode", "raw")
    code, text = refused(daemon, "add-listener", "127.0.0.9:0", "--if-not-exists", "--mode", "server")
    assert code == 4
    assert "mode: raw -> server" in text


def test_every_field_that_reset_offers_can_be_reset(daemon):
    daemon.democtl("add-listener", "127.0.0.9:0")
    daemon.democtl("add-backend", "10.0.0.3:80", "--pool", "api")
    for verb in (
        ["set-listener", "127.0.0.9:0"],
        ["set-pool", "api"],
        ["set-backend", "10.0.0.3:80", "--pool", "api"],
        ["set-response"],
    ):
        offered = daemon.democtl("__complete", "--", *verb, "--reset", "").stdout.split()
        assert offered
        for field in offered:  # by its option, and by its path
            daemon.democtl(*verb, "--reset", field, "--dry-run")


def test_each_of_several_problems_is_told_in_a_line_with_its_option(daemon):
    words = ["--health-path", "x", "--eject-time", "10m", "--eject-max-time", "1s"]
    refused = daemon.democtl("add-pool", "other", *words, check=False)
    assert refused.returncode == 2
    assert refused.stderr.splitlines() == [
        'democtl: --health-path: "x": must start with / and hold no blanks or control characters',
        'democtl: --eject-max-time: "1s": must not be shorter than --eject-time, 10m',
    ]


def test_help_is_there_for_families_and_columns_and_without_a_verb(daemon):
    assert "config diff" in daemon.democtl("config", "--help").stdout
    assert "queued" in daemon.democtl("help", "columns").stdout
    bare = daemon.democtl(check=False)
    assert bare.returncode == 2
    assert "add-backend" in bare.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["-w", "abc"], '-w: "abc": must be a whole number from 1 to 256'),
        (["--workers", "0"], '--workers: "0": must be a whole number from 1 to 256'),
        (["-w", "200"], "-w: "),
        (["-c", "999"], "-c: "),
        (["--lisen", ":80"], 'did you mean "--listen"?'),
        (["--accept-mode", "--check-config"], "--accept-mode: needs a value, one of shared, exclusive, "),
        (["-a", "127.0.0.1:80", "127.0.0.1:80"], "-a: "),
    ],
)
def test_flags_of_the_daemon_are_named_as_typed(words, told):
    done = check_config(*words)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("demo-server: ")
    assert told in done.stderr


def test_mistakes_in_the_file_have_line_and_column(tmp_path):
    file = tmp_path / "demo.toml"
    backlog = '[[listener]]\naddress = ":80"\n[listener.kernel]\nbacklog = 0\n'
    for text, told in (
        ("accept_mode = shared\n", "1:15: accept_mode is shared: a text must be in quotes, accept_mode ="),
        (backlog, '4:11: listener.kernel.backlog is "0": must be from 1 to'),
    ):
        file.write_text(text)
        done = check_config("--config", file)
        assert done.returncode == 2
        assert done.stderr.startswith(f"demo-server: {file}:{told}"), done.stderr
