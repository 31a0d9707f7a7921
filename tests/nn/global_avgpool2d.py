"""torch.nn.functional.adaptive_avg_pool2d to 1 x 1."""
from torch.nn import functional as F

from nn import X, case, conv, use


def layer(weights, x):
    del weights
    return F.adaptive_avg_pool2d(x, 1)


CASES = [
    case((5, 6, 7), use("global_avgpool2d")),
    case((3, 6, 7), conv(18), use("global_avgpool2d"), conv(18, kernel=1, activation="sigmoid"), use("mul", 1, 3)),
    case((3, 6, 7), use("global_avgpool2d"), use("add", X, 1)),
]
