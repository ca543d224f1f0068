"""demo-server, as a program that was built."""

import os
from pathlib import Path

from comparison.contenders.contender import Contender, body_of, write
from comparison.place import backend_hosts
from comparison.workload import Role

NAME = "demo-server"
MODES = {Role.SERVER: "server", Role.PROXY: "proxy", Role.TCP: "tcp"}
CONFIG = """
[workers]
cores = [{core}]
[client_keepalive]
enabled = {keepalive}
[[listener]]
address = "127.0.0.1:{port}"
mode = "{mode}"
{response}{pool}"""


class DemoServer(Contender):
    def __init__(self, program, policy, name=NAME):
        self.name = name
        self._program = Path(program)
        self._policy = policy
        self.version_command = (program, "--version")

    def missing(self):
        if os.access(self._program, os.X_OK):
            return ""
        return f"{self._program} does not exist: build it, or say where it is with --server"

    def does(self, workload):
        del workload
        return True

    def command(self, place, workload):
        config = CONFIG.format(
            core=place.core,
            keepalive="false" if workload.closing else "true",
            port=place.port,
            mode=MODES[workload.role],
            response="" if workload.forwards else self._response(place, workload),
            pool=self._pool(place, workload) if workload.forwards else "",
        )
        file = write(place.folder / "demo-server.toml", config)
        return [str(self._program), "--config", file, "--control", f"unix://{place.folder}/control.sock"]

    @staticmethod
    def _response(place, workload):
        body = write(place.folder / "body", body_of(workload))
        return f'[response]\nbody_file = "{body}"\n'

    def _pool(self, place, workload):
        backends = "".join(
            f'[[pool.backend]]\naddress = "{host}:{place.backend_port}"\n'
            for host in backend_hosts(workload.backends)
        )
        return f'[[pool]]\nname = "default"\npolicy = "{self._policy}"\n{backends}'
