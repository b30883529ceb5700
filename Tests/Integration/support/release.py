"""Checkouts of this tree in folders of their own, and what deploy/release makes in them."""

import os
import pathlib
import re
import shutil
import subprocess

from .template import DEPLOY

ROOT = DEPLOY.parent
# What a release is made of, beside the package.
PARTS = ("Dockerfile", "LICENSE", "README.md", "Sources", "deploy", ".gitignore")
WHO = {
    "GIT_AUTHOR_NAME": "Nobody",
    "GIT_AUTHOR_EMAIL": "nobody@example.com",
    "GIT_COMMITTER_NAME": "Nobody",
    "GIT_COMMITTER_EMAIL": "nobody@example.com",
    "GIT_AUTHOR_DATE": "2026-02-03T04:05:06Z",
    "GIT_COMMITTER_DATE": "2026-02-03T04:05:06Z",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
TIME = 1770091506
VERSION = re.search(r'static let version[^"]*"([^"]+)"', (ROOT / "Sources/Basics/Release.swift").read_text())[1]


class Checkout:
    """This tree as it is now, committed in a repository of its own at a time that is always the same."""

    def __init__(self, folder):
        self.folder = folder
        listed = self._git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *PARTS)
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).exists():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        self._git(folder, "init", "--quiet")
        self.commit()

    def commit(self):
        self._git(self.folder, "add", "--all")
        self._git(self.folder, "commit", "--quiet", "--message", "All of it")
        self.hash = self._git(self.folder, "rev-parse", "HEAD").strip()

    @staticmethod
    def _git(folder, *words):
        return subprocess.run(
            ["git", "-C", folder, *words], env={**os.environ, **WHO}, check=True, capture_output=True, text=True
        ).stdout

    def release(self, *arguments, status=0):
        """Runs the checkout's deploy/release; gives what it printed."""
        done = subprocess.run(
            [self.folder / "deploy" / "release", *map(str, arguments)],
            cwd=self.folder.parent,
            env={name: value for name, value in os.environ.items() if name != "SOURCE_DATE_EPOCH"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stderr if status else pathlib.Path(done.stdout.strip())
