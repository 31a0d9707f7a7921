"""torch.nn.functional.interpolate, bilinear with align_corners=False."""
from torch.nn import functional as F

from nn import case, conv, pair, use


def layer(weights, x, scale=2, mode="nearest"):
    del weights
    arguments = {} if mode == "nearest" else {"align_corners": False}
    return F.interpolate(x, scale_factor=tuple(float(s) for s in pair(scale)), mode=mode, **arguments)


def up(**options):
    return use("upsample2d", **options)


CASES = [
    case((3, 4, 5), up()),
    case((17, 4, 5), up(scale=3)),
    case((16, 3, 4), up(scale=[2, 3])),
    case((3, 4, 5), up(mode="bilinear")),
    case((17, 4, 5), up(scale=3, mode="bilinear")),
    case((16, 3, 4), up(scale=[1, 2], mode="bilinear")),
    case((5, 1, 1), up(mode="bilinear")),
    # Before a convolution, which may take it on.
    case((16, 4, 6), up(), conv(16, activation="relu")),
    case((5, 3, 4), up(), conv(3)),
    case((5, 3, 4), up(scale=3), conv(3)),
    case((5, 3, 4), up(), conv(3, kernel=5)),
    case((5, 3, 4), up(mode="bilinear"), conv(3)),
    case((3, 4, 4), use("sigmoid"), up(), loss="bce"),
]
