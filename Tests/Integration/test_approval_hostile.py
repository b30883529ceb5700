"""The approval page against whoever finds its address: nothing but a person's own form decides, and once.

The seed is INTEGRATION_SEED, or 1; INTEGRATION_REQUESTS says how many requests there are.
"""

import collections
import itertools
import json
import os
import random
import time
import unicodedata
import urllib.parse
from concurrent.futures import ThreadPoolExecutor

import pytest

from support import faults
from support.approvals import READS, Approvals, Asked, payload
from support.function_url import event
from support.hostile import MARKUP, Requests
from support.runtime_api import Outcome
from support.served_html import Served

SEED = int(os.environ.get("INTEGRATION_SEED", "1"))
COUNT = int(os.environ.get("INTEGRATION_REQUESTS", "2500"))
ROUNDS = 40
FORM = [("content-type", "application/x-www-form-urlencoded")]
PAGE = "https://abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws/"
# As long as the function has for one request.
SECONDS = 6
# Control characters, what turns or joins text without being seen, and what is no character.
HIDDEN = {"Cc", "Cf", "Zl", "Zp", "Co", "Cn", "Cs"}


@pytest.fixture
def approvals(accounts, function):
    return Approvals(accounts, function, PAGE)


def post(asked, decision="approve", name="Maria Keller", **more):
    fields = {"token": asked.token if isinstance(asked, Asked) else asked, "decision": decision, "name": name, **more}
    return event("POST", "/", urllib.parse.urlencode(fields).encode("utf-8", "surrogatepass"), FORM)


def get(asked):
    return event(target=f"/?token={asked.token}")


@pytest.fixture
def states(approvals):
    """A request of each state, by its name; the token of the superseded one is of no use any more."""
    names = ("open", "late", "superseded", "approved", "rejected")
    asked = {name: approvals.ask(name.capitalize()) for name in names}
    page = approvals.page()
    approvals.expire(asked["late"])
    approvals.newer = approvals.supersede(asked["superseded"])
    assert approvals.newer.token != asked["superseded"].token
    for name, decision in (("approved", "approve"), ("rejected", "reject")):
        assert Served(page.invoke(post(asked[name], decision))).status == 200
    approvals.aws.calls.clear()
    return asked


def test_hostile_requests(approvals, states, figures):
    """Each gets the status of the first check that it fails, and a page; the ledger stays as it is, and no secret is told."""
    page, before = approvals.pages[0], approvals.ledger()
    secrets = approvals.secrets(*states.values(), approvals.newer)
    found, wrong = collections.Counter(), []
    tokens = {name: asked.token for name, asked in states.items()}
    for request in Requests(tokens, approvals.key, random.Random(SEED)).all(COUNT):
        seen = len(approvals.aws.calls)
        outcome = page.invoke(json.dumps(request.event).encode())
        if outcome.kind == "error":
            status = outcome.error_type
            assert not [secret for secret in secrets if secret in outcome.body.decode()], str(request)
        else:
            try:
                served = Served(outcome)
            except AssertionError as problem:
                raise AssertionError(f"{problem}\n{request}") from None
            status = served.status
            assert not served.holds(*secrets), str(request)
        if status not in request.statuses:
            wrong.append(f"{status}, not {request.statuses}: {request}")
        calls = {str(call) for call in approvals.aws.calls[seen:]}
        assert calls <= READS, (calls, str(request))
        assert approvals.ledger() == before, str(request)
        found[status] += 1
    assert not wrong, f"{len(wrong)} have another status:\n" + "\n".join(line[:400] for line in wrong[:25])
    assert sum(found.values()) >= COUNT and {200, 400, 403, 404, 405, 409, 410, 413} <= found.keys()
    assert page.running and Served(page.invoke(get(states["open"]))).status == 200
    leaked = [line for line in page.log.splitlines() for secret in secrets if secret in line]
    assert not leaked, leaked[:3]
    counts = ", ".join(f"{number} x {status}" for status, number in sorted(found.items(), key=str))
    figures.append(f"approval page: {sum(found.values())} hostile requests from seed {SEED}: {counts}")


