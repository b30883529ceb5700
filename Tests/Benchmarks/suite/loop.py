"""The runtime loop alone: start, and an event that calls nobody."""

from .bench import flat, interleaved
from .figures import Sample
from .processes import Function

DECIDED = '"decision"'


def floors(bench, **settings):
    """The raw-socket programs at hand: the dynamic one is the floor."""
    return {name: Function(bench.programs[name], **settings)
            for name in ("floor-loop", "floor-loop-static") if name in bench.programs}


def against_floors(bench, section, what, samples, reach=None):
    """A row for each floor; the target stands beside the dynamically linked one."""
    floor_rows = (("floor-loop", "C, raw socket", reach), ("floor-loop-static", "the same, static", None))
    for name, against, target in floor_rows:
        if name in samples:
            bench.report.add(section, what, samples["bootstrap"], samples[name], against, target)


def start(bench):
    """Spawn to first GET /next."""
    section = "spawn to first GET /next"
    functions = {"bootstrap": Function(bench.bootstrap, "resolve", bench.stub.urls["http"]), **floors(bench)}

    def once(function):
        answer = bench.driver.spawn("start", function)
        bench.driver.stop("start")
        return answer["next_us"]

    actions = {name: lambda function=function: once(function) for name, function in functions.items()}
    interleaved(5, actions)  # pages into the cache
    results = interleaved(bench.times(300, 60), actions)
    samples = {name: Sample(values) for name, values in results.items()}
    against_floors(bench, section, "handler resolve", samples, "<= 1.6x")
    bench.report.note(section, "from just before posix_spawn to the request received; file in the page cache")


def evaluate(bench):
    """Event to response of `evaluate` on a kept-alive connection."""
    section = "evaluate, no AWS call"
    pilot = bench.driver.cold(Function(bench.bootstrap), bench.plain_event, 1, DECIDED)
    functions = {"bootstrap": Function(bench.bootstrap), **floors(bench, FLOOR_RESPONSE_BYTES=pilot["bytes"])}
    expected = {name: DECIDED if name == "bootstrap" else "{" for name in functions}

    def batch(name, count):
        return bench.driver.events(name, bench.plain_event, 1, count, expected[name])

    rounds = bench.times(60, 15)
    with bench.running(functions):
        interleaved(1, {name: lambda name=name: batch(name, 300) for name in functions})
        results = interleaved(rounds, {name: lambda name=name: batch(name, 100) for name in functions})
    samples = {name: Sample(flat(batches)) for name, batches in results.items()}
    against_floors(bench, section, "event to response", samples, "<= 2.5x")
    turns = {name: Sample(flat(batches, "turn_us")) for name, batches in results.items()}
    against_floors(bench, section, "whole turn: event to the next GET /next", turns)
    cpu = {name: Sample([one["cpu_us"] / 100 for one in batches]) for name, batches in results.items()}
    against_floors(bench, section, "processor time of a whole turn", cpu)
    bench.report.note(section, f"published event, {bench.plain_event.stat().st_size} bytes in, {pilot['bytes']} out; "
                               f"{rounds * 100} events each, in turns of 100")
