"""torch.nn.functional.linear."""
from torch.nn import functional as F

from nn import activate, case, use


def layer(weights, x, units, bias=True, activation="linear"):
    weight, offset = weights.layer("dense", (units, x.shape[1]), bias and units)
    return activate(F.linear(x, weight, offset), activation)


CASES = [
    case((13,), use("dense", units=5)),
    case((40,), use("dense", units=17, activation="relu")),
    case((16,), use("dense", units=1, bias=False, activation="tanh")),
    case((12,), use("dense", units=5, activation="sigmoid"), loss="bce"),
]
