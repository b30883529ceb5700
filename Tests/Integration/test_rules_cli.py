"""`gatehouse rules …`: the packaged command line, each command with good and bad input."""

import json
import pathlib
import re
import shutil
import signal
import subprocess
import xml.etree.ElementTree

import pytest

from support import sarif, usage
from support.events import published_bytes

FILES = pathlib.Path(__file__).resolve().parents[1] / "RulesTests" / "RuleFiles"
NOW = ("--now", "2026-11-21T08:40:00Z")
RULES = {
    "version": 1,
    "default": "NOTIFY",
    "rules": [
        {"name": "shared", "when": {"tags.Shared": {"eq": ["yes"]}}, "action": "ARCHIVE"},
        {"name": "ended", "expires": "2026-01-01", "when": {"tags.Old": {"eq": ["yes"]}}, "action": "IGNORE"},
    ],
    "risk": {"archiveBelow": 5},
}


def case(number=1, tags=None, **more):
    finding = {
        "id": f"finding-{number}",
        "kind": "ExternalAccess",
        "status": "ACTIVE",
        "analyzerArn": "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/AccessAnalyzer",
        "resource": f"arn:aws:sqs:us-east-1:123456789012:queue-{number}",
        "resourceType": "AWS::SQS::Queue",
        "accountId": "123456789012",
        "region": "us-east-1",
        "principal": {"AWS": "arn:aws:iam::999988887777:user/A"},
        "actions": ["sqs:SendMessage"],
        "condition": {},
        "isPublic": False,
        "isDeleted": False,
        "error": None,
    }
    return {"finding": finding, "context": {"tags": tags or {}, "name": f"queue-{number}"}, **more}


@pytest.fixture(scope="module")
def program(binary):
    program = binary.parent / "gatehouse"
    if not program.exists():
        pytest.skip(f"no {program}: deploy/package makes it")
    return program


@pytest.fixture
def gatehouse(program, tmp_path):
    """Runs `gatehouse rules …` in an empty folder with rules.json in it and an empty environment."""
    (tmp_path / "rules.json").write_text(json.dumps(RULES))

    def run(*words, text=b"", status=0, **environment):
        done = subprocess.run(
            [program, "rules", *words], cwd=tmp_path, env=environment, input=text, capture_output=True, timeout=120
        )
        assert done.returncode == status, done.stderr.decode()
        return done.stdout.decode(), done.stderr.decode()

    return run


def lines_of(cases):
    return "".join(json.dumps(one) + "\n" for one in cases).encode()


@pytest.mark.parametrize("command", ["", "check", "code", "explain", "keys", "test", "run", "print"])
def test_help(gatehouse, command):
    out, _ = gatehouse(*filter(None, [command]), "--help")
    assert "USAGE: gatehouse rules" in out and "OVERVIEW:" in out


@pytest.mark.parametrize(
    "words",
    [
        ("check",),
        ("check", "-", "-"),
        ("run", "rules.json"),
        ("run", "--fast", "rules.json", "-"),
        ("explain", "x"),
        ("test",),
        ("nonsense",),
        ("run", "-", "-"),
        ("explain", "-", "-"),
        ("check", "rules.json", "--now", "tomorrow"),
    ],
)
def test_wrong_usage(gatehouse, words):
    out, errors = gatehouse(*words, status=64)
    assert out == "" and "Usage: gatehouse rules" in errors


@pytest.mark.parametrize(
    "words",
    [
        ("check", "no.json"),
        ("run", "no.json", "-"),
        ("run", "rules.json", "no.jsonl"),
        ("run", "rules.json", "."),
        ("explain", "rules.json", "no.json"),
        ("test", "no-folder"),
        ("test", "."),
    ],
)
def test_what_is_not_there(gatehouse, words):
    out, errors = gatehouse(*words, status=1)
    assert out == "" and errors.startswith("Error: ") and len(errors.splitlines()) == 1


def test_check(gatehouse, tmp_path):
    out, errors = gatehouse("check", "rules.json", *NOW)
    assert [re.sub(r"^rules.json:1:\d+: ", "", line) for line in out.splitlines()] == [
        "W303 rules[0] \"shared\": ARCHIVE without 'owner' and 'expires'; say who answers for it and until when",
        'W301 rules[0] "shared".when: ARCHIVE also matches public access; '
        'add "isPublic": {"eq": ["false"]} to \'when\'',
        'W402 rules[1] "ended".expires: has expired (2026-01-01), so the rule matches nothing; take it out or renew it',
        "rules.json: 2 rules, default NOTIFY, archiveBelow 5",
    ]
    assert errors == "3 warnings: --strict takes warnings as errors\n"
    out, _ = gatehouse("check", "rules.json", "--now", "2025-11-21")
    assert "expire" not in out.replace("'expires'", "")
    assert " rules, default NOTIFY" in gatehouse("check", "builtin")[0]
    out, _ = gatehouse("check", "-", text=json.dumps(RULES).encode(), status=0)
    assert out.startswith("-:1:") and "standard input: 2 rules" in out


