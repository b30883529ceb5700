"""Events: the published one as it stands in the fixtures, and variations of it."""

import copy
import json
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
EVENTS = pathlib.Path(os.environ.get("INTEGRATION_EVENTS", ROOT / "events"))


def folder_of(name):
    """The folder of a fixture, in whatever group it is."""
    found = list(EVENTS.glob(f"*/{name}"))
    assert len(found) == 1, f"{name} is the name of {len(found)} fixtures"
    return found[0]

# The contract's name for the statement of the published finding.
SID = "Gatehousea501821097c446c494560295898377b6"


def published_bytes():
    """The published example, every odd space of it kept."""
    return (folder_of("published-alice") / "event.json").read_bytes()


def published():
    return json.loads(published_bytes())


def changed(**detail):
    """The published event with other values in its detail; None takes a key out."""
    event = copy.deepcopy(published())
    for key, value in detail.items():
        if value is None:
            event["detail"].pop(key, None)
        else:
            event["detail"][key] = value
    return event
