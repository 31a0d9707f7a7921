"""Writes tests/tensor/linalg_values.h, the known numbers of tests/tensor/{linalg,decompose,linalg_gradients}.c.

python3 tests/reference/linalg.py; NumPy and PyTorch compute in float64 from the same float32 inputs.
"""
import pathlib

import numpy as np
import torch

from formula import formula, numbers

OUT = pathlib.Path(__file__).parent.parent / "tensor" / "linalg_values.h"


def given(shape, salt):
    return formula(shape, salt, -1, 1).astype(np.float64)


def symmetric(n, salt, batch=()):
    x = given(batch + (n, n), salt)
    return x + np.swapaxes(x, -1, -2)


def positive(n, salt):
    """Symmetric and positive definite."""
    x = given((n, n), salt)
    return np.float32(x @ x.T + np.eye(n)).astype(np.float64)


def pca(x, k):
    flat = x.reshape(len(x), -1)
    u, s, vt = np.linalg.svd(flat - flat.mean(0), full_matrices=False)
    signs = np.sign(vt[np.arange(len(vt)), np.abs(vt).argmax(1)])
    return (vt * signs[:, None])[:k], (s**2 / (len(x) - 1))[:k], flat.mean(0)


PRODUCTS = [((3,), (3,)), ((3,), (3, 4)), ((2, 3), (3,)), ((3,), (2, 3, 4)), ((2, 4, 3), (3,)),
            ((2, 1, 3, 4), (5, 4, 2)), ((3, 2, 4), (4, 3)), ((2, 4), (3, 4, 2))]

lines = ["/* NumPy's and PyTorch's numbers. Written by tests/reference/linalg.py. */"]


def store(name, values, call):
    lines.append(f"/* {call} */\nstatic const double {name}[] = {{\n{numbers(values)}}};")


for i, (a, b) in enumerate(PRODUCTS):
    store(f"product_{i}", given(a, 1) @ given(b, 2), f"np.matmul of shapes {a} and {b}")
a = given((2, 4, 3), 3)
store("singular_values", np.linalg.svd(a, compute_uv=False), "np.linalg.svd(a, compute_uv=False), a 2x4x3")
store("eigenvalues", np.linalg.eigvalsh(symmetric(5, 4)), "np.linalg.eigvalsh(x + x.T), x 5x5")
store("r_magnitudes", np.abs(np.linalg.qr(given((4, 3), 3))[1]), "abs(np.linalg.qr(a).R), a 4x3")
store("lower", np.linalg.cholesky(positive(4, 5)), "np.linalg.cholesky(x @ x.T + eye), x 4x4")
store("solution", np.linalg.solve(given((2, 4, 4), 6), given((4, 2), 7)), "np.linalg.solve of 2x4x4 and 4x2")
store("solution_of_vector", np.linalg.solve(given((2, 4, 4), 6), given((4,), 7)), "np.linalg.solve of 2x4x4 and 4")
store("inverse", np.linalg.inv(given((2, 4, 4), 6)), "np.linalg.inv of 2x4x4")
store("determinants", np.linalg.det(given((2, 4, 4), 6)), "np.linalg.det of 2x4x4")
tall, wide = given((6, 3), 8), given((3, 6), 8)
store("fit", np.linalg.lstsq(tall, given((6, 2), 9), rcond=None)[0], "np.linalg.lstsq of 6x3 and 6x2")
store("fit_wide", np.linalg.lstsq(wide, given((3,), 9), rcond=None)[0], "np.linalg.lstsq of 3x6 and 3")
tall[:, 2] = tall[:, 0]
store("fit_deficient", np.linalg.lstsq(tall, given((6,), 9), rcond=None)[0],
      "np.linalg.lstsq of 6x3, its last column the first, and 6")
for name, shape, k in [("many", (20, 2, 3), 4), ("few", (4, 2, 3), 3)]:
    components, variances, mean = pca(given(shape, 10), k)
    call = f"svd of the centred samples, {'x'.join(map(str, shape))}"
    store(f"components_{name}", components, call)
    store(f"variances_{name}", variances, call)
    store(f"mean_{name}", mean, call)


def gradients(names, f, a, b=None, diagonal=0, call=""):
    """PyTorch's gradients of the sum of f's result times a formula, by its arguments."""
    x = [given(shape, 21 + i) for i, shape in enumerate([a, b]) if shape is not None]
    if diagonal > 0:
        x[0] = (np.float32(x[0]) + np.float32(diagonal) * np.eye(*a[-2:], dtype=np.float32)).astype(np.float64)
    x = [torch.tensor(t, requires_grad=True) for t in x]
    y = f(*x)
    (y * torch.tensor(given(tuple(y.shape), 99))).sum().backward()
    for name, t in zip(names, x):
        store(name, t.grad.numpy(), f"PyTorch's gradient of {call}")


def row(*results):
    return torch.cat([r.reshape(-1) for r in results])


def svd(x):
    u, s, vt = torch.linalg.svd(x, full_matrices=False)
    return row(u**2, s, vt**2)


def qr(x):
    q, r = torch.linalg.qr(x)
    return row(q**2, r**2)


def eigh(x):
    w, v = torch.linalg.eigh(x + x.mT)
    return row(w, v**2)


la = torch.linalg
for i, (a, b) in enumerate(PRODUCTS):
    gradients([f"d0_product_{i}", f"d1_product_{i}"], torch.matmul, a, b, call=f"matmul of {a} and {b}")
for name, shape in [("square", (3, 3)), ("tall", (2, 5, 3)), ("wide", (2, 4))]:
    gradients([f"d_svd_{name}"], svd, shape, call=f"linalg.svd of {shape}: u^2, s, vt^2")
    diagonal = 2 if name == "square" else 0
    gradients([f"d_qr_{name}"], qr, shape, diagonal=diagonal, call=f"linalg.qr of {shape}: q^2, r^2")
gradients(["d_singular"], lambda x: la.svdvals(x), (4, 3), call="linalg.svdvals")
gradients(["d_eigh"], eigh, (2, 3, 3), call="linalg.eigh of x + x': w, v^2")
gradients(["d_cholesky"], lambda x: la.cholesky(x @ x.mT + torch.eye(3)), (2, 3, 3), call="linalg.cholesky of x x' + 1")
gradients(["d0_solve", "d1_solve"], lambda a, b: la.solve(a, b.expand(2, 3, 2)), (2, 3, 3), (3, 2), 2, "linalg.solve")
gradients(["d0_solve_vector", "d1_solve_vector"], lambda a, b: la.solve(a, b.expand(2, 3)), (2, 3, 3), (3,), 2,
          "linalg.solve")
gradients(["d0_solve_many", "d1_solve_many"], lambda a, b: la.solve(a.expand(2, 3, 3), b), (3, 3), (2, 3, 1), 2,
          "linalg.solve")
gradients(["d_inv"], la.inv, (2, 3, 3), diagonal=2, call="linalg.inv")
gradients(["d_det"], la.det, (2, 3, 3), diagonal=2, call="linalg.det")
gradients(["d0_lstsq", "d1_lstsq"], lambda a, b: la.pinv(a) @ b, (5, 3), (5, 2), 1, "linalg.pinv(a) @ b")
gradients(["d0_lstsq_wide", "d1_lstsq_wide"], lambda a, b: la.pinv(a) @ b, (2, 3, 4), (3,), 1, "linalg.pinv(a) @ b")
OUT.write_text("\n".join(lines) + "\n")
