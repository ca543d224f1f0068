"""Who may include whom, and which names stay in their room."""

import re

import pytest
from source_tree import ROOT, cpp_files, read, room_of, without_comments

# The arrows of ARCHITECTURE.md: a room may include these rooms (and itself).
ARROWS = {
    # Part of each program, called by none.
    "start": [],
    "text": [],
    "cli": [],
    "json": ["text"],
    "base": ["text"],
    "config": ["base", "text"],
    "stats": ["base"],
    "quota": ["base"],
    "event": ["base"],
    "net": ["event", "config", "stats", "quota", "base"],
    "http": ["base"],
    "channel": ["config", "base"],
    "server": ["http", "net", "event", "config", "stats", "base"],
    "balance": ["config", "base"],
    "proxy": ["balance", "http", "net", "event", "config", "stats", "quota", "base"],
    "worker": ["server", "proxy", "http", "net", "event", "channel", "stats", "quota", "config", "base"],
    "supervisor": ["channel", "config", "stats", "quota", "base", "cli", "text"],
    "control": ["supervisor", "config", "stats", "base", "json", "text"],
    "worker_main": ["worker", "base", "channel", "stats", "quota", "config"],
    "launch": ["control", "supervisor", "quota", "stats", "config", "base"],
    "supervisor_main": ["launch", "control", "supervisor", "channel"],
    "pass_sock_diag_main": ["base"],
}

# Rooms of proto/ that daemon/ and ctl/ share.
SHARED = {"text", "cli", "json"}

# The same for the inner rooms of a room. Its own folder composes them: what lies there may include all of
# them, and none of them includes it.
INNER_ARROWS = {
    "supervisor": {
        "api": [],
        "loop": [],
        "snapshot": [],
        "figures": ["api"],
        "reports": ["api"],
        "handover": ["loop", "reports"],
        "listening": ["api", "snapshot"],
        "state": ["api", "loop", "reports"],
        "changes": ["api", "loop", "state"],
        "backends": ["api", "loop", "reports", "snapshot"],
        "workers": ["api", "loop", "figures", "listening", "reports"],
        "start": ["state", "workers"],
        "upgrade": ["handover", "loop"],
    },
    "control": {
        "messages": [],
        "connections": [],
        "mutations": ["messages"],
        "admission": ["connections"],
        "calls": ["admission"],
        "tls": ["calls"],
        "monitor": ["admission", "calls", "messages"],
        "services": ["admission", "calls", "messages", "mutations"],
    },
    "proxy": {
        "settings": [],
        "relay": [],
        "client": ["settings"],
        "members": ["settings"],
        "connections": ["members", "relay", "settings"],
        "pool": ["connections", "members"],
        "exchange": ["client", "connections", "members", "pool", "relay", "settings"],
    },
    "worker": {
        "confinement": [],
    },
}

# What control/ may see of the supervisor: its interface, not its insides.
SUPERVISOR_INTERFACE = "supervisor/api/"

# A pattern in code, and the only places of daemon/, ctl/ and proto/ that may have it.
CONFINED = [
    (r"\bgrpc::|#include <grpc", ("daemon/control/", "ctl/")),
    (r"\brapidjson::|#include <rapidjson/", ("proto/json/",)),
    (r"\bCLI::|#include <CLI/", ("proto/cli/",)),
    (
        r"\bboost::asio\b|#include <boost/asio",
        (
            "daemon/supervisor/",
            "daemon/launch/",
            "daemon/control/connections/client_relay",
            "daemon/control/connections/relayed_connection",
        ),
    ),
    (
        r"\bsd_\w+\(|#include <systemd/",
        (
            "daemon/supervisor/reports/systemd_",
            "daemon/supervisor/handover/",
            "daemon/base/log",
            "daemon/pass_sock_diag_main",
        ),
    ),
    (
        r"\bgoogle::(protobuf|rpc)\b|#include <google/|\.pb\.h\"",
        (
            "daemon/channel/",
            "daemon/control/",
            "daemon/supervisor/carried_state",
            "daemon/supervisor/supervisor_options.h",
            "daemon/supervisor/upgrade_steps",
            "daemon/supervisor/handover/",
            "daemon/supervisor/listening/listener_sockets_records",
            "daemon/supervisor/listening/socket_group_records",
            "daemon/supervisor/listening/socket_records",
            "daemon/supervisor/workers/worker_set_records",
            "ctl/",
            "proto/",
        ),
    ),
]

