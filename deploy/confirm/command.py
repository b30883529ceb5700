"""The command line of deploy/confirm-live."""

import argparse
import datetime
import difflib
import math
import os
import pathlib
import re
import signal
import sys

from . import program, report
from .account import OUTSIDER, Account, BotoCoreError, ClientError, boto3, code_of, new_run, said
from .checks import CHECKS, facts
from .cleaning import CLEANERS, clean
from .facts import CONTRADICTED
from .running import run_checks

NAME = "deploy/confirm-live"
# In the names of the SDK's errors that have nothing to do with credentials.
UNREACHED = ("Connect", "Timeout", "Endpoint", "Region", "Proxy", "SSL")
HERE = pathlib.Path(__file__).resolve().parent


class Wrong(Exception):
    """The command line cannot be used as it is."""


class Unusable(Exception):
    """The account, or what is on this machine, is not what was asked for."""


def say(text):
    try:
        print(text, file=sys.stderr, flush=True)
    except (OSError, RuntimeError):
        # Nobody reads any more, or Ctrl-C came in the middle of a line: what was made is taken away all the same.
        pass


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Wrong(message)


def options():
    parser = Parser(
        prog=NAME,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Looks in a sandbox account at what only live AWS can confirm, on resources that it makes, tags and takes "
        "away.\nWithout --run it prints what it would do, and calls nothing.",
        epilog="Examples:\n"
        f"  {NAME} --region us-east-1                         # what it would do\n"
        f"  {NAME} --run --account 123456789012 --outsider 210987654321\n"
        f"  {NAME} --run --account 123456789012 --only session,ledger.commands\n"
        f"  {NAME} --clean-up 0123456789ab --account 123456789012\n\n"
        "Exit: 0 done (whatever was found), 1 failed, or something could not be taken away, 2 wrong usage, 3 something is\n"
        "contradicted. The table goes to standard output, talk to standard error. deploy/README.md says more.",
        add_help=False,
        allow_abbrev=False,
    )
    parser.add_argument("--run", action="store_true", help="make the calls; without it nothing is called")
    parser.add_argument("--account", metavar="ID", help="the account it is meant for: the caller's, or it is refused")
    parser.add_argument("--yes", action="store_true", help="do not ask (needs --account)")
    parser.add_argument("--outsider", metavar="ACCOUNT", default=OUTSIDER, help="the account id that resources let in for a "
                        "while: best one of yours, which Access Analyzer reports for sure; default %(default)s, Elastic Load "
                        "Balancing's own, documented by AWS")  # fmt: skip
    parser.add_argument("--only", metavar="ID,...", action="append", help="only these facts, or all of a check (see --list)")
    parser.add_argument("--include-public", action="store_true", help="also what names everybody in a policy; conditions or "
                        "settings let nobody in")  # fmt: skip
    parser.add_argument("--limit", metavar="MINUTES", type=float, help="the longest a check may take (else what the plan says)")
    parser.add_argument("--pace", metavar="SECONDS", type=float, default=15, help="between two looks (%(default)s)")
    parser.add_argument("--gatehouse", metavar="PATH", help="the command line gatehouse (else .build/lambda, the folder "
                        "of a release, then the PATH)")
    parser.add_argument("--json", metavar="FILE", help="write the results as JSON, too; - for standard output in place of the table")
    parser.add_argument("--list", action="store_true", help="print every fact's id and sentence")
    parser.add_argument("--permissions", action="store_true", help="print a policy for the caller, of the chosen checks")
    parser.add_argument("--clean-up", metavar="RUN", help="take away what an aborted run has left, and nothing else")
    parser.add_argument("--region", help="AWS region; else that of your configuration")
    parser.add_argument("--profile", help="profile of your AWS configuration")
    parser.add_argument("--verbose", action="store_true", help="say each call")
    parser.add_argument("-h", "--help", action="help", help="print this")
    return parser


