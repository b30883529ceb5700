"""What a run has made, or has asked for without hearing the answer."""

import threading

from .facts import Stopped, Undeclared

# A call that makes something was begun; it was answered with what it made.
ASKED, MADE = "asked", "made"


def is_doubtful(error):
    """Whether a call that ended so may have made something all the same: an answer was lost, or it went wrong in there."""
    told = getattr(error, "response", {}).get("ResponseMetadata", {})
    return not told or told.get("HTTPStatusCode", 500) >= 500 or told.get("RetryAttempts", 0) > 0


class Made:
    """Resources by kind and name, noted before they are asked for. Used by several threads."""

    def __init__(self):
        self.lock = threading.Lock()
        self.states = {}

    def note(self, kind, name):
        """It is there, or may be: it has to be taken away."""
        with self.lock:
            self.states.setdefault((kind, name), ASKED)

    def forget(self, kind, name):
        """It was taken away, or was never made."""
        with self.lock:
            self.states.pop((kind, name), None)

    def doubt(self, kind, name):
        """It may be gone, or may not."""
        with self.lock:
            self.states[kind, name] = ASKED

    def names(self, kind, state=None):
        with self.lock:
            return [name for (each, name), held in self.states.items() if each == kind and state in (None, held)]

    def by(self, kind, name, call):
        """Makes one by `call`; whatever comes of it, what may be there is noted."""
        is_again = name in self.names(kind)
        self.note(kind, name)
        try:
            answer = call()
        except (Stopped, Undeclared):
            # Nothing was sent.
            if not is_again:
                self.forget(kind, name)
            raise
        except Exception as error:
            if not is_again and not is_doubtful(error):
                self.forget(kind, name)
            raise
        with self.lock:
            self.states[kind, name] = MADE
        return answer
