"""A digest of many numbers, as tests/support/known.h has it."""
import numpy as np

from formula import formula


def digest(name, values, digits=7):
    """C text: name, count, largest magnitude, two projections on formula vectors, the first, middle and last number."""
    values = np.asarray(values.detach() if hasattr(values, "detach") else values, dtype=np.float64).ravel()
    n = values.size
    projections = [values @ formula(n, 100 + k, -1, 1).astype(np.float64) for k in range(2)]
    elements = [values[k * (n - 1) // 2] for k in range(3)]
    text = [", ".join("%.*g" % (digits, v) for v in numbers) for numbers in (projections, elements)]
    return f'{{"{name}", {n}, {np.abs(values).max():.{digits}g}, {{{text[0]}}}, {{{text[1]}}}}}'
