"""Follows the variables of a session in a thread of its own."""

import queue
import threading

import grpc
from trimtab.v1 import watch_pb2, watch_pb2_grpc

from trimtab_values import to_python


class Watcher:
    """A watch, as a context manager. Entering waits for the variables as they are; leaving ends the stream."""

    def __init__(self, channel, session_id):
        stub = watch_pb2_grpc.WatchServiceStub(channel)
        self.names = []
        self.seen = []
        self._stream = stub.WatchVariables(watch_pb2.WatchVariablesRequest(session_id=session_id))
        self._events = queue.Queue()
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self):
        # A large view comes in parts, each but the last of which says that more follow.
        for message in self._stream:
            self.names += [variable.name for variable in message.snapshot.variables]
            if not message.snapshot.more:
                break
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stream.cancel()
        self._thread.join()

    def wait_for(self, wanted):
        """Waits for the first change, of those not yet waited for, that is wanted."""
        while True:
            change = self._events.get()
            if isinstance(change, Exception):
                raise change
            self.seen.append(change)
            if wanted(change):
                return change

    def _read(self):
        try:
            for message in self._stream:
                for change in message.changes.changes:
                    self._events.put(
                        {
                            "name": change.name,
                            "value": to_python(change.value),
                            "version": change.version,
                            "actor": message.changes.actor,
                            "revision": message.revision,
                        }
                    )
            self._events.put(EOFError("the watch is over"))
        except grpc.RpcError as error:
            self._events.put(error)
