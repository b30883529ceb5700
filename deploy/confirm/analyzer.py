"""Access Analyzer: an analyzer of the account, findings that come by and by, and previews."""

import threading

from .account import said

# One check finds or makes the analyzer, the others wait for it.
FINDING_ONE = threading.Lock()

LIST_FINDINGS = "accessanalyzer:ListFindings"
ANALYZER_CALLS = ["accessanalyzer:ListAnalyzers", "accessanalyzer:CreateAnalyzer"]
PREVIEW_CALLS = [
    *ANALYZER_CALLS, "accessanalyzer:CreateAccessPreview", "accessanalyzer:GetAccessPreview",
    "accessanalyzer:ListAccessPreviewFindings",
]  # fmt: skip
FINDING_CALLS = [*ANALYZER_CALLS, LIST_FINDINGS, "accessanalyzer:StartResourceScan"]


class Unseen(Exception):
    """Access Analyzer did not say in time what was asked; the text says what."""


def analyzer_of(at):
    """The ARN of an active analyzer of the account; one is made where there is none."""
    with FINDING_ONE:
        if at.account.analyzer is None:
            at.account.analyzer = find_analyzer(at)
        return at.account.analyzer


def find_analyzer(at):
    def active():
        found = at.call("accessanalyzer:ListAnalyzers", type="ACCOUNT")["analyzers"]
        return next((each["arn"] for each in found if each["status"] == "ACTIVE"), None)

    found = active()
    if found is None:
        name = f"{at.account.prefix}analyzer"
        tags = {at.account.tags()[0]["Key"]: at.account.run}
        at.make("analyzer", name, "accessanalyzer:CreateAnalyzer", analyzerName=name, type="ACCOUNT", tags=tags)
        found = at.look(active, 20)
    if found is None:
        raise Unseen("no analyzer of the account became active")
    return found


def preview(at, arn, configuration):
    """What Access Analyzer would find if the resource were configured so."""
    analyzer = analyzer_of(at)
    made = at.call("accessanalyzer:CreateAccessPreview", analyzerArn=analyzer, configurations=configuration)["id"]

    def state():
        told = at.call("accessanalyzer:GetAccessPreview", accessPreviewId=made, analyzerArn=analyzer)["accessPreview"]
        return None if told["status"] == "CREATING" else told

    told = at.look(state, 30)
    if told is None:
        raise Unseen("the preview was not completed in time")
    if told["status"] != "COMPLETED":
        raise Unseen(f"the preview failed: {told.get('statusReason', {}).get('code', 'no reason')}")
    found, token = [], {}
    while True:
        page = at.call("accessanalyzer:ListAccessPreviewFindings", accessPreviewId=made, analyzerArn=analyzer, **token)
        found += page["findings"]
        if not page.get("nextToken"):
            return found
        token = {"nextToken": page["nextToken"]}


def is_of(at, finding, account):
    """Whether the finding's principal is of this account."""
    named = "".join((finding.get("principal") or {}).values())
    return named == account or f":{account}:" in named


def active(at, findings, account=None):
    account = account or at.account.outsider
    return [each for each in findings if each.get("status") == "ACTIVE" and is_of(at, each, account)]


def finding_of(at, arn, wanted="ACTIVE", minutes=40, identifier=None):
    """The outsider's finding on the resource once it stands so; scans are asked for, and an answer may take half an hour."""
    analyzer = analyzer_of(at)
    looks = max(3, int(minutes * 60 / max(at.account.pace, 10)))
    for number in range(looks):
        if number % 20 == 0:
            _, refused = at.tried(
                "accessanalyzer:StartResourceScan", analyzerArn=analyzer, resourceArn=arn,
                resourceOwnerAccount=at.account.id,
            )  # fmt: skip
            if refused is not None:
                at.account.log(f"{at.check.name}: no scan: {said(refused)}")
        criteria = {"resource": {"eq": [arn]}}
        for finding in at.call(LIST_FINDINGS, analyzerArn=analyzer, filter=criteria)["findings"]:
            is_right = identifier in (None, finding["id"]) and is_of(at, finding, at.account.outsider)
            if is_right and finding["status"] == wanted:
                return {**finding, "analyzerArn": analyzer}
        if number < looks - 1:
            at.wait()
    return None