def test_every_bit_of_a_token(approvals, figures):
    """A token is what was written and nothing else: one bit of one letter away it is not ours."""
    asked = approvals.ask()
    page, before, count = approvals.page(), approvals.ledger(), 0
    for place, bit in itertools.product(range(len(asked.token)), range(7)):
        letter = chr(ord(asked.token[place]) ^ 1 << bit)
        token = asked.token[:place] + letter + asked.token[place + 1 :]
        given = event(target=f"/?token={urllib.parse.quote(token, safe='')}") if count % 2 else post(token)
        status = page.invoke(given).json["statusCode"]
        assert status == 403, (place, bit, letter)
        count += 1
    assert approvals.ledger() == before
    assert not {str(call) for call in approvals.aws.calls if call.access_key == page.environment["AWS_ACCESS_KEY_ID"]} - READS
    assert Served(page.invoke(get(asked))).status == 200
    figures.append(f"approval page: {count} tokens that differ by one bit")


def test_a_token_says_no_more_than_it_must(approvals):
    """Whoever reads a link over somebody's shoulder learns ids."""
    asked = approvals.ask()
    said = json.loads(payload(asked.token))
    assert said.keys() == {"finding", "request", "nonce"} and len(said["nonce"]) >= 32
    # The ledger's readers make no link of it.
    items = "".join(approvals.ledger().values())
    assert not [secret for secret in approvals.secrets(asked) if secret in items]


@pytest.mark.parametrize("text", MARKUP + ["x" * 100, "é" * 100, "🧑" * 50, "a\tb\r\nc"], ids=lambda text: ascii(text)[:40])
def test_a_claimed_name_is_shown_as_text(approvals, text):
    """Whatever it holds, it is one line of text on the page, in the ledger, and later in a mail."""
    asked = approvals.ask()
    page = approvals.page()
    name, reason = f"M{text}"[:100], f"because {text}"
    served = Served(page.invoke(post(asked, "reject", name, reason=reason)))
    assert served.status == 200, served.text
    decision = approvals.request(asked)["decision"]
    assert decision["isClaimed"] is True and decision["decision"] == "REJECTED"
    assert decision["by"] == shown(name) and decision["reason"] == shown(reason)
    again = Served(page.invoke(get(asked)))
    assert again.status == 409
    for page_served in (served, again):
        facts = page_served.facts()
        assert facts["By"] == f"{shown(name)} (a name that was typed)" and facts["Reason"] == shown(reason)
        assert not page_served.holds(*approvals.secrets(asked))
    for line in page.log.splitlines():
        json.loads(line)


def shown(text):
    """One line without what cannot be seen; the truth is `printable` of Sources/Basics."""
    seen = (" " if unicodedata.category(one) in HIDDEN else one for one in text)
    return " ".join(part for part in "".join(seen).split(" ") if part)


def test_what_the_finding_says_is_shown_as_text(approvals):
    """Names and tags are whoever's who makes resources."""
    asked = approvals.ask()
    case = approvals.request(asked)["case"]
    case["context"]["tags"] = {"Owner": MARKUP[0], "Environment": MARKUP[1], MARKUP[2]: MARKUP[3]}
    case["decision"] |= {"reasons": MARKUP, "owner": MARKUP[0], "rule": MARKUP[1]}
    approvals.edit(asked, case=case, proof=MARKUP, summary=" ".join(MARKUP))
    served = Served(approvals.page().invoke(get(asked)))
    assert served.status == 200
    for text in (one for one in MARKUP if shown(one) == one):
        assert served.text.count(" ".join(text.split())) >= 3, text


WRONG = {
    "a script": lambda said: said.update(body=said["body"].replace("</main>", "<script></script></main>")),
    "an element": lambda said: said.update(body=said["body"].replace("</main>", "<b>x</b></main>")),
    "an attribute": lambda said: said.update(body=said["body"].replace("<main>", "<main onclick=x>")),
    "a broken tag": lambda said: said.update(body=said["body"].replace("</main>", "</mian>")),
    "a quote that ends": lambda said: said.update(body=said["body"].replace('lang="en"', 'lang="en" "x"')),
    "another style": lambda said: said.update(body=said["body"].replace("<style>", "<style> ")),
    "no policy": lambda said: said["headers"].pop("content-security-policy"),
    "a cached page": lambda said: said["headers"].update({"cache-control": "max-age=60"}),
    "a cookie": lambda said: said["headers"].update({"set-cookie": "a=b"}),
    "a line break in a header": lambda said: said["headers"].update({"x-y": "a\r\nb"}),
    "base64": lambda said: said.update(isBase64Encoded=True),
}


