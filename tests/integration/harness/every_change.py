"""A daemon on which every verb that changes something has been used, and one with nothing."""

import json
import shlex


def change_everything(daemon, listener):
    """One command of every verb that changes something."""
    for line in (
        "set-workers --cores 0,1",
        "accept-mode exclusive",
        "debug warning",
        "keepalive on --idle-timeout 7s --max-requests 99",
        "keepalive on --side backend --idle-timeout 2s",
        "set-response --status 201 --text 'it is me' --content-type text/x-me --header 'X-A: b c' "
        "--shaping off",
        "set-forwarding --x-forwarded on --via on",
        "set-client-limits --head-timeout 3s --max-connections 1000",
        "add-pool api --policy source-hash --queue-limit 7 --slow-start 1s --connect-timeout 250ms "
        "--eject-after 9 --eject-statuses 429,503 --send-proxy-protocol v2",
        "add-backend 127.0.0.1:9 --pool api --weight 5 --max-connections 10 --backup on",
        "set-backend 127.0.0.1:9 --pool api --state maintenance",
        f"add-listener {listener} --mode proxy --pool api --accept-mode shared --backlog 64 "
        "--defer-accept 2s --send-buffer 64k --nodelay off --accept-proxy-protocol on",
    ):
        daemon.democtl(*shlex.split(line))


def running(daemon):
    return json.loads(daemon.democtl("config", "show").stdout)


def without_listeners(daemon):
    for listener in running(daemon)["listeners"]:
        daemon.democtl("remove-listener", listener["address"])
    return daemon
