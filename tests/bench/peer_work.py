"""What is compared: the same networks, filters and tensor operations that build/bench measures, by its names.

The networks are lists of layers as in models.c: a layer reads the one above it; `also` names a second input by its
place in the list, counted from 1, and 0 is the network's input.
"""
from typing import NamedTuple


class Layer(NamedTuple):
    kind: str                # conv, pool, up, norm, relu, concat, add
    filters: int = 0
    activation: str = ""
    bias: bool = True
    also: int = -1


class Work(NamedTuple):
    name: str
    kind: str                # step, predict, tensor, or the name of a filter or metric
    net: str = ""
    batch: int = 1
    side: int = 64


def conv(filters, activation="relu", bias=True):
    return Layer("conv", filters, activation, bias)


POOL, UP = Layer("pool"), Layer("up")


def autoencoder(a, b, c, d):
    return [conv(a), POOL, conv(b), POOL, conv(c), UP, conv(d), UP, conv(1, "sigmoid")]


NETWORKS = {
    "paper": autoencoder(64, 64, 64, 64),
    "paper 32-64-64-32-1": autoencoder(32, 64, 64, 32),
    "paper 64-128-128-64-1": autoencoder(64, 128, 128, 64),
    "unet": [conv(32), conv(32), POOL, conv(64), conv(64), POOL, conv(128), conv(128),
             UP, Layer("concat", also=5), conv(64), conv(64), UP, Layer("concat", also=2), conv(32), conv(32),
             conv(1, "sigmoid")],
    "dncnn": [conv(64), *[conv(64, "", bias=False), Layer("norm"), Layer("relu")] * 15, conv(1, ""),
              Layer("add", also=0)],
}


def network_work():
    for net in NETWORKS:
        yield Work(f"{net} step, batch 10", "step", net, 10)
        yield Work(f"{net} predict, batch 10", "predict", net, 10)
        if net == "paper":
            yield Work("paper predict, batch 1", "predict", net, 1)
            yield Work("paper predict, batch 256", "predict", net, 256)
            yield Work("paper predict, batch 1 of 1024x1024", "predict", net, 1, 1024)


# As build/bench calls them; all on one thread.
ITEMS = ["filter bm3d", "filter median", "filter median 5x5", "filter gaussian", "filter nlmeans", "filter bilateral",
         "filter bilateral 7x7", "filter tv", "filter wavelet", "filter dct",
         "metric ssim", "metric ssim uniform 7"]


def item_work():
    for item in ITEMS:
        for side in (64, 512):
            yield Work(f"{item}, {side}x{side}", item, side=side)


# Of tensors: tests/bench/linalg.c and peer_numpy.py.
LINALG = ["matmul, 1000x1000", "matmul, 1000 of 16x16", "matmul, 1000x1000 and a vector", "svd, 256x256",
          "eigh, 256x256", "conv2d of a tensor, 10x1x64x64 by 3x3", "fft2, 10 of 64x64", "fft2, 512x512"]
# tests/bench/tensors.c and peer_elementwise.py.
ELEMENTWISE = ["add", "mul", "div", "maximum", "lt", "pow", "atan2", "hypot", "mod", "add number", "square by pow",
               "add row", "add column", "add transposed", "clamp", "abs", "sqrt", "floor", "exp", "expm1", "exp2",
               "log", "log1p", "log2", "log10", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "sign", "isnan"]
REDUCTIONS = ["sum", "mean", "var", "prod", "min", "max", "argmax", "norm", "any", "sum first", "min first",
              "var first", "argmax first", "sum last", "max last", "argmax last"]
ORDER = ["sort", "argsort", "sort rows", "argsort rows", "unique", "median", "quantile", "histogram", "cumsum"]
OPERATIONS = ELEMENTWISE + REDUCTIONS + ORDER


def tensor_work():
    for name in LINALG + [f"tensor {operation}, 1000x1000" for operation in OPERATIONS]:
        yield Work(name, "tensor")


ALL = [*network_work(), *item_work(), *tensor_work()]
