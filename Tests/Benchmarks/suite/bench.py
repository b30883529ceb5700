"""What every measurement needs, and the interleaving."""

import contextlib
import itertools
import json
from pathlib import Path

from .build import Missing

FINDING_DIGITS = "#" * 12  # c/driver.c puts a serial here
ROLE_PREFIX = "Audit_CrossAccountRole_"  # as in c/roles.h


class Bench:
    """Programs, processes, events and how often; `quick` trades steadiness for time."""

    def __init__(self, scratch, bootstrap, programs, driver, stub, report, event, quick):
        self.scratch = Path(scratch)
        self.bootstrap = bootstrap
        self.programs = programs
        self.driver = driver
        self.stub = stub
        self.report = report
        self.quick = quick
        self.plain_event, self.fresh_event = self._events(Path(event))
        self._serial = 1

    def times(self, full, quick):
        return quick if self.quick else full

    def serials(self, count):
        """The first of `count` serials that nobody else gets."""
        self._serial += count
        return self._serial - count

    def schemes(self):
        return list(self.stub.urls)

    @contextlib.contextmanager
    def running(self, functions):
        """Starts the named functions, gives their process ids by name, stops them at the end."""
        started = {}
        try:
            for name, function in functions.items():
                started[name] = self.driver.spawn(name, function)["pid"]
            yield started
        finally:
            for name in started:
                self.driver.stop(name)

    def _events(self, path):
        """The published event as it is, and as a template with a fresh finding and role each time."""
        try:
            text = path.read_text()
            detail = json.loads(text)["detail"]
            identifier, role = detail["id"], detail["resource"].split("/")[-1].strip()
        except (OSError, ValueError, KeyError) as error:
            raise Missing(f"no usable event at {path} ({error!r}): name another with --event") from error
        fresh = text.replace(identifier, identifier[:-12] + FINDING_DIGITS).replace(role, ROLE_PREFIX + FINDING_DIGITS)
        plain_path, fresh_path = self.scratch / "event.json", self.scratch / "fresh-event.json"
        plain_path.write_text(text)
        fresh_path.write_text(fresh)
        return plain_path, fresh_path

    def counted(self, action):
        """What `action` gives, and the calls that the stub saw meanwhile, by operation."""
        before = self.stub.counts()
        result = action()
        after = self.stub.counts()
        return result, {name: after[name] - before[name] for name in after}


def calls_of(counts):
    """AWS calls among the stub's counts."""
    return sum(number for name, number in counts.items() if name != "connections")


def interleaved(rounds, actions):
    """Runs the named actions in turn, `rounds` times (A, B, A, B, …): name -> list of results."""
    results = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            results[name].append(action())
    return results


def flat(batches, key="us"):
    """The times of several batches of events."""
    return list(itertools.chain.from_iterable(batch[key] for batch in batches))
