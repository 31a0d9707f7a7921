"""torch.nn.functional.avg_pool2d."""
from torch.nn import functional as F

from nn import case, conv, pair, use


def layer(weights, x, size=2, stride=0):
    del weights
    return F.avg_pool2d(x, pair(size), pair(stride) if stride else None)


def pool(**options):
    return use("avgpool2d", **options)


CASES = [
    case((3, 8, 8), pool()),
    case((17, 7, 5), pool(size=2)),
    case((16, 9, 9), pool(size=3)),
    case((5, 9, 8), pool(size=3, stride=2)),
    case((5, 9, 8), pool(size=2, stride=3)),
    case((33, 6, 7), pool(size=[2, 3], stride=[1, 2])),
    case((2, 5, 7), pool(size=[5, 7])),
    case((2, 8, 8), conv(16, activation="relu"), pool(), conv(3)),
]
