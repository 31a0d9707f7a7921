"""Inputs of the reference cases: the numbers of tests/support/formula.c, to the bit."""
import numpy as np


def formula(shape, salt, low, high):
    """float32 array of a shape with the numbers 0, 1, 2, ... of the sequence `salt`, in [low, high)."""
    h = np.arange(1, int(np.prod(shape)) + 1, dtype=np.uint32) * np.uint32(2654435761)
    h += np.uint32(salt * 2246822519 % 2**32)
    h = (h ^ h >> np.uint32(15)) * np.uint32(2246822519)
    h = (h ^ h >> np.uint32(13)) * np.uint32(3266489917)
    h ^= h >> np.uint32(16)
    return (low + (high - low) * (h * 2.0**-32)).astype(np.float32).reshape(shape)


def numbers(values, indent=2, width=120):
    """C text of an array's values, nine digits each, in lines of at most `width`."""
    lines, line = [], " " * indent
    for value in np.asarray(values, dtype=np.float64).ravel():
        text = "%.9g," % value
        if len(line) + len(text) > width:
            lines.append(line.rstrip())
            line = " " * indent
        line += text + " "
    return "\n".join(lines + [line]).rstrip(", ")
