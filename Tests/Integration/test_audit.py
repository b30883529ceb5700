"""`gatehouse audit`: each format read by somebody else's reader, the page in Chromium, and AWS that is not whole.

Pictures and a print of the page are left in .build/integration/pages.
"""

import base64
import csv
import io
import json
import os
import shutil
import subprocess

import html5lib
import jsonschema
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from support import accessibility, audit_account, faults, prepare, usage
from support.account import MEMBER
from support.audit_stub import AuditStub

PICTURES = prepare.HOME / "pages"
PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 27)"}
NOW = ("--now", "2026-11-21T08:40:00Z")
ANALYZER = f"arn:aws:access-analyzer:{{}}:{MEMBER}:analyzer/AccessAnalyzer"


@pytest.fixture(scope="module")
def program(binary):
    found = binary.parent / "gatehouse"
    if not found.exists():
        pytest.skip(f"no {found}: deploy/package makes it")
    return found


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    file = tmp_path_factory.mktemp("audit") / "account.json"
    file.write_text(json.dumps(audit_account.account()))
    return file


def run(program, *words, status=0, environment=None):
    done = subprocess.run(
        [program, "audit", *map(str, words)],
        env=environment or {"PATH": os.environ["PATH"]},
        capture_output=True,
        timeout=300,
    )
    # Line ends are part of what is tested.
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == status, done.stdout[-2000:] + done.stderr
    return done


@pytest.fixture
def audit(program, account):
    return lambda *words, **more: run(program, "--account", account, "--all-regions", *NOW, *words, **more)


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


# The formats


def test_every_finding_is_in_every_format(audit):
    wanted = {finding["id"] for finding in audit_account.account()["findings"]}
    assert len(wanted) == 300
    cases = lines(audit("--format", "jsonl").stdout)
    assert [case["finding"]["id"] for case in cases] == list(dict.fromkeys(case["finding"]["id"] for case in cases))
    assert {case["finding"]["id"] for case in cases} == wanted
    document = json.loads(audit("--format", "json").stdout)
    assert {case["finding"]["id"] for case in document["findings"]} == wanted and document["total"] == 300
    rows = list(csv.DictReader(io.StringIO(audit("--format", "csv").stdout, newline="")))
    assert {row["finding_id"] for row in rows} == wanted
    events = lines(audit("--format", "ocsf").stdout)
    assert {event["finding_info"]["uid"] for event in events} == wanted
    table = audit().stdout.splitlines()
    assert len(table[1 : table.index("")]) == 300 and table[0].split()[:2] == ["SEVERITY", "DECISION"]
    page = audit("--format", "html").stdout
    assert all(f"<code>{name}</code>" in page for name in wanted)


def test_counts_agree(audit):
    document = json.loads(audit("--format", "json").stdout)
    for key in ("bySeverity", "byDecision", "byKind", "byResourceType", "byAccount", "byRegion", "byAge", "byRule"):
        assert sum(document[key].values()) == 300, key
    assert document["isComplete"] is True and document["duplicates"] == 30
    decisions = [case["decision"]["action"] for case in document["findings"]]
    assert document["wouldBeBlocked"] == decisions.count("RESOLVE") > 0
    severities = [case["audit"]["severity"] for case in document["findings"]]
    assert severities == sorted(severities, key=["CRITICAL", "HIGH", "MEDIUM", "LOW"].index)
    twice = [case for case in document["findings"] if "duplicateOf" in case["audit"]]
    by_id = {case["finding"]["id"]: case["finding"] for case in document["findings"]}
    assert len(twice) == 30
    for case in twice:
        first = by_id[case["audit"]["duplicateOf"]]
        for key in ("resource", "principal", "actions"):
            assert case["finding"].get(key) == first.get(key)
        assert case["finding"]["analyzerArn"] != first["analyzerArn"]


def test_internal_access_names_whom_as_far_as_agreed(audit):
    def inside(*words):
        done = audit("--format", "jsonl", *words)
        found = [case["finding"] for case in lines(done.stdout) if case["finding"]["kind"] == "InternalAccess"]
        assert len(found) == 9
        return sum("principal" in finding for finding in found), done.stderr

    assert inside()[0] == 9
    named, talk = inside("--details", "4")
    assert named == 4 and "5 of internal access are listed without who has it" in talk


