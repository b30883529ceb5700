"""Patterns with `*` in policies and in AWS's own tables."""

import functools
import re


def matches(pattern, text):
    """Whether an action or ARN is one that a policy's pattern means."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None


@functools.lru_cache(maxsize=None)
def overlap(one, other):
    """Whether some text matches both patterns."""
    if not one or not other:
        return set(one + other) <= {"*"}
    if one[0] == "*":
        return overlap(one[1:], other) or overlap(one, other[1:])
    if other[0] == "*":
        return overlap(other, one)
    return one[0] == other[0] and overlap(one[1:], other[1:])
