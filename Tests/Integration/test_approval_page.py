"""The approval page as people meet it: Chromium, a keyboard, and what assistive technology is told.

Pictures of every page are left in .build/integration/pages.
"""

import json
import urllib.parse

import pytest

from support import accessibility, faults, prepare
from support.account import MEMBER
from support.approvals import STRANGER, Approvals
from support.function_url import FunctionURL, event
from support.http import Answer
from support.process import until
from support.served_html import Served

PICTURES = prepare.HOME / "pages"
FORM = [("content-type", "application/x-www-form-urlencoded")]
ONCALL = "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_OnCall_0123456789abcdef/maria.keller@example.com"
APPROVE, REJECT = ("button", "Approve: block the access"), ("button", "Reject: leave it open")
NAME, REASON = ("textbox", "Your name"), ("textbox", "Reason")
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 27)"}
LOOKS = [(width, scheme) for width in (360, 1280) for scheme in ("light", "dark")]


@pytest.fixture(scope="module")
def problems():
    """What axe-core finds."""
    try:
        prepare.accessibility_checker()
    except prepare.Missing as problem:
        pytest.skip(str(problem))
    return accessibility.problems


@pytest.fixture
def window(browser):
    """Opens windows that end with the test."""
    windows = []

    def make(**looks):
        windows.append(browser.page(**looks))
        return windows[-1]

    yield make
    for one in windows:
        one.close()


@pytest.fixture
def site():
    site = FunctionURL()
    yield site
    site.stop()


@pytest.fixture
def approvals(accounts, function, site):
    approvals = Approvals(accounts, function, site.url)
    site.serve(approvals.page())
    return approvals


def link(site, asked):
    return f"{site.url}?token={asked.token}"


def form(token, **fields):
    return urllib.parse.urlencode({"token": token, **fields}).encode()


def post(token, user=None, **fields):
    return event("POST", "/", form(token, **fields), FORM, user)


def submit(page, button, key="Enter"):
    page.tab_to(*button)
    return page.settled(lambda: page.press(key))


# What it shows


def test_everything_is_shown_in_its_order(approvals):
    asked = approvals.ask()
    served = Served(approvals.pages[0].invoke(event(target=f"/?token={asked.token}")))
    assert served.status == 200 and served.heading == "Block this access?"
    request = approvals.request(asked)
    (change,) = request["changes"]
    in_order = [
        asked.arn,
        MEMBER,
        STRANGER,
        "sts:AssumeRole",
        "No: only whom is named above.",
        f"{request['case']['decision']['risk']} of 100",
        *request["case"]["decision"]["reasons"],
        "ask-before-closing",
        "cloud-security@example.com",
        request["summary"],
        "iam:UpdateAssumeRolePolicy",
        *(" ".join(line.split()) for line in change["diff"].splitlines() if line.strip("+- ")),
        *request["proof"],
    ]
    assert request["proof"]
    place = 0
    for words in in_order:
        found = served.text.find(words, place)
        assert found >= 0, f"{words!r} is not after {served.text[max(0, place - 80) : place]!r}"
        place = found
    after = served.text[place:]
    assert approvals.topic in after and "UTC" in after and asked.finding in after
    times = {element.get("datetime") for element in served.find("time")}
    assert times == {request["until"]}
    added = ["".join(element.itertext()) for element in served.find("ins")]
    assert added and all(line.startswith("+") for line in added)
    assert [line.rstrip("\n") for line in added] == [
        line for line in change["diff"].splitlines() if line.startswith("+") and not line.startswith("+++")
    ]


def test_reading_it_changes_nothing(approvals):
    """Mail programs follow links, some of them often."""
    asked = approvals.ask()
    before = approvals.ledger()
    pages = [approvals.pages[0].invoke(event(target=f"/?token={asked.token}")).json["body"] for _ in range(10)]
    assert len(set(pages)) == 1
    assert approvals.ledger() == before and approvals.writes() == [] and approvals.handed() == []


def test_who_is_known_types_no_name(approvals):
    asked = approvals.ask()
    page = approvals.pages[0]
    served = Served(page.invoke(event(target=f"/?token={asked.token}", user=ONCALL)))
    assert ONCALL in served.text and "Your name" not in served.text
    served = Served(page.invoke(post(asked.token, ONCALL, decision="reject", name="Somebody else")))
    assert served.status == 200 and ONCALL in served.text and "Somebody else" not in served.text
    decision = approvals.request(asked)["decision"]
    assert decision["by"] == ONCALL and decision["isClaimed"] is False and decision["way"] == "page"


