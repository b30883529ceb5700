"""A plain resolve that really writes, against the instant stub: cold and warm, over HTTP and over TLS."""

from .bench import calls_of, flat, interleaved
from .figures import Sample
from .processes import Function, Problem

RESOLVED = '"RESOLVED"'
CALLS = {"resolve": 5, "respond": 6}
# What the published sample makes: it looks at nothing beforehand and reads nothing back.
SAMPLE_CALLS = {"resolve": 2, "respond": 3}
PEERS = ("go-peer", "python-sample")


def functions_for(bench, handler, scheme, bytes_out, connections=(1,)):
    """The bootstrap and its floors, by name."""
    url, root = bench.stub.urls[scheme], bench.stub.root if scheme == "https" else None
    functions = {"bootstrap": Function(bench.bootstrap, handler, url, root)}
    names = ["floor-calls-http"] if scheme == "http" else ["floor-calls-tls", "floor-calls-tls-static"]
    for name in names:
        for number in connections if name != "floor-calls-tls-static" else (1,):
            if name in bench.programs:
                functions[f"{name}/{number}"] = Function(
                    bench.programs[name], handler, url, root, FLOOR_CALLS=CALLS[handler], FLOOR_CONNECTIONS=number,
                    FLOOR_RESPONSE_BYTES=bytes_out)
    for name in PEERS:
        if name in bench.programs:
            functions[name] = Function(bench.programs[name], handler, url, root)
    return functions


def pilot(bench, handler, scheme):
    """One cold run of the bootstrap: its response's size, its calls and connections."""
    function = functions_for(bench, handler, scheme, 2)["bootstrap"]
    answer, counts = bench.counted(
        lambda: bench.driver.cold(function, bench.fresh_event, bench.serials(1), RESOLVED))
    if counts["UpdateAssumeRolePolicy"] != 1:
        raise Problem(f"one resolve must write once; the stub saw {seen(counts)}")
    return answer["bytes"], counts


def seen(counts):
    """The stub's counts as text."""
    return ", ".join(f"{name} {number}" for name, number in counts.items() if number)


def cold(bench, handler, scheme):
    """Spawn to first response."""
    section = f"cold {handler} over {scheme.upper()}"
    bytes_out, counts = pilot(bench, handler, scheme)
    functions = functions_for(bench, handler, scheme, bytes_out, connections=(1, 3))

    def once(name, function):
        expect = RESOLVED if name == "bootstrap" else "{"
        return bench.driver.cold(function, bench.fresh_event, bench.serials(1), expect)

    actions = {name: lambda name=name, function=function: once(name, function) for name, function in functions.items()}
    interleaved(3, actions)
    results = interleaved(bench.times(100, 20), actions)
    samples = {name: Sample([one["response_us"] for one in ones]) for name, ones in results.items()}
    base = "floor-calls-tls" if scheme == "https" else "floor-calls-http"
    labels = {f"{base}/1": f"C, {CALLS[handler]} calls, 1 connection",
              f"{base}/3": "the same, 3 connections (one a service)",
              f"{base}-static/1": "the same, static, 1 connection"}
    labels |= peer_labels(handler)
    # Both do the same then: the other handlers and transports are there to see.
    is_judged = (handler, scheme) == ("respond", "https")
    reaches = {"floor-calls-tls/1": "<= 2.5x", "go-peer": "<= 1.0x" if is_judged else None}
    for name, label in labels.items():
        if name in samples:
            bench.report.add(section, "spawn to first response", samples["bootstrap"], samples[name], label,
                             reaches.get(name))
    cpu = {name: Sample([one["cpu_us"] for one in ones]) for name, ones in results.items()}
    for name in (f"{base}/1", *PEERS):
        if name in cpu:
            bench.report.add(section, "processor time until then", cpu["bootstrap"], cpu[name], labels[name])
    bench.report.note(section, f"bootstrap's calls: {seen(counts)}")


def peer_labels(handler):
    return {"go-peer": f"Go, aws-sdk-go-v2, {CALLS[handler]} calls",
            "python-sample": f"the published sample, boto3, {SAMPLE_CALLS[handler]} calls"}


def warm(bench, handler, scheme):
    """Event to response once warm, and processor time for each AWS call."""
    section = f"warm {handler} over {scheme.upper()}"
    bytes_out, _ = pilot(bench, handler, scheme)
    functions = {name: function for name, function in functions_for(bench, handler, scheme, bytes_out).items()
                 if "static" not in name}
    floor = next((name for name in functions if name.startswith("floor")), None)

    def batch(name, count):
        expect = RESOLVED if name == "bootstrap" else "{"
        answer, counts = bench.counted(
            lambda: bench.driver.events(name, bench.fresh_event, bench.serials(count), count, expect))
        if counts["UpdateAssumeRolePolicy"] != count:
            raise Problem(f"{count} events must write {count} times; the stub saw {seen(counts)}")
        return {**answer, "calls": calls_of(counts)}

    rounds = bench.times(40, 8)
    with bench.running(functions):
        interleaved(1, {name: lambda name=name: batch(name, 200) for name in functions})
        results = interleaved(rounds, {name: lambda name=name: batch(name, 25) for name in functions})
    samples = {name: Sample(flat(batches)) for name, batches in results.items()}
    cpu = {name: Sample([one["cpu_us"] / one["calls"] for one in batches]) for name, batches in results.items()}
    calls = results["bootstrap"][-1]["calls"] / 25
    label = f"C, {CALLS[handler]} calls, 1 connection"
    bench.report.add(section, "event to response", samples["bootstrap"], samples.get(floor), label)
    bench.report.add(section, "client processor time per AWS call", cpu["bootstrap"], cpu.get(floor), label,
                     "<= 300 µs" if handler == "resolve" else None)
    whole = {name: Sample([one["cpu_us"] / 25 for one in batches]) for name, batches in results.items()}
    for name, label in peer_labels(handler).items():
        if name not in samples:
            continue
        reach = "<= 0.8x" if (handler, scheme, name) == ("respond", "https", "go-peer") else None
        bench.report.add(section, "event to response", samples["bootstrap"], samples[name], label, reach)
        bench.report.add(section, "processor time of an event", whole["bootstrap"], whole[name], label, reach)
    bench.report.note(section, f"{calls:g} AWS calls an event; {rounds * 25} events each, in turns of 25, after 200; "
                               "the processor time holds all threads, the loop and the handler")
