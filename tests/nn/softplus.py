"""torch.nn.functional.softplus."""
from torch.nn import functional as F

from nn import case, conv, use


def layer(weights, x, beta=1, threshold=20):
    del weights
    return F.softplus(x, beta, threshold)


CASES = [
    case((5, 6, 7), use("softplus")),
    case((5, 6, 7), use("softplus", beta=4, threshold=2)),
    case((3, 6, 7), conv(6, activation="softplus"), use("maxpool2d", size=2), conv(3, activation="softplus")),
    case((9,), use("dense", units=7, activation="softplus")),
]
