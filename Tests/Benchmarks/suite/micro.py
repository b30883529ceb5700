"""Hook for the Swift micro-benchmarks: the product `micro-benchmarks` of the package, from Tests/Benchmarks/Micro.

It prints one figure a line: name, tab, value, tab, unit and, perhaps, tab and the target."""

import os
import subprocess

from .build import Missing
from .figures import Sample
from .processes import Problem

PRODUCT = "micro-benchmarks"


def executable(package):
    """The program: $MICRO, or built in release from the package."""
    if os.environ.get("MICRO"):
        return os.environ["MICRO"]
    if not (package / "Tests/Benchmarks/Micro").is_dir():
        raise Missing("no Tests/Benchmarks/Micro in this package")
    build = ["swift", "build", "-c", "release", "--product", PRODUCT, "--package-path", str(package)]
    try:
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL)
        where = subprocess.run([*build, "--show-bin-path"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Missing(f"{PRODUCT} does not build ({error})") from error
    return f"{where.stdout.strip()}/{PRODUCT}"


def micro(report, package):
    """Runs it and adds its figures."""
    done = subprocess.run([executable(package)], capture_output=True, text=True)
    if done.returncode != 0:
        raise Problem(f"{PRODUCT} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    for line in done.stdout.splitlines():
        fields = line.split("\t")
        if len(fields) >= 3:
            report.add("micro (one core, release)", fields[0], Sample([float(fields[1])], fields[2]),
                       reach=fields[3] if len(fields) > 3 else None)
