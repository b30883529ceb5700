"""What the page answers, judged as strictly as can be: headers, well-formed HTML, and only the markup that is ours."""

import base64
import hashlib
import re

import html5lib

TITLE = re.compile(r"^[\w ,:?'-]+ - Gatehouse$")
# Whatever a text from outside would have become is none of these.
ELEMENTS = {
    *("html", "head", "meta", "title", "style", "body", "a", "header", "main", "footer", "p", "h1", "h2", "h3", "br"),
    *("dl", "dt", "dd", "ul", "li", "code", "time", "div", "pre", "span", "ins", "del"),
    *("form", "label", "input", "textarea", "button"),
}
ATTRIBUTES = {
    *("lang", "charset", "name", "content", "class", "href", "id", "tabindex", "role", "datetime", "for", "type"),
    *("value", "required", "maxlength", "rows", "disabled", "hidden", "method", "action"),
    *("autocomplete", "autocapitalize", "spellcheck", "aria-labelledby", "aria-describedby", "aria-label"),
}
HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
POLICY = {
    "default-src": ["'none'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}


class Served:
    """One answer; reading it fails where it is not as it must be."""

    def __init__(self, outcome):
        assert outcome.kind == "response", outcome.body[:500]
        said = outcome.json
        assert set(said) <= {"statusCode", "headers", "body", "isBase64Encoded"}, sorted(said)
        assert said["isBase64Encoded"] is False and isinstance(said["statusCode"], int)
        self.status, self.html, self.headers = said["statusCode"], said["body"], said["headers"]
        self.check_headers()
        self.read()

    def check_headers(self):
        for name, value in self.headers.items():
            assert re.fullmatch(r"[a-z0-9-]+", name), name
            assert re.fullmatch(r"[\x20-\x7e]+", value), (name, value)
        assert HEADERS.items() <= self.headers.items(), self.headers
        assert not {"set-cookie", "location", "refresh", "link"} & self.headers.keys()
        assert (self.status == 405) == ("allow" in self.headers)
        assert self.headers.get("allow", "GET, POST") == "GET, POST"

    def read(self):
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        self.tree = parser.parse(self.html)
        assert parser.errors == [], parser.errors[:3]
        self.elements = [element for element in self.tree.iter() if isinstance(element.tag, str)]
        tags = {element.tag for element in self.elements}
        assert tags <= ELEMENTS, tags - ELEMENTS
        names = {name for element in self.elements for name in element.attrib}
        assert names <= ATTRIBUTES, names - ATTRIBUTES
        assert {element.get("href") for element in self.find("a")} <= {"#decide"}
        assert {element.get("action") for element in self.find("form")} <= {"/"}
        assert "<!--" not in self.html and "http-equiv" not in self.html
        assert self.tree.get("lang") == "en"
        (title,), (heading,) = self.find("title"), self.find("h1")
        assert TITLE.match(title.text), title.text
        self.heading = "".join(heading.itertext())
        (style,) = self.find("style")
        digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
        policy = {}
        for part in self.headers["content-security-policy"].split(";"):
            directive, *sources = part.split()
            policy[directive] = sources
        assert policy == {**POLICY, "style-src": [f"'sha256-{digest}'"]}

    def find(self, tag):
        return [element for element in self.elements if element.tag == tag]

    @property
    def text(self):
        """What is read, whatever the lines."""
        (body,) = self.find("body")
        return " ".join("".join(body.itertext()).split())

    def facts(self):
        """What stands beside each name in lists of such."""
        names = ["".join(element.itertext()) for element in self.find("dt")]
        texts = ["".join(element.itertext()) for element in self.find("dd")]
        return dict(zip(names, texts, strict=True))

    def holds(self, *secrets):
        """The secrets of these that are somewhere in the answer, outside of a form's hidden field."""
        rest = self.html
        for field in self.find("input"):
            if field.get("type") == "hidden":
                assert field.get("name") == "token" and self.status == 200
                rest = rest.replace(f'value="{field.get("value")}"', "", 1)
        return [secret for secret in secrets if secret in rest or secret in str(self.headers)]
