"""What the event rules let through: the fixtures' events by moto's matcher, which follows EventBridge's rules."""

import json

import pytest
from moto.events.models import EventPattern

from support.events import EVENTS, changed, published
from support.template import Template

TEMPLATES = ("gatehouse.yaml", "single-function.yaml")
TYPES = ("Access Analyzer Finding", "Internal Access Finding", "Unused Access Finding for IAM entities")


def pattern(name):
    (rule,) = Template(name, CodeBucket="code").of_type("AWS::Events::Rule").values()
    return rule["EventPattern"]


def lets_through(rule, event):
    return EventPattern.load(json.dumps(rule)).matches_event(event)


def events():
    """Every fixture that is an event as EventBridge sends it, by its folder."""
    found = {}
    for file in sorted(EVENTS.glob("*/*/event.json")):
        try:
            event = json.loads(file.read_bytes())
        except (ValueError, RecursionError):
            continue
        if isinstance(event, dict) and event.get("source") == "aws.access-analyzer":
            found[file.parent.name] = event
    return found


def asks_for_something(event):
    """What the rules are to let through, told from the event without a pattern."""
    detail = event.get("detail")
    return (
        event.get("detail-type") in TYPES
        and isinstance(detail, dict)
        and event.get("account") == "123456789012"
        and detail.get("status") == "ACTIVE"
        # moto takes 0 for false; EventBridge does not, and the handlers refuse it.
        and detail.get("isDeleted") in (False, 0)
    )


@pytest.mark.parametrize("name", TEMPLATES)
def test_active_findings_of_the_fixtures_come_through_and_nothing_else(name):
    rule, found = pattern(name), events()
    through = {folder for folder, event in found.items() if lets_through(rule, event)}
    assert through == {folder for folder, event in found.items() if asks_for_something(event)}
    assert "published-alice" in through
    assert "not-active" not in through
    assert {found[folder]["detail-type"] for folder in through} == set(TYPES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_key_of_the_pattern_decides(name):
    rule = pattern(name)
    assert lets_through(rule, published())
    for kind in TYPES:
        assert lets_through(rule, {**published(), "detail-type": kind})
    assert not lets_through(rule, {**published(), "detail-type": "Access Preview State Change"})
    assert not lets_through(rule, {**published(), "source": "my.access-analyzer"})
    for status in ("ARCHIVED", "RESOLVED"):
        assert not lets_through(rule, changed(status=status))
    assert not lets_through(rule, changed(isDeleted=True))


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_another_account_hands_on_does_not_come_through(name):
    """Its findings are no analyzer's of ours: each would end in an error, a message and an alarm."""
    assert not lets_through(pattern(name), {**published(), "account": "999999999999"})


@pytest.mark.parametrize("name", TEMPLATES)
def test_where_roles_are_answered_elsewhere_they_do_not_come_through(name):
    """Access Analyzer reports a role and a user once in each region."""
    (rule,) = Template(name, CodeBucket="code", GlobalResources="off").of_type("AWS::Events::Rule").values()
    found = {folder: event for folder, event in events().items() if asks_for_something(event)}
    through = {folder for folder, event in found.items() if lets_through(rule["EventPattern"], event)}
    kinds = ("AWS::IAM::Role", "AWS::IAM::User")
    assert through == {folder for folder, event in found.items() if event["detail"].get("resourceType") not in kinds}
    assert "published-key" in through and "published-alice" not in through


def test_both_templates_have_the_same_pattern():
    assert pattern(TEMPLATES[0]) == pattern(TEMPLATES[1])


def test_the_published_pattern_would_have_let_nothing_through():
    """The published example writes `AWS::IAM:Role`, with one colon."""
    typo = {
        "source": ["aws.access-analyzer"],
        "detail-type": ["Access Analyzer Finding"],
        "detail": {"status": ["ACTIVE"], "resourceType": ["AWS::IAM:Role"]},
    }
    assert not [folder for folder, event in events().items() if lets_through(typo, event)]
    typo["detail"]["resourceType"] = ["AWS::IAM::Role"]
    assert lets_through(typo, published())
