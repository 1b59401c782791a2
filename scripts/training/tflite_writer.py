# SPDX-License-Identifier: Apache-2.0
"""Writes a Graph as a float32 TensorFlow Lite file (schema version 3) that runs with any batch."""

import numpy as np

from .flat_tables import Tables
from .metadata import metadata_bytes, with_labels

_FLOAT32 = 0
_INT32 = 2
_RELU6 = 3
_MIN_RUNTIME = b"1.5.0"  # the first that knows version 1 of every operation used here

# kind -> builtin operation code
_CODES = {"add": 0, "conv": 3, "depthwise": 4, "dense": 9, "softmax": 25, "mean": 40}


def _options(tables, node):
    """(number in the union of option tables, the table); padding is left at its default 0, SAME."""
    activation = _RELU6 if node.relu6 else 0
    if node.kind == "conv":
        return 1, tables.table((1, "int32", node.stride), (2, "int32", node.stride), (3, "int8", activation))
    if node.kind == "depthwise":
        return 2, tables.table((1, "int32", node.stride), (2, "int32", node.stride), (3, "int32", 1),
                               (4, "int8", activation))
    if node.kind == "dense":
        return 8, tables.table((0, "int8", activation))
    if node.kind == "softmax":
        return 9, tables.table((0, "float32", 1.0))
    if node.kind == "add":
        return 11, tables.table((0, "int8", activation))
    return 27, tables.table((0, "bool", True))  # mean: keep the dimensions


class _Writer:
    def __init__(self, graph):
        self._graph = graph
        self._tables = Tables()
        self._buffers = [self._tables.table()]  # number 0 is empty by convention
        self._tensors = []
        self._index = {}  # tensor name -> number
        self._codes = sorted({_CODES[node.kind] for node in graph.nodes})

    def write(self, description):
        """The bytes of the model without the labels."""
        for name, shape in self._graph.shapes().items():
            self._add_tensor(name, (1,) + shape, _FLOAT32, 0)
        operators = [self._operator(node) for node in self._graph.nodes]
        entries = [self._metadata("min_runtime_version", _MIN_RUNTIME.ljust(16, b"\0")),
                   self._metadata("TFLITE_METADATA", metadata_bytes(self._graph, description))]
        return self._finish(operators, entries, description)

    def _finish(self, operators, entries, description):
        tables = self._tables
        subgraph = tables.table(
            (0, "ref", tables.refs(self._tensors)),
            (1, "ref", tables.ints([self._index[self._graph.input]])),
            (2, "ref", tables.ints([self._index[self._graph.nodes[-1].name]])),
            (3, "ref", tables.refs(operators)),
            (4, "ref", tables.text("main")))
        codes = [tables.table((0, "int8", code), (2, "int32", 1), (3, "int32", code)) for code in self._codes]
        root = tables.table(
            (0, "uint32", 3),
            (1, "ref", tables.refs(codes)),
            (2, "ref", tables.refs([subgraph])),
            (3, "ref", tables.text(description)),
            (4, "ref", tables.refs(self._buffers)),
            (6, "ref", tables.refs(entries)))
        return tables.finish(root, b"TFL3")

    def _add_buffer(self, content):
        self._buffers.append(self._tables.table((0, "ref", self._tables.data(content))))
        return len(self._buffers) - 1

    def _add_tensor(self, name, shape, kind, buffer):
        tables = self._tables
        fields = [(0, "ref", tables.ints(shape)), (1, "int8", kind), (2, "uint32", buffer),
                  (3, "ref", tables.text(name))]
        if buffer == 0:  # an activation: its batch is free
            fields.append((7, "ref", tables.ints((-1,) + tuple(shape[1:]))))
        self._tensors.append(tables.table(*fields))
        self._index[name] = len(self._tensors) - 1
        return self._index[name]

    def _add_constant(self, name, values, kind):
        return self._add_tensor(name, values.shape, kind, self._add_buffer(values.tobytes()))

    def _operator(self, node):
        inputs = [self._index[name] for name in node.inputs]
        if node.weights is not None:
            inputs.append(self._add_constant(f"{node.name}/weights", node.weights.astype("<f4"), _FLOAT32))
            inputs.append(self._add_constant(f"{node.name}/bias", node.bias.astype("<f4"), _FLOAT32))
        if node.kind == "mean":
            inputs.append(self._add_constant(f"{node.name}/axes", np.array([1, 2], dtype="<i4"), _INT32))
        number, options = _options(self._tables, node)
        return self._tables.table(
            (0, "uint32", self._codes.index(_CODES[node.kind])),
            (1, "ref", self._tables.ints(inputs)),
            (2, "ref", self._tables.ints([self._index[node.name]])),
            (3, "uint8", number),
            (4, "ref", options))

    def _metadata(self, name, content):
        buffer = self._add_buffer(content)
        return self._tables.table((0, "ref", self._tables.text(name)), (1, "uint32", buffer))


def tflite_bytes(graph, description="classifier"):
    """The whole .tflite file: model, metadata (normalisation, value ranges) and class names."""
    return with_labels(_Writer(graph).write(description), graph.classes)
