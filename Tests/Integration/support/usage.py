"""What a program takes of the processor and in memory."""

import subprocess
import sys

# Asked by a process that is small itself: what that had before the program took its place would count as well.
LAUNCH = """
import os, sys
child = os.fork()
if child == 0:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.execv(sys.argv[1], sys.argv[1:])
_, status, usage = os.wait4(child, 0)
print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def of(*words, environment=None, timeout=120):
    """Seconds of the processor and megabytes (10^6 bytes) at most, of a program that ends well."""
    done = subprocess.run(
        [sys.executable, "-c", LAUNCH, *map(str, words)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    assert done.returncode == 0, done.stderr
    seconds, megabytes = map(float, done.stdout.split())
    return seconds, megabytes
