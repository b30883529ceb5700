"""Sizes of what is shipped, and what the binary is made of."""

import re
import struct
from collections import defaultdict
from pathlib import Path

from .figures import Sample
from .processes import Problem

GROUPS = (
    ("code", re.compile(r"\.(text|plt|init|fini|iplt)")),
    ("unwind tables", re.compile(r"\.(eh_frame|gcc_except_table)")),
    ("Swift metadata", re.compile(r"\.?swift")),
    ("read-only data", re.compile(r"\.rodata|\.?__libc|\.stapsdt|\.note")),
    ("data, relocated", re.compile(r"\.(data|tdata|got|init_array|fini_array|tm_clone)")),
    ("symbols, relocations", re.compile(r"\.(symtab|strtab|dynsym|dynstr|rela|gnu|hash)")),
)


def elf_sections(path):
    """Name -> bytes in the file, of a 64-bit little-endian ELF; sections without bytes (.bss) left out."""
    data = Path(path).read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        raise Problem(f"{path} is not a 64-bit little-endian ELF file")
    (offset,) = struct.unpack_from("<Q", data, 40)
    size, count, names_at = struct.unpack_from("<HHH", data, 58)
    headers = [struct.unpack_from("<IIQQQQ", data, offset + i * size) for i in range(count)]
    names = headers[names_at][4]
    found = defaultdict(int)
    for name, kind, _, _, _, length in headers:
        if kind not in (0, 8):
            found[data[names + name:data.index(b"\0", names + name)].decode()] += length
    return found


def map_modules(path):
    """Module or library -> bytes, from the link map of gold, Swift's linker on Linux (`-Xlinker -Map=FILE`)."""
    found = defaultdict(int)
    placed = re.compile(r"^ +(?:([^\s0]\S*) +)?0x[0-9a-f]+ +(0x[0-9a-f]+) (/?\S.*)$")
    mapped, section = False, ""
    for line in Path(path).read_text(errors="replace").splitlines():
        mapped = mapped or line == "Memory map"
        match = placed.match(line) if mapped else None
        if match:
            section = match[1] or section
            if not re.match(r"\.(t?bss|debug|symtab|strtab)", section):
                module = re.search(r"([^/]+)\.build/", match[3])
                found[module[1] if module else match[3].split("(")[0].rsplit("/", 1)[-1]] += int(match[2], 16)
        elif mapped and line.startswith(" "):
            section = line.strip()
    return found


def top(sizes, count):
    """The largest of `sizes` as text, the rest as a sum."""
    ordered = sorted(sizes.items(), key=lambda item: -item[1])
    rest = sum(size for _, size in ordered[count:])
    parts = [f"{name} {size / 1e6:.2f}" for name, size in ordered[:count]]
    return ", ".join(parts + ([f"the rest {rest / 1e6:.2f}"] if rest else []))


def sizes(bench, archive, link_map):
    """Binary, zip, and the parts of the binary in MB (10^6 bytes)."""
    section = "sizes"
    binary = Path(bench.bootstrap).stat().st_size
    bench.report.add(section, "bootstrap, stripped", Sample([binary / 1e6], "MB"), reach="<= 17 MB")
    if Path(archive).exists():
        bench.report.add(section, "gatehouse.zip", Sample([Path(archive).stat().st_size / 1e6], "MB"),
                         reach="<= 7 MB")
    else:
        bench.report.note(section, "no gatehouse.zip beside the bootstrap: deploy/package makes it")
    sections = elf_sections(bench.bootstrap)
    if ".symtab" in sections:
        bench.report.note(section, "the bootstrap is not stripped")
    groups = defaultdict(int)
    for name, size in sections.items():
        groups[next((label for label, pattern in GROUPS if pattern.match(name)), "other")] += size
    for label, size in sorted(groups.items(), key=lambda item: -item[1]):
        bench.report.add(section, f"… {label}", Sample([size / 1e6], "MB"))
    bench.report.note(section, f"by section, MB: {top(sections, 8)}")
    if link_map:
        modules = map_modules(link_map)
        bench.report.note(section, f"by module, MB: {top(modules, 20)}" if modules else
                          f"{link_map} is no link map of gold")
