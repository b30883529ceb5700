"""Requests that somebody could send to a function URL, and some that Lambda would never hand on: each with the status
that it must get. What they are made of is drawn from a seed; every kind comes first in full."""

import base64
import json
import urllib.parse
from dataclasses import dataclass

from .approvals import key, payload, sign
from .function_url import event

FORM = "application/x-www-form-urlencoded"
LIMIT = 16_384
PAGE = {200}
INVALID = {"Function.InvalidEvent"}

MARKUP = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "' onfocus='alert(1)' autofocus='",
    "</title></style></textarea><svg onload=alert(1)>",
    "&lt;b&gt;&#60;&amp;",
    "<!--", "]]>", "<?php ?>", "{{7*7}}", "${7*7}", "%3Cscript%3E",
    "javascript:alert(1)",
    "line\r\nSet-Cookie: a=b\r\n\r\n<html>",
    "line\u2028separated\u2029text", "\u202etxt.exe", "\ufeff\u200bzero\u00adwidth",
    "a\x00b", "\x1b[31mred\x1b[0m", "\x7f\x80\x9f", "💀\u0301" * 9,
    "Grüße, 日本語, עברית, 🧑‍💻", "' OR '1'='1", "../../../etc/passwd", "$(reboot)`id`;|&", "\\u003cb\\u003e",
]
PATHS = [
    "//", "/.", "/./", "/..", "/../", "/%2e", "/%2F", "/%00", "/index.html", "/favicon.ico", "/robots.txt", "/?", "/ ",
    "/\u00e9", "/%C3%A9", "/\uff0f", "/a" * 500, "", "*", "http://127.0.0.1/", "/;token=", "/\r\nX: y", "/<script>",
    "/latest/meta-data/", "/.git/config", "/\x00",
]
METHODS = [
    "HEAD", "OPTIONS", "TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "get", "post", "Get", "GETT", "GET ", " GET", "",
    "G\u0395T", "PROPFIND", "GET\r\n", "POST\x00", "_" * 3000,
]
TYPES = [
    "application/json", "multipart/form-data; boundary=x", "text/plain", "", "application/x-www-form-urlencodedx",
    "text/html", "application/octet-stream", "*/*", "application/x-www-form", "form", ";", "\u00e9",
]
ODD = [None, 7, -1, 1.5, True, [], {}, ["a"], {"a": "b"}, "", "x"]


@dataclass
class Hostile:
    """A request and what it must get: one of these statuses, or the error of what is no event that we know."""

    name: str
    event: object
    statuses: set

    def __str__(self):
        return f"{self.name}: {json.dumps(self.event)[:1500]}"