def test_check_takes_warnings_as_errors_when_asked(gatehouse, tmp_path):
    out, errors = gatehouse("check", "rules.json", "--strict", *NOW, status=1)
    assert out.endswith("rules.json: 2 rules, default NOTIFY, archiveBelow 5\n")
    assert errors == "Error: 3 warnings; 'gatehouse rules code W303' explains the first\n"
    out, errors = gatehouse("check", "rules.json", "--strict", "--ignore", "W301", "--ignore", "w303", *NOW, status=1)
    assert "W402" in out and "W30" not in out
    rule = {"name": "role", "when": {"resourceType": {"eq": ["AWS::IAM::Role"]}}, "action": "RESOLVE"}
    (tmp_path / "clean.json").write_text(json.dumps({"version": 1, "rules": [rule]}))
    assert gatehouse("check", "clean.json", "--strict")[1] == ""
    errors = gatehouse("check", "clean.json", "--ignore", "E001", status=64)[1]
    assert "E001 is an error and cannot be ignored" in errors


@pytest.mark.parametrize(
    "when, action, words",
    [
        (
            {"region": {"eq": ["eu-centrl-1"]}},
            "NOTIFY",
            ['W202 rules[0] "one".when.region.eq: ', "did you mean 'eu-central-1'?"],
        ),
        ({"resourceType": {"eq": ["AWS::S3::Buckets"]}}, "NOTIFY", ["W201", "did you mean 'AWS::S3::Bucket'?"]),
        ({"principal.AWS": {"eq": ["arn:aws:iam::999988887777:role/a-*"]}}, "NOTIFY", ["W204", "did you mean 'like'?"]),
        ({"resourceType": {"eq": ["AWS::S3::Bucket"]}}, "RESOLVE", ["W304", "lets only AWS::IAM::Role be changed"]),
    ],
)
def test_check_warns_of_what_is_not_meant(gatehouse, tmp_path, when, action, words):
    (tmp_path / "odd.json").write_text(
        json.dumps({"version": 1, "rules": [{"name": "one", "when": when, "action": action}]})
    )
    out, _ = gatehouse("check", "odd.json", GATEHOUSE_BLOCKED_TYPES="AWS::IAM::Role")
    line, last = out.splitlines()
    assert last == "odd.json: 1 rule, default NOTIFY" and line.startswith("odd.json:1:")
    for word in words:
        assert word in line
    assert gatehouse("check", "odd.json", "--blocked-types", "AWS::IAM::Role")[0] == out


@pytest.mark.parametrize(
    "change, words",
    [
        ({"version": 2}, ["E007 version"]),
        ({"defualt": "NOTIFY"}, ["E005 defualt", "did you mean 'default'"]),
        (
            {"rules": [{"name": "a", "when": {"tags.A": {"eqq": ["x"]}}, "action": "NOTIFY"}]},
            ["E202", "rules[0]", "a", "tags.A", "eqq"],
        ),
        ({"rules": [RULES["rules"][0], RULES["rules"][0]]}, ["E101", "rules[1]", "shared"]),
    ],
)
def test_check_says_place_and_fix(gatehouse, tmp_path, change, words):
    (tmp_path / "bad.json").write_text(json.dumps({**RULES, **change}))
    out, errors = gatehouse("check", "bad.json", status=1)
    assert out.startswith("bad.json:1:") and errors.startswith("Error: ") and "error" in errors
    for word in words:
        assert word in out
    # Every command says the same.
    what = gatehouse("run", "bad.json", "-", status=1)[1].removeprefix("Error: bad.json: ").split(" (and ")[0].strip()
    assert what in [line.split(" ", 2)[2] for line in out.splitlines()]


