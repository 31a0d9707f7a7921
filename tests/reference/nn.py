"""Known numbers of layers: outputs and gradients of small networks, by PyTorch in float64.

tests/nn/<name>.py defines
  layer(weights, x, **options), for layers of several inputs layer(weights, *inputs): the layer in PyTorch, which takes
    its tensors from `weights` in the order in which lunet declares them;
  CASES: networks that have the layer, made by case(), use() and conv().
Input, target and weights come from formula.py; tests/nn/known.c takes the same digests from lunet's results.
"""
import functools
import json
import math

import torch
from torch.nn import functional as F

from digest import digest
from formula import formula
from write import TESTS, load

TYPE = "KnownNetwork"
BATCH = 3
X = 0  # a layer's input: the network's, or the number of a layer before, from 1
LOSSES = {"mse": F.mse_loss, "mae": F.l1_loss, "bce": F.binary_cross_entropy}


def case(shape, *layers, loss="mse"):
    return shape, layers, loss


def use(kind, *inputs, **options):
    """A layer; without inputs it reads the one before."""
    return kind, inputs, options


def conv(filters, **options):
    return use("conv2d", filters=filters, **options)


class Weights:
    """Makes the tensors of a network, named and numbered as lunet does; `training` as for the layer, which may add to
    `penalty`."""

    def __init__(self, training):
        self.tensors, self.counts, self.training, self.penalty = {}, {}, training, 0.0

    def layer(self, kind, shape, bias):
        """A weight, and a bias of `bias` numbers, or None for 0."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        bound = 1.5 / math.sqrt(math.prod(shape[1:]))
        weight = self.add(f"{kind}_{self.counts[kind]}.weight", shape, bound)
        return weight, self.add(f"{kind}_{self.counts[kind]}.bias", (bias,), 0.5) if bias else None

    def channels(self, kind, n, names=("weight", "bias")):
        """A factor and a term for each channel, or what else there is by these names."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return tuple(self.add(f"{kind}_{self.counts[kind]}.{name}", (n,), 0.5) for name in names)

    def like(self, kind, shape):
        """A factor and a term for each number of a sample."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        bound = 1.5 / math.sqrt(math.prod(shape[1:]))
        return tuple(self.add(f"{kind}_{self.counts[kind]}.{name}", shape, bound) for name in ("weight", "bias"))

    def add(self, name, shape, bound):
        values = torch.tensor(formula(shape, 10 + len(self.tensors), -bound, bound)).double().requires_grad_()
        self.tensors[name] = values
        return values


@functools.cache
def layer_module(kind):
    return load(TESTS / "nn" / f"{kind}.py")


def layer_of(kind):
    return layer_module(kind).layer


def activate(x, activation):
    """The word of an option `activation`; a layer has the same name."""
    return x if activation == "linear" else layer_of(activation)(None, x)


def away_from(kink, x):
    """x, if float32 falls on the same side of the kink as float64 wherever it is."""
    assert (x - kink).abs().min() > 1e-5, "too near to the kink for float32: choose another shape"
    return x


def pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def sides(value):
    """padding as (left, right, top, bottom), as F.pad takes it."""
    if isinstance(value, int):
        return (value,) * 4
    top, bottom, left, right = value if len(value) == 4 else (value[0], value[0], value[1], value[1])
    return left, right, top, bottom


def same_padding(size, kernel, stride, dilation):
    """Zeros before and after, as TensorFlow has them."""
    total = max((-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def run(layers, x, training):
    weights, values = Weights(training), [x]
    for kind, inputs, options in layers:
        values.append(layer_of(kind)(weights, *(values[i] for i in inputs or [len(values) - 1]), **options))
    return values[-1], weights


def row(shape, layers, loss):
    x = torch.tensor(formula((BATCH, *shape), 1, -1, 1)).double().requires_grad_()
    y, weights = run(layers, x, True)
    target = torch.tensor(formula(tuple(y.shape), 2, 0, 1)).double()
    assert loss != "mae" or (y - target).abs().min() > 1e-5
    value = LOSSES[loss](y, target) + weights.penalty
    value.backward()
    written = []
    for number, (kind, inputs, options) in enumerate(layers):
        inputs = inputs or [number]
        escaped = json.dumps(options).replace('"', '\\"')
        written.append(f'{{"{kind}", "{escaped}", {len(inputs)}, {{{", ".join(map(str, inputs))}}}}}')
    separator = ",\n    "
    gradients = [digest(name, t.grad) for name, t in weights.tensors.items()]
    return (f"  {{LN_SHAPE({', '.join(map(str, shape))}), {len(layers)}, {{{', '.join(written)}}}, "
            f'"{loss}", {value.item():.9g},\n'
            f"   {digest('y', run(layers, x, False)[0])},\n"
            f"   {digest('dx', x.grad)}, {len(gradients)},\n"
            f"   {{{separator.join(gradients) or '{0}'}}}}},")


def rows(name, item):
    del name
    return [row(*c) for c in item.CASES]
