"""The packaged command line against the stand-in for AWS."""

import pathlib
import subprocess

from .account import MEMBER, REGION


class CommandLine:
    """`gatehouse` with an administrator's key, or with credentials of somebody who may do less, or with none."""

    def __init__(self, program: pathlib.Path, aws, accounts, folder):
        self.program, self.aws, self.accounts, self.folder = program, aws, accounts, folder

    def run(self, *arguments, status=0, text="", allowed=None, credentials=True, region=REGION):
        """Standard output and standard error. `allowed` lists the only actions that are permitted."""
        given = {"AWS_ENDPOINT_URL": self.aws.url, "AWS_MAX_ATTEMPTS": "1", "HOME": "/nonexistent"}
        # Nobody answers at the address where instances would have credentials.
        given["AWS_EC2_METADATA_DISABLED"] = "true"
        if region:
            given["AWS_REGION"] = region
        if credentials and allowed is not None:
            key = self.accounts.function_credentials("command", allowed=list(allowed))
            names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
            given |= {name: key[name] for name in names}
        elif credentials:
            given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"] = self.aws.administrator(MEMBER)
        done = subprocess.run(
            [self.program, *arguments],
            env=given,
            input=text if isinstance(text, bytes) else text.encode(),
            capture_output=True,
            cwd=self.folder,
        )
        output, talk = done.stdout.decode(), done.stderr.decode()
        assert done.returncode == status, f"{done.returncode}\n{output}{talk}"
        return output, talk
