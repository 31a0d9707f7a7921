"""The authors' package bm3d 4.0.3.

Run by itself it prints the PSNRs that stand in bm3d.c:

    python3 tests/filter/bm3d.py ../shared/data
"""
import pathlib
import sys

import numpy as np


def apply(x, sigma=0.1, profile="np", stages="both"):
    import bm3d
    stage = bm3d.BM3DStages.ALL_STAGES if stages == "both" else bm3d.BM3DStages.HARD_THRESHOLDING
    return bm3d.bm3d(x, sigma, profile=profile, stage_arg=stage)


TOLERANCE = 3e-4  # pixels
CASES = [
    ((64, 48), dict(sigma=0.05)),
    ((64, 48), dict(sigma=0.05, stages="hard")),
    ((41, 67), dict(sigma=0.1)),
    ((48, 48), dict(sigma=0.08, profile="high")),
    ((48, 48), dict(sigma=0.08, profile="vn_old")),
    ((56, 48), dict(sigma=0.25, profile="vn")),
]


def head(side):
    """The phantom of runtime/data/phantom.c."""
    ellipses = [(1, .69, .92, 0, 0, 0), (-.8, .6624, .874, 0, -.0184, 0), (-.2, .11, .31, .22, 0, -18),
                (-.2, .16, .41, -.22, 0, 18), (.1, .21, .25, 0, .35, 0), (.1, .046, .046, 0, .1, 0),
                (.1, .046, .046, 0, -.1, 0), (.1, .046, .023, -.08, -.605, 0), (.1, .023, .023, 0, -.606, 0),
                (.1, .023, .046, .06, -.605, 0)]
    at = 2 * (np.arange(4 * side) + .5) / (4 * side) - 1
    x, y, total = at[None, :], -at[:, None], 0
    for value, a, b, right, up, degrees in ellipses:
        c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
        u, v = (c * (x - right) + s * (y - up)) / a, (c * (y - up) - s * (x - right)) / b
        total = total + value * (u * u + v * v <= 1)
    return np.clip(total, 0, 1).reshape(side, 4, side, 4).mean((1, 3))


def noise(shape):
    """Sums of twelve uniform numbers."""
    from formula import formula
    return sum(formula(shape, 500 + k, -.5, .5).astype(np.float64) for k in range(12))


FILES = ["mias/64/mdb003.pgm", "chest-pediatric/64/IM-0001-0001.pgm", "dental-panoramic/64/1008.pgm"]


def main():
    sys.path[0] = str(pathlib.Path(__file__).resolve().parent.parent / "reference")  # not here, where bm3d is this file
    from image import image
    images = [("formula", image(64, 64)), ("phantom", head(64)), ("phantom", head(128))]
    for name in FILES:
        pixels = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "../shared/data", name).read_bytes()[13:]
        images.append((name, np.frombuffer(pixels, np.uint8).reshape(64, 64) / 255))
    for name, clean in images:
        psnrs = []
        for sigma in (.05, .1, .25):
            y = apply((clean + sigma * noise(clean.shape)).astype(np.float32).astype(np.float64), sigma)
            psnrs.append(-10 * np.log10(np.mean((y - clean) ** 2)))
        print(f"{name} {len(clean)}: {', '.join('%.3f' % p for p in psnrs)}", flush=True)


if __name__ == "__main__":
    main()
