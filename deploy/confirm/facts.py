"""What a check is: facts, what it makes and calls to look at them, and how each was judged."""

from dataclasses import dataclass, field

CONFIRMED, CONTRADICTED, UNKNOWN = "CONFIRMED", "CONTRADICTED", "UNKNOWN"


@dataclass(frozen=True)
class Fact:
    """One thing that only live AWS can confirm.

    `matters` says where the program or its README relies on it, `else_` what the program does where it is not so.
    """

    id: str
    sentence: str
    matters: str
    else_: str = ""


@dataclass
class Result:
    fact: Fact
    verdict: str
    why: str


class Stopped(Exception):
    """Somebody pressed Ctrl-C, or the check's time is over."""


class Undeclared(Exception):
    """A check made a call that its plan does not name: the dry run would not have told the truth."""


@dataclass
class Check:
    """Facts that are looked at on the same resources.

    `calls` holds every AWS operation that `run` makes, as `service:Operation` in boto3's names; `creates` a line for each
    resource; `programs` the command lines of gatehouse that it runs. Cleaning up is not among them: see cleaning.py.
    """

    name: str
    facts: list
    creates: list
    calls: list
    run: object
    kinds: list
    programs: list = field(default_factory=list)
    minutes: int = 2
    cost: str = "under $0.01"
    # Whether it writes a policy that names everybody, although nobody gets in.
    is_public: bool = False
    # What of `facts` is wanted; all of them unless --only says otherwise.
    wanted: set = None

    def wants(self, suffix):
        """Whether the fact `NAME.suffix` is to be judged."""
        return self.wanted is None or f"{self.name}.{suffix}" in self.wanted

    @property
    def chosen(self):
        return [fact for fact in self.facts if self.wanted is None or fact.id in self.wanted]
