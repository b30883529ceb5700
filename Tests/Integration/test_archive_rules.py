"""`gatehouse archive-rules …` against an Access Analyzer that has archive rules and refuses what AWS refuses."""

import json

import pytest
from botocore.exceptions import ClientError

from support import faults
from support.access_analyzer_answers import Refusal
from support.access_analyzer_rules import check_filter
from support.account import MEMBER, REGION

SECOND = "eu-central-1"
NOW = ("--now", "2026-11-21T08:40:00Z")
LIST = ["access-analyzer:ListAnalyzers", "access-analyzer:ListArchiveRules", "access-analyzer:ListFindings"]
MAKE = [*LIST, "access-analyzer:CreateArchiveRule", "access-analyzer:ApplyArchiveRule"]
RULES = {
    "version": 1,
    "default": "NOTIFY",
    "rules": [
        {"name": "block", "when": {"isPublic": {"eq": ["true"]}}, "action": "RESOLVE"},
        {
            "name": "partner",
            "owner": "team@example.com",
            "expires": "2027-06-30",
            "when": {
                "principal.AWS": {"eq": ["999988887777"]},
                "resourceType": {"eq": ["AWS::SQS::Queue"]},
                "condition.AWS:principalorgid": {"exists": ["false"]},
                "resource": {"like": ["*:orders*"]},
            },
            "action": "ARCHIVE",
        },
        {"name": "tagged", "when": {"tags.Shared": {"eq": ["yes"]}, "region": {"neq": ["x-1"]}}, "action": "ARCHIVE"},
        {
            "name": "here",
            "when": {"region": {"eq": [REGION]}, "kind": {"eq": ["ExternalAccess"]}, "resource": {"contains": ["a"]}},
            "action": "ARCHIVE",
        },
        {
            "name": "ended",
            "owner": "gone@example.com",
            "expires": "2026-01-31",
            "when": {"resource": {"eq": ["arn:aws:sqs:us-east-1:123456789012:old"]}},
            "action": "ARCHIVE",
        },
        {"name": "twice", "when": {"resource": {"contains": ["a"], "neq": ["b"]}}, "action": "ARCHIVE"},
        {"name": "error", "when": {"error": {"eq": ["ACCESS_DENIED"]}}, "action": "ARCHIVE"},
        {"name": "absent", "when": {"principal.Federated": {"neq": ["a"]}}, "action": "ARCHIVE"},
        {
            "name": "many",
            "when": {"principal.AWS": {"eq": [str(111111111111 + number) for number in range(11)]}},
            "action": "ARCHIVE",
        },
        {"name": "like", "when": {"resource": {"like": ["arn:*:b"]}}, "action": "ARCHIVE"},
    ],
}
PARTNER = {
    "principal.AWS": {"eq": ["999988887777", "arn:aws:iam::999988887777:root"]},
    "resourceType": {"eq": ["AWS::SQS::Queue"]},
    "condition.aws:PrincipalOrgID": {"exists": False},
    "resource": {"contains": [":orders"]},
    "error": {"exists": False},
}


def analyzer(region=REGION, name="everything"):
    return f"arn:aws:access-analyzer:{region}:{MEMBER}:analyzer/{name}"


def finding(number, region=REGION, **changes):
    return {
        "id": f"finding-{region}-{number}",
        "resource": f"arn:aws:sqs:{region}:{MEMBER}:orders-{number}",
        "resourceType": "AWS::SQS::Queue",
        "resourceOwnerAccount": MEMBER,
        "status": "ACTIVE",
        "principal": {"AWS": "999988887777"},
        "action": ["sqs:SendMessage"],
        "condition": {},
        "isPublic": False,
        "createdAt": "2026-11-20T00:00:00Z",
        "analyzedAt": "2026-11-20T00:00:00Z",
        "updatedAt": "2026-11-20T00:00:00Z",
        **changes,
    }


