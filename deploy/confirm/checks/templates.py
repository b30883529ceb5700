"""The templates, as far as CloudFormation looks at them without making anything."""

import pathlib

from ..account import said
from ..facts import CONFIRMED, CONTRADICTED, Check, Fact
from ..kinds import create_bucket

DEPLOY = pathlib.Path(__file__).resolve().parents[2]
# What is longer goes by a bucket.
LONGEST = 51_200


def run(at):
    bucket, refusals, files = None, [], sorted(DEPLOY.glob("*.yaml"))
    suffix = "amazonaws.com.cn" if at.account.partition == "aws-cn" else "amazonaws.com"
    for file in files:
        given = {"TemplateBody": file.read_text()}
        if file.stat().st_size > LONGEST:
            bucket = bucket or create_bucket(at, "templates")
            at.call("s3:PutObject", Bucket=bucket, Key=file.name, Body=file.read_bytes())
            given = {"TemplateURL": f"https://{bucket}.s3.{at.account.region}.{suffix}/{file.name}"}
        _, refused = at.attempt("cloudformation:ValidateTemplate", **given)
        if refused is not None:
            refusals.append(f"{file.name}: {said(refused)}")
    names = ", ".join(file.name for file in files)
    at.judge("valid", CONTRADICTED if refusals else CONFIRMED, "; ".join(refusals) or names)


CHECKS = [
    Check(
        "templates",
        [Fact("templates.valid", "CloudFormation takes the templates.",
              "README; deploy/README.md (Not tried). Whether they deploy is seen by deploy/install alone")],
        ["an S3 bucket with the longer templates"],
        ["s3:CreateBucket", "s3:PutBucketTagging", "s3:PutObject", "cloudformation:ValidateTemplate"],
        run,
        ["bucket"],
    ),
]  # fmt: skip
