"""moto in this process: every request is authenticated by it, for the very bytes that were sent."""

import io
import os

# moto reads these while it is imported.
os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "0"
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from moto.core.responses import BaseResponse
from moto.iam.access_control import IAMRequest
from moto.iam.models import get_account_id_from, iam_backends
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.sts.models import sts_backends
from moto.utilities.utils import get_partition as partition_of
from werkzeug.test import run_wsgi_app

from .http import Answer

__all__ = ["IAMRequest", "answer", "get_account_id_from", "iam_backends", "partition_of", "reset", "sts_backends"]

SENT_BODY = "integration.body"

original_setup_class = BaseResponse.setup_class


def setup_class(self, request, *arguments, **options):
    """moto checks a form's signature over its own re-encoding of the fields; AWS does over the bytes that were sent."""
    original_setup_class(self, request, *arguments, **options)
    self.raw_body = request.environ.get(SENT_BODY, self.raw_body)


BaseResponse.setup_class = setup_class

application = DomainDispatcherApplication(create_backend_app)


def reset():
    """Forgets everything in every account."""
    moto_api_backend.reset()


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
