"""cv2.xphoto.dctDenoising; what it has not, by a reimplementation in NumPy that agrees with it."""
import cv2
import numpy
from scipy.fft import dctn, idctn


def starts(n, size, step):
    return sorted({*range(0, n - size + 1, step), n - size})


def blocks(x, sigma, block, step, threshold):
    size = [min(block, n) for n in x.shape]
    y, count = numpy.zeros((2, *x.shape))
    for r in starts(x.shape[0], size[0], step):
        for c in starts(x.shape[1], size[1], step):
            at = slice(r, r + size[0]), slice(c, c + size[1])
            coefficients = dctn(x[at], norm="ortho")
            y[at] += idctn(coefficients * (abs(coefficients) >= threshold * sigma), norm="ortho")
            count[at] += 1
    return y / count


def apply(x, sigma=0.1, block=8, step=1, threshold=3, edge="none"):
    if edge == "reflect":
        border = block - 1
        padded = numpy.pad(x, border, mode="symmetric")
        return blocks(padded, sigma, block, step, threshold)[border:-border, border:-border]
    result = blocks(x, sigma, block, step, threshold)
    if step == 1:  # OpenCV leaves out the last blocks: with a row and a column more it has them
        theirs = numpy.zeros([n + 1 for n in x.shape], numpy.float32)
        cv2.xphoto.dctDenoising(numpy.pad(x, (0, 1)).astype(numpy.float32), theirs, sigma * threshold / 3, block)
        assert abs(theirs[:-1, :-1] - result).max() < 1e-6
    return result


TOLERANCE = 3e-6
SMALL, TALL = (24, 20), (33, 17)
CASES = [
    (SMALL, dict()),
    (TALL, dict(sigma=0.2, block=4)),
    (SMALL, dict(sigma=0.06, block=12, threshold=2.3)),
    (TALL, dict(block=16, threshold=2)),
    (SMALL, dict(block=8, step=3)),
    (TALL, dict(block=7, edge="reflect")),
    (TALL, dict(block=24, sigma=0.05, step=2)),
    (SMALL, dict(block=5, step=5, edge="reflect")),
]
