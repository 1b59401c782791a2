# SPDX-License-Identifier: Apache-2.0
"""FlatBuffers without generated code: tables are lists of (slot, kind, value)."""

import numpy as np

from .problem import need

flatbuffers = need("flatbuffers")


class Tables:
    """Builds one flatbuffer. Values of kind "ref" are what the methods here return; children come before parents."""

    def __init__(self):
        self._builder = flatbuffers.Builder(1 << 16)

    def table(self, *fields):
        """A table; a field is (slot, kind, value) with kind int8, uint8, uint32, int32, float32, bool or ref."""
        builder = self._builder
        adders = {"int8": builder.PrependInt8Slot, "uint8": builder.PrependUint8Slot,
                  "uint32": builder.PrependUint32Slot, "int32": builder.PrependInt32Slot,
                  "float32": builder.PrependFloat32Slot, "bool": builder.PrependBoolSlot,
                  "ref": builder.PrependUOffsetTRelativeSlot}
        builder.StartObject(max((slot for slot, _, _ in fields), default=-1) + 1)
        for slot, kind, value in fields:
            adders[kind](slot, value, 0)
        return builder.EndObject()

    def text(self, value):
        """A string."""
        return self._builder.CreateString(value)

    def ints(self, values):
        """A vector of int32."""
        return self._builder.CreateNumpyVector(np.asarray(values, dtype="<i4"))

    def floats(self, values):
        """A vector of float32."""
        return self._builder.CreateNumpyVector(np.asarray(values, dtype="<f4"))

    def data(self, content):
        """A vector of bytes whose first byte lies on a multiple of 16 from the start of the file."""
        self._builder.Prep(16, len(content))
        return self._builder.CreateByteVector(content)

    def refs(self, values):
        """A vector of tables or strings."""
        self._builder.StartVector(4, len(values), 4)
        for value in reversed(values):
            self._builder.PrependUOffsetTRelative(value)
        return self._builder.EndVector()

    def finish(self, root, identifier):
        """The bytes of the file; identifier has four bytes."""
        self._builder.Finish(root, file_identifier=identifier)
        return bytes(self._builder.Output())