@pytest.fixture
def rules(command, aws):
    (command.folder / "rules.json").write_text(json.dumps(RULES))
    for region in (REGION, SECOND):
        for number in range(3):
            aws.access_analyzer.add_finding(analyzer(region), finding(number, region))
        public = finding(9, region, isPublic=True, principal={"AWS": "*"})
        aws.access_analyzer.add_finding(analyzer(region), public)
    aws.access_analyzer.add_analyzer(analyzer(name="unused"), "ACCOUNT_UNUSED_ACCESS")

    def run(verb, *arguments, **options):
        return command.run("archive-rules", verb, *arguments, **options)

    return run


def statuses(aws, region=REGION):
    return [one["status"] for one in aws.access_analyzer.findings[analyzer(region)].values()]


def create(rules, name, rule, *more, **options):
    return rules("create", name, "--rule", rule, "--rules", "rules.json", *NOW, *more, **options)


def test_create_in_two_regions(rules, aws):
    both = ("--region", REGION, "--region", SECOND)
    out, talk = create(rules, "partner-until-2027-06-30", "partner", *both, "--yes", allowed=MAKE)
    assert f"{REGION} everything: partner-until-2027-06-30 is made: 3 active findings match now" in out
    assert "until-2027-06-30" in talk and "block" in talk
    for region in (REGION, SECOND):
        (rule,) = aws.access_analyzer.rules.list(analyzer(region))
        assert rule["ruleName"] == "partner-until-2027-06-30" and rule["filter"] == PARTNER
        assert statuses(aws, region) == ["ARCHIVED"] * 3 + ["ACTIVE"]
    # It goes on with what is found later.
    aws.access_analyzer.add_finding(analyzer(), finding(20))
    assert statuses(aws)[-1] == "ARCHIVED"
    # Once more: it is there already, and applied again.
    out, _ = create(rules, "partner-until-2027-06-30", "partner", "--yes", allowed=MAKE)
    assert "is there already" in out


def test_dry_run_makes_nothing(rules, aws):
    out, talk = create(rules, "partner", "partner", "--dry-run", allowed=LIST)
    assert "3 active findings match now" in out and "principal.AWS is 999988887777 or " in out
    assert "Dry run" in talk and aws.access_analyzer.rules.list(analyzer()) == []


def test_nobody_is_asked_without_a_terminal(rules, aws):
    _, talk = create(rules, "partner", "partner", allowed=MAKE, status=1)
    assert "--yes" in talk and aws.access_analyzer.rules.list(analyzer()) == []


def test_another_rule_of_that_name(rules, aws):
    criteria = {"resource": {"eq": ["arn:aws:sqs:us-east-1:123456789012:x"]}}
    aws.access_analyzer.rules.create(analyzer(), "partner", criteria)
    _, talk = create(rules, "partner", "partner", "--yes", allowed=MAKE, status=1)
    assert "--replace" in talk
    create(rules, "partner", "partner", "--yes", "--replace", allowed=[*MAKE, "access-analyzer:UpdateArchiveRule"])
    assert aws.access_analyzer.rules.list(analyzer())[0]["filter"] == PARTNER


def test_a_region_of_the_rule_alone(rules, aws):
    both = ("--region", REGION, "--region", SECOND)
    _, talk = create(rules, "here", "here", *both, "--yes", allowed=MAKE)
    assert f"not about {SECOND}" in talk
    assert [len(aws.access_analyzer.rules.list(analyzer(region))) for region in (REGION, SECOND)] == [1, 0]
    create(rules, "here", "here", "--region", SECOND, "--yes", allowed=MAKE, status=1)


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("block", "its action is RESOLVE"),
        ("tagged", "tags.Shared: archive rules do not know this key"),
        ("tagged", "region: an analyzer is in one region"),
        ("ended", "it ended on 2026-01-31"),
        ("twice", "two operators"),
        ("absent", "neq means of a finding that lacks the key"),
        ("many", "22 values"),
        ("like", "no wildcards"),
        ("nobody", "has no rule nobody"),
    ],
)
def test_what_cannot_be_said(rules, aws, rule, why):
    _, talk = create(rules, "it", rule, "--yes", allowed=MAKE, status=1)
    assert why in talk and aws.names() == []


