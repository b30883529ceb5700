"""Who gets in: what AWS checks of a request and moto leaves out."""

import datetime
import json

from moto.s3.exceptions import S3ClientError
from werkzeug.datastructures import Headers
from werkzeug.exceptions import HTTPException

from . import faults, trust
from .moto import IAMRequest, S3IAMRequest, iam_backends, partition_of, sts_backends

# AWS accepts signatures of five minutes either way.
CLOCK_TOLERANCE = datetime.timedelta(minutes=5)


def refuse_stale(request, call):
    """AWS refuses a signature that is too old, or whose scope is of another day."""
    stamp = request.header("X-Amz-Date") or ""
    scope = (request.header("Authorization") or "").partition("Credential=")[2].partition(",")[0].split("/")
    try:
        when = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        return faults.error_answer(call.service, 403, "IncompleteSignature", f"no usable x-amz-date: {stamp!r}")
    late = abs(datetime.datetime.now(datetime.timezone.utc) - when) > CLOCK_TOLERANCE
    if late or len(scope) != 5 or scope[1] != stamp[:8]:
        return faults.error_answer(
            call.service, 403, "SignatureDoesNotMatch", "signature expired or scope of another day"
        )
    return None


def refuse_untrusted(call):
    """AssumeRole into another account: the role's own trust decides, which moto does not ask."""
    if str(call) != "sts:AssumeRole":
        return None
    arn = call.parameters.get("RoleArn", "")
    account = arn.split(":")[4] if arn.count(":") == 5 else ""
    if account == call.account:
        return None
    partition = partition_of(call.region)
    role = next((role for role in iam_backends[account][partition].get_roles() if role.arn == arn), None)
    why = f"no such role {arn}"
    if role is not None:
        caller = caller_arn(call)
        document = json.loads(role.assume_role_policy_document)
        why = trust.refusal(document, call.account, caller, call.parameters.get("ExternalId"))
    return faults.error_answer("sts", 403, "AccessDenied", why) if why else None


def caller_arn(call):
    """The ARN of whoever signed the call."""
    partition = partition_of(call.region)
    for session in sts_backends[call.account][partition].assumed_roles:
        if session.access_key_id == call.access_key:
            return session.arn
    user = iam_backends[call.account][partition].get_user_from_access_key_id(call.access_key)
    return user.arn if user else f"arn:{partition}:iam::{call.account}:root"


def authenticate(request, call, actions, resource="*"):
    """moto's own check of signature and permissions, for what moto does not have; `actions` as IAM names them."""
    headers = Headers([(name.title(), value) for name, value in request.headers])
    # S3 alone signs a path as it is sent.
    kind = S3IAMRequest if call.service == "s3express" else IAMRequest
    try:
        for action in actions:
            genuine = kind(
                account_id=call.account,
                method=request.method,
                path=request.target,
                data={},
                body=request.body,
                headers=headers,
                action=action,
            )
            genuine.check_signature()
            genuine.check_action_permitted(resource)
    except S3ClientError as refused:
        return faults.error_answer(call.service, 403, refused.code, refused.message)
    except HTTPException as refused:
        code = {"SignatureDoesNotMatchError": "InvalidSignatureException"}.get(type(refused).__name__)
        code = code or getattr(refused, "error_type", "AccessDeniedException") or "AccessDeniedException"
        message = getattr(refused, "message", None) or str(refused)
        return faults.error_answer(call.service, 403, code, message)
    return None