def test_check_says_everything_of_every_file(gatehouse, tmp_path):
    shutil.copy(FILES / "bad" / "many.json", tmp_path / "many.json")
    (tmp_path / "none.json").write_text("version: 1")
    out, errors = gatehouse("check", "many.json", "gone.json", "none.json", "rules.json", *NOW, status=1)
    told = (FILES / "bad" / "many.txt").read_text().splitlines()
    for line in told:
        assert f"many.json:{line}" in out.splitlines()
    places = [tuple(map(int, line.split(":")[1:3])) for line in out.splitlines() if line.startswith("many.json:")]
    assert places == sorted(places) and len(places) == len(told)
    assert "none.json:1:1: E001" in out and "YAML" in out and "rules.json: 2 rules" in out
    assert errors.splitlines() == [
        "Error: cannot open gone.json: No such file or directory",
        f"Error: {len(told) + 1} errors, 3 warnings; 'gatehouse rules code E005' explains the first",
    ]


def test_check_as_json(gatehouse, tmp_path):
    shutil.copy(FILES / "bad" / "many.json", tmp_path / "many.json")
    out, _ = gatehouse("check", "many.json", "rules.json", "--format", "json", *NOW, status=1)
    problems = json.loads(out)
    first = problems[0]
    assert first == {
        "file": "many.json",
        "line": 3,
        "column": 3,
        "code": "E005",
        "severity": "error",
        "place": "defualt",
        "message": "'defualt' is not a known key; did you mean 'default'?",
    }
    assert {problem["severity"] for problem in problems} == {"error", "warning"}
    assert json.loads(gatehouse("check", "builtin:strict", "--format", "json")[0]) == []


def test_check_as_sarif(gatehouse, tmp_path):
    name = "rül es.json"
    shutil.copy(FILES / "bad" / "many.json", tmp_path / name)
    out, _ = gatehouse("check", name, "rules.json", "--format", "sarif", *NOW, status=1)
    log = json.loads(out)
    assert log["$schema"] == "https://json.schemastore.org/sarif-2.1.0.json"
    sarif.validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    uris = {one["physicalLocation"]["artifactLocation"]["uri"] for each in run["results"] for one in each["locations"]}
    assert uris == {"r%C3%BCl%20es.json", "rules.json"}
    assert {each["level"] for each in run["results"]} == {"error", "warning"}
    strict = json.loads(gatehouse("check", "rules.json", "--format", "sarif", "--strict", *NOW, status=1)[0])
    assert {each["level"] for each in strict["runs"][0]["results"]} == {"error"}
    clean = json.loads(gatehouse("check", "builtin:strict", "--format", "sarif")[0])
    assert clean["runs"][0]["results"] == []


def test_check_of_hostile_bytes(gatehouse, tmp_path):
    (tmp_path / "bad.json").write_bytes(b'{"version": 1, "\\u001b[2J\\u202e": 1}')
    out, errors = gatehouse("check", "bad.json", status=1)
    assert "\x1b" not in out + errors and "\u202e" not in out + errors
    for text in (b"", b"\xff\xfe", b"[" * 100_000, b"{} x"):
        assert gatehouse("check", "-", text=text, status=1)[0].startswith("-:1:")


def test_codes_and_keys_have_pages(gatehouse):
    codes = [line.split()[0] for line in gatehouse("code")[0].splitlines()]
    assert len(codes) == 40 and codes == sorted(codes)
    for code in codes:
        out, _ = gatehouse("code", code.lower())
        assert out.startswith(f"{code}: ") and "Wrong:" in out and "Right:" in out
    keys = [line.split()[0] for line in gatehouse("keys")[0].splitlines()]
    assert {"resourceType", "tags.<key>", "principal.AWS", "risk"} <= set(keys)
    for key in keys:
        assert "Example: {" in gatehouse("keys", key)[0]
    (page,) = json.loads(gatehouse("keys", "tags.Environment", "--json")[0])
    assert page["key"] == "tags.Environment"
    assert "did you mean 'resourceType'?" in gatehouse("keys", "resourcetype", status=64)[1]
    assert "E999" in gatehouse("code", "E999", status=64)[1]


def test_print_is_a_rules_file(gatehouse, tmp_path):
    out, _ = gatehouse("print")
    (tmp_path / "mine.json").write_text(out)
    mine = gatehouse("check", "mine.json")[0]
    assert mine.replace("mine.json", "builtin") == gatehouse("check", "builtin")[0]


