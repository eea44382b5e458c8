"""A Python program on a Trimtab session, with nothing but gRPC and code generated from Trimtab's .proto files.

    assistant.py HOST:PORT SESSION [--json]

It registers variables, sets them, and watches what it and others do to them. With --json each line is one JSON object.
"""

import json
import struct
import sys

import grpc

import trimtab_values as values
from refusal import read_refusal
from trimtab.v1 import session_pb2, session_pb2_grpc, variable_pb2, variable_pb2_grpc
from watcher import Watcher

LARGEST_INTEGER = 2**63 - 1
EMBEDDING = [0.25, -1.5, 3.0, 1 / 3]
PYTHON = session_pb2.WriteContext(actor="python", origin=session_pb2.ORIGIN_PYTHON)


def tell(step, text, **facts):
    """Prints what happened: for people, or as JSON for programs."""
    print(json.dumps({"step": step, "text": text, **facts}) if "--json" in sys.argv else text, flush=True)


class Session:
    """The calls of the variable service, for one session and in the name of this program."""

    def __init__(self, channel, session_id):
        self.id = session_id
        self.sessions = session_pb2_grpc.SessionServiceStub(channel)
        self.variables = variable_pb2_grpc.VariableServiceStub(channel)

    def open(self):
        keep = session_pb2.IF_EXISTS_KEEP
        request = session_pb2.CreateSessionRequest(session_id=self.id, if_exists=keep, context=PYTHON)
        return self.sessions.CreateSession(request).session

    def register(self, *specs):
        request = variable_pb2.BatchRegisterVariablesRequest(
            session_id=self.id, specs=specs, if_exists=session_pb2.IF_EXISTS_KEEP, context=PYTHON
        )
        return self.variables.BatchRegisterVariables(request)

    def get(self, name):
        return self.variables.GetVariable(variable_pb2.GetVariableRequest(session_id=self.id, variable=name)).variable

    def set(self, name, value, expected_version=None):
        """Sets a value; with an expected version only where the variable still has it."""
        request = variable_pb2.SetVariableRequest(
            session_id=self.id, variable=name, value=value, expected_version=expected_version, context=PYTHON
        )
        return self.variables.SetVariable(request).written


def register_all(session):
    number, integer = values.number, values.integer
    spec = variable_pb2.VariableSpec
    answer = session.register(
        spec(
            name="temperature",
            type="float",
            value=number(0.7),
            constraints={"min": number(0), "max": number(2)},
            description="How freely the model chooses its words",
        ),
        spec(name="seed", type="integer", value=integer(0)),
        spec(
            name="topic",
            type="embedding",
            value=values.float32_array([0.0] * len(EMBEDDING)),
            constraints={"dimensions": integer(len(EMBEDDING)), "dtype": values.text("f32")},
        ),
    )
    tell("registered", f"registered {', '.join(sorted(answer.ids))}", names=sorted(answer.ids), revision=answer.revision)


def set_and_see(session, watcher):
    """Sets a value and waits until the watch tells of that very write, then of what somebody else makes of it."""
    written = session.set("temperature", values.number(0.9))
    tell("set", f"set temperature to 0.9, version {written.version}", version=written.version)
    for actor in ("python", "typescript"):
        change = watcher.wait_for(lambda change: change["name"] == "temperature" and change["actor"] == actor)
        tell("saw", f"saw {actor} set temperature to {change['value']}, version {change['version']}", **change)
    return written.version


def lose_and_retry(session, version_before):
    """Writes over a version that is no longer the present one, reads why that is refused, and does it properly."""
    try:
        session.set("temperature", values.number(1.5), expected_version=version_before)
    except grpc.RpcError as error:
        refusal = read_refusal(error)
        tell("refused", f"refused: {error.details()} {refusal}", status=error.code().name, message=error.details(), **refusal)
        written = session.set("temperature", values.number(1.5), expected_version=refusal["details"]["actual"])
        tell("retried", f"written over what is there, version {written.version}", version=written.version)


def break_a_limit(session):
    try:
        session.set("temperature", values.number(3))
    except grpc.RpcError as error:
        refusal = read_refusal(error)
        tell("limited", f"refused: {error.details()}", status=error.code().name, message=error.details(), **refusal)


def keep_integers_exact(session):
    """The largest integer there is; as a float it would be another one."""
    session.set("seed", values.integer(LARGEST_INTEGER))
    seed = session.get("seed").value.integer
    tell("integer", f"seed reads back as {seed}, exact: {seed == LARGEST_INTEGER}", seed=str(seed))


def keep_embeddings_exact(session):
    """An embedding travels as raw bytes: four little-endian floats of 32 bits here, 16 bytes."""
    session.set("topic", values.float32_array(EMBEDDING))
    array = session.get("topic").value.array
    sent = struct.pack(f"<{len(EMBEDDING)}f", *EMBEDDING)
    tell(
        "embedding",
        f"topic reads back as {array.data.hex()}, the bytes that were sent: {array.data == sent}",
        hex=array.data.hex(),
        shape=list(array.shape),
        same=array.data == sent,
    )


def main():
    address, session_id = sys.argv[1], sys.argv[2]
    with grpc.insecure_channel(address) as channel:
        session = Session(channel, session_id)
        opened = session.open()
        tell("opened", f"session {opened.id} at revision {opened.revision}", session=opened.id)
        register_all(session)
        with Watcher(channel, session_id) as watcher:
            tell("watching", f"watching {', '.join(watcher.names)}", names=watcher.names)
            version = set_and_see(session, watcher)
            lose_and_retry(session, version)
            break_a_limit(session)
            keep_integers_exact(session)
            keep_embeddings_exact(session)
            # The watch tells each commit once and in order, so these are all of this program's and the other's writes.
            last = watcher.wait_for(lambda change: change["name"] == "topic" and change["version"] == 1)
            tell("watched", f"the watch told of {len(watcher.seen)} changes", changes=watcher.seen, last=last["revision"])
    tell("done", "done")


if __name__ == "__main__":
    main()
