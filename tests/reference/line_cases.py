"""Writes tests/tensor/line_cases_values.c: what NumPy (and PyTorch, for products of zeros) makes of lines of tensors.

python3 tests/reference/line_cases.py. Values are computed in float64; positions count from 1."""
import pathlib

import numpy as np

from formula import formula

BROAD = (3, 4, 5)
MANY = (2, 1, 3, 2, 1, 2, 2, 2)  # eight dimensions
DIMS = {BROAD: [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)], MANY: [(0,), (7,), (2, 5), (0, 3, 7)]}


def inputs(shape, ties):
    """[-1, 2), and with ties in quarters, so that there are zeros and equal ones."""
    x = formula(shape, 1, -1, 2).astype(np.float64)
    return np.floor(x * 4) / 4 if ties else x


def norm(order):
    return lambda x, axis: (np.abs(x).max(axis) if order == np.inf else (np.abs(x)**order).sum(axis)**(1 / order))


REDUCTIONS = [
    ("sum", 0, False, np.sum), ("mean", 0, False, np.mean), ("var", 0, False, np.var), ("std", 0, False, np.std),
    ("var", 1, False, lambda x, axis: x.var(axis, ddof=1)), ("std", 1, False, lambda x, axis: x.std(axis, ddof=1)),
    ("min", 0, False, np.min), ("max", 0, False, np.max), ("prod", 0, False, np.prod),
    ("norm", 1, False, norm(1)), ("norm", 2, False, norm(2)), ("norm", 3, False, norm(3)),
    ("norm", 0.5, False, norm(0.5)), ("norm", np.inf, False, norm(np.inf)),
    ("any", 0, True, np.any), ("all", 0, True, np.all), ("count_nonzero", 0, True, np.count_nonzero),
    ("median", 0, False, np.median), ("quantile", 0.3, False, lambda x, axis: np.quantile(x, 0.3, axis)),
    ("quantile", 0.9, True, lambda x, axis: np.quantile(x, 0.9, axis)),
]


def descending(x, axis):
    return np.argsort(-x, axis, kind="stable")


ALONG = [
    ("argmin", 0, True, lambda x, axis: x.argmin(axis) + 1), ("argmax", 0, True, lambda x, axis: x.argmax(axis) + 1),
    ("sort", 0, True, lambda x, axis: np.sort(x, axis)), ("sort", 1, True, lambda x, axis: -np.sort(-x, axis)),
    ("argsort", 0, True, lambda x, axis: np.argsort(x, axis, kind="stable") + 1),
    ("argsort", 1, True, lambda x, axis: descending(x, axis) + 1),
    ("topk", 2, True, lambda x, axis: np.take(-np.sort(-x, axis), [0, 1], axis)),
    ("topk_places", 2, True, lambda x, axis: np.take(descending(x, axis), [0, 1], axis) + 1),
    ("cumsum", 0, False, np.cumsum), ("cumprod", 0, False, np.cumprod),
    ("diff", 1, False, lambda x, axis: np.diff(x, 1, axis)), ("diff", 2, False, lambda x, axis: np.diff(x, 2, axis)),
]



def row(op, number, ties, shape, dims, values):
    values = np.asarray(values, dtype=np.float64)
    bits = sum(1 << d for d in dims)
    number = "INFINITY" if number == np.inf else "%g" % number
    head = '{"%s", %s, %s, %d, {%s}, {%s},' % (op, number, "true" if ties else "false", bits,
                                              shape_init(shape), shape_init(values.shape))
    lines, line = [" " + head], "  (const double[]){"
    for value in values.ravel():
        text = "%.9g, " % value
        if len(line) + len(text) > 119:
            lines.append(line.rstrip())
            line = "   "
        line += text
    return "\n".join(lines + [line.rstrip(", ") + "}},"])


def shape_init(shape):
    return "%d, {%s}" % (len(shape), ", ".join(map(str, shape)) if shape else "0")


def rows():
    for shape, all_dims in DIMS.items():
        for dims in all_dims:
            for op, number, ties, call in REDUCTIONS:
                if shape == MANY and op in ("quantile", "norm", "prod") and number != 0.3:
                    continue
                yield row(op, number, ties, shape, dims, call(inputs(shape, ties), dims))
            for op, number, ties, call in ALONG if len(dims) == 1 else []:
                if shape == MANY and (op in ("diff", "topk", "topk_places") or ties and number):
                    continue
                yield row(op, number, ties, shape, dims, call(inputs(shape, ties), dims[0]))


if __name__ == "__main__":
    text = "/* Written by tests/reference/line_cases.py, with NumPy %s. */\n" % np.__version__
    text += '#include "tensor/line_cases.h"\n\nconst LineCase line_cases[] = {\n' + "\n".join(rows()) + "\n};\n\n"
    text += "const int line_cases_count = sizeof line_cases / sizeof *line_cases;\n"
    pathlib.Path(__file__).parent.parent.joinpath("tensor/line_cases_values.c").write_text(text)
