"""Reads why a call was refused, beyond gRPC's status code and message."""

import grpc_status_pb2
from trimtab.v1 import error_pb2

from trimtab_values import to_python


def read_refusal(error):
    """Gives the reason and the details of a refused call, for programs to act on.

    What failed otherwise has none, as a call past its deadline or without a connection: its error is raised again.
    """
    # Of a call by `grpc.aio` the metadata is no mapping that `dict` takes.
    metadata = {key: value for key, value in error.trailing_metadata() or ()}
    status = grpc_status_pb2.Status.FromString(metadata.get("grpc-status-details-bin", b""))
    for packed in status.details:
        detail = error_pb2.ErrorDetail()
        if packed.Unpack(detail):
            details = {field: to_python(value) for field, value in detail.details.items()}
            return {"reason": detail.reason, "details": details}
    raise error