def test_cases_go_through_rules_again(audit, program, tmp_path):
    """What jsonl holds is what `rules run` takes, and the same rules say the same."""
    cases = tmp_path / "cases.jsonl"
    audit("--format", "jsonl", "--output", cases)
    done = subprocess.run(
        [program, "rules", "run", "builtin", cases, "--detailed-exitcode", *NOW], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 300


def test_rules_that_need_a_look_up_are_said_to(audit, tmp_path):
    rules = tmp_path / "rules.json"
    when = {"resourceType": {"eq": ["AWS::SQS::Queue"]}, "tags.Team": {"eq": ["orders"]}}
    rules.write_text(
        json.dumps({"version": 1, "default": "RESOLVE", "rules": [{"name": "ours", "when": when, "action": "ARCHIVE"}]})
    )
    done = audit("--format", "json", "--rules", rules)
    document = json.loads(done.stdout)
    queues = [case for case in document["findings"] if case["finding"]["resourceType"] == "AWS::SQS::Queue"]
    assert queues and all(case["decision"]["action"] == "NOTIFY" for case in queues)
    assert all("cannot be decided without tags (an audit reads findings alone)" in " ".join(
        case["decision"]["reasons"]) for case in queues)
    others = [case for case in document["findings"] if case["finding"]["resourceType"] == "AWS::SNS::Topic"]
    assert {case["decision"]["action"] for case in others if not case["finding"].get("error")} == {"RESOLVE"}
    assert f"{document['undecidedWithoutLookUps']} of those that would be told could not be decided" in done.stderr


def test_csv_runs_nothing_in_a_spreadsheet(audit):
    text = audit("--format", "csv").stdout
    assert text.count("\r\n") == 301 and "\n" not in text.replace("\r\n", "")
    for row in csv.DictReader(io.StringIO(text, newline="")):
        for cell in row.values():
            assert not cell.lstrip().startswith(("=", "+", "-", "@")), cell


def test_ocsf_is_as_its_schema_has_it(audit):
    events = lines(audit("--format", "ocsf", "--status", "ACTIVE,ARCHIVED,RESOLVED").stdout)
    assert len(events) == 300
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=events[0]["metadata"]["version"]))
    wanted = schema.get_class_schema("detection_finding", ["cloud"])
    check = jsonschema.Draft202012Validator(wanted)
    for event in events:
        problems = [f"{list(error.path)}: {error.message[:300]}" for error in check.iter_errors(event)]
        assert problems == [], event
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
    broken = {**events[0], "severity_id": "high"}
    assert list(check.iter_errors(broken)) and list(check.iter_errors({**events[0], "foreign": 1}))
    del broken["finding_info"]
    assert any("finding_info" in error.message for error in check.iter_errors(broken))


def test_a_file_is_there_when_it_is_whole(audit, tmp_path):
    file = tmp_path / "audit.html"
    file.write_text("yesterday's")
    done = audit("--format", "html", "--output", file)
    assert done.stdout == "" and "300 findings" in done.stderr
    assert file.read_text().endswith("</html>\n") and [one.name for one in tmp_path.iterdir()] == ["audit.html"]
    done = audit("--format", "html", "--output", tmp_path / "none" / "audit.html", status=1)
    assert "cannot write" in done.stderr


def test_wrong_usage(program, account, tmp_path):
    few = tmp_path / "accounts.txt"
    few.write_text("123456789012 # ours\n12345\n")
    for words, says in (
        (["--region", "us-east-1", "--all-regions"], "not both"),
        (["--region", "nowhere"], "not the name of a region"),
        (["--analyzer", "mine"], "analyzer's ARN"),
        (["--role", "Audit"], "go together"),
        (["--status", "OPEN"], "OPEN"),
        (["--format", "pdf"], "pdf"),
        (["--account", "x.json", "--profile", "y"], "--profile is for AWS"),
    ):
        assert says in run(program, *words, status=64).stderr, words
    done = run(program, "--account", account, "--role", "Audit", "--accounts", few, status=1)
    assert "line 2: '12345' is not an account id" in done.stderr
    assert "no region" in run(program, status=1).stderr


