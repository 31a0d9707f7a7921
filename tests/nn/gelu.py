"""torch.nn.functional.gelu."""
from torch.nn import functional as F

from nn import case, conv, use


def layer(weights, x, approximate="none"):
    del weights
    return F.gelu(x, approximate=approximate)


CASES = [
    case((5, 6, 7), use("gelu")),
    case((5, 6, 7), use("gelu", approximate="tanh")),
    case((3, 6, 7), conv(6, activation="gelu"), use("maxpool2d", size=2), conv(3, activation="gelu")),
    case((9,), use("dense", units=7, activation="gelu")),
]
