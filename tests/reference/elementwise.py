"""Writes tests/tensor/elementwise_values.c: elementwise functions by NumPy and SciPy, in float64, of floats over their
whole range, and their gradients by PyTorch.

python3 tests/reference/elementwise.py"""
import pathlib

import numpy as np
import scipy
import scipy.special
import torch

from formula import formula

SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 1e-45, -3e-42, 0.5, -0.5, 2.5, -1.5, 3.4e38, -3.4e38]
LIMITS = [88.72, 88.73, -87.4, -103.2, -104.5, 127.9, 128.0, -149.5, 8388609.0, -8388607.5, 0.4142, -0.293, 0.6249,
          9.01]
ANGLES = [1.5707964, 3.1415927, 11.0, -22.0, 710.0, 102943.7, 1.59e6, -1.61e6, 6e7, 1e22, 3e30]
rng = np.random.default_rng(7)
SPREAD = rng.choice([-1, 1], 40) * 10.0 ** rng.uniform(-6, 2.5, 40)
X = np.float32(SPECIAL + LIMITS + ANGLES + list(SPREAD))

FEW = np.float32([0.0, -0.0, np.inf, -np.inf, np.nan, 1, -1, 2, -2, 0.5, -2.5, 3, -3, 1e-40, 2e30, -2e30, 16777217])
A = np.concatenate([np.repeat(FEW, len(FEW)), np.float32(rng.choice([-1, 1], 60) * 10.0 ** rng.uniform(-3, 3, 60))])
B = np.concatenate([np.tile(FEW, len(FEW)), np.float32(rng.choice([-1, 1], 60) * 10.0 ** rng.uniform(-2, 1, 60))])

UNARY = {
    "neg": np.negative, "abs": np.abs, "sign": np.sign, "square": np.square, "sqrt": np.sqrt,
    "rsqrt": lambda x: 1 / np.sqrt(x), "reciprocal": lambda x: 1 / x, "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1,
    "log": np.log, "log2": np.log2, "log10": np.log10, "log1p": np.log1p, "sin": np.sin, "cos": np.cos, "tan": np.tan,
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh,
    "sigmoid": lambda x: np.where(x < 0, np.exp(x) / (1 + np.exp(x)), 1 / (1 + np.exp(-x))),
    "relu": lambda x: np.maximum(x, 0), "erf": scipy.special.erf, "floor": np.floor, "ceil": np.ceil, "trunc": np.trunc,
    "round": np.rint, "isnan": np.isnan, "isinf": np.isinf, "isfinite": np.isfinite, "lnot": np.logical_not,
}
BINARY = {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "pow": np.power, "min": np.minimum,
    "max": np.maximum, "atan2": np.arctan2, "hypot": np.hypot, "fmod": np.fmod, "mod": np.mod,
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal, "eq": np.equal, "ne": np.not_equal,
    "land": np.logical_and, "lor": np.logical_or, "lxor": np.logical_xor,
}
# Of float32: what floor_divide gives depends on how the quotient is rounded.
BINARY_SINGLE = {"floordiv": np.floor_divide}

T = torch.float64
GRAD_X = np.float32([-2.25, -1, -0.75, -0.125, 0, 0.25, 0.5, 0.875, 1, 1.5, 3])
GRAD_POSITIVE = np.float32([0.125, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 9])
GRAD_UNIT = np.float32([-0.875, -0.75, -0.5, -0.25, -0.125, 0, 0.125, 0.375, 0.5, 0.625, 0.9375])
GRAD_Y = np.float32([1.5, -1, -2, 3, 0.25, 0.25, -0.5, 0.875, 2, 1.25, 0.75])
UNARY_GRADS = {
    "neg": GRAD_X, "abs": GRAD_X, "square": GRAD_X, "sqrt": GRAD_POSITIVE, "rsqrt": GRAD_POSITIVE,
    "reciprocal": GRAD_POSITIVE, "exp": GRAD_X, "exp2": GRAD_X, "expm1": GRAD_X, "log": GRAD_POSITIVE,
    "log2": GRAD_POSITIVE, "log10": GRAD_POSITIVE, "log1p": GRAD_POSITIVE, "sin": GRAD_X, "cos": GRAD_X, "tan": GRAD_X,
    "asin": GRAD_UNIT, "acos": GRAD_UNIT, "atan": GRAD_X, "sinh": GRAD_X, "cosh": GRAD_X, "tanh": GRAD_X,
    "sigmoid": GRAD_X, "relu": GRAD_X, "erf": GRAD_X, "sign": GRAD_X, "floor": GRAD_X,
}
BINARY_GRADS = {
    "add": (torch.add, GRAD_X), "sub": (torch.sub, GRAD_X), "mul": (torch.mul, GRAD_X), "div": (torch.div, GRAD_X),
    "pow": (torch.pow, GRAD_POSITIVE), "min": (torch.minimum, GRAD_X), "max": (torch.maximum, GRAD_X),
    "atan2": (torch.atan2, GRAD_X), "hypot": (torch.hypot, GRAD_X), "fmod": (torch.fmod, GRAD_X),
    "mod": (torch.remainder, GRAD_X),
}


