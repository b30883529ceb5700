"""EventBridge's PutEvents: moto takes entries of any size, and says so where a bus is not there. AWS takes such an event
with 200 and drops it.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
"""

from moto.events.exceptions import ResourceNotFoundException, ValidationException
from moto.events.models import EventsBackend

MOST = 262_144

original_put_events = EventsBackend.put_events


def size(entry):
    texts = [entry.get(key) or "" for key in ("Source", "DetailType", "Detail")] + list(entry.get("Resources") or [])
    return sum(len(text.encode()) for text in texts) + (14 if entry.get("Time") else 0)


def put_events(self, events):
    if sum(map(size, events)) > MOST:
        raise ValidationException("Total size of the entries in the request is over the limit.")
    answers = []
    for event in events:
        try:
            answers += original_put_events(self, [event])
        except ResourceNotFoundException:
            answers.append({"EventId": "00000000-0000-0000-0000-000000000000"})
    return answers


EventsBackend.put_events = put_events
