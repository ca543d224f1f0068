"""HAProxy, by HTTP and by layer 4. It answers by itself only what its configuration holds: no large body."""

from comparison.contenders.contender import Contender, write
from comparison.place import backend_hosts
from comparison.workload import Role

CONFIG = """global
  nbthread 1
  maxconn 4096
defaults
  mode {mode}
  option splice-auto
  timeout client 60s
  timeout server 60s
  timeout connect 5s
frontend clients
  bind 127.0.0.1:{port} defer-accept
  {frontend}
{pool}"""
ANSWER = 'http-request return status 200 content-type text/plain string "OK"'
INLINE_BYTES = 1024


class Haproxy(Contender):
    name = "haproxy"
    program = "haproxy"
    version_command = ("haproxy", "-v")

    def does(self, workload):
        return workload.forwards or workload.body_bytes <= INLINE_BYTES

    def command(self, place, workload):
        text = CONFIG.format(
            mode="tcp" if workload.role is Role.TCP else "http",
            port=place.port,
            frontend="default_backend pool" if workload.forwards else ANSWER,
            pool=self._pool(place, workload) if workload.forwards else "",
        )
        return ["haproxy", "-db", "-f", write(place.folder / "haproxy.cfg", text)]

    @staticmethod
    def _pool(place, workload):
        reuse = "" if workload.role is Role.TCP else "  http-reuse always\n"
        servers = "".join(
            f"  server s{number} {host}:{place.backend_port}\n"
            for number, host in enumerate(backend_hosts(workload.backends))
        )
        return f"backend pool\n  balance roundrobin\n{reuse}{servers}"
