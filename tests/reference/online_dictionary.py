"""Prints the numbers of tests/filter/learn_online.c: online dictionary learning in NumPy, codes by scikit-learn.

Mairal, Bach, Ponce, Sapiro, "Online dictionary learning for sparse coding", ICML 2009: algorithm 2 (block coordinate
descent), with the sums of eq. 11 for batches of 256 signals, here the same few in each step.
"""
import numpy as np
from sklearn.linear_model import orthogonal_mp

from formula import formula, numbers

ATOMS, LENGTH, SIGNALS, STEPS, BATCH, BOUND, MOST = 7, 6, 40, 4, 256, 0.05, 3


def code(dictionary, signals):
    codes = np.zeros((ATOMS, SIGNALS))
    for i, x in enumerate(signals.T):
        for count in range(1, MOST + 1):
            codes[:, i] = orthogonal_mp(dictionary, x, n_nonzero_coefs=count)
            if ((x - dictionary @ codes[:, i]) ** 2).sum() <= BOUND:
                break
    return codes


def forgetting(step):
    theta = step * BATCH if step < BATCH else BATCH ** 2 + step - BATCH
    return (theta + 1 - BATCH) / (theta + 1)


dictionary = formula((ATOMS, LENGTH), 1, -1, 1).astype(float).T
dictionary /= np.linalg.norm(dictionary, axis=0)
signals = formula((SIGNALS, LENGTH), 2, -1, 1).astype(float).T
a, b = np.zeros((ATOMS, ATOMS)), np.zeros((LENGTH, ATOMS))
for step in range(1, STEPS + 1):
    codes = code(dictionary, signals)
    a = forgetting(step) * a + codes @ codes.T
    b = forgetting(step) * b + signals @ codes.T
    assert (a.diagonal() > 0).all(), "every atom is used"
    for k in range(ATOMS):
        u = dictionary[:, k] + (b[:, k] - dictionary @ a[:, k]) / a[k, k]
        dictionary[:, k] = u / np.linalg.norm(u)
    if step == 1:
        print("static const double after_one[] = {\n" + numbers(dictionary.T) + "};")
print("static const double after_all[] = {\n" + numbers(dictionary.T) + "};")
