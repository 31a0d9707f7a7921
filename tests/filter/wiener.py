"""scipy.signal.wiener, with the image padded for other edges than zero."""
import numpy
from scipy.signal import wiener

PAD = dict(reflect="symmetric", nearest="edge", mirror="reflect", wrap="wrap")


def apply(x, size=3, sigma=0, noise=0, edge="zero"):
    noise = sigma ** 2 or noise or None
    if edge == "zero":
        return wiener(x, size, noise)
    border = size // 2
    assert noise, "the mean over a padded image would be another"
    padded = wiener(numpy.pad(x, border, mode=PAD[edge]), size, noise)
    return padded[border:-border, border:-border]


TOLERANCE = 2e-6
SMALL, TALL = (24, 20), (33, 17)
CASES = [
    (SMALL, dict()),
    (TALL, dict(size=5)),
    (SMALL, dict(size=5, sigma=0.1)),
    (TALL, dict(size=7, noise=0.004)),
    (SMALL, dict(size=3, sigma=0.05, edge="reflect")),
    (TALL, dict(size=9, sigma=0.2, edge="mirror")),
    (SMALL, dict(size=5, sigma=0.08, edge="nearest")),
    (SMALL, dict(size=5, sigma=0.08, edge="wrap")),
]
