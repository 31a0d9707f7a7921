"""torch.Tensor.reshape."""
from nn import case, conv, use


def layer(weights, x, shape):
    del weights
    return x.reshape(x.shape[0], *shape)


CASES = [
    case((3, 4, 6), use("reshape", shape=[8, 3, 3]), conv(2)),
    case((3, 4, 6), conv(6), use("reshape", shape=[2, -1, 24])),
    case((3, 4, 2), use("reshape", shape=[-1]), use("dense", units=8), use("reshape", shape=[2, 2, 2])),
]
