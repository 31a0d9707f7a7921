"""Products of torch tensors."""
from nn import X, case, conv, use


def layer(weights, a, b, transpose_a=False, transpose_b=False):
    del weights
    return (a.mT if transpose_a else a) @ (b.mT if transpose_b else b)


CASES = [
    case((3, 5, 7), conv(3), use("matmul", 1, X, transpose_b=True), use("scale", factor=0.3), use("softmax", dim=3),
         use("matmul", 4, X)),
    case((6, 5, 4), conv(6), use("matmul", X, 1, transpose_a=True)),
    case((2, 4, 4), conv(2), use("matmul", 1, X)),
    case((1, 4, 4), conv(1), use("matmul", 1, X, transpose_a=True, transpose_b=True)),
]
