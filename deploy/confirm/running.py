"""Runs checks side by side; whatever happens, what was made is taken away."""

import os
import threading
import traceback

from .account import At, BotoCoreError, ClientError, said
from .analyzer import Unseen
from .facts import UNKNOWN, Result, Stopped, Undeclared
from .program import Failed


def run_check(account, check, program, limit, results, say):
    """One check; a fact that it gave no verdict of is UNKNOWN, with what went wrong."""
    at, why = At(account, check, program, limit), "the check ended without a verdict"
    try:
        check.run(at)
    except Stopped as stopped:
        why = str(stopped)
    except (ClientError, BotoCoreError) as error:
        why = said(error)
    except (Failed, Unseen, RuntimeError, Undeclared) as error:
        why = str(error)
    except Exception as error:
        # A service's answer in another shape than it is documented: the others go on, and this one says where.
        place = traceback.extract_tb(error.__traceback__)[-1]
        why = f"{type(error).__name__} at {os.path.basename(place.filename)}:{place.lineno}: {error}"
    for fact in check.chosen:
        verdict, reason = at.verdicts.get(fact.id, (UNKNOWN, why))
        results[fact.id] = Result(fact, verdict, " ".join(reason.split()))
    say(f"{check.name}: " + ", ".join(f"{fact.id.split('.')[1]} {results[fact.id].verdict}" for fact in check.chosen))


def wait_for(threads):
    for thread in threads:
        # In steps, so that Ctrl-C is seen at once.
        while thread.is_alive():
            thread.join(0.2)


def run_checks(account, checks, program, limit, say):
    """Results by id, in the order of the checks; stops early when `account.stop` is set."""
    results = {}
    threads = [
        threading.Thread(
            target=run_check, args=(account, check, program, min(limit, check.minutes) if limit else check.minutes, results, say),
            name=check.name,
        )
        for check in checks
    ]  # fmt: skip
    try:
        for thread in threads:
            thread.start()
        wait_for(threads)
    except BaseException:
        # What is taken away next is not made behind our back.
        account.stop.set()
        wait_for([thread for thread in threads if thread.ident is not None])
        raise
    return [results[fact.id] for check in checks for fact in check.chosen]
