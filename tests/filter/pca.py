"""A reimplementation in NumPy, with numpy.linalg.eigh."""
import numpy
from numpy.lib.stride_tricks import sliding_window_view


def shrunk(patches, sigma, shrink, threshold):
    mean = patches.mean(0)
    variances, axes = numpy.linalg.eigh(numpy.cov(patches.T, bias=True).reshape(2 * mean.shape))
    coefficients = (patches - mean) @ axes
    if shrink == "hard":
        coefficients *= abs(coefficients) >= threshold * sigma
    else:
        coefficients *= numpy.maximum(0, 1 - sigma ** 2 / numpy.maximum(variances, 1e-30))
    return coefficients @ axes.T + mean


def starts(n, window):
    return [0] if n <= window else sorted({min(i, n - window) for i in range(0, n, (window + 1) // 2)})


def apply(x, sigma=0.1, patch=7, scope="global", window=22, shrink="hard", threshold=2.75):
    y, count = numpy.zeros((2, *x.shape))
    window = max(x.shape) if scope == "global" else window
    for top in starts(x.shape[0], window):
        for left in starts(x.shape[1], window):
            at = slice(top, top + window), slice(left, left + window)
            patches = sliding_window_view(x[at], (patch, patch))
            rows, columns = patches.shape[:2]
            result = shrunk(patches.reshape(-1, patch ** 2), sigma, shrink, threshold).reshape(patches.shape)
            for i in range(patch):
                for j in range(patch):
                    y[at][i:i + rows, j:j + columns] += result[:, :, i, j]
                    count[at][i:i + rows, j:j + columns] += 1
    return y / count


TOLERANCE = 1e-5
SMALL, TALL = (24, 20), (33, 17)
CASES = [
    (SMALL, dict()),
    (TALL, dict(patch=5, sigma=0.05)),
    (SMALL, dict(patch=3, shrink="wiener")),
    (TALL, dict(patch=5, shrink="wiener", sigma=0.2)),
    (TALL, dict(patch=4, scope="local", window=13)),
    ((40, 31), dict(patch=3, scope="local", window=11, shrink="wiener", sigma=0.08)),
]
