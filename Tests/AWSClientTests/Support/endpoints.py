"""Writes endpoints.txt: hosts by AWS's endpoint rule sets as botocore has them.

Run: python3 endpoints.py > endpoints.txt
"""

import glob
import gzip
import json
import os

import botocore
from botocore.endpoint_provider import EndpointProvider

DATA = os.path.join(botocore.__path__[0], "data")
PARTITIONS = json.load(open(os.path.join(DATA, "partitions.json")))
SERVICES = ["iam", "sts", "sns", "accessanalyzer", "s3", "ssm", "sqs", "lambda", "kms", "secretsmanager", "efs", "ec2"]
SERVICES += ["ecr", "rds", "dynamodb", "organizations", "s3control", "logs", "cloudformation", "cloudtrail", "events"]
HOMES = {"organizations": ["us-east-1", "cn-northwest-1", "us-gov-west-1"]}
REGIONS = ["us-east-1", "eu-central-1", "cn-north-1", "cn-northwest-1", "us-gov-west-1", "us-gov-east-1"]

for service in SERVICES:
    rules = sorted(glob.glob(f"{DATA}/{service}/*/endpoint-rule-set-1.json.gz"))[-1]
    provider = EndpointProvider(json.loads(gzip.open(rules).read()), PARTITIONS)
    for region in HOMES.get(service, REGIONS):
        for fips in (False, True):
            for dual in (False, True):
                if fips and region.startswith("cn-"):
                    continue  # the rule sets give names that do not exist
                extra = {"UseGlobalEndpoint": False} if service == "sts" else {}
                if service == "s3control":
                    if dual:
                        continue  # directory buckets have none
                    extra = {
                        "AccountId": "123456789012",
                        "RequiresAccountId": True,
                        "UseS3ExpressControlEndpoint": True,
                    }
                found = provider.resolve_endpoint(Region=region, UseFIPS=fips, UseDualStack=dual, **extra)
                schemes = found.properties.get("authSchemes") or [{}]
                signing = schemes[0].get("signingRegion") or region
                print(service, region, int(fips), int(dual), found.url, signing)
