"""torch.nn.functional.group_norm."""
from torch.nn import functional as F

from nn import case, conv, use


def layer(weights, x, groups=8, eps=1e-5, affine=True):
    factor, term = weights.channels("group_norm", x.shape[1]) if affine else (None, None)
    return F.group_norm(x, groups, factor, term, eps)


def norm(**options):
    return use("group_norm", **options)


CASES = [
    case((16, 6, 7), norm()),
    case((64, 5, 9), norm(groups=32)),
    case((6, 4, 5), norm(groups=1, eps=0.001)),
    case((3, 7, 70), norm(groups=3)),
    case((34, 4, 5), norm(groups=17, affine=False)),
    case((70, 3, 5), norm(groups=7)),
    case((4, 5, 5), norm(groups=2)),
    case((12,), norm(groups=3)),
    case((3, 6, 7), conv(16), norm(groups=4), use("leaky_relu"), conv(3)),
    case((3, 6, 7), conv(6), norm(groups=2), use("sigmoid"), loss="bce"),
]
