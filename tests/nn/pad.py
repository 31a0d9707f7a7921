"""torch.nn.functional.pad, and numpy.pad for what that has not."""
import numpy as np
import torch
from torch.nn import functional as F

from nn import case, conv, use


def four(sides):
    """Top, bottom, left, right."""
    sides = [sides] if isinstance(sides, int) else sides
    return [sides[i * len(sides) // 4] for i in range(4)]


def layer(weights, x, sides=1, mode="constant", value=0):
    del weights
    top, bottom, left, right = four(sides)
    if mode == "symmetric":
        rows = torch.tensor(np.pad(np.arange(x.shape[2]), (top, bottom), mode))
        columns = torch.tensor(np.pad(np.arange(x.shape[3]), (left, right), mode))
        return x[:, :, rows][:, :, :, columns]
    return F.pad(x, (left, right, top, bottom), mode, value if mode == "constant" else None)


CASES = [
    case((5, 4, 6), use("pad", sides=[1, 2, 3, 0], value=0.5)),
    case((5, 4, 6), use("pad", sides=[1, 3, 2, 5], mode="reflect")),
    case((5, 4, 6), use("pad", sides=[4, 3, 2, 6], mode="symmetric")),
    case((3, 4, 6), conv(18), use("pad", sides=[5, 1], mode="replicate"), conv(2, padding=0)),
    case((2, 4, 6), use("pad", sides=[4, 3, 2, 6], mode="circular"), conv(3, padding=0)),
]
