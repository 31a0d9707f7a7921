"""Prints tests/nn/reference_data.c: outputs and gradients of small networks, by PyTorch in float64.

Input, target and weights come from formula.py. Of every result a digest is stored: its largest magnitude, three
projections on formula vectors, and eight elements; tests/nn/reference.c takes the same from lunet's results.
"""
import json
import math

import numpy as np
import torch
from torch.nn import functional as F

from formula import formula

BATCH = 3
X = 0  # a layer's input: the network's, or the number of a layer before, from 1

ACTIVATIONS = {
    "linear": lambda x: x, "relu": F.relu, "leaky_relu": lambda x: F.leaky_relu(x, 0.01), "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
}


def pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


class Weights:
    """Makes the tensors of a network, named and numbered as lunet does."""

    def __init__(self):
        self.tensors, self.counts = {}, {}

    def layer(self, kind, shape, bias):
        """A weight, and a bias of `bias` numbers, or None for 0."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        bound = 1.5 / math.sqrt(math.prod(shape[1:]))
        weight = self.add(f"{kind}_{self.counts[kind]}.weight", shape, bound)
        return weight, self.add(f"{kind}_{self.counts[kind]}.bias", (bias,), 0.5) if bias else None

    def channels(self, kind, n):
        """A factor and a term for each channel."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return tuple(self.add(f"{kind}_{self.counts[kind]}.{name}", (n,), 0.5) for name in ("weight", "bias"))

    def add(self, name, shape, bound):
        values = torch.tensor(formula(shape, 10 + len(self.tensors), -bound, bound)).double().requires_grad_()
        self.tensors[name] = values
        return values


