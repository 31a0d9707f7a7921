"""torch.nn.functional.elu."""
from torch.nn import functional as F

from nn import away_from, case, conv, use


def layer(weights, x, alpha=1.0):
    del weights
    return F.elu(away_from(0, x), alpha)


CASES = [
    case((5, 6, 7), use("elu")),
    case((16, 4, 4), use("elu", alpha=0.5)),
    case((3, 6, 7), conv(6, activation="elu"), conv(3)),
]
