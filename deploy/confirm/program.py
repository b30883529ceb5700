"""The gatehouse command line: it makes the documents that are confirmed, and does what the functions would do."""

import json
import os
import pathlib
import subprocess
import tempfile
import uuid

from .facts import CONTRADICTED, UNKNOWN

# Everything that is reported is closed, so that the rules of whoever runs this do not matter.
RULES = {
    "version": 1,
    "default": "NOTIFY",
    "rules": [
        {
            "name": "confirm-live",
            "reason": "A resource of deploy/confirm-live.",
            "when": {"kind": {"eq": ["ExternalAccess"]}},
            "action": "RESOLVE",
        }
    ],
}


class Failed(Exception):
    """gatehouse ended with an error; the text is its own."""

    @property
    def verdict(self):
        """What it says of the fact that gatehouse was run for: nothing where the caller may not do what it takes."""
        is_refusal = any(word in str(self) for word in ("AccessDenied", "denied (403)", "not authorized", "expired"))
        return UNKNOWN if is_refusal else CONTRADICTED


def find(given, here):
    """What was given, what deploy/package made, what lies beside deploy/ in a release, or what is on the PATH; else None."""
    if given:
        return pathlib.Path(given) if os.access(given, os.X_OK) else None
    root = here.parent.parent
    for folder in [root / ".build" / "lambda", root, *map(pathlib.Path, os.environ.get("PATH", "").split(os.pathsep))]:
        if os.access(folder / "gatehouse", os.X_OK) and (folder / "gatehouse").is_file():
            return folder / "gatehouse"
    return None


class Program:
    """Runs gatehouse. `session` has the credentials that it is given for live AWS."""

    def __init__(self, path, session, region):
        self.path, self.session, self.region = path, session, region

    def run(self, arguments, environment=None, stdin=None, is_live=True, codes=(0,)):
        """Standard output as JSON, or as text where it is none; raises `Failed`."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith("GATEHOUSE_")}
        if is_live:
            frozen = self.session.get_credentials().get_frozen_credentials()
            kept |= {"AWS_REGION": self.region, "AWS_ACCESS_KEY_ID": frozen.access_key}
            kept |= {"AWS_SECRET_ACCESS_KEY": frozen.secret_key}
            kept.pop("AWS_PROFILE", None)
            kept.pop("AWS_SESSION_TOKEN", None)
            if frozen.token:
                kept["AWS_SESSION_TOKEN"] = frozen.token
        done = subprocess.run(
            [str(self.path), *arguments],
            env={**kept, **(environment or {})},
            input=stdin or "",
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            timeout=600,
            # Ctrl-C is ours to answer: what is begun is ended, then everything is taken away.
            start_new_session=True,
        )
        if done.returncode not in codes:
            lines = (done.stderr.strip() or done.stdout.strip() or f"exit {done.returncode}").splitlines()
            raise Failed(f"gatehouse {arguments[0]}: {' '.join(lines[-3:])}"[:600])
        try:
            return json.loads(done.stdout)
        except ValueError:
            return done.stdout

    def settings(self, **more):
        return {"GATEHOUSE_MODE": "enforce", "GATEHOUSE_RULES": json.dumps(RULES), **more}

    def denies(self, kind, arn, account, policy, principal, form="CONDITION", condition=None):
        """Our own Denies for a finding of this principal, made on an account in memory: nothing is called.

        Gives the statements and None, or None and the reason why gatehouse makes none.
        """
        identifier = str(uuid.uuid4())
        finding = {
            "analyzerArn": f"arn:aws:access-analyzer:{self.region}:{account}:analyzer/confirm-live",
            "id": identifier,
            "status": "ACTIVE",
            "resource": arn,
            "resourceType": kind.type,
            "principal": principal,
            "action": list(kind.actions),
            "condition": condition or {},
            "isPublic": principal.get("AWS") == "*" and not condition,
            "resourceOwnerAccount": account,
        }
        place = {"account": account, "region": self.region, "findings": [finding]}
        place["analyzers"] = {finding["analyzerArn"]: "ACCOUNT"}
        if kind.name == "role":
            place["roles"] = {arn: {"trustPolicy": policy, "tags": {}}}
        else:
            place["resources"] = {arn: {"policy": policy, "tags": {}}}
        case = {"finding": {**case_of(finding, self.region)}}
        if form == "PRINCIPAL":
            case["preview"] = {"status": "CONFIRMED", "form": "PRINCIPAL"}
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "account.json").write_text(json.dumps(place))
            arguments = ["invoke", "resolve", "-", "--json", "--account", f"{folder}/account.json"]
            told = self.run(arguments, self.settings(), json.dumps(case), is_live=False)
        outcome = told.get("outcome", {})
        if outcome.get("status") != "RESOLVED":
            return None, outcome.get("summary", "gatehouse gave no outcome")
        after = outcome["changes"][0]["after"]["Statement"]
        return [one for one in after if str(one.get("Sid", "")).startswith("Gatehouse")], None

    def resolve(self, finding, **settings):
        """Blocks a finding of live AWS; gives the case."""
        case = {"finding": case_of(finding, self.region)}
        return self.run(["invoke", "resolve", "-", "--json"], self.settings(**settings), json.dumps(case))

    def rollback(self, identifier, resource, *more):
        return self.run(["rollback", identifier, "--resource", resource, "--yes", "--json", *more])


def case_of(finding, region):
    """A finding of Access Analyzer's API as a case has it."""
    case = {
        "id": finding["id"],
        "kind": "ExternalAccess",
        "status": finding["status"],
        "analyzerArn": finding["analyzerArn"],
        "resource": finding["resource"],
        "resourceType": finding["resourceType"],
        "accountId": finding["resourceOwnerAccount"],
        "region": region,
        "principal": finding["principal"],
        "actions": finding["action"],
        "condition": finding.get("condition", {}),
        "isPublic": finding.get("isPublic", False),
        "isDeleted": False,
        "error": None,
    }
    return case
