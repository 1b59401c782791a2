# SPDX-License-Identifier: Apache-2.0
"""The network: MobileNetV2's inverted residuals (Sandler and others, CVPR 2018), small enough for any board."""

from .graph import Graph, Node, fold_batch_norm, same_padding
from .problem import need

torch = need("torch")
nn = torch.nn

# expansion, channels, blocks, stride of the first block
STAGES = ((1, 20, 1, 2), (4, 20, 1, 1), (4, 32, 3, 2), (6, 80, 3, 2))
STEM = 16
HEAD = 192


class ConvNorm(nn.Module):
    """Convolution, batch norm and perhaps ReLU6, padded as TensorFlow's SAME."""

    def __init__(self, source, channels, kernel=1, stride=1, groups=1, relu6=True):
        super().__init__()
        self.kernel, self.stride, self.relu6 = kernel, stride, relu6
        self.conv = nn.Conv2d(source, channels, kernel, stride, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x):
        top, bottom = same_padding(x.shape[2], self.kernel, self.stride)
        left, right = same_padding(x.shape[3], self.kernel, self.stride)
        if top == bottom == left == right:
            x = nn.functional.conv2d(x, self.conv.weight, None, self.stride, top, 1, self.conv.groups)
        else:
            x = self.conv(nn.functional.pad(x, (left, right, top, bottom)))
        x = self.norm(x)
        return nn.functional.relu6(x) if self.relu6 else x

    def node(self, name, source):
        """This layer as a graph node, batch norm folded in."""
        norm = self.norm
        weights, bias = fold_batch_norm(_array(self.conv.weight), _array(norm.weight), _array(norm.bias),
                                        _array(norm.running_mean), _array(norm.running_var), norm.eps)
        depthwise = self.conv.groups > 1  # [channels, 1, h, w] -> [1, h, w, channels], else OIHW -> OHWI
        weights = weights.transpose((1, 2, 3, 0) if depthwise else (0, 2, 3, 1))
        return Node("depthwise" if depthwise else "conv", name, (source,), weights, bias, self.stride, self.relu6)


class Block(nn.Module):
    """Expand, filter each channel, project; with a shortcut when shape allows."""

    def __init__(self, source, channels, expansion, stride):
        super().__init__()
        inner = source * expansion
        self.shortcut = stride == 1 and source == channels
        self.expand = ConvNorm(source, inner) if expansion > 1 else None
        self.filter = ConvNorm(inner, inner, kernel=3, stride=stride, groups=inner)
        self.project = ConvNorm(inner, channels, relu6=False)

    def forward(self, x):
        y = x if self.expand is None else self.expand(x)
        y = self.project(self.filter(y))
        return x + y if self.shortcut else y

    def nodes(self, name, source):
        """This block as graph nodes; the last one gives its result."""
        result = []
        if self.expand is not None:
            result.append(self.expand.node(f"{name}/expand", source))
        result.append(self.filter.node(f"{name}/filter", result[-1].name if result else source))
        result.append(self.project.node(f"{name}/project", result[-1].name))
        if self.shortcut:
            result.append(Node("add", f"{name}/add", (source, result[-1].name)))
        return result


class Network(nn.Module):
    """The classifier: logits [batch, classes] for float images [batch, 3, height, width]."""

    def __init__(self, classes):
        super().__init__()
        self.stem = ConvNorm(3, STEM, kernel=3, stride=2)
        blocks, channels = [], STEM
        for expansion, width, count, stride in STAGES:
            for i in range(count):
                blocks.append(Block(channels, width, expansion, stride if i == 0 else 1))
                channels = width
        self.blocks = nn.ModuleList(blocks)
        self.last = ConvNorm(channels, HEAD)
        self.dense = nn.Linear(HEAD, classes)

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.dense(self.last(x).mean((2, 3)))

    def body(self):
        """Every module but the classifying layer."""
        return [self.stem, self.blocks, self.last]

    def graph(self, classes, size):
        """The trained network as arrays, for images of size x size."""
        nodes = [self.stem.node("stem", "image")]
        for i, block in enumerate(self.blocks):
            nodes.extend(block.nodes(f"block{i}", nodes[-1].name))
        nodes.append(self.last.node("last", nodes[-1].name))
        nodes.append(Node("mean", "mean", (nodes[-1].name,)))
        nodes.append(Node("dense", "logits", ("mean",), _array(self.dense.weight), _array(self.dense.bias)))
        nodes.append(Node("softmax", "probabilities", ("logits",)))
        return Graph(size, size, 3, classes, nodes=nodes)


def _array(tensor):
    return tensor.detach().cpu().numpy()
