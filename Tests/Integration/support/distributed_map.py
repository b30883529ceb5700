"""Distributed Map, which moto's interpreter has in part, put in: it tolerates every failure, and writes no results.

Here a part that fails counts, too many fail the state, and results are in the bucket as AWS writes them: a file for those
that succeeded, one for those that failed, and the list of both. Reading and writing need the state machine's own permissions.
https://docs.aws.amazon.com/step-functions/latest/dg/input-output-resultwriter.html
"""

import json

from botocore.exceptions import ClientError
from moto.stepfunctions.parser.api import HistoryEventType, MapRunFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.exec.state_map.item_reader.eval import resource_eval_s3 as reading
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.distributed_iteration_component import (
    DistributedIterationComponent,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor.distributed_item_processor_worker import (
    DistributedItemProcessorWorker,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.result_writer.resource_eval import (
    resource_eval_s3 as writing,
)
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.eval.program_state import ProgramError

original_eval_job = DistributedItemProcessorWorker._eval_job
original_map_run = DistributedIterationComponent._map_run
original_get_object = reading.ResourceEvalS3._handle_get_object


def failure(env, kind, cause):
    name = StatesErrorName(typ=kind)
    details = MapRunFailedEventDetails(error=name.error_name, cause=cause)
    return FailureEventException(
        FailureEvent(
            env=env, error_name=name, event_type=HistoryEventType.MapRunFailed,
            event_details=EventDetails(mapRunFailedEventDetails=details),
        )
    )  # fmt: skip


def eval_job(worker, env, job):
    """One part; what it came to is kept beside the map run."""
    original_eval_job(worker, env, job)
    part = {"Input": json.dumps(job.job_input), "Name": str(job.job_index), "Status": "SUCCEEDED"}
    state = env.program_state()
    if isinstance(state, ProgramError):
        part |= {"Status": "FAILED", "Error": state.error.get("error"), "Cause": state.error.get("cause")}
    elif job.job_output is None:
        part |= {"Status": "FAILED", "Error": "States.Runtime"}
    else:
        part["Output"] = json.dumps(job.job_output)
    vars(worker._map_run_record).setdefault("parts", {})[job.job_index] = part


def parts_of(record):
    return [part for _, part in sorted(getattr(record, "parts", {}).items())]


def map_run(component, env, eval_input):
    original_map_run(component, env, eval_input)
    record = eval_input.map_run_record
    parts = parts_of(record)
    failed = [part for part in parts if part["Status"] == "FAILED"]
    percentage, count = record.tolerated_failure_percentage, record.tolerated_failure_count
    # Either alone, or whichever comes first.
    exceeded = 100 * len(failed) > percentage * len(parts) if percentage or not count else False
    if failed and (exceeded or (count and len(failed) > count)):
        raise failure(env, StatesErrorNameType.StatesExceedToleratedFailureThreshold, "The specified tolerated failure threshold was exceeded")


def get_object(env, resource_runtime_part, state_credentials):
    try:
        original_get_object(env, resource_runtime_part, state_credentials)
    except ClientError as error:
        raise failure(env, StatesErrorNameType.StatesItemReaderFailed, str(error)) from error


def put_object(env, resource_runtime_part, state_credentials):
    parameters = env.stack.pop()
    env.stack.pop()
    record = env.map_run_record_pool_manager.get_all().pop()
    folder = f"{parameters['Prefix'].rstrip('/')}/{record.map_run_arn.rsplit(':', 1)[1]}"
    client = writing.boto_client_for(service="s3", region=resource_runtime_part.region, state_credentials=state_credentials)
    manifest = {"DestinationBucket": parameters["Bucket"], "MapRunArn": record.map_run_arn, "ResultFiles": {"FAILED": [], "PENDING": [], "SUCCEEDED": []}}

    def put(name, value):
        body = json.dumps(value).encode()
        client.put_object(Bucket=parameters["Bucket"], Key=f"{folder}/{name}", Body=body)
        return {"Key": f"{folder}/{name}", "Size": len(body)}

    try:
        for status in ("FAILED", "SUCCEEDED"):
            parts = [part for part in parts_of(record) if part["Status"] == status]
            if parts:
                manifest["ResultFiles"][status].append(put(f"{status}_0.json", parts))
        key = put("manifest.json", manifest)["Key"]
    except ClientError as error:
        raise failure(env, StatesErrorNameType.StatesResultWriterFailed, str(error)) from error
    env.stack.append({"MapRunArn": record.map_run_arn, "ResultWriterDetails": {"Bucket": parameters["Bucket"], "Key": key}})


def put_into(monkeypatch, client):
    """Makes moto's interpreter do so, with this in the place of its own clients."""
    monkeypatch.setattr(DistributedItemProcessorWorker, "_eval_job", eval_job)
    monkeypatch.setattr(DistributedIterationComponent, "_map_run", map_run)
    monkeypatch.setattr(reading.ResourceEvalS3, "_handle_get_object", staticmethod(get_object))
    monkeypatch.setattr(writing.ResourceEvalS3, "_handle_put_object", staticmethod(put_object))
    for module in (reading, writing):
        monkeypatch.setattr(module, "boto_client_for", client)
