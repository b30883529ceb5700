"""JSON whose numbers keep their spelling: 3.60e3 stays as it was written."""

import json
import re

# Around a number while its text is in a Python value.
NUMBER = ("\ue000", "\ue001")


def loads(text):
    """JSON whose numbers keep their spelling, as marked strings."""

    def keep(spelling):
        return spelling.join(NUMBER)

    return json.loads(text, parse_int=keep, parse_float=keep)


def dumps(value, **options):
    """Text that differs when the order of keys or the spelling of a number does."""
    text = json.dumps(value, ensure_ascii=False, **options)
    return re.sub('"%s([^"]*)%s"' % NUMBER, r"\1", text)