def test_print_takes_the_name_of_the_rules(gatehouse, tmp_path):
    assert gatehouse("print")[0] == gatehouse("print", "builtin")[0]
    strict = gatehouse("print", "builtin:strict")[0]
    assert {rule["action"] for rule in json.loads(strict)["rules"]} == {"RESOLVE", "APPROVE"}
    assert gatehouse("check", "builtin:strict")[0].startswith("builtin:strict: 3 rules")
    (tmp_path / "event.json").write_bytes(published_bytes())
    assert "RESOLVE" in gatehouse("explain", "builtin:strict", "event.json")[0]
    assert "builtin:strict" in gatehouse("print", "builtin:loose", status=64)[1]


def test_explain(gatehouse, tmp_path):
    (tmp_path / "event.json").write_bytes(published_bytes())
    (tmp_path / "case.json").write_text(json.dumps(case(tags={"Shared": "no"})))
    out, errors = gatehouse("explain", "builtin", "event.json")
    assert "RESOLVE" in out and "unintended-role-trust" in out and "Nothing was looked up" in errors
    out, errors = gatehouse("explain", "rules.json", "case.json", *NOW)
    assert "tags.Shared" in out and "found no" in out and "NOTIFY" in out and errors == ""
    answer = json.loads(gatehouse("explain", "rules.json", "case.json", "--json", *NOW)[0])
    assert answer["decision"]["action"] == "NOTIFY" and [rule["status"] for rule in answer["rules"]] == ["failed"] * 2
    inactive = case()
    inactive["finding"]["status"] = "RESOLVED"
    assert "not active" in gatehouse("explain", "rules.json", "-", text=lines_of([inactive]))[1]


@pytest.mark.parametrize("text", [b"", b"nonsense", b"{}", b'{"finding": {"id": 1}}', b'{"detail-type": "x"}'])
def test_explain_of_what_is_no_case(gatehouse, text):
    out, errors = gatehouse("explain", "builtin", "-", text=text, status=1)
    assert out == "" and errors.startswith("Error: standard input: ")


def write_tests(folder, **tests):
    for name, test in tests.items():
        (folder / f"{name}.json").write_text(test if isinstance(test, str) else json.dumps(test))


def test_test(gatehouse, tmp_path):
    good = {
        "description": "shared by tag",
        "case": case(tags={"Shared": "yes"}),
        "expect": {"action": "ARCHIVE", "rule": "shared", "risk": {"lt": 100}},
    }
    ended = {
        "case": case(tags={"Old": "yes"}),
        "expect": {"action": "IGNORE", "rule": "ended"},
        "now": "2025-12-31T23:59:59Z",
    }
    event = {"event": json.loads(published_bytes()), "expect": {"action": "NOTIFY"}}
    write_tests(tmp_path, good=good, ended=ended, event=event)
    out, errors = gatehouse("test", ".", *NOW)
    assert out.splitlines() == [
        "ok    ended.json",
        "ok    event.json",
        "ok    good.json  shared by tag",
        "3 passed, 0 failed",
    ]
    assert errors == ""
    write_tests(
        tmp_path,
        wrong={**good, "expect": {"action": "NOTIFY", "rule": "gone"}},
        broken="{",
        odd={**good, "expect": {"acton": "NOTIFY"}},
    )
    out, _ = gatehouse("test", ".", *NOW, status=1)
    lines = out.splitlines()
    assert lines[-1] == "3 passed, 3 failed"
    assert "FAIL  broken.json" in lines and "FAIL  odd.json" in lines and "FAIL  wrong.json  shared by tag" in lines
    for line in ("- action NOTIFY", "+ action ARCHIVE", '- rule "gone"', '+ rule "shared"'):
        assert f"      {line}" in lines
    assert "did you mean 'action'" in out and "There is no rule" in out
    # For CI.
    suites = xml.etree.ElementTree.fromstring(gatehouse("test", ".", "--format", "junit", *NOW, status=1)[0])
    (suite,) = suites
    assert (suite.get("tests"), suite.get("failures")) == ("6", "3")
    cases = {one.get("classname"): one for one in suite}
    assert cases["good.json"].get("name") == "shared by tag" and len(cases["good.json"]) == 0
    assert "+ action ARCHIVE" in cases["wrong.json"].find("failure").text
    # Other rules, by name.
    out, _ = gatehouse("test", ".", "--rules", "builtin", status=1)
    assert "FAIL  good.json" in out


