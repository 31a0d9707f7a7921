"""torch.nn.functional.batch_norm.

Gradients are those of training, outputs those of the running statistics at their start; batch_norm.c has their update.
"""
import torch
from torch import nn
from torch.nn import functional as F

from nn import case, conv, use


def layer(weights, x, momentum=0.1, eps=1e-5, affine=True, track_running_stats=True):
    factor, term = weights.channels("batch_norm", x.shape[1]) if affine else (None, None)
    mean, variance = torch.zeros(x.shape[1]).double(), torch.ones(x.shape[1]).double()
    if not track_running_stats:
        mean = variance = None
    return F.batch_norm(x, mean, variance, factor, term, weights.training or not track_running_stats, momentum, eps)


# A bias before it has no gradient.
CASES = [
    case((6, 5, 4), use("batch_norm")),
    case((17, 3, 3), use("batch_norm", eps=0.01)),
    case((3, 7, 9), use("batch_norm", affine=False)),
    case((6, 5, 4), use("batch_norm", track_running_stats=False)),
    case((3, 6, 7), conv(17, bias=False), use("batch_norm", track_running_stats=False), use("relu"), conv(3)),
    case((3, 7, 9), use("batch_norm", track_running_stats=False, affine=False)),
    case((3, 6, 7), use("batch_norm", track_running_stats=False), use("upsample2d"), conv(2, bias=False),
         use("batch_norm"), use("leaky_relu"), use("batch_norm", track_running_stats=False), use("sigmoid"), loss="bce"),
    case((3, 6, 7), conv(16, bias=False), use("batch_norm"), use("leaky_relu"), conv(3)),
    case((3, 6, 7), conv(6, bias=False), use("batch_norm"), use("sigmoid"), loss="bce"),
]