# By keyboard


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
@pytest.mark.parametrize("choice", [APPROVE, REJECT], ids=["approve", "reject"])
def test_by_keyboard_alone(approvals, site, window, choice, scripts):
    asked = approvals.ask()
    before = approvals.ledger()
    page = window(scripts=scripts, width=360).open(link(site, asked))
    assert page.status == 200 and page.heading == "Block this access?"
    passed = page.tab_to(*NAME)
    assert passed[0] == ("link", "Skip to the decision") and passed[1][0] == "region", passed
    # Without a name the browser itself asks for one.
    page.tab_to(*choice)
    assert page.sent_nothing_more(lambda: page.press("Enter"))
    page.open(link(site, asked))
    page.tab_to(*NAME)
    page.type("Maria Keller")
    assert page.sent_nothing_more(lambda: page.press("Enter")), "Enter in the name field has sent the form"
    page.press("Tab")
    assert page.focused() == REASON
    page.type("She left the project.")
    assert page.sent_nothing_more(lambda: page.press("Enter"))
    assert approvals.ledger() == before
    page.press("Tab")
    assert page.focused() == APPROVE
    page.press("Tab")
    assert page.focused() == REJECT
    page.press("Tab", shift=True)
    submit(page, choice, "Space")
    assert page.status == 200 and "?" not in page.documents[-1][1]
    word = "Approved" if choice is APPROVE else "Rejected"
    assert page.heading.startswith(word) and "Maria Keller (a name that was typed)" in page.text
    decision = approvals.request(asked)["decision"]
    assert decision["decision"] == word.upper() and decision["isClaimed"] is True
    assert (decision["by"], decision["reason"]) == ("Maria Keller", "She left the project.")
    page.open(link(site, asked))
    assert page.status == 409 and "Maria Keller" in page.text and "She left the project." in page.text


def test_the_skip_link_leads_to_the_form(approvals, site, window):
    page = window(width=360).open(link(site, approvals.ask()))
    page.press("Tab")
    assert page.focused() == ("link", "Skip to the decision")
    page.press("Enter")
    page.press("Tab")
    assert page.focused() == NAME


def test_a_diff_is_scrolled_by_keyboard(approvals, site, window):
    page = window(width=360).open(link(site, approvals.ask()))
    page.tab_to("region", "Change, line by line")
    box = "document.querySelector('.diff')"
    assert page.evaluate(f"{box}.scrollWidth > {box}.clientWidth && document.activeElement === {box}")


def test_the_second_of_two_windows_is_told_who_was_first(approvals, site, window):
    asked = approvals.ask()
    first, second = (window().open(link(site, asked)) for _ in range(2))
    for page, name in ((first, "Maria Keller"), (second, "Jo Nowak")):
        page.tab_to(*NAME)
        page.type(name)
    assert submit(first, REJECT).status == 200
    after = approvals.ledger()
    assert submit(second, APPROVE).status == 409
    assert "Maria Keller" in second.text and "Jo Nowak" not in second.text
    assert approvals.ledger() == after and len(approvals.handed()) == 1


# What follows


def test_an_approved_change_is_made(approvals, site, window):
    asked = approvals.ask()
    page = window().open(link(site, asked))
    page.tab_to(*NAME)
    page.type("Maria Keller")
    submit(page, APPROVE)
    assert len(approvals.accounts.trust(asked.role)["Statement"]) == 1
    (case,) = approvals.handed()
    assert asked.token not in json.dumps(case)
    outcome = approvals.respond.invoke(case).json["outcome"]
    assert outcome["status"] == "RESOLVED", outcome["summary"]
    assert len(approvals.accounts.trust(asked.role)["Statement"]) == 2
    (mail,) = approvals.accounts.messages()
    assert mail["Subject"].startswith("BLOCKED") and asked.token not in mail["Message"]
    page.open(link(site, asked))
    assert page.status == 409 and "RESOLVED" in page.text


def test_the_workflow_goes_on(approvals, aws):
    task = "AAAAKgAAAAIAAAAAAAAAAtask" + "x" * 400
    asked = approvals.in_workflow(task)
    page = approvals.pages[0]
    assert task not in asked.mail["Message"]
    shown = Served(page.invoke(event(target=f"/?token={asked.token}")))
    assert Served(page.invoke(post(asked.token, decision="approve", name="Maria"))).status == 200
    (call,) = [call for call in aws.calls if call.action == "SendTaskSuccess"]
    assert call.parameters["taskToken"] == task
    case = json.loads(call.parameters["output"])
    assert case["finding"]["id"] == asked.finding and "outcome" not in case
    assert task not in shown.html and task not in page.log


def test_what_was_not_handed_on_is_said(approvals, site, aws, window):
    asked = approvals.ask()
    page = window().open(link(site, asked))
    page.tab_to(*NAME)
    page.type("Maria Keller")
    aws.fail("lambda", "Invoke", *[faults.access_denied] * 9)
    submit(page, APPROVE)
    assert page.status == 200 and "not yet carried out" in page.heading.lower()
    assert f"gatehouse approvals approve {asked.finding}" in page.text
    assert approvals.request(asked)["decision"]["decision"] == "APPROVED"


def test_the_key_is_read_once(approvals, aws, accounts):
    """From Secrets Manager, as the templates set it."""
    client = accounts.client("secretsmanager")
    arn = client.create_secret(Name="gatehouse-approval", SecretString=approvals.key)["ARN"]
    asked = approvals.ask()
    page = approvals.page(GATEHOUSE_APPROVAL_KEY=f"secretsmanager:{arn}")
    for _ in range(3):
        assert Served(page.invoke(event(target=f"/?token={asked.token}"))).status == 200
    assert aws.names().count("secretsmanager:GetSecretValue") == 1
    assert approvals.key not in page.log


