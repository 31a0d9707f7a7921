"""Writes tests/tensor/conv2d_values.h, the known numbers of tests/tensor/conv2d.c.

python3 tests/reference/tensor_conv2d.py; PyTorch's torch.nn.functional.conv2d, in float64 from the same float32 inputs.
"""
import pathlib

import numpy as np
import torch
from torch.nn import functional as F

from formula import formula, numbers

OUT = pathlib.Path(__file__).parent.parent / "tensor" / "conv2d_values.h"
# x, w, bias, stride, padding, dilation, groups
CASES = [
    ((2, 1, 5, 6), (1, 1, 3, 3), False, (1, 1), (1, 1), (1, 1), 1),
    ((2, 3, 5, 7), (2, 3, 3, 2), True, (2, 1), (1, 0), (1, 2), 1),
    ((1, 6, 4, 5), (4, 3, 2, 3), True, (1, 2), (0, 2), (1, 1), 2),
    ((2, 5, 4, 4), (6, 5, 3, 3), True, (1, 1), (1, 1), (1, 1), 1),
    ((1, 7, 6, 5), (3, 7, 1, 3), False, (3, 2), (2, 1), (1, 1), 1),
    ((1, 3, 4, 4), (6, 1, 3, 3), False, (1, 1), (1, 1), (1, 1), 3),
    ((1, 2, 3, 3), (5, 2, 2, 2), True, (2, 3), (3, 2), (2, 1), 1),
]
lines = ["/* PyTorch's numbers. Written by tests/reference/tensor_conv2d.py. */"]


def given(shape, salt):
    return torch.tensor(formula(shape, salt, -1, 1).astype(np.float64), requires_grad=True)


def store(name, values, call):
    lines.append(f"/* {call} */\nstatic const double {name}[] = {{\n{numbers(values)}}};")


for i, (xs, ws, bias, stride, padding, dilation, groups) in enumerate(CASES):
    x, w, b = given(xs, 21), given(ws, 22), given((ws[0],), 23) if bias else None
    y = F.conv2d(x, w, b, stride, padding, dilation, groups)
    (y * given(tuple(y.shape), 99).detach()).sum().backward()
    call = f"conv2d of {xs} and {ws}, stride {stride}, padding {padding}, dilation {dilation}, groups {groups}"
    store(f"y_{i}", y.detach().numpy(), call)
    store(f"dx_{i}", x.grad.numpy(), "its gradients")
    store(f"dw_{i}", w.grad.numpy(), "by w")
    if bias:
        store(f"db_{i}", b.grad.numpy(), "by the bias")
OUT.write_text("\n".join(lines) + "\n")