def test_the_checks_find_what_is_wrong(approvals):
    asked = approvals.ask()
    outcome = approvals.page().invoke(get(asked))
    assert Served(outcome).holds(*approvals.secrets(asked)) == []
    for name, change in WRONG.items():
        said = outcome.json
        change(said)
        assert said != outcome.json, name
        with pytest.raises((AssertionError, KeyError)):
            Served(Outcome("response", {}, json.dumps(said).encode()))
    said = outcome.json
    said["body"] = said["body"].replace("</h1>", f" {asked.token}</h1>")
    assert asked.token in Served(Outcome("response", {}, json.dumps(said).encode())).holds(*approvals.secrets(asked))


def test_two_at_once(approvals, figures):
    """One approves while the other rejects, on two instances of the function: one decision, one that goes on with it."""
    asked = approvals.ask()
    pages, first = [approvals.page(), approvals.page()], approvals.ledger()
    for page in pages:
        assert Served(page.invoke(get(asked))).status == 200
    won = collections.Counter()
    with ThreadPoolExecutor(2) as pool:
        for number in range(ROUNDS):
            approvals.restore(first)
            approvals.aws.handed.clear()
            choices = ["approve", "reject"] if number % 2 else ["reject", "approve"]
            events = [post(asked, choice, f"Person {choice}") for choice in choices]
            answers = list(pool.map(lambda page, given: Served(page.invoke(given)), pages, events))
            assert sorted(answer.status for answer in answers) == [200, 409], [answer.text for answer in answers]
            choice = choices[[answer.status for answer in answers].index(200)]
            decision = approvals.request(asked)["decision"]
            assert decision["by"] == f"Person {choice}" and decision["decision"].lower().startswith(choice)
            # Both are told the same.
            assert {answer.facts()["By"] for answer in answers} == {f"Person {choice} (a name that was typed)"}
            assert len(approvals.handed()) == 1
            rejections = [name for name in approvals.ledger() if name[0].startswith("REJECTION#")]
            assert len(rejections) == (choice == "reject")
            won[choice] += 1
    figures.append(f"approval page: {ROUNDS} rounds of two at once: {dict(sorted(won.items()))}")


class Broken:
    """Lets the ledger fail: the calls of one kind from the n-th on, as many as there are or one alone."""

    def __init__(self, page, action, first, fault, is_lasting):
        self.key, self.action, self.first, self.fault = page.environment["AWS_ACCESS_KEY_ID"], action, first, fault
        self.is_lasting, self.seen, self.met = is_lasting, 0, 0

    def __call__(self, call):
        if call.access_key != self.key or call.service != "dynamodb" or self.action not in (None, call.action):
            return None
        self.seen += 1
        if self.seen == self.first or self.seen > self.first and self.is_lasting:
            self.met += 1
            return self.fault
        return None


