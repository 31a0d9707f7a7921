"""torch.nn.functional.layer_norm, over the last dimension of N,H,W,C or over C,H,W."""
from torch.nn import functional as F

from nn import case, conv, use


def layer(weights, x, over="channels", eps=1e-5, affine=True):
    if over == "all":
        shape = tuple(x.shape[1:])
        factor, term = weights.like("layer_norm", shape) if affine else (None, None)
        return F.layer_norm(x, shape, factor, term, eps)
    factor, term = weights.channels("layer_norm", x.shape[1]) if affine else (None, None)
    last = x.movedim(1, -1)
    return F.layer_norm(last, last.shape[-1:], factor, term, eps).movedim(-1, 1)


CASES = [
    case((18, 4, 5), use("layer_norm")),
    case((3, 6, 7), use("layer_norm", eps=0.01, affine=False)),
    case((3, 6, 7), conv(70), use("layer_norm"), use("leaky_relu"), conv(3)),
    case((9,), use("layer_norm"), use("dense", units=3)),
    case((3, 6, 7), use("layer_norm", over="all"), use("sigmoid"), loss="bce"),
    case((3, 5, 4), conv(18), use("layer_norm", over="all", eps=0.001), conv(2)),
    case((5, 6, 7), use("layer_norm", over="all", affine=False)),
]
