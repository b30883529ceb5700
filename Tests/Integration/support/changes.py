"""What each handler needs to change resources, by their types: deploy/permissions.json, split by what is done with it."""

import json
import re

from .template import DEPLOY

CHANGES = json.loads((DEPLOY / "permissions.json").read_text())["changes"]
TYPES = sorted(CHANGES)
ROLE = "AWS::IAM::Role"
EVERY_TYPE = ",".join(TYPES)
ACTIONS = {action for actions in CHANGES.values() for action in actions}

# Asked while a change is planned, and neither by undoing nor by looking whether it is still there.
PLANNED = {"iam:GetAccountSummary", "kms:ListGrants"}
# What one way alone writes: a policy that we made is removed by undoing, and a layer's statements are taken out by
# blocking and put back by undoing.
BY_BLOCKING = {"lambda:RemoveLayerVersionPermission"}
BY_UNDOING = {"lambda:AddLayerVersionPermission", "s3:DeleteBucketPolicy"}


def is_write(action):
    return re.match(r"(Add|Delete|Modify|Put|Remove|Set|Update)[A-Z]", action.split(":")[1]) is not None


WRITES = {action for action in ACTIONS if is_write(action)}


def of_types(types):
    """The actions of the types in a value of `BlockedTypes`."""
    return {action for name in types.split(",") for action in CHANGES.get(name, ())}


def plans(types):
    return of_types(types) - WRITES


def blocks(types):
    return of_types(types) - BY_UNDOING


def undoes(types):
    return of_types(types) - PLANNED - BY_BLOCKING


def looks_again(types):
    return of_types(types) - PLANNED - WRITES
