"""Every way in which an access is blocked: one resource and one finding each, from the event to the message."""

import json
from dataclasses import dataclass, field, replace

from .account import MEMBER
from .kinds import BY_POLICY, BY_SHARING, FUNCTION, OUTSIDER, PARTNER, Kind, arn, named
from .resources import Resources

EVERYBODY = {"AWS": "*"}
# The owner of the bucket, one who is let in by the ACL, and what AWS writes for groups.
OWNER, GUEST = "1".rjust(64, "0"), "a" * 64
GROUPS = "http://acs.amazonaws.com/groups/"
LAYER = arn("lambda", "layer:common:3")


@dataclass(frozen=True)
class Way:
    """A resource that lets somebody in, and how the finding on it is answered."""

    name: str
    kind: Kind
    # As fixtures describe a resource.
    resource: dict
    principal: dict = field(default_factory=lambda: {"AWS": OUTSIDER})
    # What Access Analyzer says gives the access; empty where it says nothing.
    sources: tuple = ()
    # What the rule says the access is closed with.
    means: str = None
    condition: dict = field(default_factory=dict)

    @property
    def is_shared(self):
        return "sharedWith" in self.resource

    @property
    def is_in_case_alone(self):
        """Whether what was taken out is in the case and nowhere else, so that an id does not undo it."""
        return self.is_shared or "BUCKET_ACL" in self.sources or self.means is not None or self.takes_statements

    @property
    def takes_statements(self):
        return self.kind is LAYER_VERSION or not self.resource.get("hasWholePolicies", True)

    @property
    def rules(self):
        rule = {"name": "close", "reason": "It is not intended.", "when": {"kind": {"eq": ["ExternalAccess"]}}}
        means = {"with": self.means} if self.means else {}
        return {"version": 1, "default": "NOTIFY", "rules": [{**rule, "action": "RESOLVE", **means}]}

    def named(self, name, arn):
        """The same on a resource of another name."""
        resource = json.loads(json.dumps(self.resource).replace(self.kind.arn, arn))
        kind = replace(self.kind, arn=arn)
        return replace(self, name=name, kind=kind, resource=resource)


class Blocked:
    """A resource of a way, before and after the function has answered the finding on it."""

    def __init__(self, way, accounts, function, **settings):
        self.way, self.accounts, self.aws = way, accounts, accounts.aws
        Resources(accounts).make(way.kind.arn, way.resource)
        self.held = Resources(accounts).held(way.kind.arn, MEMBER)
        self.before = self.held.access
        self.topic = accounts.topic()
        self.event = way.kind.event(principal=way.principal, condition=way.condition)
        sources = {"sources": [{"type": source} for source in way.sources]} if way.sources else {}
        accounts.finding(self.event, **sources)
        self.start = lambda handler: function(
            handler,
            own=MEMBER,
            GATEHOUSE_MODE="enforce",
            GATEHOUSE_RULES=json.dumps(way.rules),
            GATEHOUSE_TOPIC_ARN=self.topic,
            GATEHOUSE_ORGANIZATION_LOOKUPS="off",
            **settings,
        )

    @property
    def by_id(self):
        return {"findingId": self.event["detail"]["id"], "resource": self.way.kind.arn}

    def respond(self):
        """Answers the event; gives the case."""
        outcome = self.start("respond").invoke(self.event)
        assert outcome.kind == "response", outcome.body
        self.case = outcome.json
        return self.case

    def block(self):
        """Answers the event, which blocks the access; gives the message's text."""
        case = self.respond()
        assert case["outcome"]["status"] == "RESOLVED", case["outcome"]["summary"]
        assert self.held.access != self.before
        return self.message()["Message"]

    def message(self):
        """The one mail that was sent."""
        (message,) = self.accounts.messages()
        return message

    def rollback(self, case=None):
        """The outcome's status and summary."""
        outcome = self.start("rollback").invoke(case or self.case)
        assert outcome.kind == "response", outcome.body
        return outcome.json["outcome"]["status"], outcome.json["outcome"]["summary"]


def group(name, permission):
    return {"Grantee": {"Type": "Group", "URI": f"{GROUPS}{name}"}, "Permission": permission}


def user(identifier, permission, **more):
    return {"Grantee": {"Type": "CanonicalUser", "ID": identifier, **more}, "Permission": permission}


def permission(resource, sid, principal, action, **more):
    """A statement as Lambda writes it."""
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource, **more}


def policy(*statements):
    return {"Version": "2012-10-17", "Id": "default", "Statement": list(statements)}


def root(account):
    return {"AWS": f"arn:aws:iam::{account}:root"}


BUCKET_KIND = named("bucket")
FUNCTION_KIND = named("function")
LAYER_VERSION = Kind("layer", "AWS::Lambda::LayerVersion", LAYER, ("lambda:GetLayerVersion",))

