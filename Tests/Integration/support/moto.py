"""moto in this process: every request is authenticated by it, for the very bytes that were sent."""

import io
import json

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import lambda_backends
from moto.core.responses import BaseResponse
from moto.iam.access_control import IAMRequest, IAMRequestBase, S3IAMRequest
from moto.iam.exceptions import IAMException, NotFoundException
from moto.iam.models import IAMBackend, get_account_id_from, iam_backends
from moto.iam.policy_validation import IAMPolicyDocumentValidator
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.organizations.exceptions import AWSOrganizationsNotInUseException
from moto.organizations.models import OrganizationsBackend
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition as partition_of
from werkzeug.test import run_wsgi_app

from . import bucket_access, dynamodb, event_bus, logs, policies, trail, trust_policy  # noqa: F401, they put their own in the place of moto's
from .http import Answer

__all__ = [
    "IAMRequest",
    "S3IAMRequest",
    "answer",
    "get_account_id_from",
    "has_function",
    "iam_backends",
    "partition_of",
    "reset",
    "sts_backends",
]

SENT_BODY = "integration.body"

original_setup_class = BaseResponse.setup_class


def setup_class(self, request, *arguments, **options):
    """moto checks a form's signature over its own re-encoding of the fields; AWS does over the bytes that were sent."""
    original_setup_class(self, request, *arguments, **options)
    self.raw_body = request.environ.get(SENT_BODY, self.raw_body)


BaseResponse.setup_class = setup_class

original_create_aws_request = IAMRequestBase._create_aws_request


def create_aws_request(self):
    """moto takes an empty body for the form of the query, and then checks a signature over that."""
    request = original_create_aws_request(self)
    request.data = self._body
    return request


IAMRequestBase._create_aws_request = create_aws_request

original_check_action_permitted = IAMRequestBase.check_action_permitted


def check_action_permitted(self, resource):
    """moto asks for the permission to make transactions, which AWS does not know: what is in one has to be permitted."""
    if self._action in ("dynamodb:TransactWriteItems", "dynamodb:TransactGetItems"):
        items = json.loads(self._body or b"{}").get("TransactItems", [])
        names = {"ConditionCheck": "ConditionCheckItem"}
        actions = {f"dynamodb:{names.get(kind, f'{kind}Item')}" for item in items for kind in item}
    else:
        actions = {self._action}
    for self._action in sorted(actions):
        original_check_action_permitted(self, resource)


IAMRequestBase.check_action_permitted = check_action_permitted



def in_use(method):
    """moto answers for an organization that there is none as if it had no accounts."""

    def wrapped(self, *arguments, **options):
        if self.org is None:
            raise AWSOrganizationsNotInUseException
        return method(self, *arguments, **options)

    return wrapped


OrganizationsBackend.get_account_by_id = in_use(OrganizationsBackend.get_account_by_id)
OrganizationsBackend._get_resource_for_tagging = in_use(OrganizationsBackend._get_resource_for_tagging)

original_get_role = IAMBackend.get_role


def get_role(self, role_name):
    """moto says in words of its own that a role is not there."""
    try:
        return original_get_role(self, role_name)
    except NotFoundException:
        raise NotFoundException(f"The role with name {role_name} cannot be found.") from None


IAMBackend.get_role = get_role


def refuse_protected(role):
    if role.path.startswith(("/aws-service-role/", "/aws-reserved/")):
        raise refused(
            "UnmodifiableEntity",
            f"Cannot perform the operation on the protected role '{role.name}' - this role is only modifiable by AWS",
        )


def update_assume_role_policy(self, role_name, policy_document):
    """moto takes trust policies that IAM refuses, and edits roles that only AWS may edit."""
    role = self.get_role(role_name)
    refuse_protected(role)
    refusal = trust_policy.refusal(policy_document)
    if refusal is not None:
        raise refused(*refusal)
    role.assume_role_policy_document = policy_document


def refused(code, message):
    error = IAMException(message)
    error.code = code
    return error


IAMBackend.update_assume_role_policy = update_assume_role_policy

# Of all inline policies of a role together, without their white space:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
INLINE_POLICIES = 10_240


def put_role_policy(self, role_name, policy_name, policy_json):
    """moto takes inline policies of any length, with a principal, and for roles that only AWS may edit."""
    role = self.get_role(role_name)
    refuse_protected(role)
    IAMPolicyDocumentValidator(policy_json).validate()
    statements = json.loads(policy_json)["Statement"]
    if any("Principal" in one for one in (statements if isinstance(statements, list) else [statements])):
        raise refused("MalformedPolicyDocument", "Policy document should not specify a principal.")
    # A stack's are no texts.
    texts = [one if isinstance(one, str) else json.dumps(one) for one in {**role.policies, policy_name: policy_json}.values()]
    if sum(len("".join(text.split())) for text in texts) > INLINE_POLICIES:
        message = f"Maximum policy size of {INLINE_POLICIES} bytes exceeded for role {role_name}"
        raise refused("LimitExceeded", message)
    role.put_policy(policy_name, policy_json)


IAMBackend.put_role_policy = put_role_policy

application = DomainDispatcherApplication(create_backend_app)


def reset():
    """Forgets everything in every account."""
    moto_api_backend.reset()


def has_function(arn, account, region):
    try:
        return lambda_backends[account][region].get_function(arn) is not None
    except UnknownFunctionException:
        return False


def answer(request, address):
    """moto's answer to one request."""
    body, status, headers = run_wsgi_app(application, environ_of(request, address), buffered=True)
    return Answer(int(status.split()[0]), list(headers.items()), b"".join(body))


def environ_of(request, address):
    """The request for moto, without what would tell moto more than AWS is told."""
    environ = request.environ(address)
    environ.pop("HTTP_X_MOTO_ACCOUNT_ID", None)
    environ[SENT_BODY] = request.body
    environ["wsgi.input"] = io.BytesIO(request.body)
    environ["wsgi.errors"] = io.StringIO()
    return environ
