"""For each type: whether the service takes our Denies, gives them back as written, and what Access Analyzer makes of them."""

import json

from ..account import ClientError, is_busy, is_refusal, said
from ..analyzer import FINDING_CALLS, PREVIEW_CALLS, Unseen, active, finding_of, preview
from ..facts import CONFIRMED, CONTRADICTED, UNKNOWN, Check, Fact
from ..kinds import KINDS, text
from ..program import Failed

WHOM = "Sources/Policies (Deny), Changes.md"
RESOLVES = "Changes.md; README: whether Access Analyzer counts our Deny, for every type"
EITHER_WAY = "the preview is UNCONFIRMED and the message says that the access may stay listed"
# Findings that Access Analyzer has no previews for are told by the finding itself.
FORMS = {"preview-condition": "CONDITION", "preview-principal": "PRINCIPAL"}


def outsiders(at):
    """Whom the Denies are made for, and in which form."""
    account = at.account.outsider
    role = f"arn:{at.account.partition}:iam::{account}:role/gatehouse/nobody"
    return {
        "an account by condition": ({"AWS": account}, "CONDITION"),
        "an account by principal": ({"AWS": account}, "PRINCIPAL"),
        "a role by condition": ({"AWS": role}, "CONDITION"),
        "everybody": ({"AWS": "*"}, "CONDITION"),
    }


def allowing(kind, at, arn, principal):
    """A policy on paper that gives the principal the access: gatehouse makes its Deny for it."""
    document = kind.policy(at.account, arn)
    document["Statement"].append(kind.statement(arn, "Outsider", principal))
    return document


def with_denies(kind, at, arn, denies):
    """What is written: the named outsider and our Denies, never an Allow for everybody."""
    document = kind.policy(at.account, arn, at.account.outsider)
    return {**document, "Statement": document["Statement"] + denies}


def denies_for(kind, at, arn):
    """Our Denies by form, and why gatehouse makes none of some."""
    made, none = {}, {}
    for words, (principal, form) in outsiders(at).items():
        found, why = at.program.denies(
            kind, arn, at.account.id, allowing(kind, at, arn, principal), principal, form
        )  # fmt: skip
        if found:
            made[words] = found
        else:
            none[words] = why
    return made, none


def documents(kind, at, arn):
    """Writes each of our Denies and reads it back."""
    made, none = denies_for(kind, at, arn)
    if not made:
        why = f"gatehouse makes no Deny here: {'; '.join(none.values())}"
        at.judge("accepted", UNKNOWN, why)
        at.judge("read-back", UNKNOWN, why)
        return
    refused, changed, taken = [], [], []
    for words, denies in made.items():
        document = with_denies(kind, at, arn, denies)
        try:
            # A principal or a resource that is new is unknown for a while.
            wrote = at.look(lambda document=document: write(kind, at, arn, document), 4)
        except ClientError as error:
            if is_busy(error) or is_refusal(error):
                raise
            refused.append(f"{words}: {said(error)}")
            continue
        if wrote is None:
            refused.append(f"{words}: not taken within the time")
            continue
        taken.append(words)
        held = at.look(lambda document=document: same(kind, at, arn, document), 6)
        if not held:
            changed.append(f"{words}: {difference(document, json.loads(kind.read(at, arn) or '{}'))}")
    left_out = f" (gatehouse makes none for {', '.join(none)})" if none else ""
    at.judge("accepted", CONTRADICTED if refused else CONFIRMED, "; ".join(refused) or f"{', '.join(taken)}{left_out}")
    if not taken:
        at.judge("read-back", UNKNOWN, "no Deny of ours was taken")
        return
    at.judge("read-back", CONTRADICTED if changed else CONFIRMED, "; ".join(changed) or f"{len(taken)} documents equal")


def write(kind, at, arn, document):
    kind.write(at, arn, text(document))
    return True


def same(kind, at, arn, document):
    """Whether our Denies are read as they were written; statements of others may be printed anew."""
    return ours(json.loads(kind.read(at, arn) or "{}")) == ours(document)


def ours(document):
    statements = document.get("Statement", [])
    return [each for each in statements if str(each.get("Sid", "")).startswith("Gatehouse")]


def difference(written, read):
    return f"wrote {json.dumps(ours(written))}, read {json.dumps(ours(read))}"[:600]


