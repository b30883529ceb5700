"""deploy/rules.schema.json takes the rules files that the program takes and refuses those that it refuses.

The program's side of the same folder is Tests/RulesTests/RuleFileTests.swift."""

import json
import pathlib

import jsonschema
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FILES = ROOT / "Tests/RulesTests/RuleFiles"
SCHEMA = json.loads((ROOT / "deploy/rules.schema.json").read_text())
GOOD = sorted((FILES / "good").glob("*.json"))
# A schema cannot compare rules with one another.
BAD = sorted(path for path in (FILES / "bad").glob("*.json") if not path.name.startswith("beyond-schema-"))
BEYOND = sorted((FILES / "bad").glob("beyond-schema-*.json"))


def read(path):
    """The file as JSON; None when it is none, as an editor would say before it asks the schema."""
    def unique(pairs):
        keys = [key for key, _ in pairs]
        if len(keys) != len(set(keys)):
            raise ValueError("a key occurs twice")
        return dict(pairs)

    try:
        return json.loads(path.read_text(), object_pairs_hook=unique)
    except ValueError:
        return None


def accepts(document):
    return jsonschema.Draft202012Validator(SCHEMA).is_valid(document)


def test_the_schema_is_one():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert len(GOOD) >= 9 and len(BAD) >= 60 and BEYOND


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_files_are_accepted(path):
    errors = [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(read(path))]
    assert errors == []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_files_are_refused(path):
    document = read(path)
    assert document is None or not accepts(document)


@pytest.mark.parametrize("path", BEYOND, ids=lambda path: path.stem)
def test_what_is_beyond_a_schema_is_all_that_is_wrong_there(path):
    assert accepts(read(path))


def properties(schema):
    """Every named or patterned property of the schema, with where it is."""
    if isinstance(schema, dict):
        for group in ("properties", "patternProperties"):
            for name, value in schema.get(group, {}).items():
                if isinstance(value, dict):
                    yield name, value
        for value in schema.values():
            yield from properties(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from properties(value)


def test_every_key_is_described():
    missing = [name for name, value in properties(SCHEMA) if not value.get("description")]
    assert missing == []
