"""torch.nn.functional.pixel_unshuffle."""
from torch.nn import functional as F

from nn import case, conv, use


def layer(weights, x, scale=2):
    del weights
    return F.pixel_unshuffle(x, scale)


CASES = [
    case((2, 6, 8), use("pixel_unshuffle")),
    case((1, 6, 6), use("pixel_unshuffle"), conv(8), use("pixel_shuffle")),
    case((2, 6, 9), conv(5), use("pixel_unshuffle", scale=3), conv(2)),
]
