"""torch.nn.functional.pixel_shuffle."""
from torch.nn import functional as F

from nn import case, conv, use


def layer(weights, x, scale=2):
    del weights
    return F.pixel_shuffle(x, scale)


CASES = [
    case((8, 3, 5), use("pixel_shuffle")),
    case((3, 4, 3), conv(72), use("pixel_shuffle", scale=2), conv(2)),
    case((2, 4, 3), conv(27), use("pixel_shuffle", scale=3)),
]