# The page


def page_of(audit, tmp_path):
    file = tmp_path / "audit.html"
    audit("--format", "html", "--output", file)
    return file


def test_an_auditor_reads_it_alone(audit, program, tmp_path, browser, figures):
    """axe-core finds nothing, the policy keeps nothing out, nothing is cut off: light and dark, phone and desk."""
    try:
        prepare.accessibility_checker()
    except prepare.Missing as problem:
        pytest.skip(str(problem))
    file, few = page_of(audit, tmp_path), tmp_path / "few.html"
    # axe looks at every element: of 300 rows it would look for minutes.
    some = audit_account.account()
    some["findings"] = some["findings"][:6] + some["findings"][80:83] + some["findings"][-34::6] + some["findings"][-1:]
    (tmp_path / "few.json").write_text(json.dumps(some))
    run(program, "--account", tmp_path / "few.json", "--all-regions", *NOW, "--format", "html", "--output", few)
    PICTURES.mkdir(parents=True, exist_ok=True)
    rules = looks = 0
    for width in (360, 1280):
        for scheme in ("light", "dark"):
            page = browser.page(width=width, scheme=scheme)
            page.open(few.as_uri())
            for is_open in ("false", "true"):
                page.evaluate(f"document.querySelectorAll('#list details').forEach(one => one.open = {is_open})")
                found, looked_at = accessibility.problems(page)
                assert found == [] and looked_at >= 20, (width, scheme, found)
            page.open(file.as_uri())
            assert accessibility.background(page) == PAPER[scheme]
            assert not accessibility.is_wider_than_its_window(page), width
            page.screenshot(PICTURES / f"audit-{width}-{scheme}.png")
            page.listen()
            assert page.troubles == []
            assert page.evaluate("document.title") == "Access Analyzer audit - Gatehouse"
            rules, looks = rules + looked_at, looks + 1
            page.close()
    page = browser.page(width=320)
    page.open(file.as_uri())
    accessibility.with_large_text(page)
    assert not accessibility.is_wider_than_its_window(page)
    page.close()
    figures.append(
        f"audit: a page of 300 findings ({file.stat().st_size / 1000:.0f} kB), {looks} looks, {rules} rules of axe-core "
        "passed; pictures and a print in .build/integration/pages"
    )


def shown(page):
    """What stands in a column of the rows that are shown."""
    return page.evaluate(
        "Array.from(document.querySelectorAll('#list tbody')).filter(row => row.offsetParent !== null)"
        ".map(row => Array.from(row.rows[0].cells).map(cell => cell.textContent))"
    )


def test_it_is_sorted_and_filtered_by_keyboard(audit, tmp_path, browser):
    page = browser.page()
    page.open(page_of(audit, tmp_path).as_uri())
    assert len(shown(page)) == 300
    before = [row[0] for row in shown(page)]
    page.tab_to("button", "Age in days")
    page.press("Enter")
    ages = [int(row[2]) for row in shown(page)]
    assert ages == sorted(ages) and len(set(ages)) == 5
    assert page.evaluate("document.querySelector('[aria-sort]').textContent") == "Age in days"
    page.press("Space")
    assert [int(row[2]) for row in shown(page)] == sorted(ages, reverse=True)
    for _ in range(2):
        page.press("Tab", shift=True)
    assert page.focused() == ("button", "Severity")
    page.press("Enter")
    assert [row[0] for row in shown(page)] == before
    page.evaluate("document.getElementById('words').focus()")
    page.type("kms eu-west-1")
    rows = shown(page)
    assert rows and all("KMS" in row[6] and row[4] == "eu-west-1" for row in rows)
    status = page.evaluate("document.getElementById('shown').textContent")
    assert status == f"{len(rows)} of 300 findings are shown."
    page.tab_to("button", "Show all")
    page.press("Enter")
    page.evaluate("new Promise(done => setTimeout(done, 50))")
    assert len(shown(page)) == 300
    assert page.evaluate("document.querySelectorAll('#list details[open]').length") == 0
    page.tab_to("button", "Open all reasons")
    page.press("Enter")
    assert page.evaluate("document.querySelectorAll('#list details[open]').length") == 300
    page.listen()
    assert page.troubles == []
    page.close()


