"""What a test says that lacks a program."""

import os
import shutil

import pytest

from support import debian


def test_a_program_that_is_there_needs_nothing(monkeypatch):
    monkeypatch.setattr(debian.subprocess, "run", lambda *_, **__: pytest.fail("something was installed"))
    debian.require("sh")


def test_who_may_not_install_is_told_what_to_do(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(debian.subprocess, "run", lambda *_, **__: pytest.fail("something was installed"))
    with pytest.raises(debian.NotInstalled, match="^no-such-program is not on the PATH: apt-get install a-package$"):
        debian.require("no-such-program", "a-package")


@pytest.mark.parametrize("works", [True, False])
def test_a_package_is_installed(monkeypatch, works):
    """Told as it is where apt-get cannot."""
    there, commands = {"apt-get"}, []

    def run(words, **_):
        commands.append(words[2])
        if works and words[2] == "install":
            there.add(words[-1])
        return debian.subprocess.CompletedProcess(words, 0 if works else 100, "", "E: no network")

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "which", lambda program: program if program in there else None)
    monkeypatch.setattr(debian.subprocess, "run", run)
    if works:
        debian.require("jq")
    else:
        with pytest.raises(debian.NotInstalled, match="apt-get install jq, which failed here: E: no network"):
            debian.require("jq")
    assert commands == ["update", "install"]
