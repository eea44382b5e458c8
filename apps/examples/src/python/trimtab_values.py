"""Python data as Trimtab's values and back."""

import struct

from trimtab.v1 import value_pb2


def number(value):
    return value_pb2.Value(number=value)


def integer(value):
    return value_pb2.Value(integer=value)


def text(value):
    return value_pb2.Value(string=value)


def float32_array(components):
    """A vector as it is stored: its elements as 32-bit floats, little-endian, one after another."""
    data = struct.pack(f"<{len(components)}f", *components)
    return value_pb2.Value(array=value_pb2.NdArray(dtype=value_pb2.DTYPE_F32, shape=[len(components)], data=data))


def to_python(value):
    """The plain data of a value; an array becomes its bytes in hexadecimal."""
    kind = value.WhichOneof("kind")
    if kind == "null":
        return None
    if kind == "list":
        return [to_python(item) for item in value.list.items]
    if kind == "map":
        return {key: to_python(entry) for key, entry in value.map.entries.items()}
    if kind == "array":
        return value.array.data.hex()
    return getattr(value, kind)
