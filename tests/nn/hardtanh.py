"""torch.nn.functional.hardtanh; PyTorch names its ends min_val and max_val."""
from torch.nn import functional as F

from nn import case, conv, use


def layer(weights, x, **ends):
    del weights
    return F.hardtanh(x, ends.get("min", -1), ends.get("max", 1))


CASES = [
    case((5, 6, 7), use("hardtanh")),
    case((5, 6, 7), use("hardtanh", min=-0.5, max=0.25)),
    case((3, 6, 7), conv(6, activation="hardtanh"), use("maxpool2d", size=2), conv(3, activation="hardtanh")),
    case((9,), use("dense", units=7, activation="hardtanh")),
]
