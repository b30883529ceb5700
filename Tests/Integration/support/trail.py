"""CloudTrail's LookupEvents, which moto does not know: management events of one account and region, the newest first.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

import datetime
import json

from moto.cloudtrail.models import cloudtrail_backends
from moto.cloudtrail.responses import CloudTrailResponse
from moto.core.exceptions import JsonRESTError

ATTRIBUTES = (
    "EventId", "EventName", "ReadOnly", "Username", "ResourceType", "ResourceName", "EventSource", "AccessKeyId"
)  # fmt: skip
PAGE = 50


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def add(record, names):
    """A record with the names that CloudTrail lists it under, in its own account and region."""
    backend = cloudtrail_backends[record["recipientAccountId"]][record["awsRegion"]]
    vars(backend).setdefault("events", []).append((record, list(names)))


def refused(code, message):
    return JsonRESTError(code, message)


def listed(record, names):
    return {
        "EventId": record.get("eventID", ""),
        "EventName": record["eventName"],
        "ReadOnly": "true" if record.get("readOnly") else "false",
        "EventTime": seconds(record["eventTime"]),
        "EventSource": record["eventSource"],
        "Username": record.get("userIdentity", {}).get("userName", ""),
        "Resources": [{"ResourceName": name} for name in names],
        "CloudTrailEvent": json.dumps(record),
    }


def lookup_events(self):
    attributes = self._get_param("LookupAttributes") or []
    if len(attributes) > 1 or any(each.get("AttributeKey") not in ATTRIBUTES for each in attributes):
        raise refused("InvalidLookupAttributesException", "Only one known lookup attribute is allowed.")
    if any(not 1 <= len(each.get("AttributeValue", "")) <= 2000 for each in attributes):
        raise refused("InvalidLookupAttributesException", "The attribute's value has a wrong length.")
    most = self._get_param("MaxResults") or PAGE
    if not 1 <= int(most) <= PAGE:
        raise refused("InvalidMaxResultsException", "MaxResults is from 1 to 50.")
    begin, end = self._get_param("StartTime"), self._get_param("EndTime")
    if None not in (begin, end) and float(end) < float(begin):
        raise refused("InvalidTimeRangeException", "The end time is before the start time.")
    found = [
        listed(record, names)
        for record, names in vars(self.cloudtrail_backend).get("events", [])
        if all(matches(each, record, names) for each in attributes)
    ]
    # The fixtures' events are of their own time, which is not this machine's.
    found = [each for each in found if end is None or each["EventTime"] <= float(end)]
    found.sort(key=lambda each: -each["EventTime"])
    answer = {"Events": found[: int(most)]}
    if len(found) > int(most):
        answer["NextToken"] = "more"
    return json.dumps(answer)


def matches(attribute, record, names):
    if attribute["AttributeKey"] == "ResourceName":
        return attribute["AttributeValue"] in names
    return attribute["AttributeValue"] == {"EventName": record["eventName"], "EventSource": record["eventSource"]}.get(
        attribute["AttributeKey"]
    )


CloudTrailResponse.lookup_events = lookup_events