# Everybody and a canonical user among others, each between two who stay.
ACL = {
    "Owner": {"ID": OWNER},
    "Grants": [
        user(OWNER, "FULL_CONTROL"),
        group("global/AllUsers", "READ"),
        user(GUEST, "READ"),
        group("global/AuthenticatedUsers", "READ_ACP"),
        user(GUEST, "WRITE_ACP"),
        group("s3/LogDelivery", "WRITE"),
    ],
}
OPEN_POLICY = BUCKET_KIND.document(BUCKET_KIND.allow("*", Sid="Open"))
TRIGGER = permission(
    FUNCTION,
    "trigger",
    {"Service": "s3.amazonaws.com"},
    "lambda:InvokeFunction",
    Condition={"StringEquals": {"AWS:SourceAccount": MEMBER}, "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::uploads"}},
)
OF_LAYER = "lambda:GetLayerVersion"
WITHIN_ORGANIZATION = {"aws:PrincipalOrgID": "o-zzzzzzzzzz"}
SOME_FLAGS = {"BlockPublicAcls": True, "IgnorePublicAcls": False, "BlockPublicPolicy": False}

POLICIES = [Way(kind.name, kind, {"policy": kind.letting_in(OUTSIDER)}) for kind in BY_POLICY]
SHARING = [Way(kind.name, kind, {"sharedWith": [PARTNER, OUTSIDER]}) for kind in BY_SHARING]
SHARING += [Way(f"{kind.name}-everybody", kind, {"sharedWith": ["all", PARTNER]}, EVERYBODY) for kind in BY_SHARING]
ACLS = [
    Way("acl-everybody", BUCKET_KIND, {"acl": ACL}, EVERYBODY, ("BUCKET_ACL",)),
    Way("acl-canonical-user", BUCKET_KIND, {"acl": ACL}, {"CanonicalUser": GUEST}, ("BUCKET_ACL",)),
]
POLICY_AND_ACL = Way(
    "policy-and-acl", BUCKET_KIND, {"policy": OPEN_POLICY, "acl": ACL}, EVERYBODY, ("POLICY", "BUCKET_ACL")
)
BLOCKS = [
    Way("block", BUCKET_KIND, {"policy": OPEN_POLICY}, EVERYBODY, means="PUBLIC_ACCESS_BLOCK"),
    Way(
        "block-some-flags",
        BUCKET_KIND,
        {"policy": OPEN_POLICY, "acl": ACL, "publicAccessBlock": {**SOME_FLAGS, "RestrictPublicBuckets": False}},
        EVERYBODY,
        ("BUCKET_ACL", "POLICY"),
        means="PUBLIC_ACCESS_BLOCK",
    ),
]
# Somebody else's access point lets in, and the bucket itself has no policy.
NO_POLICY = Way("bucket-no-policy", BUCKET_KIND, {}, sources=("S3_ACCESS_POINT",))
LAYERS = [
    Way(
        "layer",
        LAYER_VERSION,
        {
            "policy": policy(
                permission(LAYER, "other", root(PARTNER), OF_LAYER),
                permission(LAYER, "outsider", root(OUTSIDER), OF_LAYER),
            )
        },
    ),
    Way(
        "layer-everybody",
        LAYER_VERSION,
        {"policy": policy(permission(LAYER, "open", "*", OF_LAYER))},
        EVERYBODY,
    ),
    Way(
        "layer-organization",
        LAYER_VERSION,
        {
            "policy": policy(
                permission(LAYER, "other", root(PARTNER), OF_LAYER),
                permission(LAYER, "org", "*", OF_LAYER, Condition={"StringEquals": WITHIN_ORGANIZATION}),
            )
        },
        EVERYBODY,
        condition=WITHIN_ORGANIZATION,
    ),
    Way(
        "layer-twice",
        LAYER_VERSION,
        {
            "policy": policy(
                permission(LAYER, "outsider-1", root(OUTSIDER), OF_LAYER),
                permission(LAYER, "other", root(PARTNER), OF_LAYER),
                permission(LAYER, "outsider-2", root(OUTSIDER), OF_LAYER),
            )
        },
    ),
]
FUNCTIONS = [
    Way(
        "function-statement",
        FUNCTION_KIND,
        {
            "policy": policy(TRIGGER, permission(FUNCTION, "outsider", root(OUTSIDER), "lambda:InvokeFunction")),
            "hasWholePolicies": False,
        },
    ),
    Way(
        "function-url",
        replace(FUNCTION_KIND, actions=("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")),
        {
            "policy": policy(
                permission(
                    FUNCTION,
                    "FunctionURLAllowPublicAccess",
                    "*",
                    "lambda:InvokeFunctionUrl",
                    Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
                ),
                TRIGGER,
                permission(
                    FUNCTION,
                    "FunctionURLInvokeAllowPublicAccess",
                    "*",
                    "lambda:InvokeFunction",
                    Condition={"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
                ),
            ),
            "hasWholePolicies": False,
        },
        EVERYBODY,
        condition={"lambda:FunctionUrlAuthType": "NONE"},
    ),
]
WAYS = [*POLICIES, *SHARING, *ACLS, POLICY_AND_ACL, *BLOCKS, NO_POLICY, *LAYERS, *FUNCTIONS]


def way(name):
    return next(way for way in WAYS if way.name == name)
