"""What deploy/confirm-live says: the table for an issue, and that README's list and the checks are of one mind."""

import json
import re
import sys

from support.template import DEPLOY

sys.path.insert(0, str(DEPLOY))

from confirm import covered, report  # noqa: E402
from confirm.checks import CHECKS, facts  # noqa: E402
from confirm.checks.grammar import padded  # noqa: E402
from confirm.cleaning import CLEANERS  # noqa: E402
from confirm.facts import CONFIRMED, CONTRADICTED, UNKNOWN, Result  # noqa: E402
from confirm.kinds import text  # noqa: E402

ROOT = DEPLOY.parent
RUN = {"run": "0" * 12, "account": "123456789012", "outsider": "210987654321", "region": "eu-west-1", "partition": "aws", "date": "2026-11-27"}
IDS = [fact.id for fact, _ in facts()]


def listed():
    """The points of README's list, each in one line."""
    section = (ROOT / "README.md").read_text().split("\n## Not yet confirmed on live AWS\n")[1].split("\n## ")[0]
    return [" ".join(point.split()) for point in re.split(r"^- ", section, flags=re.MULTILINE)[1:]]


def test_each_point_of_the_first_page_is_covered():
    points = listed()
    assert len(points) > 5
    for point in points:
        assert [phrase for phrase, _ in covered.README if phrase in point], point
    for phrase, _ in covered.README:
        assert [point for point in points if phrase in point], phrase


def test_what_covers_is_there_and_what_does_not_says_why():
    named = set()
    for phrase, how in [*covered.README, *covered.INFERRED]:
        if isinstance(how, list):
            assert how and set(how) <= set(IDS), phrase
            named |= set(how)
        else:
            assert len(how.split()) > 3, phrase
    # And no fact is looked at that nothing relies on.
    assert named == set(IDS)


def test_checks_are_whole():
    assert len(IDS) == len(set(IDS)) and len(CHECKS) == len({check.name for check in CHECKS})
    for check in CHECKS:
        assert all(fact.id.startswith(f"{check.name}.") and fact.sentence.endswith(".") and fact.matters for fact in check.facts)
        assert set(check.kinds) <= set(CLEANERS) and len(check.calls) == len(set(check.calls))
        # Whatever is made is taken away.
        makes = [call for call in check.calls if re.search(r":(Create|PutRule|PutMetricAlarm)", call)]
        assert bool([call for call in makes if "AccessPreview" not in call]) == bool(check.kinds), check.name
        assert bool(check.creates) == bool(check.kinds)
        # S3 allows 63 characters, and IAM 64.
        assert len(f"gatehouse-confirm-{'0' * 12}-{check.name}") < 54


def results():
    fact = [fact for fact, _ in facts() if fact.else_][0]
    return [
        Result(fact, CONFIRMED, "as it should be"),
        Result(fact, CONTRADICTED, "arn:aws:iam::123456789012:role/x and 210987654321 | `<b>` [x](y) @team #1 \u202e\x1b[31m"),
        Result(fact, UNKNOWN, "word " * 200),
    ]


def test_the_table_is_one_for_an_issue():
    lines = report.table(results(), RUN).splitlines()
    assert lines[0] == "`deploy/confirm-live` in eu-west-1, aws, 2026-11-27: 1 confirmed, 1 contradicted, 1 unknown."
    assert lines[1] == "" and lines[3] == "| --- | --- | --- | --- | --- |" and len(lines) == 7
    for line in lines[2:]:
        assert len(re.findall(r"(?<!\\)\|", line)) == 6 and line.isascii()
    # What a service said names no account, mentions nobody and makes no link.
    assert "123456789012" not in lines[5] and "210987654321" not in lines[5] and "OWN" in lines[5] and "OUTSIDER" in lines[5]
    assert "@team" not in lines[5] and "#1" not in lines[5] and "<b>" not in lines[5] and "[x](" not in lines[5]
    assert "**CONTRADICTED**" in lines[5] and "where it is not so" in lines[5] and "where it is not so" not in lines[4]
    assert len(lines[6]) < 1000


def test_the_results_are_read_by_machines():
    told = json.loads(report.as_json(results(), RUN, ["role x: AccessDenied"]))
    assert told["counts"] == {"CONFIRMED": 1, "CONTRADICTED": 1, "UNKNOWN": 1} and told["run"] == RUN["run"]
    assert [each["verdict"] for each in told["results"]] == [CONFIRMED, CONTRADICTED, UNKNOWN]
    assert told["left"] == ["role x: AccessDenied"] and set(told["results"][0]) == {"id", "fact", "matters", "verdict", "why"}


def test_policies_are_as_long_as_they_are_wanted():
    statement = {"Sid": "Own", "Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": ["kms:*"], "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    for size in [*range(500, 1200), 20480, 20481, 32768, 32769]:
        assert len(text(padded(document, size))) == size


def test_the_guide_names_every_option():
    guide = (DEPLOY / "README.md").read_text().split("\n## Confirm on live AWS\n")[1].split("\n## ")[0]
    for word in ("--run", "--account", "--outsider", "--only", "--include-public", "--clean-up", "--permissions", "--json", "--list"):
        assert f"`{word}" in guide or f" {word}" in guide, word
    for verdict in (CONFIRMED, CONTRADICTED, UNKNOWN):
        assert verdict in guide
    assert "gatehouse:confirm-live" in guide
