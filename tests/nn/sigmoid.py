"""torch.sigmoid."""
import torch

from nn import case, conv, use


def layer(weights, x):
    del weights
    return torch.sigmoid(x)


CASES = [
    case((5, 6, 7), use("sigmoid")),
    # The loss may take it on.
    case((3, 8, 8), use("sigmoid"), loss="bce"),
    case((3, 8, 8), conv(2), use("sigmoid"), loss="bce"),
]
