"""Access Analyzer, which moto lacks: the operations Gatehouse uses, as botocore's model describes them.

A finding's status is what a test made it; nothing is recomputed from policies. One with `statusAfterScan` takes that
status when its resource is scanned.
"""

import base64
import json
import re
import threading
from urllib.parse import parse_qs, unquote

from moto.utilities.utils import get_partition as partition_of

from . import access_previews
from .http import Answer

ANALYZER_ARN = re.compile(r"^[^:]*:[^:]*:[^:]*:[^:]*:[^:]*:analyzer/.{1,255}$")
SUMMARY_ONLY_IN_DETAILS = (
    "principal",
    "action",
    "condition",
    "isPublic",
    "sources",
    "resourceControlPolicyRestriction",
)


class Refusal(Exception):
    """An error answer in the shape of the service's own."""

    def __init__(self, status, code, message, **members):
        super().__init__(message)
        self.answer = error(status, code, message, **members)


def error(status, code, message, **members):
    body = json.dumps({"message": message, **members}).encode()
    headers = [("Content-Type", "application/json"), ("x-amzn-ErrorType", code)]
    return Answer(status, headers, body)


def invalid(field, message):
    return Refusal(
        400,
        "ValidationException",
        message,
        reason="fieldValidationFailed",
        fieldList=[{"name": field, "message": message}],
    )


def not_found(identifier, kind):
    return Refusal(404, "ResourceNotFoundException", f"{kind} not found", resourceId=identifier, resourceType=kind)


