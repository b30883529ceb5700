#!/usr/bin/env python3
"""Gatehouse as a CDK app: deploy/gatehouse.yaml as it is, with the zip and the workflow uploaded as assets.

Everything else that can be chosen stays a parameter: `cdk deploy gatehouse --parameters gatehouse:Mode=enforce …`.
The stack's name, account and region come from the context: `cdk deploy gatehouse -c stack=gatehouse -c region=eu-central-1`.
The stack of that name with -ledger behind it is deploy/ledger.yaml; its output is the other's parameter LedgerTableArn.
"""

import pathlib
import sys

import aws_cdk as cdk
from aws_cdk import aws_s3_assets as assets
from aws_cdk import cloudformation_include as include

DEPLOY = pathlib.Path(__file__).resolve().parents[1]
ZIP = DEPLOY.parent / ".build" / "lambda" / "gatehouse.zip"


class Gatehouse(cdk.Stack):
    """The template's own resources under their own names, so that a stack of one way can be updated by the other."""

    def __init__(self, scope, name, **options):
        super().__init__(scope, name, **options)
        code = assets.Asset(self, "Code", path=str(ZIP))
        workflow = assets.Asset(self, "Definition", path=str(DEPLOY / "gatehouse.asl.json"))
        self.template = include.CfnInclude(
            self,
            "Template",
            template_file=str(DEPLOY / "gatehouse.yaml"),
            parameters={
                "CodeBucket": code.s3_bucket_name,
                "CodeKey": code.s3_object_key,
                "WorkflowKey": workflow.s3_object_key,
            },
        )


class Ledger(cdk.Stack):
    """The ledger's table. Its ARN is handed over as a parameter: what conditions ask for cannot be another stack's export."""

    def __init__(self, scope, name, **options):
        super().__init__(scope, name, **options)
        self.template = include.CfnInclude(self, "Template", template_file=str(DEPLOY / "ledger.yaml"))


if not ZIP.exists():
    sys.exit(f"{ZIP} is missing: run deploy/package first")
# The CDK's own checks try every mix of conditions within a resource, and do not come to an end with one for each type that
# can be blocked. cfn-lint checks the template.
app = cdk.App(analytics_reporting=False, builtin_cloud_formation_validation=False)
name = app.node.try_get_context("stack") or "gatehouse"
env = cdk.Environment(
    account=app.node.try_get_context("account"),
    region=app.node.try_get_context("region"),
)
Ledger(app, f"{name}-ledger", env=env, termination_protection=True)
Gatehouse(app, name, env=env)
app.synth()
