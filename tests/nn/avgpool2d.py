"""torch.nn.functional.avg_pool2d, also with PyTorch's own sample inputs."""
import torch
from torch.nn import functional as F

from nn import case, conv, layer_module, pair, use
from samples import given, samples


def layer(weights, x, size=2, stride=0, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=0):
    del weights
    stride = pair(stride) if stride else None
    divisor = divisor_override or None
    if isinstance(padding, str) or (isinstance(padding, list) and len(padding) == 4):
        around = layer_module("maxpool2d").around_for(x, size, stride, padding, 1)
        count = torch.ones_like(x) if count_include_pad else F.pad(torch.ones_like(x), around)
        pooled = F.avg_pool2d(F.pad(x, around), pair(size), stride, divisor_override=divisor)
        return pooled if divisor or count_include_pad else pooled / F.avg_pool2d(count, pair(size), stride)
    return F.avg_pool2d(x, pair(size), stride, pair(padding), ceil_mode, count_include_pad, divisor)


def pool(**options):
    return use("avgpool2d", **options)


def sample_case(shape, arguments, options):
    names = "size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"
    options = given({**dict(zip(names, arguments)), **options}, {"ceil_mode": False, "count_include_pad": True})
    if "divisor_override" in options:
        options.pop("count_include_pad", None)
    return case(shape, pool(**options))


CASES = [
    case((3, 8, 8), pool()),
    case((17, 7, 5), pool(size=2)),
    case((16, 9, 9), pool(size=3)),
    case((5, 9, 8), pool(size=3, stride=2)),
    case((5, 9, 8), pool(size=2, stride=3)),
    case((33, 6, 7), pool(size=[2, 3], stride=[1, 2])),
    case((2, 5, 7), pool(size=[5, 7])),
    # Padding, ceil_mode, what counts.
    case((17, 9, 8), pool(size=3, stride=2, padding=1)),
    case((17, 9, 8), pool(size=3, stride=2, padding=1, count_include_pad=False)),
    case((5, 9, 8), pool(size=3, stride=2, padding=[1, 0], ceil_mode=True)),
    case((5, 9, 8), pool(size=[4, 3], stride=3, padding=[2, 1], ceil_mode=True, count_include_pad=False)),
    case((3, 9, 8), pool(size=3, stride=1, padding="same")),
    case((3, 9, 8), pool(size=3, stride=1, padding="same", count_include_pad=False)),
    case((5, 9, 8), pool(size=2, padding=[1, 0, 0, 1], count_include_pad=False)),
    case((2, 9, 8), pool(size=2, stride=3, ceil_mode=True, divisor_override=3)),
    case((2, 8, 8), conv(16, activation="relu"), pool(), conv(3)),
    *(sample_case(*s) for s in samples("nn.functional.avg_pool2d")),
]