# A pattern in code, and the places that must not have it.
FORBIDDEN = [
    (r"\berrno\b", ("daemon/http/", "daemon/server/", "daemon/config/")),
    (r"\bshared_ptr\b", ("daemon/event/", "daemon/net/", "daemon/http/", "daemon/proxy/")),
    (r"\bfork\s*\(", ("daemon/", "ctl/")),
    (r"\busing namespace std;", ("daemon/", "ctl/", "tests/")),
]


def includes(path):
    return re.findall(r'^\s*#\s*include\s+"([^"]+)"', read(path), flags=re.MULTILINE)


def test_rooms_include_only_rooms_below_them():
    wrong = []
    for path in cpp_files("daemon", "proto", "start"):
        room = room_of(path)
        allowed = [room, *ARROWS[room]]
        for include in includes(path):
            target = include.split("/")[0]
            if target == "demo":
                continue  # generated from proto/: confined by name below
            if target not in allowed:
                wrong.append(f"{path} includes {include}")
    assert not wrong, "\n".join(wrong)


def inner_room(path):
    """Of daemon/supervisor/workers/x.h "workers", of daemon/supervisor/x.h None."""
    return path.parts[2] if len(path.parts) > 3 else None


@pytest.mark.parametrize("room", INNER_ARROWS)
def test_inner_rooms_include_only_inner_rooms_below_them(room):
    arrows = INNER_ARROWS[room]
    wrong = []
    for path in cpp_files("daemon"):
        if room_of(path) != room or inner_room(path) is None:
            continue
        allowed = [inner_room(path), *arrows[inner_room(path)]]
        for include in includes(path):
            parts = include.split("/")
            if parts[0] == room and (len(parts) < 3 or parts[1] not in allowed):
                wrong.append(f"{path} includes {include}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("room", INNER_ARROWS)
def test_arrows_between_inner_rooms_form_no_circle(room):
    below = {inner: set(arrows) for inner, arrows in INNER_ARROWS[room].items()}
    while below:
        leaves = {inner for inner, arrows in below.items() if not arrows}
        assert leaves, f"each knows another one: {sorted(below)}"
        below = {inner: arrows - leaves for inner, arrows in below.items() if inner not in leaves}


def test_control_sees_only_the_interface_of_the_supervisor():
    wrong = [
        f"{path} includes {include}"
        for path in cpp_files("daemon")
        if room_of(path) == "control"
        for include in includes(path)
        if include.startswith("supervisor/") and not include.startswith(SUPERVISOR_INTERFACE)
    ]
    assert not wrong, "\n".join(wrong)


def test_democtl_includes_nothing_of_the_daemon():
    rooms = set(ARROWS) - SHARED
    wrong = []
    for path in cpp_files("ctl"):
        for include in includes(path):
            inside_ctl = (ROOT / "ctl" / include).exists() or (ROOT / path.parent / include).exists()
            if include.split("/")[0] in rooms and not inside_ctl:
                wrong.append(f"{path} includes {include}")
    assert not wrong, "\n".join(wrong)


def test_every_include_of_ours_names_its_room():
    wrong = [
        f"{path} includes {include}"
        for path in cpp_files("daemon")
        for include in includes(path)
        if "/" not in include
    ]
    assert not wrong, "\n".join(wrong)


def lines_with(pattern, path):
    code = without_comments(read(path), keep_strings=True)
    return [
        f"{path}:{number}: {line.strip()}"
        for number, line in enumerate(code.splitlines(), 1)
        if re.search(pattern, line)
    ]


@pytest.mark.parametrize("pattern, places", CONFINED)
def test_names_stay_in_their_room(pattern, places):
    wrong = [
        hit
        for path in cpp_files("daemon", "ctl", "proto")
        if not str(path).startswith(places)
        for hit in lines_with(pattern, path)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("pattern, places", FORBIDDEN)
def test_names_that_a_room_does_without(pattern, places):
    wrong = [hit for path in cpp_files() if str(path).startswith(places) for hit in lines_with(pattern, path)]
    assert not wrong, "\n".join(wrong)
