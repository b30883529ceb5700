"""A home region that answers for all: Access Analyzer reports a role in every region, under an id of its own in each."""

import copy
import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from support.account import MEMBER
from support.events import published
from test_ledger_processes import Shared, answer

REGIONS = [
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
    "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-west-1",
    "us-west-2",
]


@pytest.fixture
def shared(accounts, binary):
    shared = Shared(accounts, binary)
    yield shared
    shared.stop()


def reported(accounts, number, region):
    """The published finding as the region's own analyzer reports it."""
    event = copy.deepcopy(published())
    event["region"] = region
    event["resources"] = [f"arn:aws:access-analyzer:{region}:{MEMBER}:analyzer/A"]
    event["detail"] |= {"id": f"{number:08x}-0000-4000-8000-000000000017", "updatedAt": f"2026-11-27T00:{number:02d}:00Z"}
    accounts.finding(event)
    return event


@pytest.mark.parametrize("mode", ["enforce", "observe"])
def test_one_role_in_17_regions_is_answered_and_told_once(accounts, shared, mode):
    accounts.published_role()
    events = [reported(accounts, number, region) for number, region in enumerate(REGIONS)]
    functions = [shared.function() for _ in range(4)] if mode == "enforce" else [shared.observing() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(answer, itertools.cycle(functions), events))
    statuses = [status for status, _ in done]
    if mode == "enforce":
        assert statuses.count("RESOLVED") == 1 and statuses.count("ALREADY_RESOLVED") == 16
        assert len(accounts.trust("Audit_CrossAccountRole")["Statement"]) == 2
        assert len(shared.items("CHANGE#")) == 1
    else:
        assert set(statuses) == {"OBSERVED"}
    assert len(accounts.messages()) == 1
