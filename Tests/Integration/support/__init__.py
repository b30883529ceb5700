"""Pieces the integration tests share: a stand-in for AWS, Lambda's side of the function, and events."""

import os

# moto reads these while it is imported, whichever module does that first.
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "0"
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
