"""What the published sample does, as a Lambda custom runtime with boto3: GetRole, UpdateAssumeRolePolicy, Publish.

Three calls where Gatehouse makes seven: the sample looks at neither the finding nor what was archived, and does not
read its change back. Written anew; only the calls and their order are the sample's.
"""

import json
import os
import urllib.request

import boto3

HOST = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
TOPIC = os.environ.get("GATEHOUSE_TOPIC_ARN")


def respond(event, iam, sns):
    """Adds the Deny and says so."""
    finding = event["detail"]
    principal = finding["principal"]["AWS"]
    name = finding["resource"].rsplit("/", 1)[-1]
    document = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    document["Statement"].append({
        "Sid": finding["id"].replace("-", ""), "Effect": "Deny", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole",
    })
    iam.update_assume_role_policy(RoleName=name, PolicyDocument=json.dumps(document))
    if TOPIC:
        sns.publish(TopicArn=TOPIC, Subject="BLOCKED", Message=f"{name} is closed to {principal}.")
    return {"outcome": "RESOLVED", "after": document}


def main():
    iam, sns = boto3.client("iam"), boto3.client("sns")
    while True:
        with urllib.request.urlopen(f"{HOST}/next") as invocation:
            request, event = invocation.headers["Lambda-Runtime-Aws-Request-Id"], json.load(invocation)
        response = json.dumps(respond(event, iam, sns)).encode()
        urllib.request.urlopen(urllib.request.Request(f"{HOST}/{request}/response", response, method="POST")).close()


main()
