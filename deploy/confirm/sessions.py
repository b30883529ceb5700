"""Sessions of roles that a check makes, to see what AWS allows them."""

import json

from .account import boto3, is_refusal, said
from .kinds import make_role, trust_of

SESSION_CALLS = ["iam:CreateRole", "iam:PutRolePolicy", "sts:AssumeRole"]


def make_actor(at, name, statements):
    """A role that may do just this, which the caller may assume; gives its ARN."""
    arn = make_role(at, name, trust_of({"AWS": at.account.root()}))
    document = {"Version": "2012-10-17", "Statement": statements}
    role = arn.rsplit("/", 1)[1]
    at.call("iam:PutRolePolicy", RoleName=role, PolicyName="confirm-live", PolicyDocument=json.dumps(document))
    return arn


def allow(actions, resource, **condition):
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def session_of(at, arn, session=None):
    """A session of the role and None, or None and the refusal; a new role may be unknown for a while."""
    refusals = []

    def assume():
        told, refused = at.tried("sts:AssumeRole", session=session, RoleArn=arn, RoleSessionName="confirm-live")
        refusals.append(refused)
        return told

    told = at.look(assume, 8)
    if told is None:
        return None, refusals[-1]
    given = told["Credentials"]
    made = boto3.Session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
        region_name=at.account.region,
    )
    return made, None


class Answers:
    """Whether a call is allowed: what must be is asked until it is, then what must not be is asked."""

    def __init__(self, at):
        self.at = at

    def is_allowed(self, ask, looks=8):
        """`ask` gives an answer and None, or None and a refusal. Another error than a refusal is raised."""
        refusals = []

        def once():
            _, refused = ask()
            if refused is not None and not is_refusal(refused):
                raise refused
            refusals.append(refused)
            return refused is None

        allowed = self.at.look(once, looks)
        return bool(allowed), "allowed" if allowed else said(refusals[-1])
