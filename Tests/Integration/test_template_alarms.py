"""What the stacks watch, and what their dashboard shows."""

import json
import re

from support.deployments import ASKING_WORKFLOW
from support.template import Template


def test_the_dashboard_is_json_and_shows_our_metrics():
    template = Template("gatehouse.yaml", CodeBucket="code")
    ((_, dashboard),) = template.of_type("AWS::CloudWatch::Dashboard").items()
    widgets = json.loads(dashboard["DashboardBody"])["widgets"]
    metrics = [metric for widget in widgets for metric in widget["properties"].get("metrics", [])]
    searches = [metric[0]["expression"] for metric in metrics if isinstance(metric[0], dict)]
    shown = {re.search(r'MetricName="(\w+)"', search)[1] for search in searches}
    assert shown == {"Findings", "Duration", "AWSCalls", "AWSRetries", "Errors"}
    assert len({(widget["x"], widget["y"]) for widget in widgets}) == len(widgets)


def test_what_asks_is_watched_as_well():
    template = Template("gatehouse.yaml", **ASKING_WORKFLOW)
    alarms = template.of_type("AWS::CloudWatch::Alarm")
    functions = set(template.of_type("AWS::Lambda::Function"))
    # The page's and the report's failures have alarms of their own; who is throttled there sees it.
    for name, besides in (("FunctionAlarm", set()), ("ThrottleAlarm", {"RollbackFunction"})):
        metrics = [metric["MetricStat"]["Metric"] for metric in alarms[name]["Metrics"] if "MetricStat" in metric]
        watched = {metric["Dimensions"][0]["Value"] for metric in metrics} & functions
        assert watched == functions - besides - {"ApprovalPageFunction", "ReportFunction"}
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
        assert len(metrics) <= 10
    page = alarms["ApprovalPageAlarm"]
    assert (page["MetricName"], page["Dimensions"][0]["Value"]) == ("Url5xxCount", "ApprovalPageFunction")
    (shown,) = [
        widget["properties"]["alarms"]
        for widget in json.loads(template.resources["Dashboard"]["Properties"]["DashboardBody"])["widgets"]
        if widget["type"] == "alarm"
    ]
    assert set(shown) == {f"{name}.Arn" for name in alarms}


def test_alarms_reach_the_topic_and_watch_everything():
    template = Template("gatehouse.yaml", CodeBucket="code")
    alarms = template.of_type("AWS::CloudWatch::Alarm")
    topic = template.attribute("Topic", "Arn")
    assert all(alarm["AlarmActions"] == [topic] for alarm in alarms.values())
    watched = {
        metric["MetricStat"]["Metric"]["MetricName"]
        for alarm in alarms.values()
        for metric in alarm.get("Metrics", [])
        if "MetricStat" in metric
    }
    watched |= {alarm["MetricName"] for alarm in alarms.values() if "MetricName" in alarm}
    assert watched == {
        "ExecutionsFailed",
        "ExecutionsTimedOut",
        "ExecutionsAborted",
        "ExecutionThrottled",
        "Errors",
        "Throttles",
        "ApproximateNumberOfMessagesVisible",
        "FailedInvocations",
        "InvocationsFailedToBeSentToDlq",
        "NumberOfNotificationsFailed",
        "Findings",
        "StillActive",
    }
    functions = set(template.of_type("AWS::Lambda::Function"))
    # The one that is called by hand tells its caller that it is throttled; the workflow can be throttled itself.
    for name, expected in (
        ("FunctionAlarm", functions),
        ("ThrottleAlarm", functions - {"RollbackFunction"} | {template.attribute("Workflow", "Arn")}),
    ):
        metrics = [metric["MetricStat"]["Metric"] for metric in alarms[name]["Metrics"] if "MetricStat" in metric]
        assert {metric["Dimensions"][0]["Value"] for metric in metrics} == expected
    outcomes = {
        metric["MetricStat"]["Metric"]["Dimensions"][0]["Value"]: name
        for name, alarm in alarms.items()
        for metric in alarm.get("Metrics", [])
        if metric.get("MetricStat", {}).get("Metric", {}).get("Namespace") == "Gatehouse"
    }
    assert outcomes == {"FAILED": "WorkflowAlarm", "ROLLED_BACK": "RollbackAlarm", "CONFLICT": "RollbackAlarm"}
    # Silence is an alarm only where it is asked for: a quiet region would cry for good.
    assert "QuietAlarm" not in alarms
    assert "ExecutionsStarted" in str(
        Template("gatehouse.yaml", CodeBucket="code", QuietDays=3).resources["QuietAlarm"]
    )
    dashboard = template.resources["Dashboard"]["Properties"]["DashboardBody"]
    (shown,) = [each for each in json.loads(dashboard)["widgets"] if each["type"] == "alarm"]
    assert set(shown["properties"]["alarms"]) == {f"{name}.Arn" for name in alarms}


def test_the_one_function_is_watched_as_well():
    alarms = Template("single-function.yaml", CodeBucket="code").of_type("AWS::CloudWatch::Alarm")
    watched = {
        metric["MetricStat"]["Metric"]["MetricName"]
        for alarm in alarms.values()
        for metric in alarm.get("Metrics", [])
        if "MetricStat" in metric
    }
    watched |= {alarm["MetricName"] for alarm in alarms.values() if "MetricName" in alarm}
    assert watched == {
        "Errors",
        "Throttles",
        "ApproximateNumberOfMessagesVisible",
        "FailedInvocations",
        "InvocationsFailedToBeSentToDlq",
        "AsyncEventsDropped",
        "DestinationDeliveryFailures",
        "NumberOfNotificationsFailed",
        "Findings",
    }
