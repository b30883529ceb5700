"""Programs that are no Python packages: Debian's own package where one is missing, which needs root."""

import os
import shutil
import subprocess


class NotInstalled(Exception):
    """A program that is missing and could not be installed; the text says which and how to get it."""


def require(program, package=None):
    """Sees to it that a program is on the PATH; raises `NotInstalled` where that cannot be done."""
    package = package or program
    if shutil.which(program):
        return
    wanted = f"{program} is not on the PATH: apt-get install {package}"
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise NotInstalled(wanted)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        done = subprocess.run(["apt-get", "--quiet", *words], capture_output=True, text=True, env=environment)
    if not shutil.which(program):
        raise NotInstalled(f"{wanted}, which failed here: {done.stderr.strip()[-300:]}")
