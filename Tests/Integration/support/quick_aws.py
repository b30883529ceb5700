"""The AWS CLI without its start: a process that has it loaded forks for each call that a script makes.

A script of many calls would else spend half a minute on starting Python. The words, the environment and the files are the
caller's own, so that nothing else is different.
"""

import os
import pathlib
import signal
import subprocess
import sys

from .prepare import tool

SERVICES = ("cloudformation:list-stack-sets", "organizations:list-roots", "sts:get-caller-identity")
SHIM = """#!{python} -SE
import json, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
words = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
socket.send_fds(server, [len(words).to_bytes(4, "big")], [0, 1, 2])
server.sendall(words)
status = server.recv(1)
sys.exit(status[0] if status else 255)
"""
SERVER = r"""
import contextlib, gc, io, json, os, signal, socket, sys
from awscli.clidriver import create_clidriver
driver = create_clidriver()
# What it reads for a call of a service is read by now; nobody is called.
for service, operation in [each.split(":") for each in sys.argv[2:]]:
    given = dict(region_name="us-east-1", aws_access_key_id="none", aws_secret_access_key="none")
    driver.session.create_client(service, **given)
    with contextlib.redirect_stdout(io.StringIO()):
        driver.main([service, operation, "--region", "us-east-1", "--generate-cli-skeleton"])
gc.freeze()
server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen(16)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
def serve(connection):
    head, files, _, _ = socket.recv_fds(connection, 4, 3)
    size, body = int.from_bytes(head, "big"), b""
    while len(body) < size:
        body += connection.recv(size - len(body))
    words, environment, folder = json.loads(body)
    for place, file in enumerate(files):
        os.dup2(file, place)
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    try:
        status = driver.main(words)
    except SystemExit as exit:
        status = exit.code or 0
    sys.stdout.flush()
    sys.stderr.flush()
    connection.sendall(bytes([status & 255]))
while True:
    connection, _ = server.accept()
    if os.fork() == 0:
        server.close()
        try:
            serve(connection)
        finally:
            os._exit(0)
    connection.close()
"""


class QuickAWS:
    """A folder for the front of PATH, with an `aws` in it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        address = str(self.folder / "socket")
        shim = self.folder / "aws"
        shim.write_text(SHIM.format(python=sys.executable, address=address))
        shim.chmod(0o755)
        python = tool("awscli") / "python"
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "AWS_EC2_METADATA_DISABLED": "true"}
        self.server = subprocess.Popen(
            [python, "-c", SERVER, address, *SERVICES], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
        )
        assert self.server.stdout.readline() == "ready\n", "the AWS CLI cannot be loaded"

    def stop(self):
        self.server.send_signal(signal.SIGTERM)
        self.server.wait()
        self.server.stdout.close()
