"""The whole workflow in an account: functions, topic and state machine, and what Access Analyzer sees of it."""

from .functions import Functions
from .state_machine import StateMachine

ROLE = "Audit_CrossAccountRole"
FINDING = "a5018210-97c4-46c4-9456-0295898377b6"
ANALYZER = "arn:aws:access-analyzer:us-east-1:123456789012:analyzer/AccessAnalyzer"


def attributes(message):
    """A message's attributes, as subscriptions filter by them."""
    return {name: value["Value"] for name, value in message["MessageAttributes"].items()}


class Workflow:
    """An account with functions, topic and state machine; the functions are `respond` taken apart."""

    def __init__(self, aws, accounts, binary, monkeypatch, edit=lambda text: text, preview="off", **settings):
        self.aws, self.accounts, self.monkeypatch = aws, accounts, monkeypatch
        topic = accounts.topic()
        settings = {"GATEHOUSE_MODE": "enforce", "GATEHOUSE_TOPIC_ARN": topic, **settings}
        self.functions = Functions(binary, accounts, **settings)
        self.machine = StateMachine(accounts, self.functions, topic, monkeypatch, edit, preview)

    def findings(self):
        return self.aws.access_analyzer.findings[ANALYZER]

    def status(self, finding=FINDING):
        return self.findings()[finding]["status"]

    def seen_after(self, looks):
        """Access Analyzer sees that the access is gone at that look after the change, and not before."""
        analyzer, original = self.aws.access_analyzer, self.aws.access_analyzer.get_finding
        count = iter(range(1, 1000))

        def get_finding(request, account, region):
            if ("iam:UpdateAssumeRolePolicy" in self.aws.names()) and next(count) >= looks:
                self.findings()[FINDING]["status"] = "RESOLVED"
            return original(request, account, region)

        self.monkeypatch.setattr(analyzer, "get_finding", get_finding)

    def statements(self):
        return [statement.get("Sid") for statement in self.accounts.trust(ROLE)["Statement"]]
