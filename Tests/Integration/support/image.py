"""The container image, built by buildah without any base image, and its programs run in its own root."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from . import debian
from .emulator import EMULATOR

ROOT = pathlib.Path(__file__).resolve().parents[3]
CERTIFICATES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")

# What a container engine does: /proc and /dev mounted, the image's root and user, its program.
ENTER = """root=$1 user=$2; shift 2
for name in proc dev; do mount --rbind "/$name" "$root/$name" || exit 1; done
exec chroot --userspec="$user" "$root" "$@"
"""


class CannotBuild(Exception):
    """What this machine lacks for building an image."""


def require_buildah():
    """Installs buildah where it is missing; raises `CannotBuild` with what is missing."""
    if os.geteuid() != 0:
        raise CannotBuild("building and entering an image needs root")
    if not CERTIFICATES.exists():
        raise CannotBuild(f"no {CERTIFICATES}: apt-get install ca-certificates")
    try:
        debian.require("buildah")
    except debian.NotInstalled as problem:
        raise CannotBuild(str(problem)) from None


class Builder:
    """buildah with a store of its own, which `remove` takes away."""

    def __init__(self):
        require_buildah()
        self.store = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-images-"))
        self.files = None

    def run(self, *words):
        done = subprocess.run(
            [
                "buildah",
                "--storage-driver",
                "vfs",
                "--root",
                self.store / "root",
                "--runroot",
                self.store / "run",
                *words,
            ],
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert (
            done.returncode == 0
        ), f"buildah {' '.join(map(str, words))}:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def give(self, binary):
        """Puts what a build argument gives into the build's context, beside what a person may have put there."""
        (ROOT / ".build" / "image").mkdir(parents=True, exist_ok=True)
        self.files = pathlib.Path(tempfile.mkdtemp(prefix="test-", dir=ROOT / ".build" / "image"))
        for source in (binary, CERTIFICATES, EMULATOR):
            shutil.copyfile(source, self.files / source.name)

    def build(self, target=None, **more):
        folder = self.files.relative_to(ROOT)
        name = "-".join(["gatehouse", target or "function", *(name.lower() for name in more)])
        arguments = [
            "BINARY=given",
            f"FILES={folder}",
            "EMULATOR=given",
            f"EMULATOR_FILE={folder / EMULATOR.name}",
            *(f"{name}={value}" for name, value in more.items()),
        ]
        words = [word for argument in arguments for word in ("--build-arg", argument)]
        self.run(
            "build", "--isolation", "chroot", *words, *(["--target", target] if target else []), "-t", name, str(ROOT)
        )
        return Image(self, name)

    def context(self):
        """The files that a build is given, as paths in the repository."""
        file = self.store / "Dockerfile"
        file.write_text("FROM scratch\nCOPY . /\n")
        self.run("build", "--isolation", "chroot", "-f", str(file), "-t", "context", str(ROOT))
        root = Image(self, "context").root
        return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}

    def remove(self):
        shutil.rmtree(self.store, ignore_errors=True)
        if self.files:
            shutil.rmtree(self.files, ignore_errors=True)


class Image:
    """One built image: its settings, its root directory, and the command that a container would run."""

    def __init__(self, builder, name):
        described = json.loads(builder.run("inspect", "--type", "image", name))
        self.settings = described["OCIv1"]["config"]
        self.architecture = described["OCIv1"]["architecture"]
        self.size = sum(layer["size"] for layer in json.loads(described["Manifest"])["layers"])
        container = builder.run("from", name).strip()
        self.root = pathlib.Path(builder.run("mount", container).strip())

    def command(self, *arguments, options=()):
        """`docker run IMAGE arguments…`; `options` go right behind the program's name."""
        for name in ("proc", "dev"):
            (self.root / name).mkdir(exist_ok=True)
        program, *rest = self.settings["Entrypoint"]
        words = [program, *options, *rest, *(arguments or self.settings["Cmd"])]
        enter = [shutil.which("sh"), "-c", ENTER, "sh", str(self.root), self.settings["User"], *words]
        return [shutil.which("unshare"), "--mount", "--propagation", "private", "--", *enter]
