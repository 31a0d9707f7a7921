"""NumPy's calls for the rows of tests/bench/tensors.c; see peer_numpy.py."""
import numpy as np

SIDE = 1000
# What tests/bench/tensors.c calls it: the call, of x, y in [-2, 2), p in [0.1, 2.1), q in [0.5, 1.5), a row r.
CALLS = {
    "add": lambda x, y, p, q, r: x + y,
    "mul": lambda x, y, p, q, r: x * y,
    "div": lambda x, y, p, q, r: x / y,
    "maximum": lambda x, y, p, q, r: np.maximum(x, y),
    "lt": lambda x, y, p, q, r: x < y,
    "pow": lambda x, y, p, q, r: p ** q,
    "atan2": lambda x, y, p, q, r: np.arctan2(x, y),
    "hypot": lambda x, y, p, q, r: np.hypot(x, y),
    "mod": lambda x, y, p, q, r: x % y,
    "add number": lambda x, y, p, q, r: x + np.float32(2),
    "square by pow": lambda x, y, p, q, r: x ** 2,
    "add row": lambda x, y, p, q, r: x + r,
    "add column": lambda x, y, p, q, r: x + r[:, None],
    "add transposed": lambda x, y, p, q, r: y + x.T,
    "clamp": lambda x, y, p, q, r: np.clip(x, -1, 1),
    "abs": lambda x, y, p, q, r: np.abs(x),
    "sqrt": lambda x, y, p, q, r: np.sqrt(p),
    "floor": lambda x, y, p, q, r: np.floor(x),
    "exp": lambda x, y, p, q, r: np.exp(x),
    "expm1": lambda x, y, p, q, r: np.expm1(x),
    "exp2": lambda x, y, p, q, r: np.exp2(x),
    "log": lambda x, y, p, q, r: np.log(p),
    "log1p": lambda x, y, p, q, r: np.log1p(p),
    "log2": lambda x, y, p, q, r: np.log2(p),
    "log10": lambda x, y, p, q, r: np.log10(p),
    "sin": lambda x, y, p, q, r: np.sin(x),
    "cos": lambda x, y, p, q, r: np.cos(x),
    "tan": lambda x, y, p, q, r: np.tan(x),
    "atan": lambda x, y, p, q, r: np.arctan(x),
    "sinh": lambda x, y, p, q, r: np.sinh(x),
    "cosh": lambda x, y, p, q, r: np.cosh(x),
    "tanh": lambda x, y, p, q, r: np.tanh(x),
    "sign": lambda x, y, p, q, r: np.sign(x),
    "isnan": lambda x, y, p, q, r: np.isnan(x),
    "sum": lambda x, y, p, q, r: x.sum(),
    "mean": lambda x, y, p, q, r: x.mean(),
    "var": lambda x, y, p, q, r: x.var(),
    "prod": lambda x, y, p, q, r: x.prod(),
    "min": lambda x, y, p, q, r: x.min(),
    "max": lambda x, y, p, q, r: x.max(),
    "argmax": lambda x, y, p, q, r: x.argmax(),
    "norm": lambda x, y, p, q, r: np.linalg.norm(x),
    "any": lambda x, y, p, q, r: x.any(),
    "sum first": lambda x, y, p, q, r: x.sum(0),
    "min first": lambda x, y, p, q, r: x.min(0),
    "var first": lambda x, y, p, q, r: x.var(0),
    "argmax first": lambda x, y, p, q, r: x.argmax(0),
    "sum last": lambda x, y, p, q, r: x.sum(1),
    "max last": lambda x, y, p, q, r: x.max(1),
    "argmax last": lambda x, y, p, q, r: x.argmax(1),
    "sort": lambda x, y, p, q, r: np.sort(x, axis=None),
    "argsort": lambda x, y, p, q, r: np.argsort(x, axis=None, kind="stable"),
    "sort rows": lambda x, y, p, q, r: np.sort(x),
    "argsort rows": lambda x, y, p, q, r: np.argsort(x, kind="stable"),
    "unique": lambda x, y, p, q, r: np.unique(x, return_inverse=True, return_counts=True),
    "median": lambda x, y, p, q, r: np.median(x),
    "quantile": lambda x, y, p, q, r: np.quantile(x, 0.1),
    "histogram": lambda x, y, p, q, r: np.histogram(x, 32),
    "cumsum": lambda x, y, p, q, r: x.cumsum(),
}


def operands():
    random = np.random.default_rng(1)
    x, y, p, q = (random.random((SIDE, SIDE), dtype=np.float32) for _ in range(4))
    return 4 * x - 2, 4 * y - 2, 2 * p + np.float32(0.1), q + np.float32(0.5), 4 * x[0] - 2


def prepare(name):
    """The call for a row, or None."""
    call, given = CALLS.get(name.removeprefix("tensor ").removesuffix(f", {SIDE}x{SIDE}")), operands()
    return call and (lambda: call(*given))
