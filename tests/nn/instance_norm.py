"""torch.nn.functional.instance_norm."""
from torch.nn import functional as F

from nn import case, conv, use


def layer(weights, x, eps=1e-5, affine=False):
    factor, term = weights.channels("instance_norm", x.shape[1]) if affine else (None, None)
    return F.instance_norm(x, weight=factor, bias=term, eps=eps)


# A bias before it has no gradient.
CASES = [
    case((5, 6, 7), use("instance_norm")),
    case((18, 4, 5), use("instance_norm", eps=0.01, affine=True)),
    case((3, 6, 7), conv(16, bias=False), use("instance_norm", affine=True), use("leaky_relu"), conv(3)),
]
