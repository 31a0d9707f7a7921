"""Products and sums of torch tensors with numbers and with one trained factor for each channel."""
from nn import case, conv, use


def layer(weights, x, factor=1, offset=0, trained=False):
    if trained:
        (factor,) = weights.channels("scale", x.shape[1], ["weight"])
        factor = factor.reshape(-1, *[1] * (x.dim() - 2))
    return x * factor + offset


CASES = [
    case((5, 6, 7), use("scale", factor=-1.5, offset=0.25)),
    case((3, 6, 7), conv(6), use("scale", factor=2), use("sigmoid"), loss="bce"),
    case((3, 6, 7), use("scale", trained=True, offset=1), use("leaky_relu"), conv(3)),
    case((6, 6, 7), conv(17), use("scale", trained=True)),
    case((9,), use("scale", trained=True)),
]