def test_a_rule_for_errors_says_so_itself(rules, aws):
    create(rules, "errors", "error", "--yes", allowed=MAKE)
    assert aws.access_analyzer.rules.list(analyzer())[0]["filter"] == {"error": {"eq": ["ACCESS_DENIED"]}}


@pytest.mark.parametrize("name", ["1st", "a b", "", "a" * 256, "-a"])
def test_names_that_aws_refuses(rules, name):
    create(rules, name, "partner", status=64)


def test_list(rules, aws):
    aws.access_analyzer.rules.create(analyzer(), "first", PARTNER)
    out, _ = rules("list", "--region", REGION, "--region", SECOND, allowed=LIST)
    assert f"{REGION} everything (ACCOUNT): 1 archive rule\n  first: principal.AWS is 999988887777 or" in out
    assert f"{SECOND} everything (ACCOUNT): no archive rules" in out
    assert f"{REGION} unused (ACCOUNT_UNUSED_ACCESS): no archive rules" in out
    (listed,) = json.loads(rules("list", "--json", allowed=LIST)[0])
    assert listed["filter"] == PARTNER and listed["analyzer"] == analyzer()
    assert json.loads(rules("list", "--json", "--analyzer", "unused", allowed=LIST)[0]) == []
    assert "no analyzer nothing" in rules("list", "--analyzer", "nothing", allowed=LIST, status=1)[1]


def test_a_region_that_fails_does_not_hide_the_others(rules, aws):
    aws.fail("access-analyzer", "ListAnalyzers", faults.refused(403, "AccessDeniedException", "no"))
    out, talk = rules("list", "--region", REGION, "--region", SECOND, allowed=LIST, status=1)
    assert out.startswith(SECOND) and talk.startswith(REGION)


def test_apply(rules, aws):
    aws.access_analyzer.rules.create(analyzer(), "first", PARTNER)
    apply = [*LIST, "access-analyzer:ApplyArchiveRule"]
    out, talk = rules("apply", "first", "--dry-run", allowed=apply)
    assert "3 active findings match now" in out and statuses(aws) == ["ACTIVE"] * 4
    rules("apply", "first", "--region", REGION, "--region", SECOND, "--yes", allowed=apply)
    assert statuses(aws) == ["ARCHIVED"] * 3 + ["ACTIVE"] and statuses(aws, SECOND) == ["ACTIVE"] * 4
    assert "archive-rules list" in rules("apply", "second", "--yes", allowed=apply, status=1)[1]


def codes(out):
    return sorted(tuple(line.split(": ")[0].split()[2:] + [line.split(": ")[1].split()[0]]) for line in out.splitlines())


