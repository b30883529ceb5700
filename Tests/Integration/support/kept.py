"""Functions that live on while AWS is emptied for the next fixture: a process for many of them, as Lambda keeps one."""

from .account import MEMBER, OWN, Accounts
from .moto import iam_backends, partition_of, sts_backends
from .runtime_api import Function


class Kept:
    """Starts functions, and keeps the credentials of those that run through the stand-in's resets."""

    def __init__(self, aws, binary):
        self.aws, self.binary = aws, binary
        self.functions, self.roles = {}, []

    def function(self, handler, account, region="us-east-1", allowed=None, **settings):
        """The function that runs with these settings, or a new one; `allowed` as for `function_credentials`."""
        key = (handler, account, region, tuple(sorted(settings.items())))
        if key not in self.functions:
            self.functions[key] = self.start(handler, account, region, allowed, settings)
        return self.functions[key]

    def start(self, handler, account, region, allowed, settings):
        accounts, partition = Accounts(self.aws, region), partition_of(region)
        environment = accounts.environment(handler, account, allowed=allowed, **settings)
        session = sts_backends[account][partition].assumed_roles[-1]
        self.roles.append((account, partition, iam_backends[account][partition].get_role_by_arn(session.role_arn)))
        return Function(self.binary, handler, environment, account)

    def reset(self, fresh=False):
        """Empties the stand-in, but for the sessions that running functions hold; none run on after a fresh start."""
        if fresh:
            self.stop()
        places = {(account, "aws") for account in (MEMBER, OWN)} | {place[:2] for place in self.roles}
        sessions = [(place, session) for place in places for session in sts_backends[place[0]][place[1]].assumed_roles]
        self.aws.reset()
        for account, partition, role in self.roles:
            iam_backends[account][partition].roles[role.id] = role
        for (_, partition), session in sessions:
            iam_backends[session.account_id][partition].access_keys[session.access_key_id] = session.access_key
            sts_backends[session.account_id][partition].assumed_roles.append(session)

    def stop(self):
        for function in self.functions.values():
            function.stop()
        self.functions.clear()
