"""The account that is looked at: every call of a check goes through here."""

import secrets
import threading
import time

try:
    import boto3
    from botocore import UNSIGNED, xform_name
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    # A dry run needs none of it; deploy/confirm-live sees to it before anything is called.
    class BotoCoreError(Exception):
        pass

    class ClientError(Exception):
        pass

    boto3 = UNSIGNED = xform_name = Config = None

from .facts import Stopped, Undeclared
from .made import Made

TAG = "gatehouse:confirm-live"
# What an answer says of something that is not there, by any service.
GONE = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist")
# What an answer says to who lacks the permission, or whose credentials have expired in the meantime, by any service.
REFUSED = ("AccessDenied", "AuthorizationError", "Unauthorized", "ExpiredToken", "UnrecognizedClient", "InvalidClientTokenId")
BUSY = ("Throttl", "TooManyRequests", "RequestLimitExceeded", "SlowDown")
# An account of Elastic Load Balancing's own, which AWS documents for access logs of us-east-1: it exists, and is nobody's
# who reads this. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
OUTSIDER = "127311923021"


def new_run():
    return secrets.token_hex(6)


def code_of(error):
    """The error's code as the service gives it; the kind of a connection's error."""
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__


def is_gone(error):
    """By the service's own word: a page of a proxy with status 404 says nothing about a resource."""
    return isinstance(error, ClientError) and any(word in code_of(error) for word in GONE)


def is_refusal(error):
    """Whether the caller lacks the permission, or credentials that hold."""
    return isinstance(error, ClientError) and (
        any(word in code_of(error) for word in REFUSED) or error.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    )


def is_busy(error):
    """Whether the service could not answer: too many calls, or an error of its own."""
    return isinstance(error, ClientError) and (
        any(word in code_of(error) for word in BUSY) or error.response["ResponseMetadata"]["HTTPStatusCode"] >= 500
    )


def said(error):
    """An error in one line: its code, and what the service said."""
    if isinstance(error, ClientError):
        return f"{code_of(error)}: {error.response['Error'].get('Message', '')}".strip()
    return f"{type(error).__name__}: {error}"


class Account:
    """Clients, the run's names, and the brake. Used by several threads."""

    def __init__(self, session, region, run, outsider=OUTSIDER, pace=15.0):
        self.session, self.region, self.run = session, region, run
        self.outsider, self.pace = outsider, pace
        self.lock = threading.Lock()
        self.stop = threading.Event()
        self.clients = {}
        self.made = Made()
        # Access Analyzer's analyzer of this account, once one is known.
        self.analyzer = None
        self.log = lambda text: None
        identity = self.client("sts").get_caller_identity()
        self.id, self.caller = identity["Account"], identity["Arn"]
        self.partition = self.caller.split(":")[1]

    def client(self, service, session=None, signed=True, **settings):
        """A client of ours; or of another session, or one that does not sign."""
        key = (service, id(session), signed, tuple(sorted(settings.items())))
        with self.lock:
            if key not in self.clients:
                config = Config(
                    retries={"mode": "standard", "max_attempts": 4},
                    connect_timeout=10,
                    read_timeout=60,
                    **({} if signed else {"signature_version": UNSIGNED}),
                    **settings,
                )
                # boto3 makes clients in one thread at a time.
                self.clients[key] = (session or self.session).client(service, region_name=self.region, config=config)
            return self.clients[key]

    @property
    def prefix(self):
        """What every name begins with."""
        return f"gatehouse-confirm-{self.run}-"

    @property
    def path(self):
        """The path of every role."""
        return f"/gatehouse-confirm/{self.run}/"

    def tags(self, key="Key", value="Value"):
        return [{key: TAG, value: self.run}]

    def root(self, account=None):
        return f"arn:{self.partition}:iam::{account or self.id}:root"


class At:
    """The account as one check sees it: only the calls that its plan names, until its time is over."""

    def __init__(self, account, check, program, limit):
        self.account, self.check, self.program = account, check, program
        self.until = time.monotonic() + limit * 60
        self.verdicts = {}

    def call(self, name, session=None, signed=True, **parameters):
        """One call, `service:Operation`; raises what boto3 raises."""
        if name not in self.check.calls:
            raise Undeclared(f"{self.check.name} calls {name}, which its plan does not name")
        self.go_on()
        service, operation = name.split(":")
        client = self.account.client(service, session, signed)
        self.account.log(f"{self.check.name}: {name}")
        return getattr(client, xform_name(operation))(**parameters)

    def attempt(self, name, session=None, signed=True, **parameters):
        """The answer and None, or None and the service's refusal.

        Raises a refusal that is no answer to what was asked: the caller lacks the permission, or the service is busy.
        """
        answer, refused = self.tried(name, session=session, signed=signed, **parameters)
        is_callers = session is None and signed
        if refused is not None and (is_busy(refused) or (is_callers and is_refusal(refused))):
            raise refused
        return answer, refused

    def tried(self, name, **parameters):
        """The same, whatever the refusal is."""
        try:
            return self.call(name, **parameters), None
        except ClientError as refused:
            return None, refused

    def make(self, kind, name, call, **parameters):
        """Makes a resource that is taken away at the end, whatever comes of the call."""
        if kind not in self.check.kinds:
            raise Undeclared(f"{self.check.name} makes a {kind}, which its plan does not take away")
        return self.account.made.by(kind, name, lambda: self.call(call, **parameters))

    def go_on(self):
        if self.account.stop.is_set():
            raise Stopped("stopped before it was judged")
        if time.monotonic() > self.until:
            raise Stopped("its time was over (--limit)")

    def wait(self, seconds=None):
        self.go_on()
        self.account.stop.wait(self.account.pace if seconds is None else min(seconds, self.account.pace))
        self.go_on()

    def look(self, ask, looks=6):
        """Asks until the answer is true, at most so often: what is written may take a while to hold."""
        for number in range(looks):
            answer = ask()
            if answer or number == looks - 1:
                return answer
            self.wait(10)
        return None

    def judge(self, suffix, verdict, why):
        """The verdict of `NAME.suffix`."""
        self.verdicts[f"{self.check.name}.{suffix}"] = (verdict, " ".join(str(why).split()))


__all__ = ["Account", "At", "BotoCoreError", "ClientError", "boto3", "code_of", "is_busy", "is_gone", "is_refusal", "new_run", "said"]
