"""torch.nn.functional.max_pool2d."""
from torch.nn import functional as F

from nn import case, conv, pair, use


def layer(weights, x, size=2, stride=0):
    del weights
    return F.max_pool2d(x, pair(size), pair(stride) if stride else None)


def pool(**options):
    return use("maxpool2d", **options)


CASES = [
    case((3, 8, 8), pool(size=2)),
    case((17, 7, 5), pool(size=2)),
    case((16, 9, 9), pool(size=3)),
    case((5, 9, 8), pool(size=3, stride=2)),
    case((5, 9, 8), pool(size=2, stride=3)),
    case((5, 9, 8), pool(size=[1, 2])),
    case((5, 9, 8), pool(size=[2, 3], stride=[1, 2])),
    case((1, 6, 6), pool(size=2, stride=1)),
    # Behind a convolution, which may take it on.
    case((3, 8, 8), conv(16, activation="relu"), pool()),
    case((3, 9, 7), conv(16, activation="relu"), pool()),
    case((3, 9, 8), conv(5), use("relu"), pool(size=3, stride=2)),
]
