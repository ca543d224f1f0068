"""Every option of every verb, and every flag of the daemon, with a value that is none: a usage error that
names the option as it was typed. The options are those of the help, so that a new one is asked as well."""

import re

import pytest
from certificates import make_certificate
from daemon_process import DEMOCTL, SERVER, Daemon
from programs import check_config, run

# What no option of the kind takes. Words that a placeholder lists are a kind of their own.
WRONG = {
    "DURATION": ["soon", "-1s", "1"],
    "SIZE": ["big", "-1", "99999999999999999999"],
    "N": ["many", "-1", "1.5", "99999999999999999999"],
    "SEQUENCE": ["many", "-1"],
    "CORE,...": ["0,,1", "x"],
    "STATUSES": ["99x", "700"],
    "TYPE": ["a b c"],
    "FIELD": ["no-such-field"],
    "FILE": ["/nonexistent/folder/file"],
    "DIR": ["/nonexistent/folder"],
    "POOL": [""],
    "LISTENER": [""],
    "BACKEND": [""],
    "WORKER": ["", "x"],
    "ENDPOINT": ["", "a b:80"],
    "ADDR": ["x", ":65536"],
    "unix://PATH": ["x", "unix://relative"],
}
# Options whose values are none for a reason of their own.
OWN = {
    "--health-path": ["no-slash"],
    "--health-host": ["a b"],
    "--interface": ["a-name-that-is-too-long", "a/b"],
    "--header": ["no colon"],
    "--json": ["{bad"],
    "--tls-server-name": [],
    "--start-core": ["x", "-1", "1048576"],
    "--worker-user": ["no-such-user"],
}
EVERY_VERB = {
    "COLUMN,...": ["nonsense", ""],
    "COLUMN": ["nonsense", "health:down"],
    "TARGET": ["nonsense", ""],
    "DURATION": ["soon", "-1s", "0"],
}
# Any text is a body.
ANYTHING = {("set-response", "--text")}
# What a verb needs besides, so that it is the value that is refused.
NEEDED = {
    "add-listener": ["127.0.0.9:0"],
    "set-listener": ["LISTENER"],
    "remove-listener": ["LISTENER"],
    "add-backend": ["127.0.0.1:9"],
    "set-backend": ["10.0.0.3:80"],
    "remove-backend": ["10.0.0.3:80"],
    "add-pool": ["fresh"],
    "set-pool": ["default"],
    "remove-pool": ["default"],
    "keepalive": ["on"],
    "accept-mode": ["shared"],
    "debug": ["off"],
    "restart-worker": ["--all"],
    "completion": ["bash"],
    "config apply": ["STATE"],
}


def options_of(help_text):
    """(spellings, placeholder) of each option of a help text that takes a value."""
    for line in help_text.splitlines():
        found = re.match(r"  (-\w,\s*)?(--[a-z0-9-]+) ([A-Za-z][^ ]*)", line)
        if not found or line[found.end(2) : found.end(2) + 2] == "  ":
            continue
        names = [name for name in (found[1] or "").replace(" ", "").split(",") if name]
        yield [*names, found[2]], found[3]


def wrong_values(name, placeholder):
    if name in OWN:
        return OWN[name]
    if "|" in placeholder:
        return ["nonsense", ""]
    values = WRONG.get(placeholder)
    assert values, f"{name} {placeholder}: no value is known that it refuses; add one"
    return values


def verbs():
    """Of the help, those of two words too."""
    text = run(DEMOCTL, "help").stdout
    return re.findall(r"^  ((?:config )?[a-z][a-z-]+)  ", text, re.MULTILINE)


def told_well(done, name, value):
    text = done.stderr
    # A file that cannot be made is no mistake of the line.
    wanted = 1 if name == "--record" else 2
    assert done.returncode == wanted, (done.returncode, done.stdout, text)
    assert re.match(rf"demo(ctl|-server): {re.escape(name)}[: ]", text), text
    assert len(text.splitlines()) == 1, text
    if value and name != "--json":  # which says at what line and column it is none
        assert value in text, text


@pytest.fixture(scope="module")
def started():
    daemon = Daemon()
    daemon.start(workers=1)
    daemon.democtl("add-backend", "10.0.0.3:80")
    yield daemon
    daemon.stop()


def words_for(verb, daemon):
    state = daemon.folder / "state.json"
    state.write_text(daemon.democtl("config", "show", "-o", "json").stdout)
    listeners = daemon.democtl_json("listeners")["listeners"]
    there = {"STATE": state, "LISTENER": listeners[0]["listener"]["address"]}
    return [*verb.split(), *(there.get(word, word) for word in NEEDED.get(verb, []))]


@pytest.mark.parametrize("verb", verbs())
def test_value_that_is_none_is_refused_in_the_words_that_were_typed(started, verb):
    text = run(DEMOCTL, *verb.split(), "--help").stdout
    line = words_for(verb, started)
    for names, placeholder in options_of(text.partition("Options of every verb")[0]):
        if (verb, names[-1]) in ANYTHING:
            continue
        for value in wrong_values(names[-1], placeholder):
            for name in names:
                told_well(started.democtl(*line, name, value, check=False), name, value)


def test_value_that_is_none_of_an_option_of_every_verb_is_refused(started):
    text = run(DEMOCTL, "help").stdout.partition("Options of every verb")[2]
    for names, placeholder in options_of(text):
        for value in EVERY_VERB.get(placeholder) or wrong_values(names[-1], placeholder):
            at = ["--target", f"unix://{started.control_path}"]
            if names[-1].startswith("--tls"):  # is for a daemon at a port, and a file is not alone
                others = {"--tls-ca", "--tls-cert", "--tls-key"} - {names[-1]}
                at = ["--target", "127.0.0.1:1", *(word for other in others for word in (other, "/dev/null"))]
            for name in names:
                told_well(run(DEMOCTL, *at, "backends", name, value), name, value)


def with_files(flag, folder):
    """What a flag about TLS needs besides: the files that are looked at before its own."""
    if not flag.startswith("--tls"):
        return []
    make_certificate(folder, "server", "demo")
    names = {"--tls-certificate": "server.pem", "--tls-key": "server.key", "--tls-client-ca": "server.pem"}
    files = [word for name in names if name != flag for word in (name, folder / names[name])]
    return ["--control-tcp", "127.0.0.1:0", *files]


def test_value_that_is_none_of_a_flag_is_refused(tmp_path):
    for names, placeholder in options_of(run(SERVER, "--help").stdout):
        for value in wrong_values(names[-1], placeholder):
            for name in names:
                words = [*with_files(name, tmp_path), name, value]
                told_well(check_config(*words), name, value)
