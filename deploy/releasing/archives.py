"""The archives of a release. The same input gives the same bytes: nothing of the machine, the day or the folder is in them.

  archives.py tar FOLDER FILE EPOCH                       the folder as a .tar.gz whose entries start with its name
  archives.py components FILE FROM VERSION                the CycloneDX list with the version
  archives.py image FILE DOCKERFILE KIND PROGRAM CERTIFICATES TAG REVISION EPOCH
                                                          an image, as docker load and every OCI tool take it
  archives.py links FOLDER                                in its Markdown, links that lead nowhere become their words

EPOCH is the time of everything, in seconds since 1970. DOCKERFILE says what the image is: its stage `function`. KIND is
function or command-line; the second differs in its program.
"""

import gzip
import hashlib
import io
import json
import pathlib
import re
import struct
import sys
import tarfile
import time

# e_machine of ELF, as Lambda and as images call it.
MACHINES = {62: "amd64", 183: "arm64"}
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
CONFIG = "application/vnd.oci.image.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LINK = re.compile(r"\[([^\]]*)\]\((?![a-z]+:)([^)\s]*)\)")


def tarred(entries, epoch):
    """A tar of (name, mode, content) in this order, folders with None for content; owned by nobody in particular."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, mode, content in entries:
            entry = tarfile.TarInfo(name)
            entry.mode, entry.mtime = mode, epoch
            if content is None:
                entry.type = tarfile.DIRTYPE
            else:
                entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content or b""))
    return written.getvalue()


def write_tar(folder, file, epoch):
    folder = pathlib.Path(folder).resolve()
    entries = []
    for path in [folder, *sorted(folder.rglob("*"))]:
        name = str(path.relative_to(folder.parent))
        if path.is_dir():
            entries.append((name, 0o755, None))
        else:
            entries.append((name, 0o755 if path.stat().st_mode & 0o100 else 0o644, path.read_bytes()))
    pathlib.Path(file).write_bytes(gzip.compress(tarred(entries, int(epoch)), mtime=0))


def write_components(file, source, version):
    listed = json.loads(pathlib.Path(source).read_text())
    listed["metadata"]["component"]["version"] = version
    pathlib.Path(file).write_text(json.dumps(listed, indent=2) + "\n")


def instructions(dockerfile, stage):
    """What a stage of a Dockerfile says, as (word, rest) with continued lines joined."""
    text = re.sub(r"\\\n\s*", "", pathlib.Path(dockerfile).read_text())
    found, inside = [], False
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            inside = rest.endswith(f" AS {stage}")
        elif inside and word.isupper():
            found.append((word, rest))
    if not found:
        raise SystemExit(f"{dockerfile} has no stage {stage}")
    return found


def architecture(program):
    """That of a 64-bit little-endian ELF file, as images call it."""
    kind = MACHINES.get(struct.unpack_from("<H", program, 18)[0]) if program[:6] == b"\x7fELF\x02\x01" else None
    if kind is None:
        raise SystemExit("the program is no Linux binary for x86_64 or arm64")
    return kind


def settings(dockerfile, kind, version, revision):
    """The image's configuration: that of the function, or the same with the command line as its program."""
    said = instructions(dockerfile, "function")
    words = {word: rest for word, rest in said}
    given = dict(re.match(r"(\w+)=(.*)", rest).groups() for word, rest in said if word == "ARG")
    given |= {"VERSION": version, "REVISION": revision}
    labels = {
        name: re.sub(r"\$\{(\w+)\}", lambda found: given[found[1]], value)
        for name, value in re.findall(r'([\w.]+)="([^"]*)"', words["LABEL"])
    }
    # What nobody has said is left out.
    config = {"User": words["USER"], "Labels": {name: value for name, value in labels.items() if value != "unknown"}}
    if kind == "command-line":
        return {**config, "Entrypoint": ["/gatehouse"], "Cmd": ["--help"], "WorkingDir": "/work"}
    return {**config, "Entrypoint": json.loads(words["ENTRYPOINT"]), "Cmd": json.loads(words["CMD"])}


class Blobs:
    """Content under its digest, as an OCI layout keeps it."""

    def __init__(self):
        self.kept = {}

    def keep(self, media_type, content):
        digest = hashlib.sha256(content).hexdigest()
        self.kept[f"blobs/sha256/{digest}"] = content
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}


def as_json(value):
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()


def write_image(file, dockerfile, kind, program, certificates, tag, revision, epoch):
    """An OCI layout that is at once what `docker save` writes."""
    epoch = int(epoch)
    binary = pathlib.Path(program).read_bytes()
    kind_of_machine = architecture(binary)
    config = settings(dockerfile, kind, tag.rpartition(":")[2], revision)
    roots = [(name, 0o755, None) for name in ("etc", "etc/ssl", "etc/ssl/certs")]
    roots.append(("etc/ssl/certs/ca-certificates.crt", 0o644, pathlib.Path(certificates).read_bytes()))
    programs = [(config["Entrypoint"][0].lstrip("/"), 0o755, binary)]
    if "WorkingDir" in config:
        programs.append((config["WorkingDir"].lstrip("/"), 0o755, None))

    blobs, layers, differences, history = Blobs(), [], [], []
    created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch))
    for entries in (roots, programs):
        layer = tarred(entries, epoch)
        differences.append(f"sha256:{hashlib.sha256(layer).hexdigest()}")
        layers.append(blobs.keep(LAYER, gzip.compress(layer, mtime=0)))
        history.append({"created": created, "created_by": f"COPY /{entries[-1][0]}"})
    described = {
        "architecture": kind_of_machine,
        "config": config,
        "created": created,
        "history": history,
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": differences},
    }
    configuration = blobs.keep(CONFIG, as_json(described))
    parts = {"schemaVersion": 2, "mediaType": MANIFEST, "config": configuration, "layers": layers}
    manifest = blobs.keep(MANIFEST, as_json(parts))
    # As Docker writes them, for those that read the layout and not manifest.json.
    manifest["annotations"] = {
        "io.containerd.image.name": f"docker.io/library/{tag}",
        "org.opencontainers.image.ref.name": tag.rpartition(":")[2],
    }
    manifest["platform"] = {"architecture": kind_of_machine, "os": "linux"}

    def place(blob):
        return "blobs/" + blob["digest"].replace(":", "/")

    saved = [{"Config": place(configuration), "RepoTags": [tag], "Layers": [place(layer) for layer in layers]}]
    index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": [manifest]}
    entries = [
        ("oci-layout", 0o644, as_json({"imageLayoutVersion": "1.0.0"})),
        ("index.json", 0o644, as_json(index)),
        ("manifest.json", 0o644, as_json(saved)),
        ("blobs", 0o755, None),
        ("blobs/sha256", 0o755, None),
        *((name, 0o644, content) for name, content in sorted(blobs.kept.items())),
    ]
    pathlib.Path(file).write_bytes(tarred(entries, epoch))


def mend_links(folder):
    """A release holds no sources and no tests, which the repository's documents lead to."""
    for page in sorted(pathlib.Path(folder).rglob("*.md")):
        def kept(link, page=page):
            path = link[2].partition("#")[0]
            return link[0] if not path or (page.parent / path).exists() else link[1]

        page.write_text(LINK.sub(kept, page.read_text()))


if __name__ == "__main__":
    command, *words = sys.argv[1:]
    {"tar": write_tar, "components": write_components, "image": write_image, "links": mend_links}[command](*words)
