"""torch.nn.functional.prelu."""
from torch.nn import functional as F

from nn import case, conv, use


def layer(weights, x, init=0.25, channelwise=False):
    del init
    (slope,) = weights.channels("prelu", x.shape[1] if channelwise else 1, ["weight"])
    return F.prelu(x, slope)


CASES = [
    case((5, 6, 7), use("prelu")),
    case((3, 6, 7), use("prelu", channelwise=True), conv(3)),
    case((3, 6, 7), conv(18), use("prelu", channelwise=True), conv(2)),
    case((9,), use("prelu", channelwise=True), use("dense", units=3)),
]
