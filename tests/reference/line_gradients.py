"""Writes tests/tensor/line_gradients_values.c: PyTorch's gradients of operations on lines of tensors.

python3 tests/reference/line_gradients.py. The gradient is that of the result times formula(shape, 99, -1, 1), summed."""
import pathlib

import numpy as np
import torch

from formula import formula
from line_cases import inputs, row

SHAPE = (3, 4, 5)
OVER = [(0,), (1, 2), (0, 1, 2)]


def norm(order):
    return lambda x, dims: torch.linalg.vector_norm(x, order, dims)


def product(x, dims):
    for d in sorted(dims, reverse=True):
        x = x.prod(d)
    return x


REDUCTIONS = [
    ("sum", 0, False, torch.sum), ("mean", 0, False, torch.mean),
    ("var", 0, False, lambda x, d: x.var(d, correction=0)), ("std", 1, False, lambda x, d: x.std(d)),
    ("min", 0, True, torch.amin), ("max", 0, True, torch.amax), ("prod", 0, False, product), ("prod", 0, True, product),
    ("norm", 1, True, norm(1)), ("norm", 2, False, norm(2)), ("norm", 3, False, norm(3)), ("norm", np.inf, True, norm(np.inf)),
]
ALONG = [
    ("sort", 0, True, lambda x, d: torch.sort(x, dim=d, stable=True).values),
    ("sort", 1, True, lambda x, d: torch.sort(x, dim=d, descending=True, stable=True).values),
    ("topk", 2, False, lambda x, d: torch.topk(x, 2, d).values),
    ("cumsum", 0, False, torch.cumsum), ("cumprod", 0, False, torch.cumprod), ("cumprod", 0, True, torch.cumprod),
    ("diff", 2, False, lambda x, d: torch.diff(x, 2, d)),
    ("quantile", 0.3, False, lambda x, d: torch.quantile(x, 0.3, d)),
    ("median", 0, False, lambda x, d: torch.quantile(x, 0.5, d)),
]


def gradient(call, ties, dims):
    x = torch.tensor(inputs(SHAPE, ties), requires_grad=True)
    y = call(x, dims)
    (y * torch.tensor(formula(tuple(y.shape), 99, -1, 1).astype(np.float64)).reshape(y.shape)).sum().backward()
    return x.grad.numpy()


def rows():
    for dims in OVER:
        for op, number, ties, call in REDUCTIONS:
            yield row(op, number, ties, SHAPE, dims, gradient(call, ties, dims))
    for d in range(3):
        for op, number, ties, call in ALONG:
            yield row(op, number, ties, SHAPE, (d,), gradient(call, ties, d))


if __name__ == "__main__":
    text = "/* Written by tests/reference/line_gradients.py, with PyTorch %s. */\n" % torch.__version__
    text += '#include "tensor/line_cases.h"\n\nconst LineCase line_gradients[] = {\n' + "\n".join(rows()) + "\n};\n\n"
    text += "const int line_gradients_count = sizeof line_gradients / sizeof *line_gradients;\n"
    pathlib.Path(__file__).parent.parent.joinpath("tensor/line_gradients_values.c").write_text(text)
