"""scipy.ndimage.median_filter."""
from scipy.ndimage import median_filter


def apply(x, size=3, edge="reflect"):
    return median_filter(x, size, mode=edge)


TOLERANCE = 1e-8  # medians are equal; the digest is written in ten digits
SMALL, TALL = (24, 20), (33, 17)
CASES = [
    (SMALL, dict(size=3)),
    (SMALL, dict(size=5)),
    (SMALL, dict(size=7)),
    (TALL, dict(size=5, edge="mirror")),
    (TALL, dict(size=3, edge="wrap")),
]
