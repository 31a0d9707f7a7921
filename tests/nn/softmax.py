"""torch.softmax."""
import torch

from nn import case, conv, use


def layer(weights, x, dim=1):
    del weights
    return torch.softmax(x, dim)


CASES = [
    case((18, 4, 5), use("scale", factor=3), use("softmax")),
    case((3, 6, 7), conv(3), use("softmax"), conv(2)),
    case((5, 6, 7), use("softmax", dim=2)),
    case((5, 6, 7), use("softmax", dim=3)),
    case((1, 6, 7), use("softmax", dim=3)),
    case((9,), use("softmax"), loss="bce"),
]
