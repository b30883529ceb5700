"""Lambda as a caller sees it: each function is the packaged binary under its own handler."""

import io
import json
import time

from botocore.exceptions import ClientError

from .runtime_api import Function

NAME = "arn:aws:lambda:us-east-1:{}:function:gatehouse-{}"


class Functions:
    """Invokes functions by their ARNs. A function starts with its first invocation and stays until `stop`."""

    def __init__(self, binary, accounts, account="123456789012", **settings):
        self.binary, self.accounts, self.account, self.settings = binary, accounts, account, settings
        self.handlers = {}
        self.running = {}
        self.invocations = []
        self.troubles = []

    def arn(self, handler):
        """The ARN under which a handler's function can be invoked."""
        arn = NAME.format(self.account, handler)
        self.handlers[arn] = handler
        return arn

    def trouble(self, handler, *what):
        """The next invocations of this handler meet these: an `Answer` of Lambda's own, or None to let one pass."""
        self.troubles.extend((handler, trouble) for trouble in what)

    def invoke(self, FunctionName, Payload, **_):
        """Lambda's Invoke, with an answer in boto3's shape."""
        handler = self.handlers[FunctionName]
        self.invocations.append(handler)
        for position, (wanted, trouble) in enumerate(self.troubles):
            if wanted == handler:
                del self.troubles[position]
                if trouble is None:
                    break
                return trouble()
        outcome = self.function(handler).invoke(Payload)
        answer = {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": io.BytesIO(outcome.body)}
        return answer if outcome.kind == "response" else {**answer, "FunctionError": "Unhandled"}

    def function(self, handler):
        if handler not in self.running:
            environment = self.accounts.environment(handler, self.account, **self.settings)
            self.running[handler] = Function(self.binary, handler, environment, self.account)
        return self.running[handler]

    @property
    def log(self):
        return "\n".join(function.log for function in self.running.values())

    def stop(self):
        for function in self.running.values():
            function.stop()


def busy():
    """Lambda refuses: every instance of the function is taken."""
    error = {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."}
    raise ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": 429, "RequestId": "-"}}, "Invoke")


def failing(error_type, message="by the test"):
    """The function's invocation ends with this error."""

    def answer():
        body = json.dumps({"errorType": error_type, "errorMessage": message}).encode()
        return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": io.BytesIO(body)}

    return answer


def hanging(seconds):
    """The function answers nothing of use, and late."""

    def answer():
        time.sleep(seconds)
        return failing("Function.Internal", "nobody waits for this any more")()

    return answer


def answering(value):
    """The function answers this."""

    def answer():
        return {"StatusCode": 200, "ExecutedVersion": "$LATEST", "Payload": io.BytesIO(json.dumps(value).encode())}

    return answer
