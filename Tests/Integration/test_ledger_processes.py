"""Real processes that share a ledger: several at once on one role, and killed at every call."""

import json
import os
import random
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import dynamodb
from support.account import MEMBER, trust_in
from support.events import changed
from support.process import until
from support.runtime_api import Function

STRANGER = "arn:aws:iam::999988887777:user/User{}"
# A lease ends half a minute after its invocation's deadline, and is left alone for five seconds more.
AFTER_DEADLINE = 30 + 5 + 2
SECONDS = 5


class Shared:
    """Roles that let strangers in, one finding each, and processes that answer them by one ledger."""

    def __init__(self, accounts, binary):
        self.accounts, self.binary = accounts, binary
        self.table = dynamodb.make_table(accounts.client("dynamodb"))
        self.topic = accounts.topic()
        self.running = []

    def role(self, name, strangers):
        arn = self.accounts.role(name, trust_in([STRANGER.format(n) for n in range(strangers)]))
        return [self.event(arn, number) for number in range(strangers)]

    def event(self, arn, number):
        identifier = f"{abs(hash((arn, number))) % 16**8:08x}-0000-4000-8000-{number:012d}"
        event = changed(id=identifier, resource=arn, principal={"AWS": STRANGER.format(number)})
        self.accounts.finding(event)
        return event

    def observing(self):
        return self.function(GATEHOUSE_MODE="observe")

    def function(self, handler="respond", **more):
        environment = self.accounts.environment(
            handler,
            MEMBER,
            allowed=["*"],
            **{
                "GATEHOUSE_MODE": "enforce",
                "GATEHOUSE_ORGANIZATION_LOOKUPS": "off",
                "GATEHOUSE_TOPIC_ARN": self.topic,
                "GATEHOUSE_LEDGER_TABLE": self.table,
                "GATEHOUSE_MAX_CHANGES_PER_HOUR": "100000",
                "GATEHOUSE_MAX_CHANGES_PER_ACCOUNT_PER_HOUR": "100000",
                "GATEHOUSE_MAX_MESSAGES_PER_HOUR": "100000",
                **more,
            },
        )
        function = Function(self.binary, handler, environment, MEMBER)
        function.key = environment["AWS_ACCESS_KEY_ID"]
        self.running.append(function)
        return function

    def items(self, prefix=""):
        return [item for item in dynamodb.items(self.accounts.client("dynamodb")) if item["sk"].startswith(prefix)]

    def check(self, role, events, mails):
        """Every Deny is there once, nothing else has changed, and the ledger says the same."""
        statements = self.accounts.trust(role)["Statement"]
        own = [one["Sid"] for one in statements if one.get("Sid", "").startswith("Gatehouse")]
        assert sorted(own) == sorted("Gatehouse" + event["detail"]["id"].replace("-", "") for event in events)
        others = [one for one in statements if not one.get("Sid", "").startswith("Gatehouse")]
        assert others == trust_in([STRANGER.format(n) for n in range(len(events))])["Statement"]
        arn = events[0]["detail"]["resource"]
        known = [item["data"] for item in self.items("CHANGE#") if item["data"]["resource"] == arn]
        assert sorted(change["findingId"] for change in known) == sorted(event["detail"]["id"] for event in events)
        assert {change["state"] for change in known} == {"MADE"}
        pointers = {item["sk"] for item in self.items() if item["pk"] == "CURRENT" and item["data"]["resource"] == arn}
        assert pointers == {change["id"] for change in known}
        for event in events:
            told = [mail for mail in mails if event["detail"]["id"] in mail["Message"]]
            assert 1 <= len(told) <= 2 and all(mail["Subject"].startswith("BLOCKED") for mail in told)

    def stop(self):
        for function in self.running:
            function.stop()


@pytest.fixture
def shared(accounts, binary):
    shared = Shared(accounts, binary)
    yield shared
    shared.stop()


def answer(function, event):
    """Sends an event again until it is answered, as the event source does."""
    tries = 0
    while True:
        tries += 1
        outcome = function.invoke(event, seconds=60)
        if outcome.kind == "response":
            return outcome.json["outcome"]["status"], tries
        assert outcome.error_type in ("Function.ResourceBusy", "Function.Throttled"), outcome.body
        assert tries < 60


def test_eight_at_once_on_one_role(shared, figures, pytestconfig):
    seed = int(os.environ.get("GATEHOUSE_SEED", "1"))
    chance = random.Random(seed)
    rounds = 12 if pytestconfig.getoption("--long") else 2
    functions = [shared.function() for _ in range(8)]
    answers = retries = 0
    with ThreadPoolExecutor(8) as pool:
        for number in range(rounds):
            events = shared.role(f"shared-{number}", chance.randint(3, 8))
            # Each finding is answered, some by several at once.
            work = events + [chance.choice(events) for _ in range(8 - len(events))]
            chance.shuffle(work)
            done = list(pool.map(answer, functions, work))
            assert {status for status, _ in done} <= {"RESOLVED", "ALREADY_RESOLVED"}
            answers, retries = answers + len(done), retries + sum(tries - 1 for _, tries in done)
            shared.check(f"shared-{number}", events, shared.accounts.messages())
    assert not shared.items("LEASE")
    figures.append(f"ledger: 8 processes at once, {rounds} rounds from seed {seed}: {answers} answers, {retries} retries")


class Killer:
    """Kills a process when its n-th call arrives, before it is carried out or after."""

    def __init__(self, aws):
        self.aws, self.plans, self.calls, self.killed = aws, {}, {}, []
        aws.watch = self

    def __call__(self, call):
        count = self.calls[call.access_key] = self.calls.get(call.access_key, 0) + 1
        plan = self.plans.get(call.access_key)
        return self.kill if plan and plan[1] == count else None

    def kill(self, exchange):
        function, _, executed = self.plans[exchange.call.access_key]
        if executed:
            exchange.execute()
        os.kill(function.process.child.pid, signal.SIGKILL)
        self.killed.append(str(exchange.call))
        exchange.close()


def test_killed_at_every_call(aws, shared, figures, pytestconfig):
    killer = Killer(aws)
    # How many calls there are, by one that lives.
    (event,) = shared.role("lives", 1)
    function = shared.function()
    assert answer(function, event)[0] == "RESOLVED"
    count = killer.calls[function.key]
    shared.check("lives", [event], shared.accounts.messages())
    points = [(number, executed) for number in range(1, count + 1) for executed in (False, True)]
    if not pytestconfig.getoption("--long"):
        points = points[:: 2 if count > 20 else 1]
    roles = {}
    for number, executed in points:
        name = f"killed-{number}-{'after' if executed else 'before'}"
        roles[name] = shared.role(name, 1)
        function = shared.function()
        killer.plans[function.key] = (function, number, executed)
        function.api.offer(json.dumps(roles[name][0]).encode(), function.arn, SECONDS, "-")
        until(lambda: not function.running, 20, f"{name} to die")
        function.stop()
        shared.running.remove(function)
    assert len(killer.killed) == len(points)
    earlier = shared.accounts.messages()
    time.sleep(SECONDS + AFTER_DEADLINE)
    function = shared.function()
    for name, (event,) in roles.items():
        status, _ = answer(function, event)
        assert status in ("RESOLVED", "ALREADY_RESOLVED"), name
    mails = earlier + shared.accounts.messages()
    for name, events in roles.items():
        shared.check(name, events, mails)
    figures.append(f"ledger: {len(points)} processes killed at one of {count} calls each, before it or after: all came right")
