"""Three hosts on one switch, each a network namespace: 10.0.0.1 to 10.0.0.3."""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

HOSTS = {"client": "10.0.0.1", "middle": "10.0.0.2", "backend": "10.0.0.3"}


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


class ThreeHosts:
    """Owns the namespaces and their cables; removes them at close()."""

    def __init__(self):
        self._tag = f"demo{os.getpid()}"
        self._made = []
        try:
            self._build()
        except BaseException:
            self.close()
            raise

    def namespace(self, host):
        """Its name, as ip-netns(8) knows it."""
        return f"{self._tag}-{host}"

    def _add(self, host):
        ip("netns", "add", self.namespace(host))
        self._made.append(host)
        self.ip(host, "link", "set", "lo", "up")

    def _build(self):
        self._add("switch")
        self.ip("switch", "link", "add", "bridge", "type", "bridge")
        self.ip("switch", "link", "set", "bridge", "up")
        for host, address in HOSTS.items():
            self._add(host)
            self.ip(
                "switch",
                "link",
                "add",
                f"to-{host}",
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                self.namespace(host),
            )
            self.ip("switch", "link", "set", f"to-{host}", "master", "bridge", "up")
            self.ip(host, "address", "add", f"{address}/24", "dev", "eth0")
            self.ip(host, "link", "set", "eth0", "up")

    def ip(self, host, *arguments):
        ip("-n", self.namespace(host), *arguments)

    def prefix(self, host):
        """What to put before a command so that it runs on the host."""
        return ["ip", "netns", "exec", self.namespace(host)]

    def sysctl(self, host, setting):
        subprocess.run([*self.prefix(host), "sysctl", "-q", "-w", setting], check=True)

    @contextlib.contextmanager
    def names(self, host):
        """Gives the host an /etc/hosts of its own for a while; yields what sets its {name: addresses}."""
        folder = Path("/etc/netns") / self.namespace(host)
        folder.mkdir(parents=True)

        def set_names(names):
            lines = [f"{address} {name}\n" for name, addresses in names.items() for address in addresses]
            # The file that is mounted over /etc/hosts is written in place: another one would not be seen.
            (folder / "hosts").write_text("127.0.0.1 localhost\n" + "".join(lines))

        try:
            yield set_names
        finally:
            shutil.rmtree(folder)

    def close(self):
        for host in reversed(self._made):
            subprocess.run(["ip", "netns", "delete", self.namespace(host)], check=False, capture_output=True)
        self._made.clear()