class AccessAnalyzer:
    """Analyzers and findings of every account and region, and the service's answers about them."""

    def __init__(self):
        self.lock = threading.Lock()
        self.reset()

    def reset(self):
        self.analyzers = {}
        self.findings = {}
        self.scans = []
        self.previews = access_previews.Previews()

    def add_analyzer(self, arn, kind="ACCOUNT"):
        """An analyzer; `kind` as the service names them (`ACCOUNT`, `ORGANIZATION` …)."""
        summary = {
            "arn": arn,
            "name": arn.rsplit("/", 1)[1],
            "type": kind,
            "createdAt": "2020-05-01T00:00:00Z",
            "status": "ACTIVE",
            "tags": {},
        }
        self.analyzers[arn] = summary
        self.findings.setdefault(arn, {})

    def add_finding(self, analyzer, finding):
        """A finding in the shape of the service's own `Finding`."""
        if analyzer not in self.analyzers:
            self.add_analyzer(analyzer)
        self.findings[analyzer][finding["id"]] = dict(finding)

    @staticmethod
    def action(request):
        """The operation's name, which the recorder and the permissions go by."""
        method, path = request.method, request.path.rstrip("/")
        named = {
            ("GET", "/analyzer"): "ListAnalyzers",
            ("PUT", "/analyzer"): "CreateAnalyzer",
            ("POST", "/finding"): "ListFindings",
            ("POST", "/findingv2"): "ListFindingsV2",
            ("PUT", "/finding"): "UpdateFindings",
            ("POST", "/resource/scan"): "StartResourceScan",
            ("PUT", "/access-preview"): "CreateAccessPreview",
        }
        if (method, path) in named:
            return named[(method, path)]
        if method == "DELETE" and re.fullmatch(r"/analyzer/[^/]+", path):
            return "DeleteAnalyzer"
        if method == "GET" and re.fullmatch(r"/finding/[^/]+", path):
            return "GetFinding"
        if method == "GET" and re.fullmatch(r"/findingv2/[^/]+", path):
            return "GetFindingV2"
        if re.fullmatch(r"/access-preview/[^/]+", path):
            return {"GET": "GetAccessPreview", "POST": "ListAccessPreviewFindings"}.get(method)
        return None

    def answer(self, request, account, region):
        """Answers a request that is already known to be genuine and permitted."""
        operation = {
            "ListAnalyzers": self.list_analyzers,
            "CreateAnalyzer": self.create_analyzer,
            "DeleteAnalyzer": self.delete_analyzer,
            "GetFinding": self.get_finding,
            "GetFindingV2": self.get_finding_v2,
            "ListFindings": self.list_findings,
            "ListFindingsV2": self.list_findings_v2,
            "UpdateFindings": self.update_findings,
            "StartResourceScan": self.start_resource_scan,
            "CreateAccessPreview": self.create_access_preview,
            "GetAccessPreview": self.get_access_preview,
            "ListAccessPreviewFindings": self.list_access_preview_findings,
        }.get(self.action(request))
        if operation is None:
            return error(
                400, "ValidationException", f"no operation {request.method} {request.path}", reason="unknownOperation"
            )
        try:
            with self.lock:
                body = json.dumps(operation(request, account, region)).encode()
            return Answer(200, [("Content-Type", "application/json")], body)
        except Refusal as refusal:
            return refusal.answer

    def list_analyzers(self, request, account, region):
        query = parse_qs(request.query)
        kind = query.get("type", [None])[0]
        found = [
            analyzer
            for arn, analyzer in self.analyzers.items()
            if arn.split(":")[3:5] == [region, account] and kind in (None, analyzer["type"])
        ]
        page, token = paginate(found, query.get("maxResults", [None])[0], query.get("nextToken", [None])[0])
        return with_token({"analyzers": page}, token)

    def create_analyzer(self, request, account, region):
        body = parse_body(request)
        arn = f"arn:{partition_of(region)}:access-analyzer:{region}:{account}:analyzer/{body['analyzerName']}"
        if arn in self.analyzers:
            raise Refusal(409, "ConflictException", "an analyzer of that name is there", resourceId=arn, resourceType="Analyzer")
        self.add_analyzer(arn, body["type"])
        self.analyzers[arn]["tags"] = body.get("tags", {})
        return {"arn": arn}

    def delete_analyzer(self, request, account, region):
        name = unquote(request.path.rstrip("/").rsplit("/", 1)[1])
        arn = self.analyzer(f"arn:{partition_of(region)}:access-analyzer:{region}:{account}:analyzer/{name}")
        del self.analyzers[arn]
        del self.findings[arn]
        return {}

    def get_finding(self, request, account, region):
        finding = self.finding(request)
        if finding.get("findingType", "ExternalAccess") != "ExternalAccess":
            raise invalid("id", "GetFinding is for external access findings only")
        return {"finding": told(finding)}

    def get_finding_v2(self, request, account, region):
        finding = self.finding(request)
        answer = {key: value for key, value in told(finding).items() if key not in SUMMARY_ONLY_IN_DETAILS}
        details = {key: finding[key] for key in SUMMARY_ONLY_IN_DETAILS if key in finding}
        details.setdefault("condition", {})
        answer["findingType"] = finding.get("findingType", "ExternalAccess")
        kind = "internalAccessDetails" if answer["findingType"] == "InternalAccess" else "externalAccessDetails"
        answer["findingDetails"] = finding.get("findingDetails", [{kind: details}])
        return answer

    def list_findings(self, request, account, region):
        body = parse_body(request)
        findings = self.findings[self.analyzer(body.get("analyzerArn"))]
        criteria = body.get("filter", {})
        found = [finding for finding in findings.values() if matches(finding, criteria)]
        page, token = paginate(found, body.get("maxResults"), body.get("nextToken"))
        return with_token({"findings": [told(finding) for finding in page]}, token)

    def list_findings_v2(self, request, account, region):
        answer = self.list_findings(request, account, region)
        for finding in answer["findings"]:
            finding.setdefault("findingType", "ExternalAccess")
            for key in (*SUMMARY_ONLY_IN_DETAILS, "findingDetails"):
                finding.pop(key, None)
        return answer

    def update_findings(self, request, account, region):
        body = parse_body(request)
        findings = self.findings[self.analyzer(body.get("analyzerArn"))]
        if body.get("status") not in ("ACTIVE", "ARCHIVED"):
            raise invalid("status", "status must be ACTIVE or ARCHIVED")
        if ("ids" in body) == ("resourceArn" in body):
            raise invalid("ids", "give either ids or resourceArn")
        for identifier in body.get("ids", []):
            if identifier not in findings:
                raise not_found(identifier, "Finding")
        for finding in findings.values():
            if finding["id"] in body.get("ids", []) or finding.get("resource") == body.get("resourceArn", 0):
                finding["status"] = body["status"]
        return {}

    def start_resource_scan(self, request, account, region):
        body = parse_body(request)
        analyzer = self.analyzer(body.get("analyzerArn"))
        if not str(body.get("resourceArn", "")).startswith("arn:"):
            raise invalid("resourceArn", "resourceArn must be an ARN")
        if not re.fullmatch("[0-9]{12}", body.get("resourceOwnerAccount", "0" * 12)):
            raise invalid("resourceOwnerAccount", "resourceOwnerAccount must be 12 digits")
        self.scans.append(body)
        for finding in self.findings[analyzer].values():
            if finding.get("resource") == body["resourceArn"] and "statusAfterScan" in finding:
                finding["status"] = finding["statusAfterScan"]
        return {}

    def create_access_preview(self, request, account, region):
        body = parse_body(request)
        analyzer, configurations = self.analyzer(body.get("analyzerArn")), body.get("configurations")
        if analyzer.split(":")[3:5] != [region, account]:
            raise not_found(analyzer, "Analyzer")
        if self.analyzers[analyzer]["type"] != "ACCOUNT" or self.analyzers[analyzer]["status"] != "ACTIVE":
            raise invalid("analyzerArn", "Access previews need an account analyzer")
        if not isinstance(configurations, dict) or len(configurations) != 1:
            raise invalid("configurations", "give one configuration")
        ((resource, configuration),) = configurations.items()
        if resource.count(":") < 5 or resource.split(":")[4] not in ("", account):
            raise invalid("configurations", "the resource is in another account")
        fault = access_previews.fault_of(resource, configuration)
        if fault is not None:
            raise invalid("configurations", fault)
        return {"id": self.previews.create(analyzer, resource, configuration)}

    def get_access_preview(self, request, account, region):
        identifier = self.preview(request, parse_qs(request.query).get("analyzerArn", [None])[0])
        preview = self.previews.all[identifier]
        return {
            "accessPreview": {
                "id": identifier,
                "analyzerArn": preview["analyzer"],
                "configurations": {preview["resource"]: preview["configuration"]},
                "createdAt": "2026-11-21T08:40:00Z",
                **self.previews.state(identifier),
            }
        }

    def list_access_preview_findings(self, request, account, region):
        body = parse_body(request)
        identifier = self.preview(request, body.get("analyzerArn"))
        if "isReady" not in self.previews.all[identifier]:
            # AWS does not say what it answers so early, and nobody is to rely on it.
            members = {"resourceId": identifier, "resourceType": "Access preview"}
            raise Refusal(409, "ConflictException", "the preview is not ready", **members)
        known = self.findings[self.previews.all[identifier]["analyzer"]].values()
        found = [told(finding) for finding in self.previews.findings(identifier, known)]
        found = [finding for finding in found if matches(finding, body.get("filter", {}))]
        page, token = paginate(found, body.get("maxResults", self.previews.page), body.get("nextToken"))
        return with_token({"findings": page}, token)

    def preview(self, request, analyzer):
        identifier = unquote(request.path.rstrip("/").rsplit("/", 1)[1])
        if self.previews.all.get(identifier, {}).get("analyzer") != self.analyzer(analyzer):
            raise not_found(identifier, "Access preview")
        return identifier

    def finding(self, request):
        arn = parse_qs(request.query).get("analyzerArn", [None])[0]
        identifier = unquote(request.path.rstrip("/").rsplit("/", 1)[1])
        finding = self.findings[self.analyzer(arn)].get(identifier)
        if finding is None:
            raise not_found(identifier, "Finding")
        return finding

    def analyzer(self, arn):
        if not isinstance(arn, str) or not ANALYZER_ARN.match(arn):
            raise invalid("analyzerArn", "analyzerArn does not look like an analyzer's ARN")
        if arn not in self.analyzers:
            raise not_found(arn, "Analyzer")
        return arn


