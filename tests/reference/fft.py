"""Writes tests/tensor/fft_values.h, the known numbers of tests/tensor/fft.c.

python3 tests/reference/fft.py; NumPy and PyTorch compute in float64 from the same float32 inputs.
"""
import pathlib

import numpy as np
import torch

from formula import formula, numbers

OUT = pathlib.Path(__file__).parent.parent / "tensor" / "fft_values.h"
SHAPES = [(4, 6), (3, 5), (2, 2, 5, 4), (1, 7), (6, 1), (2, 1, 1)]
lines = ["/* NumPy's and PyTorch's numbers. Written by tests/reference/fft.py. */"]


def given(shape, salt):
    return formula(shape, salt, -1, 1).astype(np.float64)


def store(name, values, call):
    lines.append(f"/* {call} */\nstatic const double {name}[] = {{\n{numbers(values)}}};")


for i, shape in enumerate(SHAPES):
    re, im = given(shape, 1), given(shape, 2)
    for name, y in [("real", np.fft.fft2(re)), ("complex", np.fft.fft2(re + 1j * im))]:
        store(f"{name}_re_{i}", y.real, f"np.fft.fft2, {name}, {shape}")
        store(f"{name}_im_{i}", y.imag, "its imaginary part")
    store(f"inverse_{i}", np.fft.ifft2(re + 1j * im).real, f"np.fft.ifft2(...).real, {shape}")


def gradients(names, f, n):
    """PyTorch's gradients of the sum of f's result times a formula, by its arguments of shape 2x3x4."""
    x = [torch.tensor(given((2, 3, 4), 21 + i), requires_grad=True) for i in range(n)]
    y = f(*x)
    (y * torch.tensor(given(tuple(y.shape), 99))).sum().backward()
    for name, t in zip(names, x):
        store(name, t.grad.numpy(), "PyTorch's gradient")


def both(y):
    return torch.cat([y.real, y.imag])


gradients(["d_real"], lambda x: both(torch.fft.fft2(x)), 1)
gradients(["d_re", "d_im"], lambda re, im: both(torch.fft.fft2(torch.complex(re, im))), 2)
gradients(["d_inverse_re", "d_inverse_im"], lambda re, im: torch.fft.ifft2(torch.complex(re, im)).real, 2)
OUT.write_text("\n".join(lines) + "\n")
