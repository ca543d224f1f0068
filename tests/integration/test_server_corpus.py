"""The framing corpus on the wire of a real daemon: answered requests, verdict, how the connection goes on."""

import json
import os
from pathlib import Path

import pytest
from raw_client import RawClient

SOURCE = Path(os.environ.get("DEMO_SOURCE_DIR", Path(__file__).resolve().parents[2]))
CASES = [case for case in json.loads((SOURCE / "tests" / "corpus" / "http1-framing.json").read_text())
         if case["kind"] == "request"]
SPLITTINGS = {
    "whole": lambda raw: [raw],
    "lines": lambda raw: raw.splitlines(keepends=True),
    "bytes": lambda raw: [raw[at : at + 1] for at in range(len(raw))],
}
PROBE = b"GET /probe HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"


def verdict(client, case):
    """Statuses until the connection ends or as many answers came as there are requests."""
    statuses = []
    head_only = case["raw"].startswith("HEAD ")
    wanted = case.get("n", 1) if case["expect"] != "reject" else case.get("ok_before", 0) + 1
    while len(statuses) < wanted:
        response = client.read_response(head_only=head_only)
        if response.status != 100:
            statuses.append(response.status)
    return statuses, response.get("Connection") == "close"


@pytest.mark.parametrize("splitting", ["whole", "lines", "bytes"])
def test_every_case_gets_its_verdict(start_daemon, splitting):
    daemon = start_daemon("-k")
    address = daemon.address
    wrong = []
    for case in CASES:
        raw = case["raw"].encode("latin-1")
        pieces = SPLITTINGS[splitting](raw)
        with RawClient(address) as client:
            try:
                for piece in pieces:
                    client.send(piece)
            except (BrokenPipeError, ConnectionResetError):
                pass  # refused before the last piece
            try:
                statuses, closes = verdict(client, case)
                ok = case.get("ok_before", 0) if case["expect"] == "reject" else case.get("n", 1)
                good = statuses[:ok] == [200] * ok
                if case["expect"] == "reject":
                    good = good and 400 <= statuses[-1] <= 505 and closes
                elif case["expect"] == "accept_close":
                    good = good and closes
                else:
                    client.send(PROBE)
                    good = good and not closes and client.read_response().status == 200
                if not good or (case["expect"] != "accept" and not client.at_end()):
                    got = f"{statuses} closes={closes}"
                    wrong.append(f"{case['name']}: {case['expect']}, but {got} ({case['why']})")
            except (EOFError, OSError, AssertionError) as error:
                wrong.append(f"{case['name']}: {error!r} ({case['why']})")
    assert not wrong, "\n".join(wrong)
    assert len(CASES) > 180