# How it looks, and to whom


def served_pages(approvals, site, aws):
    """Every kind of page that there is, kept as it was served, by a name for its picture."""

    def get(token, **more):
        return event(target=f"/?token={token}", **more)

    open_, known = approvals.ask(), approvals.ask("Known")
    approved, rejected, stuck, late, old = (
        approvals.ask(name) for name in ("Approved", "Rejected", "Stuck", "Late", "Superseded")
    )
    long = approvals.ask("A-very-long-name-of-a-role-without-any-place-to-break-it-" + "x" * 7)
    approvals.expire(late)
    approvals.supersede(old)
    by = {"name": "Maria Keller", "reason": "She left the project. " * 10}
    yield "request", 200, get(open_.token)
    yield "request-known", 200, get(known.token, user=ONCALL)
    yield "request-long", 200, get(long.token)
    yield "approved", 200, post(approved.token, decision="approve", **by)
    yield "rejected", 200, post(rejected.token, decision="reject", **by)
    aws.fail("lambda", "Invoke", *[faults.access_denied] * 9)
    yield "not-handed-on", 200, post(stuck.token, decision="approve", **by)
    aws.queued.clear()
    yield "decided-already", 409, get(approved.token)
    yield "decided-against", 409, get(rejected.token)
    yield "too-late", 410, get(late.token)
    yield "superseded", 410, get(old.token)
    yield "no-token", 400, event()
    yield "no-name", 400, post(open_.token, decision="approve")
    yield "not-ours", 403, get(open_.token[:-2])
    yield "nothing-here", 404, event(target="/favicon.ico")
    yield "wrong-method", 405, event("PUT")
    yield "too-large", 413, event(target="/?token=" + "x" * 17_000)
    aws.fail("dynamodb", "GetItem", *[faults.access_denied] * 9)
    yield "failed", 500, get(open_.token)
    aws.queued.clear()


def test_every_page_for_everybody(approvals, site, aws, window, problems, figures):
    """axe-core finds nothing, the policy keeps nothing out, and nothing is cut off: light and dark, phone and desk."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    rules = looks = 0
    addresses = {}
    for name, status, asked in served_pages(approvals, site, aws):
        answer = site.send(asked)
        assert answer.status == status, (name, answer.status, answer.body[:3000])
        addresses[name] = site.keep(name, answer)
    for width, scheme in LOOKS:
        page = window(width=width, scheme=scheme)
        for name, address in addresses.items():
            page.open(address)
            found, looked_at = problems(page)
            assert found == [] and looked_at >= 15, (name, width, scheme)
            # It is our style that holds, which the policy lets in by its digest alone.
            assert accessibility.background(page) == PAPER[scheme], name
            assert not accessibility.is_wider_than_its_window(page), (name, width)
            page.screenshot(PICTURES / f"{name}-{width}-{scheme}.png")
            rules, looks = rules + looked_at, looks + 1
        page.listen()
        # A browser notes the status of what is no 2xx.
        assert [text for text in page.troubles if "the server responded with a status of" not in text] == []
    for name, address in addresses.items():
        page = window(width=320).open(address)
        assert not accessibility.is_wider_than_its_window(page), name
        accessibility.with_large_text(page)
        assert not accessibility.is_wider_than_its_window(page), name
    # axe reckons with our colours where the system has put its own.
    page = window(forced_colors=True, scheme="dark").open(addresses["request"])
    assert [line for line in problems(page)[0] if not line.startswith("color-contrast")] == []
    page.screenshot(PICTURES / "request-forced-colors.png")
    figures.append(
        f"approval page: {len(addresses)} kinds of page, {looks} looks, {rules} rules of axe-core passed; "
        "pictures in .build/integration/pages"
    )


BAD = """<!doctype html><html><title>x</title><img src="x.png"><p style="color:#bbb;background:#ccc">grey</p><button></button>
<script>document.title = "run"</script></html>"""


def test_the_checks_find_what_is_wrong(site, window, problems):
    """A page with everything that ours must not have."""
    policy = [("content-type", "text/html"), ("content-security-policy", "default-src 'none'")]
    page = window().open(site.keep("bad", Answer(200, policy, BAD.encode())))
    until(lambda: page.listen() or len(page.troubles) >= 3, 5, "Chromium's complaints")
    assert sum("Content Security Policy" in text for text in page.troubles) >= 3, page.troubles
    assert page.evaluate("document.title") == "x"
    found, _ = problems(page)
    rules = {line.partition(":")[0] for line in found}
    assert {"image-alt", "html-has-lang", "button-name"} <= rules, rules
    wide = window(width=320).open(site.keep("wide", Answer(200, policy[:1], b"<p>" + b"x" * 500)))
    assert accessibility.is_wider_than_its_window(wide)
