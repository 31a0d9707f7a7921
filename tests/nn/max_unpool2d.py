"""torch.nn.functional.max_unpool2d, with the indices of max_pool2d."""
from torch.nn import functional as F

from nn import X, case, conv, pair, use


def layer(weights, x, pooled, size=2, stride=0, padding=0, dilation=1, ceil_mode=False):
    del weights
    stride = pair(stride) if stride else None
    _, indices = F.max_pool2d(pooled, pair(size), stride, pair(padding), pair(dilation), ceil_mode,
                              return_indices=True)
    return F.max_unpool2d(x, indices, pair(size), stride, 0, pooled.shape[2:])


def unpooled(channels, **options):
    """Down by pooling, through a convolution, and up again."""
    return use("maxpool2d", **options), conv(channels), use("max_unpool2d", 2, X, **options)


CASES = [
    case((3, 8, 8), *unpooled(3)),
    case((17, 7, 9), *unpooled(17)),
    case((5, 9, 8), *unpooled(5, size=[3, 2])),
    case((5, 9, 8), *unpooled(5, size=2, stride=3)),
    case((5, 9, 8), *unpooled(5, size=2, padding=[1, 0], ceil_mode=True)),
    case((6, 9, 8), *unpooled(6, size=2, stride=[4, 3], dilation=[3, 1])),
    case((2, 8, 8), conv(6, activation="relu"), use("maxpool2d"), conv(6, activation="relu"),
         use("max_unpool2d", 3, 1), conv(1)),
]
