"""The documents of the repository as data: pages, headings, links, tables; and what the Swift sources say."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[3]
SOURCES = ROOT / "Sources"

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def pages():
    """Every Markdown file that is ours: nothing of hidden folders and of what tools install."""
    found = sorted(path.relative_to(ROOT) for path in ROOT.rglob("*.md"))
    return [path for path in found if not any(part.startswith(".") or part == "node_modules" for part in path.parts)]


def text(page):
    return (ROOT / page).read_text()


def prose(page):
    """Without blocks of code, which hold no headings and no links."""
    return FENCE.sub("", text(page))


def headings(page, level="#+"):
    return re.findall(rf"^{level} (.+)$", prose(page), re.MULTILINE)


def anchors(page):
    """What GitHub calls the headings: small letters, hyphens for blanks, a number behind what comes again."""
    found = []
    for heading in headings(page):
        name = re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")
        again = sum(re.fullmatch(rf"{re.escape(name)}(-\d+)?", other) is not None for other in found)
        found.append(f"{name}-{again}" if again else name)
    return set(found)


def links(page):
    """Relative links, as they are written."""
    return [link for link in LINK.findall(CODE.sub("", prose(page))) if not re.match(r"[a-z]+:", link)]


def rows(page, first):
    """The cells of the table whose first heading is `first`."""
    lines = prose(page).splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith(f"| {first} |"))
    table = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")])
    return table


def codes(cell):
    """What stands in backquotes."""
    return CODE.findall(cell)


def swift(*folders):
    """All Swift sources, or those below folders of these names, as one text."""
    paths = sorted(SOURCES.rglob("*.swift"))
    wanted = [path for path in paths if not folders or set(folders) & set(path.relative_to(SOURCES).parts)]
    return "\n".join(path.read_text() for path in wanted)


def declaration(beginning, end):
    """The one place of the Swift sources that begins and ends so, wherever its file is."""
    found = re.findall(rf"{beginning}(.*?){end}", swift(), re.DOTALL)
    assert len(found) == 1, f"{len(found)} places of the sources look like {beginning}: say here which is the truth now"
    return found[0]


def strings(source):
    return re.findall(r'"([^"\\]+)"', source)
