"""torch.flatten from dimension 1."""
from nn import case, conv, use


def layer(weights, x):
    del weights
    return x.flatten(1)


CASES = [
    case((3, 4, 5), use("flatten")),
    case((3, 4, 5), use("flatten"), use("dense", units=7, activation="sigmoid")),
    case((2, 6, 5), conv(3, activation="relu"), use("maxpool2d"), use("flatten"), use("dense", units=4)),
]
