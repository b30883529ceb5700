"""Policies made of what a role did, and recommendations for unused permissions: how far they are is what a test made it."""

import datetime
import re
import uuid

from .access_analyzer_answers import Refusal, invalid, not_found

PRINCIPAL = re.compile(r"arn:[^:]*:iam::[^:]*:(role|user)/.{1,576}")
ROLE = re.compile(r"arn:[^:]*:iam::[^:]*:role/.{1,576}")
TRAIL = re.compile(r"arn:[^:]*:cloudtrail:[^:]*:[^:]*:trail/.{1,576}")
MOST_DAYS, MOST_A_DAY = 90, 50
STARTED = "2026-11-21T08:40:00Z"


class Generation:
    """Jobs by their ids. `looks` says how often they are still in progress, `result` what comes of them."""

    def __init__(self):
        self.jobs = {}
        self.looks = 1
        self.policies = []
        self.is_complete = True
        self.failure = None

    def start(self, body, account):
        principal = (body.get("policyGenerationDetails") or {}).get("principalArn")
        if not isinstance(principal, str) or not PRINCIPAL.fullmatch(principal):
            raise invalid("policyGenerationDetails.principalArn", "principalArn is not a role's or user's")
        details = body.get("cloudTrailDetails") or {}
        trails = details.get("trails")
        if not isinstance(trails, list) or not trails:
            raise invalid("cloudTrailDetails.trails", "trails must name a trail")
        for trail in trails:
            if not TRAIL.fullmatch(trail.get("cloudTrailArn", "")):
                raise invalid("cloudTrailDetails.trails", "cloudTrailArn is not a trail's")
        if not ROLE.fullmatch(details.get("accessRole", "")):
            raise invalid("cloudTrailDetails.accessRole", "accessRole is not a role's ARN")
        start, end = (moment(details, key) for key in ("startTime", "endTime"))
        if not datetime.timedelta() < end - start <= datetime.timedelta(days=MOST_DAYS):
            raise invalid("cloudTrailDetails.startTime", f"the period is not of 1 to {MOST_DAYS} days")
        own = [job for job in self.jobs.values() if job["account"] == account]
        if any(self.status(job) == "IN_PROGRESS" for job in own):
            members = {"resourceId": principal, "resourceType": "PolicyGeneration"}
            raise Refusal(409, "ConflictException", "another policy is being generated", **members)
        if len(own) >= MOST_A_DAY:
            members = {"resourceId": principal, "resourceType": "PolicyGeneration"}
            raise Refusal(402, "ServiceQuotaExceededException", "too many policy generations today", **members)
        identifier = str(uuid.uuid4())
        self.jobs[identifier] = {"account": account, "principal": principal, "details": details, "looks": self.looks}
        return identifier

    def status(self, job):
        if job["looks"] > 0:
            return "IN_PROGRESS"
        return "FAILED" if self.failure else "SUCCEEDED"

    def get(self, identifier, account):
        job = self.jobs.get(identifier)
        if job is None or job["account"] != account:
            raise invalid("jobId", "there is no such job")
        status = self.status(job)
        job["looks"] -= 1
        details = {"jobId": identifier, "status": status, "startedOn": STARTED}
        result = {"properties": {"principalArn": job["principal"]}}
        if status == "FAILED":
            details["jobError"] = self.failure
        if status == "SUCCEEDED":
            details["completedOn"] = STARTED
            result["properties"]["isComplete"] = self.is_complete
            result["generatedPolicies"] = [{"policy": policy} for policy in self.policies]
        return {"jobDetails": details, "generatedPolicyResult": result}


class Recommendations:
    """By the finding's id: the steps, or what went wrong; `looks` says how often they are still in progress."""

    def __init__(self):
        self.steps = {}
        self.failures = {}
        self.asked = {}
        self.looks = 1
        self.page = 100

    def generate(self, finding):
        if finding.get("findingType") != "UnusedPermission":
            raise invalid("id", "there are recommendations for unused permissions alone")
        self.asked.setdefault(finding["id"], self.looks)

    def get(self, finding):
        """The answer with every step."""
        identifier = finding["id"]
        if identifier not in self.asked:
            raise not_found(identifier, "Recommendation")
        answer = {
            "startedAt": STARTED,
            "resourceArn": finding["resource"],
            "recommendationType": "UnusedPermissionRecommendation",
        }
        if self.asked[identifier] > 0:
            self.asked[identifier] -= 1
            return {**answer, "status": "IN_PROGRESS"}
        if identifier in self.failures:
            return {**answer, "status": "FAILED", "completedAt": STARTED, "error": self.failures[identifier]}
        steps = [{"unusedPermissionsRecommendedStep": step} for step in self.steps.get(identifier, [])]
        return {**answer, "status": "SUCCEEDED", "completedAt": STARTED, "recommendedSteps": steps}


def moment(details, key):
    try:
        return datetime.datetime.fromisoformat(details[key].replace("Z", "+00:00"))
    except (KeyError, AttributeError, ValueError):
        raise invalid(f"cloudTrailDetails.{key}", f"{key} is not a time") from None
