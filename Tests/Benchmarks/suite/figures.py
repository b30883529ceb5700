"""Medians, ratios and the table."""

import json
import math
import statistics


class Sample:
    """Measured values of one thing, all in `unit`."""

    def __init__(self, values, unit="µs"):
        self.values = sorted(values)
        self.unit = unit

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def p90(self):
        """Nearest rank."""
        return self.values[math.ceil(0.9 * len(self.values)) - 1]

    def text(self):
        if len(self.values) == 1:
            return quantity(self.median, self.unit)
        return f"{quantity(self.median, self.unit)} (p90 {quantity(self.p90, self.unit)})"

    def data(self):
        return {"median": round(self.median, 3), "p90": round(self.p90, 3), "n": len(self.values), "unit": self.unit}


def quantity(value, unit):
    """A number as people read it: microseconds from a thousand up as milliseconds."""
    if unit == "µs" and value >= 1000:
        return f"{value / 1000:.2f} ms"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}"


class Report:
    """Rows in sections; `reach` is the target as text, never a verdict."""

    def __init__(self):
        self.rows = []
        self.notes = []

    def add(self, section, what, sample, floor=None, against="", reach=None):
        """`floor`: the Sample of the C program that `against` names, or None. The ratio is that of the medians."""
        self.rows.append((section, what, sample, floor, against, reach))

    def note(self, section, text):
        self.notes.append((section, text))

    def text(self):
        """The table; a row that repeats the one above against another floor shows the floor only."""
        cells, above = [("", "", "bootstrap", "C floor", "ratio", "", "")], None
        for section, what, sample, floor, against, reach in self.rows:
            repeated = (section, what) == above
            above = (section, what)
            cells.append((
                section, "" if repeated else what, "" if repeated else sample.text(), floor.text() if floor else "",
                f"{sample.median / floor.median:.2f}x" if floor else "", f"reach: {reach}" if reach else "",
                against if floor else ""))
        widths = [max(len(row[i]) for row in cells) for i in range(1, 7)]
        lines = [_line(cells[0], widths)]
        for section in dict.fromkeys([row[0] for row in self.rows] + [note[0] for note in self.notes]):
            lines += ["", section] + [_line(row, widths) for row in cells if row[0] == section]
            lines += ["  " + line for name, note in self.notes if name == section for line in note.splitlines()]
        return "\n".join(lines)

    def data(self):
        return {
            "figures": [
                {"section": section, "what": what, **sample.data(), "reach": reach,
                 "floor": {"name": against, **floor.data()} if floor else None,
                 "ratio": round(sample.median / floor.median, 3) if floor else None}
                for section, what, sample, floor, against, reach in self.rows
            ],
            "notes": [{"section": section, "text": text} for section, text in self.notes],
        }

    def json(self, **more):
        return json.dumps({**more, **self.data()}, indent=1, ensure_ascii=False)


def _line(row, widths):
    """One row: the numbers to the right, the words to the left."""
    cells = [cell.rjust(width) if 1 <= i <= 3 else cell.ljust(width) for i, (cell, width) in
             enumerate(zip(row[1:], widths))]
    return "  " + "  ".join(cells).rstrip()
