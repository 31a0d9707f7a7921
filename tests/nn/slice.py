"""Slices of torch tensors; positions count from 1 there."""
from nn import case, conv, use


def layer(weights, x, first=1, last=-1):
    del weights
    channels = x.shape[1]
    begin = first - 1 if first > 0 else channels + first
    return x[:, begin:last if last > 0 else channels + last + 1]


CASES = [
    case((5, 6, 7), use("slice", first=2, last=4)),
    case((3, 4, 5), conv(20), use("slice", first=-18), conv(2)),
    case((9,), use("slice", last=-3), use("dense", units=2)),
]