def test_it_works_without_its_script(audit, tmp_path, browser):
    page = browser.page(scripts=False)
    page.open(page_of(audit, tmp_path).as_uri())
    assert len(shown(page)) == 300
    assert page.evaluate("document.querySelectorAll('#list details[open]').length") == 300
    assert page.evaluate("document.getElementById('filter').offsetParent") is None
    page.close()


def test_it_is_printed_with_its_reasons(audit, tmp_path, browser):
    page = browser.page(scheme="dark")
    page.open(page_of(audit, tmp_path).as_uri())
    data = page.call("Page.printToPDF", preferCSSPageSize=True)["data"]
    PICTURES.mkdir(parents=True, exist_ok=True)
    print_ = PICTURES / "audit.pdf"
    print_.write_bytes(base64.b64decode(data))
    pages = print_.read_bytes().count(b"/Type /Page\n")
    # Several findings a sheet, and none without its reasons.
    assert 30 < pages < 120, pages
    if shutil.which("pdftotext"):
        # Each sheet of findings has the heads of its columns.
        text = subprocess.run(["pdftotext", "-layout", print_, "-"], capture_output=True, text=True, check=True).stdout
        assert text.count("Severity") > pages * 0.8
    page.call("Emulation.setEmulatedMedia", media="print")
    assert page.evaluate("getComputedStyle(document.getElementById('filter')).display") == "none"
    assert page.evaluate("document.querySelectorAll('#list details[open]').length") == 0, "opened for the print alone"
    assert accessibility.background(page) == PAPER["light"]
    page.close()


def test_names_from_outside_stay_text(audit, tmp_path):
    """Tags and ARNs that try to be markup, as a browser's own parser reads them."""
    html = page_of(audit, tmp_path).read_text()

    tree = html5lib.parse(html, namespaceHTMLElements=False)
    assert len(list(tree.iter("script"))) == 1 and len(list(tree.iter("style"))) == 1
    assert list(tree.iter("img")) == [] and list(tree.iter("link")) == [] and list(tree.iter("iframe")) == []
    for element in tree.iter():
        for name, value in element.attrib.items():
            assert not str(name).startswith("on"), (element, name)
            assert name not in ("src", "action", "style") and (name != "href" or value.startswith("#")), (name, value)
    whole = "".join(tree.itertext())
    assert audit_account.HOSTILE in whole


# AWS


@pytest.fixture
def live(aws, accounts, program):
    """Runs against the stand-in with credentials that may do so much."""

    def make(*words, allowed=("access-analyzer:*", "ec2:DescribeRegions"), status=0, **more):
        key = accounts.function_credentials("audit", allowed=list(allowed))
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        environment = {"PATH": os.environ["PATH"], "AWS_ENDPOINT_URL": aws.url, "AWS_REGION": "us-east-1"}
        environment.update({name: key[name] for name in names}, **more)
        return run(program, *words, status=status, environment=environment)

    return make


def put(aws, region, number, kind="ACCOUNT", name="AccessAnalyzer"):
    arn = f"arn:aws:access-analyzer:{region}:{MEMBER}:analyzer/{name}"
    aws.access_analyzer.add_analyzer(arn, kind)
    for index in range(number):
        finding = audit_account.external("us-east-1", index, arn)
        finding.pop("analyzerArn")
        finding["resourceOwnerAccount"] = MEMBER
        finding["resource"] = finding["resource"].replace(audit_account.ACCOUNT, MEMBER).replace(
            audit_account.MEMBER, MEMBER
        )
        finding["id"] = f"{region}-{finding['id']}"
        aws.access_analyzer.add_finding(arn, finding)
    return arn


