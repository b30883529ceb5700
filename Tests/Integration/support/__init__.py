"""Pieces the integration tests share: a stand-in for AWS, Lambda's side of the function, and events."""
