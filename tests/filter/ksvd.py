"""K-SVD denoising in NumPy, coded by sklearn.linear_model.orthogonal_mp.

The dictionary's update is numpy.linalg.svd of what is left of an atom's users. All patches are learned from, so nothing
is drawn. Known results of online learning would need lunet's random numbers: ksvd.c compares it with K-SVD.
"""
import warnings

import numpy as np
from sklearn.linear_model import orthogonal_mp

LEVELS = 255


def cosines(atoms, size):
    frequencies = int(np.ceil(np.sqrt(atoms)))
    one = np.cos(np.outer(np.arange(size), np.arange(frequencies)) * np.pi / frequencies)
    one[:, 1:] -= one[:, 1:].mean(0)
    one /= np.linalg.norm(one, axis=0)
    return np.kron(one, one)[:, :atoms]


def code(dictionary, signals, bound):
    """Signals of length 0 need no atoms, but the library divides by their length."""
    codes = np.zeros((dictionary.shape[1], signals.shape[1]))
    many = (signals ** 2).sum(0) > bound
    if many.any():
        codes[:, many] = orthogonal_mp(dictionary, signals[:, many], tol=bound, precompute=False).reshape(
            dictionary.shape[1], -1)
    return codes


def learn(dictionary, signals, bound, iterations):
    for _ in range(iterations):
        codes = code(dictionary, signals, bound)
        users = [np.flatnonzero(row) for row in codes]
        for k, who in enumerate(users):
            if len(who) > 0:
                left = signals[:, who] - dictionary @ codes[:, who] + np.outer(dictionary[:, k], codes[k, who])
                u, s, vt = np.linalg.svd(left, full_matrices=False)
                sign = 1 if u[:, 0] @ dictionary[:, k] > 0 else -1
                dictionary[:, k], codes[k, who] = sign * u[:, 0], sign * s[0] * vt[0]
        errors = ((signals - dictionary @ codes) ** 2).sum(0)
        for k, who in enumerate(users):
            products = np.abs(dictionary.T @ dictionary[:, k])
            products[k] = 0
            if len(who) > 3 and products.max() <= 0.99:
                continue
            worst = errors.argmax()
            if errors[worst] <= 0:
                break
            errors[worst] = 0
            dictionary[:, k] = signals[:, worst] / np.linalg.norm(signals[:, worst])


def apply(x, sigma=0.1, learning="ksvd", patch_size=8, atoms=256, iterations=10, gain=1.15, lambda_=30):
    warnings.simplefilter("ignore")  # atoms that are alike
    size, bound = patch_size, (patch_size * gain * sigma) ** 2
    windows = np.lib.stride_tricks.sliding_window_view(x, (size, size))
    patches = windows.reshape(-1, size * size).T
    means = patches.mean(0)
    signals = patches - means
    dictionary = cosines(atoms, size)
    if learning == "ksvd":
        learn(dictionary, signals, bound, iterations)
    restored = dictionary @ code(dictionary, signals, bound) + means
    own = lambda_ / (LEVELS * sigma)
    total, count = own * x, np.full(x.shape, own)
    for i, (r, c) in enumerate(np.ndindex(windows.shape[:2])):
        total[r:r + size, c:c + size] += restored[:, i].reshape(size, size)
        count[r:r + size, c:c + size] += 1
    return total / count


TOLERANCE = 1e-5
SMALL, TALL, LARGE = (24, 20), (33, 17), (75, 140)
CASES = [
    (LARGE, dict(learning="none")),
    (TALL, dict(learning="none", sigma=0.2, atoms=121, patch_size=6)),
    (SMALL, dict(learning="none", sigma=0.08, atoms=64, patch_size=5, gain=1.05)),
    (LARGE, dict(sigma=0.1, iterations=3, atoms=100)),
    (LARGE, dict(sigma=0.15, iterations=5)),
]
