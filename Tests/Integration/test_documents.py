"""Documents: links lead somewhere, and tables say what the code says. Needs no binary.

The truth of each table is named where it is read. A table that is wrong is mended in the document; one whose truth has
moved is mended here.
"""

import os
import json
import re

import pytest

from support.documents import ROOT, SOURCES, anchors, codes, declaration, headings, links, pages, prose, rows, strings, swift, text
from support.template import Template

FIRST = "README.md"
RULES = "Sources/Rules/Rules.docc/Rules.md"
SCORE = "Sources/Rules/Rules.docc/Score.md"
LOOK_UPS = "Sources/ResourceTypes/ResourceTypes.docc/LookUps.md"
CHANGES = "Sources/ResourceTypes/ResourceTypes.docc/Changes.md"
HANDLERS = "Sources/Handlers/Handlers.docc/Handlers.md"
SETTINGS = "Sources/Handlers/Handlers.docc/Settings.md"
MESSAGES = "Sources/Messages/Messages.docc/Messages.md"
METRICS = "Sources/Handlers/Handlers.docc/Metrics.md"
ERRORS = "Sources/Handlers/Handlers.docc/Errors.md"
FIXTURES = "events/README.md"

# What functions are granted beside what they call themselves (test_permissions.py says who calls it), and the rules'.
BESIDES = re.compile(r"(logs|xray|sqs|kms):")


def in_first_column(page, first):
    return [code for row in rows(page, first) for code in codes(row[0])]


# Pages


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_link_leads_to_a_file_and_its_heading(page):
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = os.path.relpath((ROOT / page).parent / path, ROOT) if path else page
        assert (ROOT / target).exists(), link
        assert not anchor or anchor in anchors(target), link


def test_links_were_found():
    assert len(pages()) >= 14 and len(links(FIRST)) >= 20


def paths_in(page):
    """Files and folders that a page names in commands and sentences; those with a gap to fill in are none."""
    found = re.findall(r"(?<![\w/.-])(?:Sources|Tests|deploy|events)/[\w./+<>…*-]+", text(page))
    return {path.rstrip(".") for path in found if not re.search("[<>…*]", path)}


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_path_that_is_named_is_there(page):
    for path in paths_in(page):
        assert path.startswith("events/") or (ROOT / path).exists(), path


def test_fixtures_are_grouped_as_the_page_says():
    """The truth: the folders of events/."""
    folders = {path.name for path in (ROOT / "events").iterdir() if path.is_dir()}
    assert sorted(in_first_column(FIXTURES, "group")) == sorted(folders)
    for page in pages():
        for path in paths_in(page):
            assert (ROOT / path).exists(), f"{page}: {path}"


def test_the_first_page_is_short():
    assert len(text(FIRST).splitlines()) <= 200


@pytest.mark.parametrize("page", [FIRST, "deploy/README.md"])
def test_the_contents_name_every_chapter(page):
    before, _, _ = prose(page).partition("\n## ")
    for heading in headings(page, "##"):
        assert heading == "License" or f"](#{heading.lower().replace(' ', '-').replace(',', '')})" in before, heading


def test_the_words_are_six():
    words = re.findall(r"^- \*\*([^*]+)\*\*: ", text(FIRST), re.MULTILINE)
    assert sorted(words) == ["case", "context", "finding", "fixture", "outcome", "zone of trust"]


def test_targets_are_the_folders_of_sources():
    """The truth: the folders of Sources/, and for the order Package.swift."""
    named = in_first_column(FIRST, "target")
    assert sorted(named) == sorted(path.name for path in SOURCES.iterdir() if path.is_dir())
    order = re.findall(r'arget\(\s*name: "([^"]+)"', text("Package.swift"))
    built = [name for name in named if name in order]
    assert built == [name for name in order if name in named]


@pytest.mark.parametrize("catalogue", sorted(SOURCES.rglob("*.docc")), ids=lambda path: path.stem)
def test_a_catalogue_holds_articles(catalogue):
    articles = sorted(path for path in catalogue.rglob("*") if path.is_file())
    assert articles and {path.suffix for path in articles} == {".md"}
    assert catalogue.parent.name == catalogue.stem
    for path in articles:
        lines = path.read_text().splitlines()
        # DocC takes the first paragraph for the abstract.
        assert re.match(r"# \S", lines[0]) and lines[1] == "" and re.match(r"['A-Z*]", lines[2]), path.name
        assert "``" not in path.read_text().replace("```", ""), f"{path.name}: a symbol link may break"


