"""axe-core on a page as it was served. https://github.com/dequelabs/axe-core

It runs in the isolated world of `Page.evaluate`, which the page's Content-Security-Policy does not reach: the page is
checked under the very policy that it has, and that policy stays switched on.
"""

from . import prepare

# What axe cannot decide is a finding too: there is nothing on these pages that it could not decide.
RUN = """
axe.run(document, {resultTypes: ["violations", "incomplete"]}).then(found => ({
    rules: found.passes.length,
    problems: found.violations.concat(found.incomplete).flatMap(rule => rule.nodes.map(node =>
        rule.id + ": " + node.html.slice(0, 160) + " " + (node.failureSummary || ""))),
}))
"""


def problems(page):
    """What axe finds, one line each, and how many of its rules had something to look at."""
    page.evaluate(prepare.accessibility_checker().read_text() + "\n;0")
    found = page.evaluate(RUN)
    return found["problems"], found["rules"]


def background(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def is_wider_than_its_window(page):
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def with_large_text(page):
    """Text at twice its size, as a browser's setting makes it."""
    page.evaluate("document.documentElement.style.fontSize = '200%'; 0")
