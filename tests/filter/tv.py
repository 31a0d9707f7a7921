"""skimage.restoration.denoise_tv_chambolle; the primal-dual form by a reimplementation in NumPy."""
import numpy
from skimage.restoration import denoise_tv_chambolle


def primal_dual(x, weight, iterations):
    """Chambolle and Pock's second algorithm, with a dual field of length at most `weight`."""
    u, ahead, p, tau, sigma = x, x, numpy.zeros((2, *x.shape)), 1, 1 / 8
    for _ in range(iterations):
        p[0, :-1] += sigma * numpy.diff(ahead, axis=0)
        p[1, :, :-1] += sigma * numpy.diff(ahead, axis=1)
        p /= numpy.maximum(1, numpy.hypot(*p) / weight)
        divergence = p.sum(0)
        divergence[1:] -= p[0, :-1]
        divergence[:, 1:] -= p[1, :, :-1]
        last, u = u, (u + tau * (divergence + x)) / (1 + tau)
        theta = 1 / numpy.sqrt(1 + 2 * tau)
        tau, sigma, ahead = tau * theta, sigma / theta, u + theta * (u - last)
    return u


def apply(x, weight=0.1, eps=2e-4, max_iter=200, algorithm="chambolle"):
    if algorithm == "primal_dual":
        assert eps == 0
        return primal_dual(x, weight, max_iter)
    return denoise_tv_chambolle(x, weight, eps, max_iter)


TOLERANCE = 2e-5
SMALL, TALL = (24, 20), (33, 17)
CASES = [
    (SMALL, dict()),
    (TALL, dict(weight=0.3)),
    (SMALL, dict(weight=0.05, eps=1e-5)),
    (TALL, dict(weight=0.2, eps=0, max_iter=1000)),
    (SMALL, dict(weight=0.1, max_iter=3)),
    (TALL, dict(weight=0.2, eps=0, max_iter=100, algorithm="primal_dual")),
]
