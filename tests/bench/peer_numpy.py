"""NumPy (and SciPy, if it is there): what tests/bench/linalg.c and tensors.c measure, on one thread."""
import os

for library in ("OPENBLAS", "MKL", "OMP"):
    os.environ[library + "_NUM_THREADS"] = "1"  # before it is loaded

import numpy  # noqa: E402

import peer_elementwise  # noqa: E402


def normal(*shape, seed=1):
    return numpy.random.default_rng(seed).standard_normal(shape, dtype=numpy.float32)


def products(a, b):
    return lambda: a @ b


def eigh(a):
    return lambda: numpy.linalg.eigh(a + a.T)


def correlate():
    from scipy import ndimage
    x, k = normal(10, 1, 64, 64), normal(1, 1, 3, 3, seed=2)
    return lambda: ndimage.correlate(x, k, mode="constant")


WORK = {
    "matmul, 1000x1000": lambda: products(normal(1000, 1000), normal(1000, 1000, seed=2)),
    "matmul, 1000 of 16x16": lambda: products(normal(1000, 16, 16), normal(1000, 16, 16, seed=2)),
    "matmul, 1000x1000 and a vector": lambda: products(normal(1000, 1000), normal(1000, seed=2)),
    "svd, 256x256": lambda: (lambda a: lambda: numpy.linalg.svd(a, full_matrices=False))(normal(256, 256)),
    "eigh, 256x256": lambda: eigh(normal(256, 256)),
    "conv2d of a tensor, 10x1x64x64 by 3x3": correlate,
    "fft2, 10 of 64x64": lambda: (lambda x: lambda: numpy.fft.fft2(x))(normal(10, 64, 64)),
    "fft2, 512x512": lambda: (lambda x: lambda: numpy.fft.fft2(x))(normal(512, 512)),
}


class Peer:
    def __init__(self, variant, threads):
        pass

    def version(self):
        return numpy.__version__

    def prepare(self, work):
        return WORK[work.name]() if work.name in WORK else peer_elementwise.prepare(work.name)
