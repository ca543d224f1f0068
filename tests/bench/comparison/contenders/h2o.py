"""h2o: files and a reverse proxy with one backend; it has no relay for layer 4."""

from comparison.contenders.contender import Contender, body_of, write
from comparison.workload import Role

CONFIG = """num-threads: 1
listen:
  host: 127.0.0.1
  port: {port}
access-log: /dev/null
error-log: {folder}/error.log
hosts:
  default:
    paths:
      "/":
        {handler}
"""


class H2o(Contender):
    name = "h2o"
    program = "h2o"
    version_command = ("h2o", "-v")

    def does(self, workload):
        return workload.role is not Role.TCP and workload.backends == 1

    def command(self, place, workload):
        if workload.forwards:
            handler = f'proxy.reverse.url: "http://127.0.0.1:{place.backend_port}/"'
        else:
            files = place.folder / "files"
            files.mkdir()
            write(files / "index.html", body_of(workload))
            handler = f"file.dir: {files}"
        text = CONFIG.format(port=place.port, folder=place.folder, handler=handler)
        return ["h2o", "-c", write(place.folder / "h2o.conf", text)]
