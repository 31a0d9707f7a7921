"""Products of torch tensors, also of sizes of 1 that are repeated."""
import math

from nn import X, case, conv, use


def layer(weights, *inputs):
    del weights
    return math.prod(inputs)


CASES = [
    case((5, 6, 7), use("sigmoid"), use("tanh", X), use("mul", 1, 2)),
    case((5, 6, 7), use("sigmoid"), use("tanh", X), use("mul", 1, 2, X)),
    case((5, 6, 7), use("tanh"), use("mul", 1, 1)),
    case((18, 5, 4), conv(4), use("avgpool2d", X, size=[5, 4]), conv(4, kernel=1, activation="sigmoid"),
         use("mul", 1, 3), conv(2)),
    case((6, 5, 4), conv(1, activation="sigmoid"), use("mul", X, 1)),
    case((18, 4, 3), conv(1), use("avgpool2d", size=[1, 3]), use("avgpool2d", 1, size=[4, 1]), use("mul", 2, X, 3)),
    case((9,), use("dense", units=1), use("mul", X, 1)),
]
