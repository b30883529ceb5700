"""Peak resident memory (VmHWM), before and after AWS calls."""

from pathlib import Path

from .figures import Sample
from .loop import DECIDED
from .processes import Function
from .resolve import RESOLVED


def status(pid):
    """VmHWM and VmRSS in MB (10^6 bytes), and the number of threads."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return {**{key: int(lines[key].split()[0]) * 1024 / 1e6 for key in ("VmHWM", "VmRSS")},
            "threads": int(lines["Threads"])}


def memory(bench):
    """After 1,000 events without a call; after 1,000 and 2,000 resolves."""
    section = "peak resident memory (VmHWM)"
    with bench.running({"memory": Function(bench.bootstrap)}) as pids:
        idle = status(pids["memory"])
        bench.driver.events("memory", bench.plain_event, 1, 1000, DECIDED)
        busy = status(pids["memory"])
    bench.report.add(section, "at the first /next", Sample([idle["VmHWM"]], "MB"))
    bench.report.add(section, "after 1,000 evaluate events", Sample([busy["VmHWM"]], "MB"), reach="<= 8 MB")
    scheme = bench.schemes()[-1]
    root = bench.stub.root if scheme == "https" else None
    for handler in ("resolve", "respond"):
        function = Function(bench.bootstrap, handler, bench.stub.urls[scheme], root)
        with bench.running({"memory": function}) as pids:
            for total, reach in ((1000, "<= 20 MB"), (2000, "as before: flat")):
                bench.driver.events("memory", bench.fresh_event, bench.serials(1000), 1000, RESOLVED)
                now = status(pids["memory"])
                bench.report.add(section, f"after {total:,} {handler} over {scheme.upper()}",
                                 Sample([now["VmHWM"]], "MB"), reach=reach if handler == "resolve" else None)
        bench.report.note(section, f"{handler}: {now['VmRSS']:.1f} MB resident at the end, {now['threads']} threads")
