"""Compiles the C programs and the peer in Go, installs boto3 for the sample in Python, and makes the certificates, into the scratch folder."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).resolve().parent.parent / "c"
PEER = Path(__file__).resolve().parent.parent / "go" / "peer.go"
SAMPLE = Path(__file__).resolve().parent.parent / "python" / "sample.py"
BOTO3 = "boto3==1.44.5"
# Where Debian puts the sources of Go's packages.
GO_PACKAGES = Path("/usr/share/gocode")

EXTENSIONS = """
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[issuing]
basicConstraints = critical,CA:true,pathlen:0
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[leaf]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature,keyEncipherment
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:localhost,IP:127.0.0.1
"""


class Missing(Exception):
    """Something the machine lacks; the text says how to get it."""


def compiler():
    """The C compiler's path."""
    found = shutil.which("cc") or shutil.which("clang")
    if not found:
        raise Missing("no C compiler: install one (Debian: `apt-get install gcc libc6-dev`)")
    return found


def compile_c(scratch, name, sources, *flags):
    """One program at -O2; its path. `flags` go after the sources (libraries)."""
    out = scratch / name
    command = [compiler(), "-O2", "-o", str(out), *[str(SOURCES / source) for source in sources], *flags]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Missing(f"{name} does not compile: {' '.join(done.stderr.split()[:40])}")
    return out


def compile_go(scratch):
    """The peer in Go, static and stripped; its path. Compiled once: it takes half a minute."""
    out = scratch / "go-peer"
    if out.exists() and out.stat().st_mtime > PEER.stat().st_mtime:
        return out
    packages = GO_PACKAGES / "src/github.com/aws/aws-sdk-go-v2/service/accessanalyzer"
    if not shutil.which("go") or not packages.exists():
        raise Missing("nothing is compared with Go (Debian: `apt-get install golang-go golang-github-aws-aws-sdk-go-v2-dev`)")
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GO_PACKAGES), "CGO_ENABLED": "0"}
    done = subprocess.run(["go", "build", "-ldflags", "-s -w", "-o", str(out), str(PEER)], capture_output=True, text=True,
                          env=environment)
    if done.returncode != 0:
        raise Missing(f"the peer in Go does not compile: {' '.join(done.stderr.split()[:40])}")
    return out


def prepare_python(scratch):
    """The sample in Python, with boto3 in a virtual environment that is made once; its path."""
    environment = scratch / "python"
    out = environment / "sample"
    if out.exists() and out.stat().st_mtime > max(SAMPLE.stat().st_mtime, Path(__file__).stat().st_mtime):
        return out
    python = environment / "bin/python"
    for command in ([sys.executable, "-m", "venv", environment],
                    [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", BOTO3]):
        done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
        if done.returncode != 0:
            raise Missing("nothing is compared with the sample in Python, which needs a virtual environment "
                          f"(Debian: `apt-get install python3-venv`) and {BOTO3} from PyPI")
    out.write_text(f"#!{python}\n{SAMPLE.read_text()}")
    out.chmod(0o755)
    return out


def programs(scratch):
    """All programs by name, and what could not be built with its reason."""
    tls = ["-DWITH_TLS", "-lssl", "-lcrypto", "-lpthread"]
    built = {
        "driver": compile_c(scratch, "driver", ["driver.c", "http.c"]),
        "floor-lines": compile_c(scratch, "floor-lines", ["floor-lines.c"]),
        "floor-loop": compile_c(scratch, "floor-loop", ["floor-loop.c"]),
        "floor-calls-http": compile_c(scratch, "floor-calls-http", ["floor-calls.c", "http.c"]),
    }
    skipped = {}
    stub = ["aws-stub.c", "roles.c", "http.c"]
    try:
        built["aws-stub"] = compile_c(scratch, "aws-stub", stub, *tls)
    except Missing:
        built["aws-stub"] = compile_c(scratch, "aws-stub", stub, "-lpthread")
        skipped["tls"] = "no OpenSSL headers, so nothing is measured over TLS (Debian: `apt-get install libssl-dev`)"
    optional = {
        "floor-loop-static": (["floor-loop.c"], ["-static"]),
        "floor-calls-tls": (["floor-calls.c", "http.c"], tls),
        "floor-calls-tls-static": (["floor-calls.c", "http.c"], [*tls, "-static"]),
    }
    for name, (sources, flags) in optional.items():
        if "tls" in skipped and "tls" in name:
            continue
        try:
            built[name] = compile_c(scratch, name, sources, *flags)
        except Missing as error:
            skipped[name] = str(error)
    for name, prepare in (("go-peer", compile_go), ("python-sample", prepare_python)):
        try:
            built[name] = prepare(scratch)
        except Missing as error:
            skipped[name] = str(error)
    return built, skipped


def certificates(scratch, kind):
    """Root, issuing and leaf certificate for 127.0.0.1 (`kind`: rsa or ecdsa): chain, key and root as files."""
    folder = scratch / f"certificates-{kind}"
    chain, key, root = folder / "chain.pem", folder / "leaf.key", folder / "root.pem"
    if not shutil.which("openssl"):
        raise Missing("no openssl command, so nothing is measured over TLS (Debian: `apt-get install openssl`)")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "extensions.cnf").write_text(EXTENSIONS)
    new_key = ["rsa:2048"] if kind == "rsa" else ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]

    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    for name, issuer in (("root", None), ("issuing", "root"), ("leaf", "issuing")):
        openssl("req", "-new", "-newkey", *new_key, "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr",
                "-subj", f"/O=Gatehouse benchmark/CN={name}")
        signer = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial"] if issuer else [
            "-signkey", f"{name}.key"]
        openssl("x509", "-req", "-in", f"{name}.csr", "-out", f"{name}.pem", "-days", "30", "-sha256",
                "-extfile", "extensions.cnf", "-extensions", name, *signer)
    chain.write_text((folder / "leaf.pem").read_text() + (folder / "issuing.pem").read_text())
    return chain, key, root