class Requests:
    """`tokens` are those of requests by what became of them: open, late, superseded, approved, rejected."""

    def __init__(self, tokens, with_key, chance):
        self.tokens, self.key, self.chance = tokens, with_key, chance

    def all(self, count):
        """Every kind, and then as many by chance as are wanted in all."""
        kinds = [self.paths, self.methods, self.shapes, self.bodies, self.forms, self.sizes, self.forged, self.states]
        kinds += [self.headers, self.texts]
        made = [request for kind in kinds for request in kind()]
        yield from made
        for _ in range(count - len(made)):
            yield self.mixed()

    # Building

    def get(self, token, **more):
        return event(target=f"/?token={urllib.parse.quote(token, safe='')}", **more)

    def post(self, body, content=FORM, encoded=None, **more):
        """A body as bytes, or fields; as base64 or as text, where that is possible and not said, by chance."""
        body = body if isinstance(body, bytes) else urllib.parse.urlencode(body).encode("utf-8", "surrogatepass")
        made = event("POST", headers=[("content-type", content)], **more)
        try:
            text = body.decode()
        except UnicodeDecodeError:
            text = None
        made["isBase64Encoded"] = text is None or (self.chance.random() < 0.5 if encoded is None else encoded)
        made["body"] = base64.b64encode(body).decode() if made["isBase64Encoded"] else text
        return made

    def fields(self, **more):
        """A form that would decide, but for what is given; None takes a field out."""
        form = {"token": self.tokens["open"], "decision": "approve", "name": "Maria", "reason": "why", **more}
        return {name: value for name, value in form.items() if value is not None}

    # Kinds

    def paths(self):
        for path in PATHS:
            made = self.get(self.tokens["open"])
            made["rawPath"] = path
            yield Hostile("path", made, {404})
            made = self.post(self.fields())
            # Where there is nothing the method does not matter.
            made["rawPath"], made["requestContext"]["http"]["method"] = path, self.chance.choice(METHODS)
            yield Hostile("path and method", made, {404})

    def methods(self):
        for method in METHODS:
            made = self.post(self.fields())
            made["requestContext"]["http"]["method"] = method
            yield Hostile("method", made, {405})
            large = self.post(b"x" * (LIMIT + 1))
            large["requestContext"]["http"]["method"] = method
            yield Hostile("method before size", large, {405})

    def shapes(self):
        """Events that Lambda never makes: whatever they lack, they decide nothing and break nothing."""
        for base in (self.get(self.tokens["open"]), self.post(self.fields(decision="maybe"))):
            for name in base:
                for value in [..., *ODD]:
                    made = json.loads(json.dumps(base))
                    made.pop(name) if value is ... else made.update({name: value})
                    yield Hostile(f"{name} is {value!r}", made, {200, 400, 404, 405})
            for path in (("requestContext", "http"), ("requestContext", "authorizer"), ("requestContext", "http", "method")):
                for value in [..., *ODD]:
                    made = json.loads(json.dumps(base))
                    place = made
                    for step in path[:-1]:
                        place = place[step]
                    place.pop(path[-1], None) if value is ... else place.update({path[-1]: value})
                    yield Hostile(f"{'.'.join(path)} is {value!r}", made, {200, 400, 404, 405})
        for iam in ODD:
            made = self.post(self.fields(name=None))
            made["requestContext"]["authorizer"] = {"iam": iam}
            yield Hostile("an identity that is none", made, {400})
            made["requestContext"]["authorizer"] = {"iam": {"userArn": iam if iam not in ("", "x") else None}}
            yield Hostile("an ARN that is none", made, {400})
        for nothing in ({}, [], None, "x", 7, [{}], {"Records": []}, {"taskToken": 7}, {"case": {}}, {"taskToken": "x"}):
            yield Hostile("no event of a URL", nothing, INVALID)
        both = {**self.get(self.tokens["open"]), "taskToken": "x", "case": {}}
        yield Hostile("a URL's event and a task's", both, INVALID | {200})

    def bodies(self):
        whole = urllib.parse.urlencode(self.fields()).encode()
        for content in TYPES:
            yield Hostile("content type", self.post(whole, content), {400})
            if content:
                yield Hostile("JSON", self.post(json.dumps(self.fields()).encode(), content), {400})
        for content in (f"{FORM}; charset=UTF-8", FORM.upper(), f"{FORM} ;x=y"):
            late = urllib.parse.urlencode(self.fields(token=self.tokens["late"])).encode()
            yield Hostile("a form by another spelling", self.post(late, content), {410})
        multipart = b"--x\r\ncontent-disposition: form-data; name=token\r\n\r\n" + self.tokens["open"].encode() + b"\r\n--x--"
        yield Hostile("multipart", self.post(multipart, "multipart/form-data; boundary=x"), {400})
        yield Hostile("multipart as a form", self.post(multipart), {400})
        for broken in ("=", "====", "a", "ab", "abc", "YQ", "YQ=", "Y Q==", "YQ==\n", "-_-_", "é", "YQ==YQ==", "\x00" * 4):
            made = self.post(whole)
            made["isBase64Encoded"], made["body"] = True, broken
            yield Hostile("base64 that is none", made, {400})
            made = self.post(whole, encoded=True)
            made["body"] = made["body"][:-8] + broken + made["body"][-8:]
            yield Hostile("base64 broken in the middle", made, {400})
        made = self.post(whole, encoded=True)
        made["isBase64Encoded"] = False
        yield Hostile("base64 that is said to be text", made, {400})
        made = self.post(whole, encoded=False)
        made["isBase64Encoded"] = True
        yield Hostile("text that is said to be base64", made, {400})
        for odd in ("%", "%4", "%zz", "%u0041", "%C3", "%FF%FE", "%ED%A0%80", "%C0%AF", "%F5%80%80%80"):
            for place in ("token={}", "name={}", "{}=x", "other={}", "decision=approve{}"):
                body = (place.format(odd) + "&").encode() + whole
                yield Hostile("percent-encoding", self.post(body), {400})
                made = event()
                made["rawQueryString"] = f"token={self.tokens['open']}&" + place.format(odd)
                yield Hostile("percent-encoding in the query", made, {400})
        for raw in (b"\xff", b"name=\xc3", b"\xed\xa0\x80=x", bytes(range(128, 256))):
            yield Hostile("no UTF-8", self.post(whole + b"&" + raw), {400})
        for empty in (b"", b"&", b"&&&&", b"=", b"=&=", b"token", b"token=", b"%74oken", b"\x00"):
            yield Hostile("no token", self.post(empty), {400})
            made = event()
            made["rawQueryString"] = empty.decode()
            yield Hostile("no token in the query", made, {400})

    def forms(self):
        token = self.tokens["open"]
        for decision in ("", "Approve", "APPROVE", "approve ", " approve", "yes", "true", "1", "approve,reject", "approve\x00"):
            yield Hostile("decision", self.post(self.fields(decision=decision)), {400})
        for name in ("", " ", "\t", "\r\n", "\x00", "\u200b", "x" * 101, "é" * 101, "🧑" * 101):
            yield Hostile("name", self.post(self.fields(name=name)), {400})
        yield Hostile("reason", self.post(self.fields(reason="x" * 1001)), {400})
        for gone in ("decision", "name"):
            yield Hostile(f"no {gone}", self.post(self.fields(**{gone: None})), {400})
        yield Hostile("no token", self.post(self.fields(token=None)), {400})
        for name, values in (
            ("token", [token, token]), ("decision", ["approve", "reject"]), ("decision", ["approve", "approve"]),
            ("name", ["Maria", "Jo"]), ("reason", ["a", "b"]), ("token", ["", token]), ("token", [token, ""]),
        ):
            once = [(other, value) for other, value in self.fields().items() if other != name]
            body = urllib.parse.urlencode([*once, *((name, value) for value in values)]).encode()
            yield Hostile(f"{name} twice", self.post(body), {400})
        for query in (f"token={token}&token={token}", f"token={token}&token=x", f"token=&token={token}", "token[]=" + token):
            made = event()
            made["rawQueryString"] = query
            yield Hostile("token twice in the query", made, {400})
        made = self.post(self.fields(token=None))
        made["rawQueryString"] = f"token={token}"
        yield Hostile("the token in the query of a form", made, {400})
        made = event()
        made["queryStringParameters"] = {"token": token}
        yield Hostile("the token in what was read for us", made, {400})
        made = event(headers=[("cookie", f"token={token}"), ("token", token)])
        yield Hostile("the token in a cookie and a header", made, {400})
        for more in ("&x=1", "&x=1&x=2", "&%00=%00", "&" * 50, "&name=<b>", "&decision=approve", "&__proto__=x"):
            made = self.get(token)
            made["rawQueryString"] += more
            yield Hostile("more in the query", made, PAGE)
        made = self.get(token)
        made["rawQueryString"] = "token=" + "".join(f"%{ord(letter):02x}" for letter in token)
        yield Hostile("every letter of the token encoded", made, PAGE)
        get_with_body = self.get(token)
        get_with_body["body"], get_with_body["isBase64Encoded"] = urllib.parse.urlencode(self.fields()), False
        yield Hostile("a form that is read and not sent", get_with_body, PAGE)

    def sizes(self):
        token = self.tokens["open"]
        for size in (LIMIT + 1, 2 * LIMIT, 100_000, 1_000_000):
            made = event()
            made["rawQueryString"] = f"token={token}&x=".ljust(size, "x")
            yield Hostile("query", made, {413})
            for encoded in (True, False):
                body = urllib.parse.urlencode(self.fields()).encode() + b"&x="
                yield Hostile("body", self.post(body.ljust(size, b"x"), encoded=encoded), {413})
                yield Hostile("body before form", self.post(b"%" * size, encoded=encoded), {413})
            yield Hostile("body before type", self.post(b"{" * size, "application/json"), {413})
            made = self.post(self.fields(token="x"))
            made["rawQueryString"] = "x" * size
            yield Hostile("query of a form before signature", made, {413})
        fits = urllib.parse.urlencode(self.fields(decision="maybe")).encode() + b"&x="
        for encoded in (True, False):
            yield Hostile("just fits", self.post(fits.ljust(LIMIT, b"x"), encoded=encoded), {400})
        made = event()
        made["rawQueryString"] = f"token={token}&x=".ljust(LIMIT, "x")
        yield Hostile("just fits", made, PAGE)
        yield Hostile("many fields", self.post(b"a=b&" * 4000), {400})
        yield Hostile("a long token", self.get("x" * 16_000), {403})

    def forged(self):
        """Tokens that were not made here. A decision beside them is not looked at."""
        for name, token in self.foreign():
            yield Hostile(name, self.get(token), {403})
            decision = self.chance.choice(["approve", "reject", "maybe", ""])
            yield Hostile(name, self.post(self.fields(token=token, decision=decision)), {403})
        # Somebody has the key, and no link.
        real = json.loads(payload(self.tokens["open"]))
        others = [("finding", "other"), ("finding", "\0"), ("request", "other"), ("nonce", "0" * 32), ("nonce", "")]
        for name, value in others:
            token = sign(json.dumps({**real, name: value}, separators=(",", ":")).encode(), self.key)
            yield Hostile(f"signed, another {name}", self.get(token), {410})
            yield Hostile(f"signed, another {name}", self.post(self.fields(token=token)), {410})
            # What cannot be used is said before what is over.
            yield Hostile(f"signed, another {name}", self.post(self.fields(token=token, decision="")), {400})
        for said in (b"", b"{}", b"[]", b"x", b"\xff", json.dumps({**real, "nonce": 7}).encode(), b"{" * 3000):
            yield Hostile("signed, and no token", self.get(sign(said, self.key)), {403})

    def foreign(self):
        token = self.tokens["open"]
        said, code = token.split(".")
        other_said, other_code = self.tokens["approved"].split(".")
        yield "halves of two", f"{said}.{other_code}"
        yield "halves of two", f"{other_said}.{code}"
        for length in (1, 2, 10, len(said), len(said) + 1, len(token) - 1):
            yield "cut", token[:length]
            yield "cut in front", token[-length:] if length < len(token) else token[1:]
        for more in ("=", "==", ".", "..", ".x", "A", "AA", "AAAA", " ", "\n", "\x00", "\u00e9", "%3D"):
            yield "more behind", token + more
            yield "more in front", more + token
            yield "more in the middle", f"{said}{more}.{code}"
            yield "more in the middle", f"{said}.{more}{code}"
        for old, new in (("-", "+"), ("_", "/"), (".", ".."), (".", ","), (".", "")):
            if old in token:
                yield "another alphabet", token.replace(old, new)
        yield "padded", ".".join(part + "=" * (-len(part) % 4) for part in (said, code))
        yield "swapped", f"{code}.{said}"
        yield "in capitals", token.upper()
        yield "in hexadecimal", f"{said}.{base64.urlsafe_b64decode(code + '=').hex()}"
        for with_key in ("", self.key[:-1], self.key + "x", self.key.lower(), self.key[::-1], key(), "secretsmanager:arn"):
            yield "another key", sign(payload(token), with_key)
        yield "no signature", f"{said}."
        yield "nothing but a signature", f".{code}"
        yield "a JSON Web Token without a signature", "eyJhbGciOiJub25lIn0.eyJmaW5kaW5nIjoieCJ9."
        for text in MARKUP:
            yield "markup", text

    def states(self):
        for state, status in (("late", 410), ("superseded", 410), ("approved", 409), ("rejected", 409)):
            token = self.tokens[state]
            yield Hostile(state, self.get(token), {status})
            for decision in ("approve", "reject"):
                yield Hostile(state, self.post(self.fields(token=token, decision=decision)), {status})
            yield Hostile(f"{state}, no decision", self.post(self.fields(token=token, decision="x")), {400})
            yield Hostile(f"{state}, another path", {**self.get(token), "rawPath": "/x"}, {404})

    def headers(self):
        token = self.tokens["open"]
        for text in MARKUP:
            made = self.get(token, headers=[("user-agent", text), ("referer", text), ("x-forwarded-host", text)])
            made["requestContext"]["http"]["userAgent"] = text
            made["cookies"] = [text, f"token={text}"]
            yield Hostile("markup in headers", made, PAGE)
            yield Hostile("a header's name", {**self.get(token), "headers": {text: text}}, PAGE)
        many = {f"x-{number}": "y" * 40 for number in range(5000)}
        yield Hostile("many headers", {**self.get(token), "headers": many}, PAGE)
        yield Hostile("a long header", {**self.get(token), "headers": {"x": "y" * 500_000}}, PAGE)
        yield Hostile("another method by header", self.get(token, headers=[("x-http-method-override", "POST")]), PAGE)

    def texts(self):
        """Markup where a person's words are; nothing is decided, so that nobody reads them."""
        for text in MARKUP:
            yield Hostile("markup", self.post(self.fields(decision=text, name=text, reason=text)), {400})
            for state, status in (("late", 410), ("approved", 409)):
                fields = self.fields(token=self.tokens[state], name=f"x{text}"[:90], reason=text)
                yield Hostile(f"markup, {state}", self.post(fields), {status})
            made = self.get(self.tokens["open"])
            made["rawQueryString"] += "&name=" + urllib.parse.quote(text, errors="surrogatepass")
            yield Hostile("markup in the query", made, PAGE)

    # By chance

    def mixed(self):
        """A form of parts that are each right or wrong; the status is that of the first check that fails."""
        chance = self.chance
        state = chance.choice(["late", "superseded", "approved", "rejected", "open"])
        token, statuses = self.tokens[state], {"late": 410, "superseded": 410, "approved": 409, "rejected": 409}
        status = statuses.get(state)
        fields = self.fields(token=token, decision=chance.choice(["approve", "reject"]))
        # What is open must not be decided here.
        if state == "open" or chance.random() < 0.3:
            name, value = chance.choice(
                [("decision", self.noise()), ("decision", ""), ("name", ""), ("name", "x" * chance.randint(101, 500))]
            )
            fields[name], status = value, 400
        if chance.random() < 0.3:
            fields["token"], status = self.bent(token), 403
        if chance.random() < 0.1:
            fields["token"], status = "", 400
        fields |= {f"x{number}": self.noise() for number in range(chance.randint(0, 4))}
        order = list(fields.items())
        chance.shuffle(order)
        made = self.post(urllib.parse.urlencode(order).encode())
        if chance.random() < 0.1:
            made["headers"]["content-type"], status = chance.choice(TYPES), 400
        if chance.random() < 0.1:
            made["rawQueryString"], status = "x" * chance.randint(LIMIT + 1, 40_000), 413
        if chance.random() < 0.1:
            made["requestContext"]["http"]["method"], status = chance.choice(METHODS), 405
        if chance.random() < 0.1:
            made["rawPath"], status = chance.choice(PATHS), 404
        return Hostile("by chance", made, {status})

    def bent(self, token):
        """A token with one letter that is another one."""
        place = self.chance.randrange(len(token))
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        return token[:place] + self.chance.choice([one for one in letters if one != token[place]]) + token[place + 1 :]

    def noise(self):
        return "".join(self.chance.choice(MARKUP) for _ in range(self.chance.randint(1, 3)))