def number(v):
    if np.isnan(v):
        return "NAN"
    if v == 0:
        return "-0.0" if np.signbit(v) else "0"
    return ("-" if v < 0 else "") + "INFINITY" if np.isinf(v) else ("%.10g" % v)


def array(values):
    lines, line = [], "  {"
    for i, v in enumerate(values):
        text = number(float(v)) + (", " if i + 1 < len(values) else "}")
        if len(line) + len(text) > 119:
            lines.append(line.rstrip())
            line = "   "
        line += text
    return "\n".join(lines + [line])


def single(v):
    text = number(float(v)) if not np.isfinite(v) or v == 0 else "%.9g" % v
    return text if not np.isfinite(v) or v == 0 else text + ("f" if "." in text or "e" in text else ".0f")


def singles(name, values):
    text = ", ".join(single(v) for v in values)
    out, line = [], " "
    for word in text.split(" "):
        if len(line) + 1 + len(word) > 119:
            out.append(line)
            line = " "
        line += " " + word
    return f"const float {name}[{len(values)}] = {{\n" + "\n".join(out + [line]) + "};\n"


def table(kind, name, rows):
    return f"\nconst {kind} {name}[] = {{\n" + ",\n".join(f" {{LN_{op.upper()},\n{body}}}" for op, body in rows) + \
        f"}};\nconst int {name}_count = {len(rows)};\n"


def gradients(call, inputs):
    inputs = [torch.tensor(v, dtype=T, requires_grad=True) for v in inputs]
    weights = torch.tensor(formula((len(GRAD_X),), 99, -1, 1), dtype=T)
    y = (call(*inputs) * weights).sum()
    if y.requires_grad:
        y.backward()
    return [np.zeros(len(GRAD_X)) if x.grad is None else x.grad.numpy() for x in inputs]


def main():
    unary, binary, unary_grads, binary_grads = [], [], [], []
    with np.errstate(all="ignore"):
        for op, f in UNARY.items():
            unary.append((op, array(np.asarray(f(X.astype(np.float64)), dtype=np.float64))))
        for op, f in BINARY.items():
            binary.append((op, array(np.asarray(f(A.astype(np.float64), B.astype(np.float64)), dtype=np.float64))))
        for op, f in BINARY_SINGLE.items():
            binary.append((op, array(np.asarray(f(A, B), dtype=np.float64))))
    for op, x in UNARY_GRADS.items():
        unary_grads.append((op, array(x) + ",\n" + array(gradients(getattr(torch, op), [x])[0])))
    for op, (f, x) in BINARY_GRADS.items():
        dx, dy = gradients(f, [x, GRAD_Y])
        binary_grads.append((op, array(x) + ",\n" + array(GRAD_Y) + ",\n" + array(dx) + ",\n" + array(dy)))
    text = (f"/* Written by tests/reference/elementwise.py, with NumPy {np.__version__}, SciPy {scipy.__version__}, "
            f"PyTorch {torch.__version__.split('+')[0]}. */\n#include \"tensor/elementwise.h\"\n\n")
    text += singles("unary_x", X) + "\n" + singles("binary_x", A) + "\n" + singles("binary_y", B)
    text += table("UnaryKnown", "unary_known", unary) + table("BinaryKnown", "binary_known", binary)
    text += table("UnaryGradient", "unary_gradients", unary_grads)
    text += table("BinaryGradient", "binary_gradients", binary_grads)
    path = pathlib.Path(__file__).parent.parent / "tensor" / "elementwise_values.c"
    path.write_text(text)
    print(path, len(X), len(A), len(text))


main()