def told(finding):
    """What the service tells of a finding."""
    return {key: value for key, value in finding.items() if key != "statusAfterScan"}


def parse_body(request):
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "ValidationException", "the body is not a JSON object", reason="cannotParse")
    return body


def matches(finding, criteria):
    """Whether every criterion holds, as the service's filters are described."""
    return all(criterion_holds(values_of(finding, key), criterion) for key, criterion in criteria.items())


def values_of(finding, key):
    head, _, rest = key.partition(".")
    value = finding.get(head)
    if rest:
        value = (value or {}).get(rest)
    if value is None:
        return []
    values = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]


def criterion_holds(values, criterion):
    if "exists" in criterion and criterion["exists"] != bool(values):
        return False
    if "eq" in criterion and not any(value in criterion["eq"] for value in values):
        return False
    if "neq" in criterion and any(value in criterion["neq"] for value in values):
        return False
    if "contains" in criterion and not any(part in value for value in values for part in criterion["contains"]):
        return False
    return True


def paginate(items, limit, token):
    """One page and the token of the next; the token is the next position, made opaque."""
    try:
        start = int(base64.b64decode(token)) if token else 0
        size = int(limit) if limit is not None else 100
    except ValueError:
        raise invalid("nextToken", "nextToken or maxResults cannot be read") from None
    page = items[start : start + size]
    rest = start + size < len(items)
    return page, base64.b64encode(str(start + size).encode()).decode() if rest else None


def with_token(answer, token):
    return {**answer, "nextToken": token} if token else answer
