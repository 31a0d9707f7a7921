"""torch.nn.functional.silu."""
from torch.nn import functional as F

from nn import case, conv, use


def layer(weights, x):
    del weights
    return F.silu(x)


CASES = [
    case((5, 6, 7), use("silu")),
    case((3, 6, 7), conv(6, activation="silu"), use("maxpool2d", size=2), conv(3, activation="silu")),
    case((9,), use("dense", units=7, activation="silu")),
]
