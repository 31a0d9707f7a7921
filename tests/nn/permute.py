"""torch.Tensor.permute; dimensions count from 1, without the batch's."""
from nn import case, conv, use


def layer(weights, x, order):
    del weights
    return x.permute(0, *order)


CASES = [
    case((3, 4, 5), use("permute", order=[3, 1, 2]), conv(2)),
    case((18, 3, 4), use("permute", order=[2, 3, 1])),
    case((3, 4, 5), conv(6), use("permute", order=[1, 3, 2])),
]
