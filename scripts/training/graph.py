# SPDX-License-Identifier: Apache-2.0
"""A trained network as plain arrays: what the file writer needs and nothing of the training framework.

Activations are NHWC. Convolutions pad SAME with zeros: an output has ceil(size / stride) pixels a side and the odd
pixel of padding goes to the bottom and to the right.
"""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Node:
    """One operation; its output tensor has the node's name.

    kind        weights                          inputs
    conv        [out, height, width, in]         1
    depthwise   [1, height, width, channels]     1
    dense       [out, in]                        1, flattened
    add, mean, softmax: none; mean runs over height and width and keeps both as 1
    """

    kind: str
    name: str
    inputs: tuple
    weights: np.ndarray = None
    bias: np.ndarray = None
    stride: int = 1
    relu6: bool = False


@dataclass
class Graph:
    """A classifier: the first node reads `input`, the last one gives one probability per class."""

    height: int
    width: int
    channels: int
    classes: list
    mean: float = 127.5  # value = (pixel - mean) / std
    std: float = 127.5
    input: str = "image"
    nodes: list = field(default_factory=list)

    def shapes(self):
        """Name -> shape without the batch, for every activation."""
        shapes = {self.input: (self.height, self.width, self.channels)}
        for node in self.nodes:
            shapes[node.name] = _output_shape(node, shapes[node.inputs[0]])
        return shapes

    def parameters(self):
        """Number of weights and biases."""
        return sum(n.weights.size + n.bias.size for n in self.nodes if n.weights is not None)

    def macs(self):
        """Multiply-accumulates for one image."""
        shapes = self.shapes()
        return sum(_macs(node, shapes[node.name]) for node in self.nodes if node.weights is not None)


def _output_shape(node, shape):
    if node.kind in ("conv", "depthwise"):
        channels = node.weights.shape[0] if node.kind == "conv" else node.weights.shape[3]
        return (-(-shape[0] // node.stride), -(-shape[1] // node.stride), channels)
    if node.kind == "mean":
        return (1, 1, shape[2])
    if node.kind == "dense":
        return (node.weights.shape[0],)
    return shape


def _macs(node, shape):
    if node.kind == "dense":
        return node.weights.size
    pixels = shape[0] * shape[1]
    return pixels * node.weights.size


def same_padding(size, kernel, stride):
    """(before, after) zeros that SAME puts on one side of length `size`."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


def fold_batch_norm(weights, gamma, beta, mean, variance, epsilon):
    """Weights [out, ...] and bias [out] of the one convolution that equals a convolution without bias followed by
    gamma * (x - mean) / sqrt(variance + epsilon) + beta. Computed in double, returned as float32."""
    scale = gamma.astype(np.float64) / np.sqrt(variance.astype(np.float64) + epsilon)
    folded = weights.astype(np.float64) * scale.reshape((-1,) + (1,) * (weights.ndim - 1))
    bias = beta.astype(np.float64) - mean.astype(np.float64) * scale
    return folded.astype(np.float32), bias.astype(np.float32)
