"""A root directory that holds the function and what Lambda's own machine gives it: nothing else is there to lean on."""

import functools
import os
import pathlib
import shutil
import subprocess
import tempfile

# Resolver files; the rest of the root is the binary and an empty /proc to mount on.
RESOLVER_FILES = ("etc/resolv.conf", "etc/hosts", "etc/nsswitch.conf")

ENTER = 'mount --rbind /proc "$1/proc" && exec chroot "$1" /bootstrap'


@functools.lru_cache(maxsize=1)
def way_in():
    """How a process is put into an empty root here: the command before it, and a word for it."""
    if os.environ.get("INTEGRATION_ROOT") == "plain":
        return None, "a plain folder (INTEGRATION_ROOT=plain)"
    ways = [
        (["unshare", "--mount", "--propagation", "private", "--"], "an empty root directory"),
        (["unshare", "--user", "--map-root-user", "--mount", "--"], "an empty root directory (user namespace)"),
    ]
    if not all(map(shutil.which, ("unshare", "chroot", "mount"))):
        return None, "a plain folder: unshare, chroot or mount is not installed"
    for command, word in ways[0 if os.geteuid() == 0 else 1 :]:
        with tempfile.TemporaryDirectory() as folder:
            os.mkdir(os.path.join(folder, "proc"))
            # chroot into a folder without programs says 127; without the right to do it, 125 or what mount says.
            tried = subprocess.run(
                [*command, "sh", "-c", ENTER, "sh", folder], capture_output=True, env={"PATH": os.environ["PATH"]}
            )
            if tried.returncode == 127:
                return command, word
    return None, "a plain folder: no root rights and no user namespaces here"


class EmptyRoot:
    """One function's root; `command` starts the function in it."""

    def __init__(self, binary):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-root-"))
        self.put(binary)
        for name in RESOLVER_FILES:
            source = pathlib.Path("/") / name
            if source.exists():
                (self.path / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(source, self.path / name)
        (self.path / "proc").mkdir()

    def put(self, binary):
        """The binary as another name of the same file, which takes no time, or a copy where there can be no such name."""
        try:
            os.link(binary, self.path / "bootstrap")
        except OSError:
            shutil.copy2(binary, self.path / "bootstrap")
            (self.path / "bootstrap").chmod(0o755)

    @property
    def command(self):
        prefix, _ = way_in()
        if prefix is None:
            return [str(self.path / "bootstrap")]
        return [shutil.which(prefix[0]), *prefix[1:], shutil.which("sh"), "-c", ENTER, "sh", str(self.path)]

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)
