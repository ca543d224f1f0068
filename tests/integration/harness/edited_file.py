"""A daemon whose configuration file a test edits while a saved state is in force."""

BASE = """
[client_timeouts]
head = "3s"
[[pool]]
name = "api"
policy = "round-robin"
[[pool.backend]]
address = "127.0.0.1:9"
"""


class EditedFile:
    """A daemon with a state directory and a file that a test edits."""

    def __init__(self, daemon, folder=None):
        self.daemon = daemon
        self.state = folder or daemon.folder / "state"
        self.state.mkdir(exist_ok=True)
        self.path = daemon.folder / "demo-server.toml"
        self.path.write_text(BASE)

    def start(self, **options):
        self.daemon.start("--config", self.path, "--state-dir", self.state, **options)
        return self

    def restart(self, **options):
        self.daemon.stop()
        return self.start(**options)

    def edit(self, old, new):
        text = self.path.read_text()
        assert old in text
        self.path.write_text(text.replace(old, new))

    def line(self):
        """What status says of the configuration."""
        lines = self.daemon.democtl("status").stdout.splitlines()
        (line,) = [line for line in lines if line.startswith("configuration:")]
        return line.removeprefix("configuration:").strip()

    def apply(self, *arguments, code=0):
        done = self.daemon.democtl("config", "apply-file", *arguments, check=False)
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        return done

    def pool(self):
        return self.daemon.monitor.GetConfig().running.pools[0]

    def policy(self):
        return self.pool().policy  # 1: round-robin, 4: source-hash, 5: uri-hash


def keep_a_change(edited):
    """One at run time, so that there is a saved state."""
    edited.daemon.democtl("add-backend", "127.0.0.1:10", "--pool", "api")