FAULTS = [
    faults.access_denied, faults.throttled, faults.server_error, faults.closed_unexecuted, faults.closed_executed,
    faults.closed_inside_body, faults.cut_short, faults.not_http,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("decision", ["approve", "reject"])
def test_a_ledger_that_fails(approvals, decision, fault):
    """At each of its calls, once and for good: decided and recorded, or neither."""
    asked = approvals.ask()
    page, first = approvals.page(), approvals.ledger()
    assert Served(page.invoke(post(asked, decision))).status == 200
    ledger_calls = [call.action for call in approvals.aws.calls if call.access_key == page.environment["AWS_ACCESS_KEY_ID"]]
    ledger_calls = [action for action in ledger_calls if action != "Invoke"]
    assert ledger_calls[0] == "GetItem" and "TransactWriteItems" in ledger_calls
    statuses = collections.Counter()
    for action, position in sorted({(action, ledger_calls[:n].count(action) + 1) for n, action in enumerate(ledger_calls)}):
        for is_lasting in (False, True):
            approvals.restore(first)
            approvals.aws.handed.clear()
            broken = Broken(page, action, position, fault, is_lasting)
            approvals.aws.watch = broken
            begun = time.monotonic()
            served = Served(page.invoke(post(asked, decision), seconds=SECONDS))
            approvals.aws.watch = None
            where = (action, position, is_lasting, served.status, served.text)
            assert broken.met >= 1 and time.monotonic() - begun < SECONDS, where
            assert served.status in (200, 500), where
            if served.status == 500:
                assert approvals.ledger() == first and approvals.handed() == [], where
            else:
                assert approvals.request(asked)["decision"]["by"] == "Maria Keller", where
                assert len(approvals.handed()) == 1, where
            assert not served.holds(*approvals.secrets(asked))
            statuses[served.status] += 1
    assert not [secret for secret in approvals.secrets(asked) if secret in page.log]
    assert statuses[500] and (statuses[200] or fault is faults.access_denied), statuses
    # It is well again, and the same link decides.
    approvals.restore(first)
    assert Served(page.invoke(post(asked, decision))).status == 200


def test_a_decision_whose_answer_is_lost_with_everything_after_it(approvals):
    """Recorded, and nobody can know: the page does not say that nothing was, and the next event carries it out."""
    asked = approvals.ask()
    page, written = approvals.page(), []

    def lost(exchange):
        written.append(exchange.execute())
        exchange.close()

    def watch(call):
        if call.access_key != page.environment["AWS_ACCESS_KEY_ID"] or call.service != "dynamodb":
            return None
        if written:
            return faults.access_denied
        return lost if call.action == "TransactWriteItems" else None

    approvals.aws.watch = watch
    served = Served(page.invoke(post(asked), seconds=SECONDS))
    approvals.aws.watch = None
    assert written and served.status == 500 and "nothing was recorded" not in served.text.lower()
    assert approvals.request(asked)["decision"]["decision"] == "APPROVED" and approvals.handed() == []
    assert Served(page.invoke(get(asked))).status == 409
    outcome = approvals.respond.invoke(asked.event).json["outcome"]
    assert outcome["status"] == "RESOLVED", outcome["summary"]


@pytest.mark.parametrize("fault", FAULTS[:4], ids=lambda fault: fault.__name__)
def test_a_key_that_cannot_be_read(approvals, accounts, fault):
    """Without it nobody is let in, and the answer and the log say nothing of it."""
    arn = accounts.client("secretsmanager").create_secret(Name="key", SecretString=approvals.key)["ARN"]
    asked = approvals.ask()
    page, before = approvals.page(GATEHOUSE_APPROVAL_KEY=f"secretsmanager:{arn}"), approvals.ledger()
    approvals.aws.fail("secretsmanager", "GetSecretValue", *[fault] * 30)
    for given in (get(asked), post(asked)):
        assert Served(page.invoke(given, seconds=SECONDS)).status == 500
    assert approvals.ledger() == before and approvals.writes() == []
    approvals.aws.queued.clear()
    assert Served(page.invoke(get(asked))).status == 200
    assert not [secret for secret in approvals.secrets(asked) if secret in page.log]


@pytest.mark.parametrize("missing", ["GATEHOUSE_APPROVAL_KEY", "GATEHOUSE_LEDGER_TABLE"])
def test_a_page_without_its_settings_lets_nobody_in(approvals, missing):
    asked = approvals.ask()
    page, before = approvals.page(**{missing: ""}), approvals.ledger()
    for given in (get(asked), post(asked)):
        assert Served(page.invoke(given)).status == 500
    assert approvals.ledger() == before and missing in page.log


def test_another_deployments_link_is_of_no_use(approvals, accounts):
    """The key is this deployment's own: with another one nothing is ours."""
    asked = approvals.ask()
    page = approvals.page(GATEHOUSE_APPROVAL_KEY=approvals.key[::-1])
    for given in (get(asked), post(asked)):
        assert Served(page.invoke(given)).status == 403
    assert "decision" not in approvals.request(asked)
