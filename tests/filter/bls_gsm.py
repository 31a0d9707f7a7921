"""BLS-GSM in NumPy: complex transforms of the whole plane, covariances and eigenvectors of gathered neighbourhoods.

The pyramid's radial and angular functions are those of pyrtools' SteerablePyramidFreq, which has no oriented high pass;
`python3 tests/filter/bls_gsm.py` compares bands with it where it is installed.
"""
import numpy as np

MARGIN = 8


def falling(radius, s):
    place = np.log2(np.maximum(radius, 1e-30)) + 1 + s
    return np.cos(np.pi / 2 * np.clip(place, 0, 1))


def rising(radius, s):
    place = np.log2(np.maximum(radius, 1e-30)) + 1 + s
    return np.sin(np.pi / 2 * np.clip(place, 0, 1))


def masks(shape, level, k, orientations):
    """On the grid of the whole plane; complex, opposite frequencies conjugate."""
    y, x = [np.fft.fftfreq(n) * 2 for n in shape]
    y, x = np.meshgrid(y, x, indexing="ij")
    radius = np.hypot(y, x)
    radial = rising(radius, level) * (falling(radius, level - 1) if level > 0 else 1)
    order, theta = orientations - 1, np.pi * k / orientations
    highest = (y == -1) | (x == -1)
    y, x = np.where(highest, abs(y), y), np.where(highest, abs(x), x)
    squares = sum(np.cos(0.3 - np.pi * j / orientations) ** (2 * order) for j in range(orientations))
    cosine = (x * np.cos(theta) + y * np.sin(theta)) / np.where(radius > 0, np.hypot(y, x), 1)
    return radial * cosine ** order / np.sqrt(squares) * np.where(highest, 1, (-1j) ** order)


def crop(spectrum, step):
    """The lowest frequencies, of a plane `step` times smaller."""
    for axis in range(2):
        n = spectrum.shape[axis] // step
        keep = np.fft.ifftshift(np.arange(n) - n // 2)
        spectrum = np.take(spectrum, keep, axis)
    return spectrum


def neighbourhoods(band, parent, side):
    half = side // 2
    shifts = [(i, j) for i in range(-half, half + 1) for j in range(-half, half + 1)]
    rows = [np.roll(band, (-i, -j), (0, 1)).ravel() for i, j in shifts]
    return np.array(rows + ([] if parent is None else [parent.ravel()]))


def estimate(y, w, centre):
    """y, w: numbers x places, of the band and of the noise's impulse."""
    c_y, c_w = y @ y.T / y.shape[1], w @ w.T / w.shape[1]
    values, vectors = np.linalg.eigh(c_y - c_w)
    if values.sum() <= 0:
        return np.zeros(y.shape[1])
    positive = np.maximum(values, 0)
    c_x = vectors * (positive * values.sum() / positive.sum()) @ vectors.T
    values, vectors = np.linalg.eigh(c_w)
    root = vectors * np.sqrt(values)
    inverse = (vectors / np.sqrt(values)).T
    a, q = np.linalg.eigh(inverse @ c_x @ inverse.T)
    a = np.maximum(a, 0)
    v, m = q.T @ inverse @ y, (root @ q)[centre]
    logs, means = [], []
    for log_z in np.arange(-20.5, 4, 2):
        az = a * np.exp(log_z)
        logs.append(-0.5 * (v ** 2 / (1 + az)[:, None]).sum(0) - 0.5 * np.log(1 + az).sum())
        means.append(m * az / (1 + az) @ v)
    weights = np.exp(np.array(logs) - np.max(logs, 0))
    return (weights * np.array(means)).sum(0) / weights.sum(0)


def apply(x, sigma=0.1, levels=None, orientations=8, neighbourhood=3, parent=True):
    levels = levels or max(1, int(np.ceil(np.log2(min(x.shape)))) - 4)
    sizes = [-(-(n + 2 * MARGIN) // 2 ** levels) * 2 ** levels for n in x.shape]
    before = [(size - n) // 2 for size, n in zip(sizes, x.shape)]
    padded = np.pad(x, [(b, size - n - b) for b, size, n in zip(before, sizes, x.shape)], "symmetric")
    spectrum = np.fft.fft2(padded)
    impulse = np.full(padded.shape, sigma * np.sqrt(padded.size))
    y, f = [np.fft.fftfreq(n) * 2 for n in padded.shape]
    restored = spectrum * falling(np.hypot(y[:, None], f), levels) ** 2
    for level in range(levels + 1):
        step = 2 ** max(level - 1, 0)
        for k in range(orientations):
            mask = masks(padded.shape, level, k, orientations)
            above = masks(padded.shape, level + 1, k, orientations) if parent and level < levels else None
            bands = [np.fft.ifft2(crop(s * mask, step)) for s in (spectrum, impulse)]
            parents = [None if above is None else np.fft.ifft2(crop(s * above, step)) for s in (spectrum, impulse)]
            assert max(abs(band.imag).max() for band in bands) < 1e-9
            rows = [neighbourhoods(b.real, None if p is None else p.real, neighbourhood)
                    for b, p in zip(bands, parents)]
            out = estimate(rows[0], rows[1], neighbourhood ** 2 // 2).reshape(bands[0].shape)
            coarse, whole = np.fft.fft2(out), np.zeros(padded.shape, complex)
            places = [np.fft.ifftshift(np.arange(n) - n // 2) for n in coarse.shape]
            whole[np.ix_(*places)] = coarse
            restored += whole * mask.conj()
    clean = np.fft.ifft2(restored).real
    return clean[before[0]:before[0] + x.shape[0], before[1]:before[1] + x.shape[1]]


TOLERANCE = 1e-5
SMALL, TALL, LARGE = (24, 20), (33, 17), (75, 140)
CASES = [
    (LARGE, dict()),
    (SMALL, dict(sigma=0.05)),
    (LARGE, dict(levels=2, orientations=3, neighbourhood=5)),
    (TALL, dict(levels=2, orientations=4, neighbourhood=1, parent=False)),
]


def compare_with_pyrtools():
    import pyrtools
    x = np.random.default_rng(1).normal(size=(64, 96))
    pyramid = pyrtools.pyramids.SteerablePyramidFreq(x, 2, 3)
    spectrum = np.fft.fft2(x)
    for (level, k), theirs in ((key, band) for key, band in pyramid.pyr_coeffs.items() if isinstance(key, tuple)):
        ours = np.fft.ifft2(crop(spectrum * masks(x.shape, level + 1, k, 4), 2 ** level)).real
        signs = [abs(ours * sign - theirs).max() / abs(theirs).max() for sign in (1, -1)]
        print(f"level {level + 1}, direction {k}: off by {min(signs):.2g}")


if __name__ == "__main__":
    compare_with_pyrtools()
