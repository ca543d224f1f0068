"""nginx: the http module; its relay for layer 4 is a package of its own and left out."""

from comparison.contenders.contender import Contender, body_of, write
from comparison.place import backend_hosts
from comparison.workload import Role

CONFIG = """daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
worker_rlimit_nofile {descriptors};
events {{ worker_connections {descriptors}; }}
http {{
  access_log off;
  server_tokens off;
  default_type text/plain;
  sendfile on;
  keepalive_requests 100000000;
  client_body_temp_path {folder};
  proxy_temp_path {folder};
  fastcgi_temp_path {folder};
  uwsgi_temp_path {folder};
  scgi_temp_path {folder};
  {upstream}
  server {{
    listen 127.0.0.1:{port} backlog=4096 reuseport deferred;
    location / {{
      {location}
    }}
  }}
}}
"""
UPSTREAM = """upstream backends {{
    {servers}
    keepalive {kept};
    keepalive_requests 100000000;
  }}"""
FORWARDING = 'proxy_pass http://backends; proxy_http_version 1.1; proxy_set_header Connection "";'
# What a configuration holds as a text; a larger body is a file.
INLINE_BYTES = 1024


class Nginx(Contender):
    name = "nginx"
    program = "nginx"
    version_command = ("nginx", "-v")

    def __init__(self, buffering=True):
        self._buffering = buffering
        if not buffering:
            self.name = "nginx unbuffered"

    def does(self, workload):
        if self._buffering:
            return workload.role is not Role.TCP
        # Where nothing is there to be buffered it is the same program.
        return workload.role is Role.PROXY and workload.body_bytes > INLINE_BYTES

    def path(self, workload):
        return "/" if workload.forwards or workload.body_bytes <= INLINE_BYTES else "/body"

    def command(self, place, workload):
        descriptors = 4096 + workload.backends
        text = CONFIG.format(
            folder=place.folder,
            descriptors=descriptors,
            port=place.port,
            upstream=self._upstream(place, workload) if workload.forwards else "",
            location=self._location(place, workload),
        )
        return ["nginx", "-c", write(place.folder / "nginx.conf", text)]

    def _location(self, place, workload):
        if workload.forwards:
            return FORWARDING + ("" if self._buffering else " proxy_buffering off;")
        if workload.body_bytes <= INLINE_BYTES:
            return 'return 200 "OK\\n";'
        write(place.folder / "body", body_of(workload))
        return f"root {place.folder};"

    @staticmethod
    def _upstream(place, workload):
        hosts = backend_hosts(workload.backends)
        servers = "\n    ".join(f"server {host}:{place.backend_port};" for host in hosts)
        return UPSTREAM.format(servers=servers, kept=128 + workload.backends)
