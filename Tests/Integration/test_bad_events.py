"""Events that are none: each is refused with its reason, nobody is called, and the next event is served."""

import json
import pathlib

import pytest

from support.events import changed, published, published_bytes


def without(*keys):
    event = published()
    for key in keys:
        event.pop(key)
    return json.dumps(event).encode()


def detail(**values):
    return json.dumps(changed(**values)).encode()


ROLE = "arn:aws:iam::123456789012:role/Audit_CrossAccountRole"

# What is sent, and a word that the refusal must hold (the event's own key where there is one).
BAD = {
    "nothing": (b"", ""),
    "not JSON": (b"hello", ""),
    "truncated": (lambda: published_bytes().rstrip()[:-40], ""),
    "an array": (b"[]", ""),
    "a string": (b'"finding"', ""),
    "null": (b"null", ""),
    "an empty object": (b"{}", ""),
    "10,000 levels deep": (b'{"detail":' * 10_000 + b"1" + b"}" * 10_000, ""),
    "10,000 open arrays": (b"[" * 10_000, ""),
    "invalid UTF-8": (lambda: published_bytes().replace(b"Audit_", b"Audit_\xff\xfe"), ""),
    "a lone surrogate": (lambda: published_bytes().replace(b"Alice", b"\\ud800"), ""),
    "a key twice": (
        lambda: published_bytes().replace(b'"version": "0",', b'"version": "0", "version": "0",', 1),
        "version",
    ),
    "no detail": (lambda: without("detail"), "detail"),
    "no detail type": (lambda: without("detail-type"), "detail-type"),
    "another source": (lambda: json.dumps({**published(), "source": "aws.s3"}).encode(), "source"),
    "an unknown detail type": (lambda: json.dumps({**published(), "detail-type": "Weather"}).encode(), "detail-type"),
    "detail a list": (lambda: json.dumps({**published(), "detail": []}).encode(), "detail"),
    "no id": (lambda: detail(id=None), "id"),
    "an empty id": (lambda: detail(id=""), "id"),
    "id a number": (lambda: detail(id=7), "id"),
    "no resource": (lambda: detail(resource=None), "resource"),
    "resource no ARN": (lambda: detail(resource="Audit_CrossAccountRole"), "resource"),
    "resource of another service": (lambda: detail(resource="arn:aws:s3:::bucket"), "resource"),
    "a role without a name": (lambda: detail(resource="arn:aws:iam::123456789012:role/"), "resource"),
    "an illegal role name": (lambda: detail(resource=ROLE + "\u0001x"), "resource"),
    "a short account": (lambda: detail(accountId="123"), "accountId"),
    "account a number": (lambda: detail(accountId=123456789012), "accountId"),
    "principal a string": (lambda: detail(principal="arn:aws:iam::999988887777:user/Alice"), "principal"),
    "principal of a list": (lambda: detail(principal={"AWS": ["*"]}), "principal"),
    "action a number": (lambda: detail(action=1), "action"),
    "actions of numbers": (lambda: detail(action=[1]), "action"),
    "isPublic a string": (lambda: detail(isPublic="false"), "isPublic"),
    "isDeleted a number": (lambda: detail(isDeleted=0), "isDeleted"),
    "status a number": (lambda: detail(status=1), "status"),
}


@pytest.fixture
def world(accounts):
    accounts.published_role()
    accounts.finding(published())
    accounts.topic_arn = accounts.topic()
    return accounts


def assert_refused(outcome, word):
    assert outcome.kind == "error", outcome.body[:500]
    assert outcome.error_type == "Function.InvalidEvent"
    assert outcome.json["errorType"] == "Function.InvalidEvent"
    assert outcome.json["stackTrace"] == []
    assert word in outcome.json["errorMessage"]
    assert len(outcome.json["errorMessage"]) < 2000


def test_each_is_refused_and_the_process_goes_on(aws, world, function, subtests):
    respond = function("respond", GATEHOUSE_MODE="enforce", GATEHOUSE_TOPIC_ARN=world.topic_arn)
    for name, (event, word) in BAD.items():
        with subtests.test(name):
            assert_refused(respond.invoke(event() if callable(event) else event), word)
    assert respond.running
    assert aws.names() == []
    assert world.messages() == []
    assert respond.invoke(published_bytes()).json["outcome"]["status"] == "RESOLVED"