def test_regions_of_aws_side_by_side(aws, live):
    for region in ("us-east-1", "eu-central-1"):
        put(aws, region, 12)
    done = live("--region", "us-east-1", "--region", "eu-central-1", "--region", "eu-west-1", "--format", "jsonl", *NOW)
    found = [case["finding"]["region"] for case in lines(done.stdout)]
    assert found == ["us-east-1"] * 12 + ["eu-central-1"] * 12
    assert "Without an analyzer, so nothing is known: eu-west-1." in done.stderr
    assert {call.action for call in aws.calls} == {"ListAnalyzers", "ListFindings"}


def test_one_analyzer_alone(aws, live):
    wanted = put(aws, "eu-central-1", 3)
    put(aws, "eu-central-1", 4, name="Other")
    done = live("--analyzer", wanted, "--format", "jsonl", *NOW)
    assert len(done.stdout.splitlines()) == 3
    done = live("--analyzer", wanted + "2", status=1)
    assert "there is no analyzer" in done.stderr


def test_what_cannot_be_read_is_named_and_the_rest_is_there(aws, live, tmp_path):
    for region in ("us-east-1", "eu-central-1"):
        put(aws, region, 5)
    aws.fail("access-analyzer", "ListFindings", *[faults.access_denied] * 1)
    file = tmp_path / "audit.html"
    done = live("--region", "us-east-1", "--region", "eu-central-1", "--format", "html", "--output", file, status=1)
    assert "are missing" in done.stderr and "AccessDenied" in done.stderr and "not everything could be read" in done.stderr
    assert "5 findings" in done.stderr and "This report is not complete." in file.read_text()


# Regions that are not enabled, and much


@pytest.fixture
def stub():
    stub = AuditStub()
    yield stub
    stub.stop()


def credentials(url):
    return {
        "PATH": os.environ["PATH"], "AWS_ENDPOINT_URL": url, "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret",
    }  # fmt: skip


def test_regions_that_are_not_enabled_are_skipped_at_once(stub, program):
    stub.regions.update({"me-south-1": stub.DISABLED, "af-south-1": stub.DISABLED, "eu-west-1": 3, "us-east-1": 2})
    done = run(program, "--all-regions", "--format", "jsonl", environment=credentials(stub.url))
    assert len(done.stdout.splitlines()) == 5
    assert "Skipped, not enabled: af-south-1, me-south-1." in done.stderr
    assert stub.asked["me-south-1"] == 1, "a region that is not enabled is asked once"


def test_what_aws_says_of_regions_goes_before_what_they_answer(stub, program):
    stub.opt_in = {"us-east-1": "opt-in-not-required", "ap-east-1": "opted-in", "me-south-1": "not-opted-in"}
    stub.regions.update({"us-east-1": 2, "ap-east-1": stub.DISABLED, "me-south-1": 5})
    done = run(program, "--all-regions", "--format", "jsonl", environment=credentials(stub.url), status=1)
    assert len(done.stdout.splitlines()) == 2
    assert "Skipped, not enabled: me-south-1." in done.stderr and "Not read: ap-east-1" in done.stderr
    assert stub.asked["me-south-1"] == 0


def test_a_list_without_an_end_is_left(stub, program):
    stub.regions["us-east-1"] = stub.ENDLESS
    done = run(program, "--region", "us-east-1", "--format", "jsonl", environment=credentials(stub.url), status=1)
    assert "has no end" in done.stderr


def test_wrong_credentials_are_no_region_that_is_not_enabled(stub, program):
    stub.regions.update({"us-east-1": stub.DISABLED})
    done = run(program, "--format", "jsonl", environment=credentials(stub.url), status=1)
    assert "Not read: us-east-1" in done.stderr and "UnrecognizedClientException" in done.stderr


@pytest.mark.parametrize("format_", ["jsonl", "csv", "ocsf", "json", "html", "table"])
def test_a_hundred_thousand_findings_in_little_memory(stub, program, format_, figures):
    count = 100_000
    stub.regions.update({region: count // 4 for region in ("us-east-1", "us-west-2", "eu-west-1", "eu-central-1")})
    words = [word for region in stub.regions for word in ("--region", region)]
    seconds, megabytes = usage.of(program, "audit", *words, "--format", format_, environment=credentials(stub.url))
    figures.append(f"audit: {count:,} findings as {format_}: {megabytes:.0f} MB, {seconds:.1f} s of the processor")
    assert megabytes < 100
