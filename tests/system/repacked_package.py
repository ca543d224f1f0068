"""The Debian package with another version and other programs in it: versions that follow each other."""

import re
import shutil
import subprocess


def repacked(package, folder, version, programs):
    """The package as this version; its path, below folder.

    programs: files that take the place of those at these paths, which have no slash in front.
    """
    content = folder / version
    subprocess.run(["dpkg-deb", "-R", str(package), str(content)], check=True)
    control = content / "DEBIAN/control"
    fields = re.sub(r"^Version: .*$", f"Version: {version}", control.read_text(), flags=re.MULTILINE)
    control.write_text(fields)
    for place, program in programs.items():
        shutil.copy(program, content / place)
        (content / place).chmod(0o755)
    made = folder / f"demo-server_{version}.deb"
    subprocess.run(
        ["dpkg-deb", "-b", "-Znone", "--root-owner-group", str(content), str(made)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return made
