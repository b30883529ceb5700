"""Every check, in the order in which they are told."""

from . import behaviour, endpoints, events, grammar, ledger, policies, public, services, sessions, templates

CHECKS = [
    *policies.CHECKS,
    *grammar.CHECKS,
    *sessions.CHECKS,
    *behaviour.CHECKS,
    *services.CHECKS,
    *events.CHECKS,
    *ledger.CHECKS,
    *endpoints.CHECKS,
    *templates.CHECKS,
    *public.CHECKS,
]


def facts():
    """Each fact with its check."""
    return [(fact, check) for check in CHECKS for fact in check.facts]