@pytest.mark.parametrize("handler", ["evaluate", "resolve", "notify", "rollback", "respond"])
def test_every_handler_refuses_what_it_cannot_read(aws, function, handler, subtests):
    running = function(handler, GATEHOUSE_TOPIC_ARN="arn:aws:sns:us-east-1:123456789012:findings")
    for name in ("nothing", "not JSON", "truncated", "an array", "10,000 levels deep", "invalid UTF-8", "a key twice"):
        event = BAD[name][0]
        with subtests.test(name):
            assert_refused(running.invoke(event() if callable(event) else event), "")
    assert running.running
    assert aws.names() == []


def test_notify_wants_a_case(aws, function):
    notify = function("notify", GATEHOUSE_TOPIC_ARN="arn:aws:sns:us-east-1:123456789012:findings")
    assert_refused(notify.invoke(published_bytes()), "")
    assert aws.names() == []


def test_an_event_of_six_mebibytes_is_answered(aws, world, function):
    padding = b" " * (6 * 1024 * 1024 - len(published_bytes()))
    resolve = function("resolve", GATEHOUSE_MODE="enforce")
    assert resolve.invoke(published_bytes() + padding).json["outcome"]["status"] == "RESOLVED"


@pytest.mark.parametrize("element", ["[1]", "[]", '{"a":[[]]}', "null"])
def test_six_mebibytes_of_small_values_are_refused_in_little_memory(world, function, element):
    evaluate = function("evaluate")
    size = 6 * 1024 * 1024 - len(published_bytes()) - 100
    event = published_bytes().rstrip()[:-1] + b', "x": [%s]}' % b",".join(
        [element.encode()] * (size // (len(element) + 1))
    )
    assert_refused(evaluate.invoke(event), "500000 values")
    status = pathlib.Path(f"/proc/{evaluate.process.child.pid}/status").read_text()
    (peak,) = (int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))
    assert peak < 96 * 1024, f"{peak} KiB"
    assert evaluate.invoke(published_bytes()).kind == "response"


def test_a_case_whose_answer_would_not_fit_changes_nothing(aws, world, function):
    case = function("evaluate").invoke(published_bytes()).json
    case["ballast"] = "x" * (6 * 1024 * 1024 - len(json.dumps(case)) - 64)
    resolve = function("resolve", GATEHOUSE_MODE="enforce")
    outcome = resolve.invoke(case)
    assert outcome.error_type == "Function.ResponseTooLarge"
    assert "iam:UpdateAssumeRolePolicy" not in aws.names()
    assert len(world.trust("Audit_CrossAccountRole")["Statement"]) == 1


def test_unknown_keys_of_a_case_pass_through(world, function):
    case = function("evaluate").invoke(published_bytes()).json
    case["ticket"] = {"id": "T-1", "n": 1.50}
    answer = function("resolve", GATEHOUSE_MODE="enforce").invoke(case).json
    assert answer["ticket"] == case["ticket"]
    assert answer["outcome"]["status"] == "RESOLVED"


def test_the_emulator_hands_bad_events_through_too(aws, world, emulated):
    respond = emulated("respond", GATEHOUSE_MODE="enforce", GATEHOUSE_TOPIC_ARN=world.topic_arn)
    for name in ("not JSON", "10,000 levels deep", "invalid UTF-8"):
        event = BAD[name][0]
        answer = json.loads(respond.invoke(event() if callable(event) else event))
        assert answer["errorType"] == "Function.InvalidEvent", name
    assert json.loads(respond.invoke(published_bytes()))["outcome"]["status"] == "RESOLVED"


def test_a_batch_reports_only_the_records_that_failed(aws, world, function):
    respond = function("respond", GATEHOUSE_MODE="enforce", GATEHOUSE_TOPIC_ARN=world.topic_arn)
    bodies = [published_bytes().decode(), "not an event", json.dumps(changed(status="RESOLVED"))]
    records = [
        {"messageId": f"m{number}", "eventSource": "aws:sqs", "body": body} for number, body in enumerate(bodies)
    ]
    answer = respond.invoke({"Records": records}).json
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert len(world.trust("Audit_CrossAccountRole")["Statement"]) == 2
    assert len(world.messages()) == 1
