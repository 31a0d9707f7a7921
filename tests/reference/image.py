"""The image of tests/support/image.c, to the bit."""
import numpy as np


def image(height, width, noise=0):
    r, c = np.mgrid[0:height, 0:width]
    texture = (r // 6 + c // 5) % 3 * 64 + (r * r + 3 * c) % 31
    return (texture + noise * ((r * 193 + c * 71 + r * c * 29) % 47)) / 256


def noisy(height, width):
    return image(height, width, 1)