def chosen(only, is_public_too):
    """The checks with what of them is wanted."""
    wanted = [name for names in only or [] for name in names.split(",") if name]
    known = {fact.id for fact, _ in facts()} | {check.name for check in CHECKS}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        near = difflib.get_close_matches(unknown[0], known, 1)
        raise Wrong(f"no fact {unknown[0]}: " + (f"did you mean {near[0]}?" if near else "see --list"))
    found = []
    for check in CHECKS:
        ids = {fact.id for fact in check.facts if not wanted or fact.id in wanted or check.name in wanted}
        if not ids:
            continue
        if check.is_public and not is_public_too:
            if wanted:
                raise Wrong(f"{check.name} names everybody in a policy: add --include-public")
            continue
        check.wanted = ids
        found.append(check)
    return found


def check_arguments(given):
    if given.account is not None and not re.fullmatch("[0-9]{12}", given.account):
        raise Wrong("--account wants 12 digits")
    if not re.fullmatch("[0-9]{12}", given.outsider):
        raise Wrong("--outsider wants 12 digits")
    if given.clean_up is not None and not re.fullmatch("[0-9a-f]{12}", given.clean_up):
        raise Wrong("--clean-up wants a run's 12 digits, as they stand in its names and its tag")
    if (given.run or given.clean_up) and given.account is None:
        raise Wrong("say which account this is meant for: --account ID")
    if given.run and given.clean_up:
        raise Wrong("either --run or --clean-up")
    if given.account == given.outsider:
        raise Wrong("--outsider is the account itself")
    if not all(number is None or 0 < number < math.inf for number in (given.limit, given.pace)):
        raise Wrong("--limit and --pace want a number above 0")


def open_account(given, run):
    """The account, once it is the one that was named."""
    region = given.region
    try:
        session = boto3.Session(profile_name=given.profile)
        region = region or session.region_name
        if region is None:
            raise Unusable("no region: give --region, or set AWS_REGION")
        account = Account(session, region, run, given.outsider, given.pace)
    except (ClientError, BotoCoreError) as error:
        is_unreached = not isinstance(error, ClientError) and any(word in code_of(error) for word in UNREACHED)
        why = f"AWS cannot be reached: is {region} the region you mean?" if is_unreached else "no usable AWS credentials:"
        raise Unusable(f"{why} {said(error)}") from None
    if account.id != given.account:
        raise Unusable(f"these are credentials of the account {account.id}, and --account says {given.account}: nothing was made")
    if given.verbose:
        account.log = say
    return account


def alias(account):
    try:
        found = account.client("iam").list_account_aliases()["AccountAliases"]
    except (ClientError, BotoCoreError) as error:
        return f"alias not known ({said(error)})"
    return f"alias {found[0]}" if found else "no alias"


