"""CloudWatch Logs' pages: moto's have 10,000 events of any size, AWS's 1 MiB at most.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

from moto.logs.models import LogGroup

PAGE = 1 << 20

filter_log_events = LogGroup.filter_log_events


def filter_a_page(self, log_group_name, *arguments, **options):
    events, token, streams = filter_log_events(self, log_group_name, *arguments, **options)
    size = 0
    for number, event in enumerate(events):
        size += len(event["message"].encode())
        if size > PAGE and number:
            last = events[number - 1]
            return events[:number], f"{log_group_name}@{last['logStreamName']}@{last['eventId']}", streams
    return events, token, streams


LogGroup.filter_log_events = filter_a_page