# Handlers


def settings():
    """The truth: every GATEHOUSE_ variable that the Swift sources name, in Settings.swift and elsewhere."""
    return set(re.findall(r"GATEHOUSE_[A-Z]+(?:_[A-Z]+)*", swift()))


def test_settings():
    named = in_first_column(SETTINGS, "variable")
    assert len(named) == len(set(named)) and len(named) >= 13
    assert set(named) == settings()


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_setting_that_is_named_is_known(page):
    assert set(re.findall(r"GATEHOUSE_[A-Z]+(?:_[A-Z]+)*", text(page))) <= settings()


def test_modes():
    """The truth: Settings.Mode."""
    modes = re.findall(r"case (\w+)$", declaration(r"enum Mode: String[^{]*{", r"\n    }"), re.MULTILINE)
    (meaning,) = [row[1] for row in rows(SETTINGS, "variable") if codes(row[0]) == ["GATEHOUSE_MODE"]]
    assert codes(meaning) == modes == ["observe", "approve", "enforce"]


def error_types():
    """The truth: HandlerError.Kind."""
    kinds = re.findall(r'case \w+ = "(\w+)"', declaration(r"struct HandlerError: .*?enum Kind: String[^{]*{", r"\n    }"))
    assert len(kinds) >= 9
    return [f"Function.{kind}" for kind in kinds]


def test_error_types():
    assert sorted(in_first_column(ERRORS, "error type")) == sorted(error_types())


@pytest.mark.parametrize("page", pages(), ids=str)
def test_every_error_type_that_is_named_is_known(page):
    assert set(re.findall(r"Function\.[A-Z]\w+", text(page))) <= set(error_types())


def test_handlers():
    """The truth: HandlerName."""
    names = re.findall(r"case (\w+)$", declaration(r"enum HandlerName: String[^{]*{", r"\n    /// The handler of"), re.MULTILINE)
    assert len(names) >= 8
    assert sorted(in_first_column(HANDLERS, "handler")) == sorted(names)


def test_folders_of_the_handlers():
    """The truth: the folders of Sources/Handlers/."""
    folders = [f"{path.name}/" for path in (SOURCES / "Handlers").iterdir() if path.is_dir() and path.suffix != ".docc"]
    assert sorted(in_first_column(HANDLERS, "folder")) == sorted(folders)