def confirm(given, account, question):
    """Shows which account it is, and wants its id typed, unless --yes was given."""
    say(f"account {account.id}, {alias(account)}, region {account.region}, as {account.caller}")
    if given.yes:
        return
    if not sys.stdin.isatty():
        raise Unusable("this asks before it goes on: run it in a terminal, or with --yes")
    print(f"{question} Type the account's id to go on: ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip() != account.id:
        raise Unusable("that is another id: nothing was made or deleted")


def clean_up(given):
    account = open_account(given, given.clean_up)
    confirm(given, account, f"This deletes what the run {given.clean_up} has left.")
    deleted = []

    def tell(text):
        deleted.append(text)
        say(text)

    try:
        left = clean(account, list(CLEANERS), tell)
    except KeyboardInterrupt:
        left = ["what was not deleted when this was stopped"]
    if not deleted and not left:
        say(f"nothing of the run {given.clean_up} was found in {account.region}")
    return told_left(account, left)


def writable(name):
    """The file for the results, opened before anything is made: a run is long. None where there is to be none."""
    if name in (None, "-"):
        return None
    try:
        # What an earlier run wrote there stays until there is something to write.
        return open(name, "a", encoding="utf-8")
    except OSError as error:
        raise Unusable(f"--json: {error.strerror}: {name}") from None


def written(file, text):
    try:
        with file:
            file.truncate(0)
            file.write(text + "\n")
    except OSError as error:
        say(f"{NAME}: --json: {error.strerror}: {file.name}")
        return 1
    return 0


def told_left(account, left):
    for line in left:
        say(f"left: {line}")
    if left:
        say(f"to try again: {NAME} --clean-up {account.run} --account {account.id} --region {account.region}")
    return 1 if left else 0


def run(given, checks, prepare):
    found = program.find(given.gatehouse, HERE)
    if found is None and any(check.programs for check in checks):
        where = f"{given.gatehouse} is no program" if given.gatehouse else "no gatehouse"
        raise Unusable(f"{where}: run deploy/package, take it from a release, or say where it is with --gatehouse")
    results_file = writable(given.json)
    prepare()
    account = open_account(given, new_run())
    many = "1 check" if len(checks) == 1 else f"{len(checks)} checks"
    confirm(given, account, f"This makes and deletes resources for {many} (without --run it says which).")
    say(f"run {account.run}: facts to look at: {sum(len(check.chosen) for check in checks)}; Ctrl-C stops, and takes away what was made")
    pressed = []

    def stop(number, frame):
        pressed.append(number)
        account.stop.set()
        say("stopping: what was made is taken away" if len(pressed) == 1 else "still taking away; it is not interrupted")

    stops = [signal.SIGINT, signal.SIGTERM]
    # Whoever closes the terminal may have said nohup.
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        stops.append(signal.SIGHUP)
    before = {number: signal.signal(number, stop) for number in stops}
    try:
        gatehouse = program.Program(found, account.session, account.region)
        results = run_checks(account, checks, gatehouse, given.limit, say)
    finally:
        kinds = {kind for check in checks for kind in check.kinds}
        left = clean(account, kinds, say)
        code = told_left(account, left)
        for number, handler in before.items():
            signal.signal(number, handler)
    facts_of_run = {
        "run": account.run,
        "account": account.id,
        "outsider": account.outsider,
        "region": account.region,
        "partition": account.partition,
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d"),
    }
    told = report.as_json(results, facts_of_run, left)
    if results_file is not None:
        code = written(results_file, told) or code
    print(told if given.json == "-" else report.table(results, facts_of_run))
    for kind in CLEANERS:
        if kind in kinds and CLEANERS[kind].note:
            say(CLEANERS[kind].note)
    if pressed:
        return 1
    return code or (3 if any(each.verdict == CONTRADICTED for each in results) else 0)


def main(arguments, prepare=lambda: None):
    """The exit code; `prepare` is called before AWS is."""
    try:
        code = answer(arguments, prepare)
    except BrokenPipeError:
        code = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            # Whoever reads has enough, as `head` does; Python would complain once more at its end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            code = code or 1
    return code


def answer(arguments, prepare):
    try:
        given = options().parse_args(arguments)
        check_arguments(given)
        if given.clean_up:
            prepare()
            return clean_up(given)
        checks = chosen(given.only, given.include_public)
        if given.list:
            for fact in [fact for check in checks for fact in check.chosen]:
                print(f"{fact.id:30} {fact.sentence}")
            return 0
        if given.permissions:
            print(report.policy(checks))
            return 0
        if not given.run:
            print(report.plan(checks, "RUN", given.outsider, given.region or "of your configuration"))
            say("this was a dry run: nothing was called. To do it: --run --account ID")
            return 0
        return run(given, checks, prepare)
    except Wrong as wrong:
        say(f"{NAME}: {wrong}\n{NAME} --help says how it is used")
        return 2
    except KeyboardInterrupt:
        # Before anything is made; from then on Ctrl-C is answered by `run`.
        say(f"{NAME}: stopped; nothing was made")
        return 1
    except Unusable as unusable:
        say(f"{NAME}: {unusable}")
        return 1