def previews(kind, at, arn):
    """What Access Analyzer would make of our Deny in either form, with the same policy without it as the control."""
    wanted = {suffix: form for suffix, form in FORMS.items() if at.check.wants(suffix)}
    if not wanted or kind.preview is None:
        return
    principal = {"AWS": at.account.outsider}
    control = text(kind.policy(at.account, arn, at.account.outsider))
    try:
        if not active(at, preview(at, arn, kind.preview(arn, control))):
            why = f"without a Deny the preview reports no access of {at.account.outsider}: give --outsider an account"
            for suffix in wanted:
                at.judge(suffix, UNKNOWN, why)
            return
        for suffix, form in wanted.items():
            denies, why = at.program.denies(
                kind, arn, at.account.id, allowing(kind, at, arn, principal), principal, form
            )  # fmt: skip
            if not denies:
                at.judge(suffix, UNKNOWN, f"gatehouse makes no such Deny: {why}")
                continue
            found = preview(at, arn, kind.preview(arn, text(with_denies(kind, at, arn, denies))))
            left = active(at, found)
            at.judge(
                suffix,
                CONTRADICTED if left else CONFIRMED,
                "the access would stay ACTIVE" if left else "no access would stay ACTIVE",
            )
    except (ClientError, Unseen) as error:
        for suffix in wanted:
            if f"{at.check.name}.{suffix}" not in at.verdicts:
                at.judge(suffix, UNKNOWN, said(error) if isinstance(error, ClientError) else error)


def live(kind, at, arn):
    """The whole way: a finding comes, gatehouse blocks it, Access Analyzer resolves it, gatehouse undoes it."""
    wanted = [suffix for suffix in ("resolved", "rollback") if at.check.wants(suffix)]
    if not wanted:
        return
    before = kind.policy(at.account, arn, at.account.outsider)
    kind.write(at, arn, text(before))
    finding = finding_of(at, arn)
    if finding is None:
        for suffix in wanted:
            at.judge(suffix, UNKNOWN, f"no finding of {at.account.outsider} came: give --outsider an account of yours")
        return
    # What the service itself made of the policy is what has to come back.
    before = json.loads(kind.read(at, arn))
    try:
        case = at.program.resolve(finding)
        status = case.get("outcome", {}).get("status")
        if status != "RESOLVED":
            raise Failed(f"resolve answered {status}: {case.get('outcome', {}).get('summary')}")
    except Failed as failed:
        for suffix in wanted:
            at.judge(suffix, failed.verdict, failed)
        return
    if at.check.wants("resolved"):
        told = finding_of(at, arn, "RESOLVED", identifier=finding["id"])
        at.judge(
            "resolved",
            CONFIRMED if told else CONTRADICTED,
            "RESOLVED" if told else "still ACTIVE 40 minutes after the Deny was written",
        )
    if at.check.wants("rollback"):
        undo(kind, at, arn, finding, before)


def undo(kind, at, arn, finding, before):
    try:
        # DynamoDB takes the next policy after 15 s; every service after its own while.
        at.wait(20)
        told = at.program.rollback(finding["id"], arn)
    except Failed as failed:
        at.judge("rollback", failed.verdict, failed)
        return
    status = told.get("outcome", {}).get("status")
    is_back = at.look(lambda: json.loads(kind.read(at, arn) or "{}") == before, 6)
    is_right = status == "ROLLED_BACK" and is_back
    at.judge(
        "rollback",
        CONFIRMED if is_right else CONTRADICTED,
        f"{status}, the policy is {'as before' if is_back else 'not as before'}",
    )


def run_of(kind):
    def run(at):
        arn = kind.make(at)
        if at.check.wants("accepted") or at.check.wants("read-back"):
            documents(kind, at, arn)
        previews(kind, at, arn)
        live(kind, at, arn)

    return run


def check_of(kind):
    def fact(suffix, sentence, matters, else_=""):
        return Fact(f"{kind.name}.{suffix}", sentence.format(kind.words), matters, else_)

    facts = [
        fact("accepted", "The policy of {} takes our Denies as gatehouse makes them.", WHOM, "the write fails and is told"),
        fact("read-back", "The policy of {} gives our Denies back as they were written.", "rollback finds ours by its text",
             "outcome CONFLICT"),
    ]  # fmt: skip
    if kind.preview is not None:
        facts += [
            fact("preview-condition", "Access Analyzer's preview counts our Deny by condition for {}.", RESOLVES, EITHER_WAY),
            fact("preview-principal", "Access Analyzer's preview counts our Deny by principal for {}.", RESOLVES, EITHER_WAY),
        ]  # fmt: skip
    facts += [
        fact("resolved", "Access Analyzer turns the finding on {} RESOLVED after our Deny.", RESOLVES,
             "verify says STILL_ACTIVE: the access is blocked and stays listed"),
        fact("rollback", "gatehouse rollback puts the policy of {} back as it was.", "README: Undo"),
    ]  # fmt: skip
    return Check(
        kind.name,
        facts,
        creates=[f"{kind.words}, empty, its policy open to the outsider alone", "an analyzer of the account, where there is none"],
        calls=[*dict.fromkeys([*kind.calls, *(PREVIEW_CALLS if kind.preview else []), *FINDING_CALLS])],
        run=run_of(kind),
        kinds=[kind.name, *kind.needs, "analyzer"],
        programs=["gatehouse invoke resolve (on paper, then on the finding)", "gatehouse rollback"],
        minutes=90,
        cost=kind.cost,
    )


CHECKS = [check_of(kind) for kind in KINDS]