def test_lint(rules, aws):
    made = aws.access_analyzer.rules.create
    one = {"principal.AWS": {"eq": ["999988887777"]}}
    made(analyzer(), "good", {**one, "resource": {"eq": [f"arn:aws:sqs:{REGION}:{MEMBER}:orders-0"]}})
    assert rules("lint", *NOW, allowed=LIST)[0] == ""
    made(analyzer(), "anybody", {"resourceType": {"eq": ["AWS::KMS::Key"]}})
    made(analyzer(), "everybody", {"isPublic": {"eq": ["true"]}})
    made(analyzer(), "number", {"principal.AWS": {"contains": ["9999"]}, "resourceType": {"eq": ["AWS::SQS::Queue"]}})
    made(analyzer(), "wider", one)
    made(analyzer(), "partner-2026-11-20", {"principal.AWS": {"eq": ["111122223333"]}})
    made(analyzer(), "ended", {"principal.AWS": {"eq": ["222233334444"]}})
    out, talk = rules("lint", *NOW, "--rules", "rules.json", allowed=LIST, status=1)
    assert codes(out) == [
        ("anybody", "MATCHES_NOTHING"),
        ("anybody", "NO_PRINCIPAL"),
        ("ended", "MATCHES_NOTHING"),
        ("ended", "OVER"),
        ("everybody", "PUBLIC"),
        ("good", "COVERED"),
        ("number", "CONTAINS_NUMBER"),
        ("number", "OVERLAPS"),
        ("partner-2026-11-20", "MATCHES_NOTHING"),
        ("partner-2026-11-20", "OVER"),
        ("wider", "OVERLAPS"),
    ]
    assert "gone@example.com" in out and "7 archive rules in 2 analyzers" in talk
    listed = json.loads(rules("lint", "--json", *NOW, allowed=LIST, status=1)[0])
    assert {problem["code"] for problem in listed} >= {"PUBLIC", "COVERED", "OVER"}
    # The day itself is not over yet.
    assert "OVER:" not in rules("lint", "--now", "2026-11-20", allowed=LIST, status=1)[0]


def test_lint_changes_nothing(rules, aws):
    aws.access_analyzer.rules.create(analyzer(), "everybody", {"isPublic": {"eq": ["true"]}})
    rules("lint", allowed=LIST, status=1)
    assert all(name.split(":")[1].startswith("List") for name in aws.names())


# The stand-in refuses what AWS refuses.


@pytest.mark.parametrize(
    "criteria",
    [
        {},
        {"status": {"eq": ["ACTIVE"]}},
        {"resource": {}},
        {"resource": {"eq": []}},
        {"resource": {"like": ["a"]}},
        {"resource": {"exists": "true"}},
        {"resource": {"eq": [str(number) for number in range(21)]}},
    ],
)
def test_filters_that_are_refused(criteria):
    with pytest.raises(Refusal) as refused:
        check_filter(criteria)
    assert refused.value.answer.status == 400


def test_the_quota_and_conflicts(rules, accounts):
    client = accounts.client("accessanalyzer")
    criteria = {"resource": {"eq": ["a"]}}
    for number in range(100):
        client.create_archive_rule(analyzerName="everything", ruleName=f"r{number}", filter=criteria)
    with pytest.raises(ClientError, match="ConflictException"):
        client.create_archive_rule(analyzerName="everything", ruleName="r1", filter=criteria)
    with pytest.raises(ClientError, match="ServiceQuotaExceededException"):
        client.create_archive_rule(analyzerName="everything", ruleName="r100", filter=criteria)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.apply_archive_rule(analyzerArn=analyzer(), ruleName="none")


def test_on_an_account_in_a_file(command):
    """Without AWS: the rules and findings of the file."""
    (command.folder / "rules.json").write_text(json.dumps(RULES))
    account = {
        "account": MEMBER,
        "region": REGION,
        "analyzers": {analyzer(): "ACCOUNT"},
        "findings": [{**finding(number), "analyzerArn": analyzer()} for number in range(3)],
        "archiveRules": {analyzer(): {"everybody": {"isPublic": {"eq": ["true"]}}}},
    }
    (command.folder / "account.json").write_text(json.dumps(account))

    def run(*arguments, status=0):
        return command.run("archive-rules", *arguments, "--account", "account.json", credentials=False, status=status)

    assert "everybody: isPublic is true" in run("list")[0]
    out, talk = run("create", "partner", "--rule", "partner", "--rules", "rules.json", *NOW, "--yes")
    assert "3 active findings match now" in out and "made and applied" in talk
    out, _ = run("lint", status=1)
    assert codes(out) == [("everybody", "MATCHES_NOTHING"), ("everybody", "PUBLIC")]
    assert "0 active findings match now" in run("apply", "everybody", "--yes")[0]
    _, talk = run("create", "everybody", "--rule", "partner", "--rules", "rules.json", *NOW, "--yes", status=1)
    assert "--replace" in talk
