"""Access Analyzer, which moto lacks: the operations Gatehouse uses, as botocore's model describes them.

A finding's status is what a test made it; nothing is recomputed from policies. One with `statusAfterScan` takes that
status when its resource is scanned.
"""

import json
import re
import threading
from urllib.parse import parse_qs, unquote

from moto.utilities.utils import get_partition as partition_of

from . import access_analyzer_checks, access_analyzer_generation, access_analyzer_rules, access_previews
from .access_analyzer_answers import Refusal, error, invalid, not_found, paginate, parse_body, with_token
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
        self.rules = access_analyzer_rules.ArchiveRules()
        self.checks = access_analyzer_checks.Checks()
        self.generation = access_analyzer_generation.Generation()
        self.recommendations = access_analyzer_generation.Recommendations()

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
        finding = dict(finding)
        # A rule archives what is made after it.
        rules = self.rules.list(analyzer)
        if finding.get("status") == "ACTIVE" and any(matches(finding, rule["filter"]) for rule in rules):
            finding["status"] = "ARCHIVED"
        self.findings[analyzer][finding["id"]] = finding

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
            ("PUT", "/archive-rule"): "ApplyArchiveRule",
            ("POST", "/policy/validation"): "ValidatePolicy",
            ("POST", "/policy/check-no-public-access"): "CheckNoPublicAccess",
            ("POST", "/policy/check-no-new-access"): "CheckNoNewAccess",
            ("PUT", "/policy/generation"): "StartPolicyGeneration",
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
        if re.fullmatch(r"/analyzer/[^/]+/archive-rule", path):
            return {"GET": "ListArchiveRules", "PUT": "CreateArchiveRule"}.get(method)
        if method == "PUT" and re.fullmatch(r"/analyzer/[^/]+/archive-rule/[^/]+", path):
            return "UpdateArchiveRule"
        if method == "GET" and re.fullmatch(r"/policy/generation/[^/]+", path):
            return "GetGeneratedPolicy"
        if re.fullmatch(r"/recommendation/[^/]+", path):
            return {"GET": "GetFindingRecommendation", "POST": "GenerateFindingRecommendation"}.get(method)
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
            "ListArchiveRules": self.list_archive_rules,
            "CreateArchiveRule": self.create_archive_rule,
            "UpdateArchiveRule": self.update_archive_rule,
            "ApplyArchiveRule": self.apply_archive_rule,
            "ValidatePolicy": self.validate_policy,
            "CheckNoPublicAccess": lambda request, *_: self.checks.no_public_access(parse_body(request)),
            "CheckNoNewAccess": lambda request, *_: self.checks.no_new_access(parse_body(request)),
            "StartPolicyGeneration": self.start_policy_generation,
            "GetGeneratedPolicy": self.get_generated_policy,
            "GenerateFindingRecommendation": self.generate_recommendation,
            "GetFindingRecommendation": self.get_recommendation,
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

    def list_archive_rules(self, request, account, region):
        query = parse_qs(request.query)
        rules = self.rules.list(self.analyzer_in(request, account, region))
        page, token = paginate(rules, query.get("maxResults", [None])[0], query.get("nextToken", [None])[0])
        return with_token({"archiveRules": page}, token)

    def create_archive_rule(self, request, account, region):
        body = parse_body(request)
        self.rules.create(self.analyzer_in(request, account, region), body.get("ruleName"), body.get("filter"))
        return {}

    def update_archive_rule(self, request, account, region):
        name = unquote(request.path.rstrip("/").rsplit("/", 1)[1])
        self.rules.update(self.analyzer_in(request, account, region), name, parse_body(request).get("filter"))
        return {}

    def apply_archive_rule(self, request, account, region):
        body = parse_body(request)
        analyzer = self.analyzer(body.get("analyzerArn"))
        rule = self.rules.get(analyzer, body.get("ruleName"))
        for finding in self.findings[analyzer].values():
            if finding["status"] == "ACTIVE" and matches(finding, rule["filter"]):
                finding["status"] = "ARCHIVED"
        return {}

    def analyzer_in(self, request, account, region):
        name = unquote(request.path.split("/")[2])
        access_analyzer_rules.check_name("analyzerName", name)
        return self.analyzer(f"arn:{partition_of(region)}:access-analyzer:{region}:{account}:analyzer/{name}")

    def validate_policy(self, request, account, region):
        query = parse_qs(request.query)
        found = self.checks.validate(parse_body(request))
        limit = query.get("maxResults", [self.checks.page])[0]
        page, token = paginate(found, limit, query.get("nextToken", [None])[0])
        return with_token({"findings": page}, token)

    def start_policy_generation(self, request, account, region):
        return {"jobId": self.generation.start(parse_body(request), account)}

    def get_generated_policy(self, request, account, region):
        return self.generation.get(unquote(request.path.rstrip("/").rsplit("/", 1)[1]), account)

    def generate_recommendation(self, request, account, region):
        self.recommendations.generate(self.finding(request))
        return {}

    def get_recommendation(self, request, account, region):
        answer = self.recommendations.get(self.finding(request))
        if "recommendedSteps" not in answer:
            return answer
        token = parse_qs(request.query).get("nextToken", [None])[0]
        page, token = paginate(answer["recommendedSteps"], self.recommendations.page, token)
        return with_token({**answer, "recommendedSteps": page}, token)

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
