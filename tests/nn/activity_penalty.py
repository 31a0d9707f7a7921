"""The penalty's formula in torch; the loss that it is added to is in tests/reference/nn.py."""
from nn import case, conv, use


def layer(weights, x, l1=0, l2=0, kl=0, rho=0.05):
    penalty = (l1 * x.abs().sum() + l2 * x.square().sum()) / x.shape[0]
    if kl > 0:
        mean = x.movedim(1, -1).flatten(0, -2).mean(0)
        penalty = penalty + kl * (rho * (rho / mean).log() + (1 - rho) * ((1 - rho) / (1 - mean)).log()).sum()
    weights.penalty = weights.penalty + penalty
    return x


CASES = [
    case((5, 6, 7), use("activity_penalty", l1=0.01)),
    case((3, 6, 7), conv(18, activation="tanh"), use("activity_penalty", l1=0.003, l2=0.02), conv(3)),
    case((3, 6, 7), conv(5, activation="sigmoid"), use("activity_penalty", kl=0.2, rho=0.1), conv(3)),
    case((9,), use("dense", units=18, activation="sigmoid"), use("activity_penalty", kl=0.1), use("dense", units=9)),
]