def granted(handler, **parameters):
    """The truth: what the template grants the handler's role where it acts, compared with calls by test_permissions.py."""
    template = Template("gatehouse.yaml", Mode="enforce", OrganizationLookUps="on", CodeBucket="code", **parameters)
    statements = template.statements(f"{handler.capitalize()}Role")
    actions = set()
    for statement in statements:
        if statement["Effect"] == "Allow":
            actions.update([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    return {action for action in actions if not BESIDES.match(action) or action in LOOK_UP_ACTIONS | CHANGE_ACTIONS}


def permissions_of_look_ups():
    return {code for row in rows(LOOK_UPS, "resource") for code in codes(row[2])}


LOOK_UP_ACTIONS = permissions_of_look_ups()
CHANGE_ACTIONS = {code for row in rows(CHANGES, "type") for code in codes(row[2])}


def test_permissions_of_handlers():
    section = prose(HANDLERS).split("## Permissions")[1]
    table = re.findall(r"^\| `(\w+)` \| (.+) \|$", section, re.MULTILINE)
    assert [name for name, _ in table] == ["enrich", "evaluate", "archive", "resolve", "verify", "notify", "rollback"]
    for name, actions in table:
        named = set(codes(actions)) | (LOOK_UP_ACTIONS if name == "enrich" else set())
        assert named == granted(name), name


def test_first_words_and_severities():
    """The truth: AccessState and Severity."""
    words = re.findall(r'case \.\w+: "([A-Z, ]+)"', declaration(r"enum AccessState {", r"\n}\n"))
    assert sorted(in_first_column(MESSAGES, "first words")) == sorted(words) and len(words) >= 7
    severities = re.findall(r'case \w+ = "([A-Z]+)"', declaration(r"enum Severity: String[^{]*{", r"\n}\n"))
    assert sorted(in_first_column(MESSAGES, "severity")) == sorted(severities) and len(severities) == 4


def test_metrics():
    """The truth: what metric lines declare."""
    declared = set(re.findall(r'"Name":"(\w+)"', swift("Metrics")))
    assert set(in_first_column(METRICS, "metric")) == declared and len(declared) >= 5


# Look-ups, rules, fixtures


def types():
    """The truth: the types that are known, each with its name, words, ARN's service and points."""
    found = re.findall(r'"(AWS::\w+::\w+)",\s*"([^"]+)",\s*"[^"]+",\s*(\d+)', swift())
    assert len(found) >= 17
    return found


def test_every_type_has_a_row_of_look_ups():
    named = [name for row in rows(LOOK_UPS, "resource") for name in row[0].split(", ")]
    assert sorted(named) == sorted([words for _, words, _ in types()] + ["the finding", "the accounts"])


def test_permissions_of_look_ups():
    """The truth: deploy/permissions.json, made from the types, and what the template grants enrichment."""
    file = json.loads((ROOT / "deploy/permissions.json").read_text())
    said = {*file["finding"], *file["organization"], *(action for list in file["lookUps"].values() for action in list)}
    assert len(said) >= 27
    assert permissions_of_look_ups() == said
    assert permissions_of_look_ups() == granted("enrich")


def test_permissions_of_changes():
    """The truth: deploy/permissions.json, made from the types' remedies, and what the template grants what blocks and what
    undoes, with every type. For each type and role: test_blocked_types.py."""
    changes = json.loads((ROOT / "deploy/permissions.json").read_text())["changes"]
    given = {handler: granted(handler, BlockedTypes=",".join(changes)) for handler in ("resolve", "rollback")}
    besides = re.compile("(access-analyzer|sts):")
    assert {action for actions in given.values() for action in actions if not besides.match(action)} == {
        action for actions in changes.values() for action in actions
    }


def test_changes_name_the_permissions():
    """The truth: deploy/permissions.json."""
    changes = json.loads((ROOT / "deploy/permissions.json").read_text())["changes"]
    assert CHANGE_ACTIONS == {action for actions in changes.values() for action in actions}


def test_keys_of_rules():
    """The truth: RuleKey."""
    keys = re.findall(r'\("([^"]+)", \.', declaration(r"findingKeys: \[[^=]*= \[", r"\n    \]"))
    keys += strings(declaration(r"private static let contextKeys = \[", r"\n    \]"))
    keys += re.findall(r'\("([^"]+)", \.', declaration(r"memberKeys: \[[^=]*= \[", r"\n    \]"))
    keys += strings(declaration(r"static let openNames = \[", r"\]"))
    assert len(keys) >= 40
    named = [re.sub("<.*>", "", key) for key in in_first_column(RULES, "key")]
    assert sorted(named) == sorted(keys)


def test_operators_of_rules():
    """The truth: the operators that are read."""
    operators = strings(declaration(r"let operators = \[", r"\]"))
    assert in_first_column(RULES, "operator") == operators


def test_the_score():
    """The truth: Contribution.defaultPoints, and the points of the types."""
    points = re.findall(r"case \.(\w+): (-?\d+)$", declaration(r"var defaultPoints: Int {", r"\n    }"), re.MULTILINE)
    said = {name: int(number) for name, number in points}
    named = {}
    for names, numbers, _ in (row for row in rows(SCORE, "contribution")):
        named.update(zip(codes(names), map(int, numbers.split(", ")), strict=True))
    assert named == said and len(said) >= 17
    by_type = {name: int(number) for name, _, number in types()}
    by_type["other"] = int(declaration(r"pointsOfOthers = ", r"\n"))
    assert {name: int(number) for number, names in rows(SCORE, "points") for name in codes(names)} == by_type


def test_the_account_of_a_fixture():
    """The truth: what AccountReader reads."""
    known = strings(declaration(r"an account is an object\"\) }\s*let known = \[", r"\]"))
    assert sorted(in_first_column(FIXTURES, "key")) == sorted(known) and len(known) >= 15
