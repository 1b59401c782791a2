# SPDX-License-Identifier: Apache-2.0
"""Help for the training tests: a tiny network, plain NumPy arithmetic to compare with, a reader for flatbuffers.

Ends the program with code 77 (skipped) and the reason when NumPy or the flatbuffers module is not installed.
"""

import os
import struct
import sys

sys.dont_write_bytecode = True
SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts")
sys.path.insert(0, SCRIPTS)

try:
    import flatbuffers  # noqa: F401
    import numpy as np
except ImportError as error:
    print(f"skipped: {error} (Debian packages python3-numpy, python3-flatbuffers)")
    sys.exit(77)

from training.graph import Graph, Node, same_padding  # noqa: E402
from training.problem import Problem, need  # noqa: E402


def installed(module):
    """Whether the scripts' module can be imported."""
    try:
        need(module)
        return True
    except Problem:
        return False


def tiny_graph(rng, size=9):
    """Every kind of operation once, odd sizes and stride 2, random weights."""
    def weights(*shape):
        return rng.normal(0, 0.5, shape).astype(np.float32)

    nodes = [Node("conv", "stem", ("image",), weights(4, 3, 3, 3), weights(4), 2, True),
             Node("depthwise", "filter", ("stem",), weights(1, 3, 3, 4), weights(4), 1, True),
             Node("conv", "project", ("filter",), weights(4, 1, 1, 4), weights(4)),
             Node("add", "add", ("stem", "project")),
             Node("depthwise", "narrow", ("add",), weights(1, 3, 3, 4), weights(4), 2, True),
             Node("mean", "mean", ("narrow",)),
             Node("dense", "logits", ("mean",), weights(3, 4), weights(3)),
             Node("softmax", "probabilities", ("logits",))]
    return Graph(size, size, 3, ["a", "b", "c"], nodes=nodes)


def convolve(x, weights, bias, stride, depthwise):
    """x [batch, height, width, in]; double arithmetic, one tap at a time."""
    kernel = weights.shape[1]
    pads = [same_padding(x.shape[axis], kernel, stride) for axis in (1, 2)]
    x = np.pad(x.astype(np.float64), ((0, 0), pads[0], pads[1], (0, 0)))
    rows, columns = ((x.shape[axis] - kernel) // stride + 1 for axis in (1, 2))
    total = bias.astype(np.float64)
    for dy in range(kernel):
        for dx in range(kernel):
            part = x[:, dy:dy + stride * rows:stride, dx:dx + stride * columns:stride]
            part = part[:, :rows, :columns]
            total = total + (part * weights[0, dy, dx] if depthwise else part @ weights[:, dy, dx].T.astype(np.float64))
    return total


def forward(graph, images, last=None):
    """The value of node `last` (default: the output) for images [batch, height, width, channels]."""
    values = {graph.input: images}
    for node in graph.nodes:
        x = values[node.inputs[0]]
        if node.kind in ("conv", "depthwise"):
            y = convolve(x, node.weights, node.bias, node.stride, node.kind == "depthwise")
        elif node.kind == "add":
            y = x + values[node.inputs[1]]
        elif node.kind == "mean":
            y = x.mean((1, 2), keepdims=True)
        elif node.kind == "dense":
            y = x.reshape(len(x), -1) @ node.weights.T.astype(np.float64) + node.bias
        else:
            y = np.exp(x - x.max(1, keepdims=True))
            y /= y.sum(1, keepdims=True)
        values[node.name] = np.clip(y, 0, 6) if node.relu6 else y
    return values[last or graph.nodes[-1].name]


class Table:
    """One table of a flatbuffer, read by slot numbers."""

    def __init__(self, data, position):
        self.data, self.position = data, position
        self._vtable = position - struct.unpack_from("<i", data, position)[0]

    @staticmethod
    def root(data):
        """The first table."""
        return Table(data, struct.unpack_from("<I", data, 0)[0])

    def _field(self, slot):
        if 4 + 2 * slot >= struct.unpack_from("<H", self.data, self._vtable)[0]:
            return 0
        offset = struct.unpack_from("<H", self.data, self._vtable + 4 + 2 * slot)[0]
        return self.position + offset if offset else 0

    def number(self, slot, code, default=0):
        """A scalar; code as for struct."""
        field = self._field(slot)
        return struct.unpack_from("<" + code, self.data, field)[0] if field else default

    def _target(self, slot):
        field = self._field(slot)
        return field + struct.unpack_from("<I", self.data, field)[0] if field else 0

    def table(self, slot):
        """A table."""
        return Table(self.data, self._target(slot))

    def vector(self, slot):
        """(position of the first element, number of elements)."""
        start = self._target(slot)
        return (start + 4, struct.unpack_from("<I", self.data, start)[0]) if start else (0, 0)

    def text(self, slot):
        """A string."""
        start, length = self.vector(slot)
        return self.data[start:start + length].decode()

    def numbers(self, slot, kind):
        """A vector of numbers of a NumPy type."""
        start, length = self.vector(slot)
        return np.frombuffer(self.data, kind, length, start)

    def tables(self, slot):
        """A vector of tables."""
        start, length = self.vector(slot)
        places = (start + 4 * i for i in range(length))
        return [Table(self.data, place + struct.unpack_from("<I", self.data, place)[0]) for place in places]
