"""What a role's session is to AWS: the condition keys that templates and proofs rely on."""

from ..account import code_of, said
from ..facts import CONFIRMED, CONTRADICTED, UNKNOWN, Check, Fact
from ..kinds import make_role, name_of, text, trust_of
from ..sessions import SESSION_CALLS, Answers, allow, make_actor, session_of

# Without the condition, with the value that is wanted, and with another one.
EACH = ("free", "with", "without")


def verdict_of(free, with_it, without, words):
    """Each an answer and its words: without the condition, with the value that is wanted, and with another one."""
    (is_free, said_of_free), (is_allowed, said_of_it), (is_other, said_of_other) = free, with_it, without
    if not is_free:
        return UNKNOWN, f"without the condition: {said_of_free}"
    if is_other and is_allowed:
        return UNKNOWN, "the condition stops nobody: permissions are not looked at"
    return (CONFIRMED if is_allowed else CONTRADICTED), f"with {words} {said_of_it}, with another value {said_of_other}"


def assuming(at, session, arn):
    return lambda: at.attempt("sts:AssumeRole", session=session, RoleArn=arn, RoleSessionName="confirm-live")


def organization(at):
    """The organization's id, or None and why it is not known."""
    told, refused = at.tried("organizations:DescribeOrganization")
    return (told["Organization"]["Id"], None) if told else (None, said(refused))


def run(at):
    account, answers = at.account, Answers(at)
    base = f"arn:{account.partition}:iam::{account.id}:role"
    path = f"{base}{account.path}{name_of(at, '')}"
    wanted_tag, other_tag = ({"StringEquals": {"aws:ResourceTag/gatehouse:confirm-live": value}} for value in (account.run, "x"))
    org, why_none = organization(at) if at.check.wants("resource-org-id") else (None, "")
    statements = [
        allow("sts:AssumeRole", [f"{path}path-{each}" for each in EACH] + [f"{path}org-free"]),
        allow("iam:UpdateAssumeRolePolicy", f"{path}tag-free"),
        allow("iam:UpdateAssumeRolePolicy", f"{path}tag-with", **wanted_tag),
        allow("iam:UpdateAssumeRolePolicy", f"{path}tag-without", **other_tag),
    ]
    if org:
        statements += [
            allow("sts:AssumeRole", f"{path}org-with", StringEquals={"aws:ResourceOrgID": org}),
            allow("sts:AssumeRole", f"{path}org-without", StringEquals={"aws:ResourceOrgID": "o-nobody0000"}),
        ]
    actor = make_actor(at, "actor", statements)
    session, refused = session_of(at, actor)
    if session is None:
        for fact in at.check.chosen:
            at.judge(fact.id.split(".")[1], UNKNOWN, f"the caller cannot assume a role of the account: {said(refused)}")
        return
    root = {"AWS": account.root()}

    def judge(suffix, name, ask, words, conditions=None):
        """Of three roles, of which one has no condition, and two differ in its value."""
        told = []
        for each in EACH:
            made = make_role(at, f"{name}-{each}", trust_of(root, **(conditions or {}).get(each, {})))
            # What must be allowed may take a while to be.
            told.append(answers.is_allowed(ask(made), 2 if each == "without" else 8))
        at.judge(suffix, *verdict_of(*told, words))

    def assume(made):
        return assuming(at, session, made)

    def update(made):
        name, document = made.rsplit("/", 1)[1], text(trust_of(root))
        return lambda: at.attempt("iam:UpdateAssumeRolePolicy", session=session, RoleName=name, PolicyDocument=document)

    if at.check.wants("principal-arn-path"):
        arns = {"with": actor, "without": f"{base}/{actor.rsplit('/', 1)[1]}"}
        conditions = {each: {"Condition": {"ArnEquals": {"aws:PrincipalArn": arn}}} for each, arn in arns.items()}
        judge("principal-arn-path", "path", assume, "the path", conditions)
    if at.check.wants("resource-tag"):
        judge("resource-tag", "tag", update, "the role's tag")
    if at.check.wants("resource-org-id"):
        if org is None:
            at.judge("resource-org-id", UNKNOWN, f"no organization is known: {why_none}")
        else:
            judge("resource-org-id", "org", assume, "our organization")
    if at.check.wants("deny-on-root"):
        deny_on_root(at, session, actor, answers)


def deny_on_root(at, session, actor, answers):
    """The actor is let in by its own name; a Deny names the account's root."""
    trust = trust_of({"AWS": actor})
    deny = {"Effect": "Deny", "Principal": {"AWS": at.account.root()}, "Action": "sts:AssumeRole"}
    denied = {**trust, "Statement": [*trust["Statement"], deny]}
    pair = []
    for name, document in {"root-open": trust, "root-denied": denied}.items():
        made = make_trusting(at, name, document)
        pair.append(answers.is_allowed(assuming(at, session, made), 8 if name == "root-open" else 2))
    (is_open, said_of_it), (is_let_in, said_of_denied) = pair
    if not is_open:
        at.judge("deny-on-root", UNKNOWN, f"without the Deny: {said_of_it}")
    else:
        why = f"a role's session: without the Deny {said_of_it}, with it {said_of_denied}"
        at.judge("deny-on-root", CONTRADICTED if is_let_in else CONFIRMED, why)


def make_trusting(at, name, document):
    """A role that trusts one that is new, which IAM may not know yet."""
    made = make_role(at, name)

    def write():
        _, refused = at.attempt(
            "iam:UpdateAssumeRolePolicy", RoleName=made.rsplit("/", 1)[1], PolicyDocument=text(document)
        )  # fmt: skip
        if refused is not None and code_of(refused) != "MalformedPolicyDocument":
            raise refused
        return refused is None

    if not at.look(write, 8):
        raise RuntimeError("IAM did not take the new role as a principal within the time")
    return made


CHECKS = [
    Check(
        "session",
        [
            Fact("session.principal-arn-path", "aws:PrincipalArn of a role's session is the role's ARN with its path.",
                 "README; the member roles' trust (deploy/member-role.yaml); our Deny of a role"),
            Fact("session.resource-tag", "aws:ResourceTag is in the context of iam:UpdateAssumeRolePolicy.",
                 "README; deploy/scp.json, deploy/member-role.yaml", "roles tagged as ours could be edited"),
            Fact("session.resource-org-id", "aws:ResourceOrgID is in the context of sts:AssumeRole.",
                 "README; TrustedOrganization in the templates", "other accounts are not reached"),
            Fact("session.deny-on-root", "A Deny on an account's root reaches the sessions of the account's roles.",
                 "README; an account is denied by its root where conditions do not hold (EFS)",
                 "it counts as doubtful: our own Deny is added"),
        ],
        ["up to twelve IAM roles, of which one may assume and edit the others"],
        [*SESSION_CALLS, "iam:UpdateAssumeRolePolicy", "organizations:DescribeOrganization"],
        run,
        ["role"],
        minutes=10,
    ),
]  # fmt: skip