def test_run_answers_each_line_in_order(gatehouse, tmp_path):
    kept = case(3, note="1.0e+2 \u00e9")
    texts = [
        lines_of([case(1, tags={"Shared": "yes"})]),
        published_bytes().replace(b"\n", b" ") + b"\n",
        b"nonsense\n",
        b"\n",
        json.dumps(kept, ensure_ascii=True, separators=(" , ", " : ")).encode() + b"\n",
    ]
    out, errors = gatehouse("run", "rules.json", "-", *NOW, text=b"".join(texts), status=1)
    answers = out.splitlines()
    assert len(answers) == 5
    decisions = [json.loads(answer).get("decision", {}) for answer in answers]
    assert [one.get("action") for one in decisions] == ["ARCHIVE", "NOTIFY", None, None, "NOTIFY"]
    assert json.loads(answers[1])["finding"]["resourceType"] == "AWS::IAM::Role"
    for place, why in ((2, "line 3: "), (3, "line 4: the line is empty")):
        error = json.loads(answers[place])["error"]
        assert error["errorType"] == "Function.InvalidEvent" and error["errorMessage"].startswith(why)
    # The line's own bytes, and the decision behind them.
    own = texts[4].decode().rstrip("\n")
    assert answers[4].startswith(own[:-1] + ',"decision":{"action":"NOTIFY"') and answers[4].endswith("}}")
    assert "5 lines: 3 decided, 2 no case." in errors and "Error: 2 lines are no case" in errors


def test_run_of_many_lines_keeps_order(gatehouse, tmp_path):
    cases = [case(number, tags={"Shared": "yes"} if number % 3 else None) for number in range(5000)]
    (tmp_path / "cases.jsonl").write_bytes(lines_of(cases).rstrip(b"\n"))
    out, errors = gatehouse("run", "rules.json", "cases.jsonl", *NOW)
    answers = [json.loads(line) for line in out.splitlines()]
    for number, (before, answer) in enumerate(zip(cases, answers, strict=True)):
        decision = answer.pop("decision")
        assert answer == before and decision["action"] == ("ARCHIVE" if number % 3 else "NOTIFY")
    assert "5000 lines: 5000 decided, 0 no case." in errors and "shared: ARCHIVE 3333" in errors
    # What was decided by these rules does not change by them.
    again, errors = gatehouse("run", "rules.json", "-", "--changes", *NOW, text=out.encode())
    assert again == "" and "0 of 5000 that came with a decision" in errors
    words = ("-", "--changes", "--detailed-exitcode", *NOW)
    assert gatehouse("run", "rules.json", *words, text=out.encode())[0] == ""
    assert gatehouse("run", "rules.json", *words, text=lines_of(cases[:1]), status=2)[0] != ""
    gatehouse("run", "rules.json", *words, text=b"nonsense\n" + lines_of(cases[:1]), status=1)
    gatehouse("run", "builtin", *words, text=out.encode(), status=2)
    changed, errors = gatehouse("run", "builtin", "-", "--changes", *NOW, text=out.encode())
    assert len(changed.splitlines()) == 3333 and "ARCHIVE -> NOTIFY: 3333" in errors


def test_run_passes_over_a_line_that_is_too_long(gatehouse):
    long = json.dumps(case(pad="x" * (6 << 20))).encode()
    out, _ = gatehouse("run", "rules.json", "-", text=long + b"\n" + lines_of([case()]), status=1)
    first, second = out.splitlines()
    assert "line 1: the line holds more than 6291456 bytes" in first and json.loads(second)["decision"]


def test_run_of_nothing(gatehouse):
    out, errors = gatehouse("run", "rules.json", "-")
    assert out == "" and "0 lines" in errors


def peak_memory(program, folder, count):
    """Megabytes resident at most while `count` lines go through."""
    with open(folder / "cases.jsonl", "wb") as file:
        block = lines_of(case(number, tags={"Team": f"team-{number}"}) for number in range(1000))
        for _ in range(count // 1000):
            file.write(block)
    return usage.of(program, "rules", "run", "builtin", folder / "cases.jsonl")[1]


def test_memory_does_not_grow_with_the_lines(program, tmp_path):
    few, many = (peak_memory(program, tmp_path, count) for count in (1000, 200_000))
    assert 1 < few and many < 100
    assert many < few + 4


def test_a_reader_that_goes_ends_it_quietly(program, tmp_path):
    (tmp_path / "cases.jsonl").write_bytes(lines_of(case(number) for number in range(20_000)))
    for ignored in (False, True):
        running = subprocess.Popen(
            [program, "rules", "run", "builtin", tmp_path / "cases.jsonl"],
            env={},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            restore_signals=not ignored,
        )
        running.stdout.readline()
        running.stdout.close()
        errors = running.stderr.read()
        running.stderr.close()
        assert running.wait(timeout=60) == -signal.SIGPIPE and errors == b""
