"""The version is one, wherever it stands."""

import re
import subprocess
from pathlib import Path

import pytest

from support.template import read

ROOT = Path(__file__).parents[2]
VERSION = re.search(r'static let version = "(.*)"', (ROOT / "Sources/Basics/Release.swift").read_text())[1]


def test_it_is_a_semantic_version():
    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION)


def test_the_change_log_begins_with_it():
    headings = re.findall(r"^## .*?(\d+\.\d+\.\d+)", (ROOT / "deploy/CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0] == VERSION


@pytest.mark.parametrize("template", ["gatehouse.yaml", "single-function.yaml"])
def test_a_stack_says_it(template):
    assert str(read(template)["Outputs"]["Version"]["Value"]) == VERSION


def test_the_terraform_module_says_it():
    text = (ROOT / "deploy/terraform/outputs.tf").read_text()
    assert re.search(r'output "version" \{[^}]*value\s*=\s*"(.*)"', text)[1] == VERSION


def said(*words):
    return subprocess.run(words, capture_output=True, env={}, timeout=60, check=True).stdout.decode()


def test_the_function_says_it(binary):
    assert said(binary, "--version") == f"gatehouse {VERSION}\n"


@pytest.mark.parametrize("words", [[], ["rules", "check"], ["approvals", "list"], ["invoke"]])
def test_every_command_says_it(binary, words):
    program = binary.parent / "gatehouse"
    if not program.exists():
        pytest.skip(f"no {program}: deploy/package makes it")
    assert said(program, *words, "--version") == f"gatehouse {VERSION}\n"
