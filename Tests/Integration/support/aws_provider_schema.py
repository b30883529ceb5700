"""Writes aws_provider_schema.json: the AWS provider's own schema of the types that deploy/terraform uses.

The provider cannot be had without Terraform's registry; its schema can, from the bindings that HashiCorp made of
it for CDKTF. To make the file anew, for another version or more types:

  pip download --no-deps cdktf-cdktf-provider-aws==21.22.1
  python3 Tests/Integration/support/aws_provider_schema.py cdktf_cdktf_provider_aws-21.22.1-py3-none-any.whl

The bindings do not tell sets from lists, nor which arguments the provider fills in when they are left out.
"""

import io
import json
import pathlib
import re
import sys
import tarfile
import zipfile

FILE = pathlib.Path(__file__).with_suffix(".json")
TERRAFORM = pathlib.Path(__file__).resolve().parents[3] / "deploy" / "terraform"

# What came into the provider after the bindings' last version (6.25), by hand.
NEWER = {"aws_lambda_permission": {"invoked_via_function_url": {"type": "bool", "use": "optional"}}}


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def kind(described):
    """A type as Terraform writes it in JSON, or the name of a nested structure, and whether it comes in numbers."""
    if "primitive" in described:
        return {"boolean": "bool"}.get(described["primitive"], described["primitive"]), False
    if "collection" in described:
        inner, _ = kind(described["collection"]["elementtype"])
        collection = {"array": "list", "map": "map"}[described["collection"]["kind"]]
        return (inner, True) if isinstance(inner, Structure) else ([collection, inner], True)
    if "union" in described:
        return next(kind(each) for each in described["union"]["types"] if each.get("fqn") != "cdktf.IResolvable")
    return Structure(described["fqn"]), False


class Structure(str):
    """The full name of a nested structure in the bindings."""


def block(types, name, skipped=()):
    """Arguments and nested blocks of one structure."""
    found = {"attributes": {}, "blocks": {}}
    for member in types[name].get("properties", []):
        if member["name"] in skipped:
            continue
        text = json.dumps(member.get("docs", {}))
        linked = re.search(r"#(\w+) ", text)
        own_name = linked.group(1) if linked else snake(member["name"])
        its_kind, several = kind(member["type"])
        if isinstance(its_kind, Structure):
            if own_name != "timeouts":
                found["blocks"][own_name] = {"several": several, **block(types, its_kind)}
        else:
            required = not member.get("optional", False)
            found["attributes"][own_name] = {"type": its_kind, "use": "required" if required else "optional"}
    return found


def described(types, terraform_type, data):
    """One resource type or data source; what is only read comes from its class."""
    camel = "".join(part.capitalize() for part in terraform_type.split("_")[1:])
    camel = ("DataAws" if data else "") + camel
    module = f"@cdktf/provider-aws.{camel[0].lower()}{camel[1:]}.{camel}"
    schema = block(types, module + "Config")
    for member in types[module].get("properties", []):
        own_name = snake(member["name"])
        if own_name.endswith("_input") or member.get("static") or own_name in schema["attributes"] | schema["blocks"]:
            continue
        its_kind, _ = kind(member["type"])
        if isinstance(its_kind, str) and not isinstance(its_kind, Structure):
            schema["attributes"][own_name] = {"type": its_kind, "use": "computed"}
    schema["attributes"] |= NEWER.get(terraform_type, {})
    return schema


def main(wheel):
    with zipfile.ZipFile(wheel) as archive:
        (bindings,) = [name for name in archive.namelist() if name.endswith(".jsii.tgz")]
        with tarfile.open(fileobj=io.BytesIO(archive.read(bindings))) as inner:
            types = json.load(inner.extractfile("package/.jsii"))["types"]
    text = "".join(file.read_text() for file in sorted(TERRAFORM.rglob("*.tf")))
    wanted = {
        section: sorted(set(re.findall(rf'^{word} "(aws_\w+)"', text, re.MULTILINE)))
        for section, word in (("resources", "resource"), ("data", "data"))
    }
    lines = []
    for section, names in wanted.items():
        entries = [json.dumps(name) + ": " + json.dumps(described(types, name, section == "data")) for name in names]
        lines.append(json.dumps(section) + ": {\n" + ",\n".join(entries) + "\n}")
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main(sys.argv[1])
