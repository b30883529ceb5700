"""deploy/terraform planned by Terraform itself against a stand-in of the AWS provider (`terraform_provider.py`)."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from .prepare import Missing, tool
from .process import Process, until

MODULE = pathlib.Path(__file__).resolve().parents[3] / "deploy" / "terraform"


class CannotPlan(Exception):
    """What this machine lacks for running Terraform."""


class Refused(Exception):
    """Terraform's own words about variables that the module does not take."""


class Terraform:
    """Terraform with the stand-in beside it, for one account, region and partition. Writes nothing into the module.

    What AWS would assign is planned as `named`, by names of ours, or as `unknown`, as in a first real plan.
    """

    def __init__(self, account="123456789012", region="us-east-1", partition="aws", assigns="named"):
        self.program = shutil.which("terraform") or shutil.which("tofu")
        if not self.program:
            raise CannotPlan("neither terraform nor tofu is installed")
        try:
            python = tool("terraform") / "python"
        except Missing as problem:
            raise CannotPlan(str(problem)) from problem
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-terraform-"))
        socket = self.folder / "provider"
        script = pathlib.Path(__file__).with_name("terraform_provider.py")
        command = [str(python), str(script), str(socket), account, region, partition, assigns]
        self.provider = Process(command, {}, self.folder)
        until(lambda: "ready" in self.provider.log or not self.provider.running, 30, "the provider's stand-in")
        assert self.provider.running, self.provider.log
        reached = {
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": self.provider.child.pid,
            "Test": True,
            "Addr": {"Network": "unix", "String": str(socket)},
        }
        (self.folder / "none.tfrc").touch()
        registries = ("registry.terraform.io", "registry.opentofu.org")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "TF_DATA_DIR": str(self.folder / "data"),
            "TF_CLI_CONFIG_FILE": str(self.folder / "none.tfrc"),
            "TF_REATTACH_PROVIDERS": json.dumps({f"{registry}/hashicorp/aws": reached for registry in registries}),
            "CHECKPOINT_DISABLE": "1",
        }

    def run(self, *words, module=MODULE):
        return subprocess.run(
            [self.program, f"-chdir={module}", *words],
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=120,
        )

    def plan(self, module=MODULE, **variables):
        """The plan of a module for these variables; raises `Refused` with Terraform's words when they are not taken."""
        chosen = self.folder / "chosen.tfvars.json"
        chosen.write_text(json.dumps(variables))
        out = self.folder / "plan"
        done = self.run("plan", "-no-color", "-input=false", "-lock=false", f"-var-file={chosen}", f"-out={out}", module=module)
        if done.returncode != 0:
            raise Refused(done.stdout + done.stderr)
        shown = self.run("show", "-json", str(out), module=module)
        assert shown.returncode == 0, shown.stderr
        return Plan(json.loads(shown.stdout))

    def stop(self):
        self.provider.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Plan:
    """What Terraform would make: `resources` by address, `outputs` by name."""

    def __init__(self, shown):
        values = shown["planned_values"]
        self.text = json.dumps(values)
        self.outputs = {name: output.get("value") for name, output in values["outputs"].items()}
        self.resources = {each["address"]: each["values"] for each in values["root_module"]["resources"]}

    def of_type(self, kind):
        return {address: values for address, values in self.resources.items() if address.startswith(kind + ".")}