def same_padding(size, kernel, stride, dilation):
    """Zeros before and after, as TensorFlow has them."""
    total = max((-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def conv2d(weights, x, filters, kernel=3, stride=1, padding="same", dilation=1, bias=True, activation="linear"):
    kernel, stride, dilation = pair(kernel), pair(stride), pair(dilation)
    if padding == "same":
        rows, columns = (same_padding(x.shape[2 + i], kernel[i], stride[i], dilation[i]) for i in range(2))
    else:
        rows = columns = (0, 0) if padding == "valid" else (padding, padding)
    weight, offset = weights.layer("conv2d", (filters, x.shape[1], *kernel), bias and filters)
    y = F.conv2d(F.pad(x, (*columns, *rows)), weight, offset, stride, 0, dilation)
    return activate(y, activation)


def conv_transpose2d(weights, x, filters, kernel=2, stride=2, padding="same", output_padding=0, dilation=1, bias=True,
                     activation="linear"):
    kernel, stride, dilation = pair(kernel), pair(stride), pair(dilation)
    weight, offset = weights.layer("conv_transpose2d", (x.shape[1], filters, *kernel), bias and filters)
    if padding == "same":  # what the same padding of a convolution adds is cut off, or zeros take its place
        y = F.conv_transpose2d(x, weight, None, stride, 0, 0, 1, dilation)
        cuts = [same_padding(x.shape[2 + i] * stride[i], kernel[i], stride[i], dilation[i])[0] for i in (1, 0)]
        after = [x.shape[2 + i] * stride[i] - y.shape[2 + i] + cut for i, cut in zip((1, 0), cuts)]
        y = F.pad(y, (-cuts[0], after[0], -cuts[1], after[1]))
        y = y if offset is None else y + offset.view(-1, 1, 1)
    else:
        y = F.conv_transpose2d(x, weight, offset, stride, padding, pair(output_padding), 1, dilation)
    return activate(y, activation)


def dense(weights, x, units, bias=True, activation="linear"):
    weight, offset = weights.layer("dense", (units, x.shape[1]), bias and units)
    return activate(F.linear(x, weight, offset), activation)


def group_norm(weights, x, groups=8, eps=1e-5, affine=True):
    factor, term = weights.channels("group_norm", x.shape[1]) if affine else (None, None)
    return F.group_norm(x, groups, factor, term, eps)


def activate(x, activation):
    if activation in ("relu", "leaky_relu"):
        assert x.abs().min() > 1e-5, "too near to the kink for float32: choose another shape"
    return ACTIVATIONS[activation](x)


def upsample2d(x, scale=2, mode="nearest"):
    arguments = {} if mode == "nearest" else {"align_corners": False}
    return F.interpolate(x, scale_factor=tuple(float(s) for s in pair(scale)), mode=mode, **arguments)


def maxpool2d(x, size=2, stride=0):
    return F.max_pool2d(x, pair(size), pair(stride) if stride else None)


def avgpool2d(x, size=2, stride=0):
    return F.avg_pool2d(x, pair(size), pair(stride) if stride else None)


def apply(weights, kind, inputs, options):
    """One layer of lunet's, in PyTorch."""
    x = inputs[0]
    if kind in ("conv2d", "conv_transpose2d", "dense", "group_norm"):
        return globals()[kind](weights, x, **options)
    if kind in ("maxpool2d", "avgpool2d", "upsample2d"):
        return globals()[kind](x, **options)
    if kind == "dropout":
        return F.dropout(x, options["p"], training=True)
    if kind in ("relu", "sigmoid", "tanh"):
        return activate(x, kind)
    return {
        "leaky_relu": lambda: F.leaky_relu(x, options.get("slope", 0.01)), "flatten": lambda: x.flatten(1),
        "add": lambda: sum(inputs), "concat": lambda: torch.cat(inputs, 1),
    }[kind]()


LOSSES = {"mse": F.mse_loss, "mae": F.l1_loss, "bce": F.binary_cross_entropy}


def digest(name, tensor):
    values = tensor.detach().numpy().ravel()
    n = values.size
    projections = [values @ formula(n, 100 + k, -1, 1).astype(np.float64) for k in range(3)]
    elements = [values[k * (n - 1) // 7] for k in range(8)]
    largest, projections, elements = (", ".join("%.7g" % v for v in part) for part in
                                      ([np.abs(values).max()], projections, elements))
    return f'{{"{name}", {n}, {largest}, {{{projections}}},\n     {{{elements}}}}}'


def case(shape, *layers, loss="mse"):
    """A layer is (kind, options) or (kind, options, inputs)."""
    weights = Weights()
    x = torch.tensor(formula((BATCH, *shape), 1, -1, 1)).double().requires_grad_()
    values, lines = [x], []
    for number, (kind, options, *inputs) in enumerate(layers):
        inputs = inputs[0] if inputs else [number]
        values.append(apply(weights, kind, [values[i] for i in inputs], options))
        escaped = json.dumps(options).replace('"', '\\"')
        lines.append(f'{{"{kind}", "{escaped}", {len(inputs)}, {{{", ".join(map(str, inputs))}}}}}')
    y = values[-1]
    target = torch.tensor(formula(tuple(y.shape), 2, 0, 1)).double()
    assert loss != "mae" or (y - target).abs().min() > 1e-5
    value = LOSSES[loss](y, target)
    value.backward()
    digests = [digest(name, t.grad) for name, t in weights.tensors.items()]
    separator = ",\n    "
    print(f"  {{LN_SHAPE({', '.join(map(str, shape))}), {len(layers)},\n   {{{separator.join(lines)}}},")
    print(f'   "{loss}", {value.item():.9g}, {digest("y", y)},\n    {digest("dx", x.grad)},')
    print(f"   {len(digests)}, {{{separator.join(digests) if digests else '{0}'}}}}},")


def conv(filters, **options):
    return ("conv2d", {"filters": filters, **options})


def transposed(filters, **options):
    return ("conv_transpose2d", {"filters": filters, **options})


print("""/* Outputs and gradients of small networks by PyTorch in float64; made by tests/reference/nn.py. */
#include "nn/reference.h"

const Reference references[] = {""")

# Convolution: kernels and channel counts.
case((3, 7, 6), conv(5, kernel=1))
case((1, 8, 8), conv(3))
case((3, 8, 8), conv(16))
case((5, 9, 7), conv(17, kernel=5))
case((16, 6, 10), conv(5, kernel=[3, 5]))
case((17, 8, 8), conv(16))
case((16, 16, 16), conv(16))
case((2, 13, 19), conv(33))
case((33, 5, 30), conv(2))
case((4, 9, 8), conv(8, kernel=7, stride=3))
case((3, 1, 1), conv(4))
case((2, 1, 9), conv(3, kernel=5))
# Even kernels.
case((3, 7, 8), conv(4, kernel=2))
case((3, 8, 7), conv(4, kernel=4))
case((3, 7, 7), conv(4, kernel=[2, 3]))
case((3, 7, 7), conv(4, kernel=2, padding="valid"))
case((3, 8, 9), conv(4, kernel=4, stride=2))
# Stride, padding, dilation, bias.
case((3, 8, 8), conv(5, stride=2))
case((3, 9, 7), conv(5, stride=2))
case((3, 9, 8), conv(5, stride=[2, 1], kernel=5))
case((3, 9, 8), conv(5, stride=2, padding="valid"))
case((5, 9, 8), conv(3, stride=2, kernel=1))
case((3, 8, 9), conv(5, padding="valid"))
case((3, 8, 9), conv(5, padding=0, kernel=5))
case((3, 8, 9), conv(5, padding=1, kernel=5))
case((3, 6, 5), conv(5, padding=3))
case((3, 6, 5), conv(5, padding=2, stride=2, kernel=[4, 3]))
case((3, 10, 9), conv(16, dilation=2))
case((3, 10, 9), conv(5, dilation=[1, 2], padding="valid"))
case((3, 11, 9), conv(5, dilation=2, stride=2))
case((3, 8, 8), conv(5, dilation=3, padding=2))
case((3, 8, 8), conv(16, bias=False))
# Activations.
for activation in ("relu", "leaky_relu", "sigmoid", "tanh"):
    case((3, 6, 7), conv(17, activation=activation))
case((3, 8, 8), conv(16, stride=2, activation="relu"))

# Transposed convolution.
case((5, 4, 6), transposed(17))
case((17, 4, 5), transposed(5, activation="tanh"))
case((16, 5, 4), transposed(1))
case((3, 5, 4), transposed(2, bias=False))
case((33, 3, 7), transposed(18, kernel=3))
case((5, 4, 5), transposed(6, kernel=3, padding=1, output_padding=1))
case((5, 4, 5), transposed(6, kernel=3, padding=0))
case((2, 5, 4), transposed(7, kernel=[4, 3], stride=[2, 1], padding=1))
case((6, 4, 4), transposed(3, kernel=2, stride=3, padding=0, output_padding=[2, 1]))
case((6, 4, 3), transposed(5, kernel=2, stride=3))
case((4, 5, 6), transposed(8, kernel=3, stride=1, dilation=2))
case((4, 5, 6), transposed(8, kernel=3, stride=2, dilation=[3, 1], padding=2, output_padding=[2, 0]))
case((5, 1, 1), transposed(6, kernel=5, stride=4, padding=0))
case((3, 5, 5), transposed(4, kernel=1, stride=1, padding=0))
case((2, 8, 8), conv(16, activation="relu"), ("maxpool2d", {"size": 2}), transposed(8), ("relu", {}), ("concat", {}, [4, X]),
     conv(1))
case((3, 4, 4), transposed(2), ("sigmoid", {}), loss="bce")

# Pooling.
case((3, 8, 8), ("maxpool2d", {"size": 2}))
case((17, 7, 5), ("maxpool2d", {"size": 2}))
case((16, 9, 9), ("maxpool2d", {"size": 3}))
case((5, 9, 8), ("maxpool2d", {"size": 3, "stride": 2}))
case((5, 9, 8), ("maxpool2d", {"size": 2, "stride": 3}))
case((5, 9, 8), ("maxpool2d", {"size": [1, 2]}))
case((5, 9, 8), ("maxpool2d", {"size": [2, 3], "stride": [1, 2]}))
case((1, 6, 6), ("maxpool2d", {"size": 2, "stride": 1}))
case((3, 8, 8), ("avgpool2d", {}))
case((17, 7, 5), ("avgpool2d", {"size": 2}))
case((16, 9, 9), ("avgpool2d", {"size": 3}))
case((5, 9, 8), ("avgpool2d", {"size": 3, "stride": 2}))
case((5, 9, 8), ("avgpool2d", {"size": 2, "stride": 3}))
case((33, 6, 7), ("avgpool2d", {"size": [2, 3], "stride": [1, 2]}))
case((2, 5, 7), ("avgpool2d", {"size": [5, 7]}))
case((2, 8, 8), conv(16, activation="relu"), ("avgpool2d", {"size": 2}), conv(3))

# Upsampling.
case((3, 4, 5), ("upsample2d", {"scale": 2}))
case((17, 4, 5), ("upsample2d", {"scale": 3}))
case((16, 3, 4), ("upsample2d", {"scale": [2, 3]}))
case((3, 4, 5), ("upsample2d", {"scale": 2, "mode": "bilinear"}))
case((17, 4, 5), ("upsample2d", {"scale": 3, "mode": "bilinear"}))
case((16, 3, 4), ("upsample2d", {"scale": [1, 2], "mode": "bilinear"}))
case((5, 1, 1), ("upsample2d", {"scale": 2, "mode": "bilinear"}))

# Normalisation.
case((16, 6, 7), ("group_norm", {}))
case((64, 5, 9), ("group_norm", {"groups": 32}))
case((6, 4, 5), ("group_norm", {"groups": 1, "eps": 0.001}))
case((3, 7, 70), ("group_norm", {"groups": 3}))
case((34, 4, 5), ("group_norm", {"groups": 17, "affine": False}))
case((70, 3, 5), ("group_norm", {"groups": 7}))
case((4, 5, 5), ("group_norm", {"groups": 2}))
case((12,), ("group_norm", {"groups": 3}))
case((3, 6, 7), conv(16), ("group_norm", {"groups": 4}), ("leaky_relu", {}), conv(3))
case((3, 6, 7), conv(6), ("group_norm", {"groups": 2}), ("sigmoid", {}), loss="bce")

# Dropout of nothing; what is random stands in tests/nn/dropout.c.
case((5, 4, 6), conv(7), ("dropout", {"p": 0}), conv(3))

# Dense, flatten, activations as layers.
case((13,), ("dense", {"units": 5}))
case((40,), ("dense", {"units": 17, "activation": "relu"}))
case((16,), ("dense", {"units": 1, "bias": False, "activation": "tanh"}))
case((3, 4, 5), ("flatten", {}))
case((3, 4, 5), ("flatten", {}), ("dense", {"units": 7, "activation": "sigmoid"}))
case((2, 6, 5), conv(3, activation="relu"), ("maxpool2d", {"size": 2}), ("flatten", {}), ("dense", {"units": 4}))
for kind in ("relu", "leaky_relu", "sigmoid", "tanh"):
    case((5, 6, 7), (kind, {}))
case((16, 4, 4), ("leaky_relu", {"slope": 0.2}))
case((11,), ("tanh", {}))

# Sums and concatenations; a node that is read twice.
case((5, 6, 7), ("leaky_relu", {"slope": 0.3}), ("tanh", {}, [X]), ("add", {}, [1, 2]))
case((5, 6, 7), conv(5), ("add", {}, [1, X]))
case((5, 6, 7), ("sigmoid", {}), ("tanh", {}, [X]), ("add", {}, [1, 2, X]))
case((5, 6, 7), conv(3, activation="relu"), conv(16, kernel=1), ("concat", {}, [1, 2, X]))
case((2, 8, 8), conv(8, activation="relu"), ("maxpool2d", {"size": 2}), conv(16, activation="relu"),
     ("upsample2d", {"scale": 2}), ("concat", {}, [4, 1]), conv(2), ("add", {}, [6, X]))
case((9,), ("dense", {"units": 4}), ("concat", {}, [1, X]), ("dense", {"units": 3}))

# Sequences that the plan may fuse.
case((3, 8, 8), conv(16, activation="relu"), ("maxpool2d", {"size": 2}))
case((3, 9, 7), conv(16, activation="relu"), ("maxpool2d", {"size": 2}))
case((3, 9, 8), conv(5), ("relu", {}), ("maxpool2d", {"size": 3, "stride": 2}))
case((16, 4, 6), ("upsample2d", {"scale": 2}), conv(16, activation="relu"))
case((5, 3, 4), ("upsample2d", {"scale": 2}), conv(3))
case((5, 3, 4), ("upsample2d", {"scale": 3}), conv(3))
case((5, 3, 4), ("upsample2d", {"scale": 2}), conv(3, kernel=5))
case((5, 3, 4), ("upsample2d", {"scale": 2, "mode": "bilinear"}), conv(3))
case((2, 8, 8), conv(16, activation="relu"), conv(16, activation="relu"), conv(1, activation="sigmoid"))
case((2, 8, 8), conv(3, bias=False), ("tanh", {}), conv(4, padding="valid", dilation=2))

# Losses, also behind a sigmoid, where they may be fused.
case((3, 8, 8), conv(1, activation="sigmoid"), loss="bce")
case((3, 8, 8), conv(2), ("sigmoid", {}), loss="bce")
case((3, 8, 8), ("sigmoid", {}), loss="bce")
case((12,), ("dense", {"units": 5, "activation": "sigmoid"}), loss="bce")
case((3, 4, 4), ("sigmoid", {}), ("upsample2d", {"scale": 2}), loss="bce")
case((3, 8, 8), conv(1, activation="sigmoid"), loss="mse")
case((3, 8, 8), conv(2, activation="tanh"), loss="mae")
print("};\n\nconst int n_references = sizeof references / sizeof references[0];")
