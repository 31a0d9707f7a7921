"""torch.cat of channels."""
import torch

from nn import X, case, conv, use


def layer(weights, *inputs):
    del weights
    return torch.cat(inputs, 1)


CASES = [
    case((5, 6, 7), conv(3, activation="relu"), conv(16, kernel=1), use("concat", 1, 2, X)),
    case((2, 8, 8), conv(8, activation="relu"), use("maxpool2d"), conv(16, activation="relu"), use("upsample2d"),
         use("concat", 4, 1), conv(2), use("add", 6, X)),
    case((9,), use("dense", units=4), use("concat", 1, X), use("dense", units=3)),
]
