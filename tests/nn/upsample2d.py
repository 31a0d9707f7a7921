"""torch.nn.functional.interpolate, also with PyTorch's own sample inputs."""
from torch.nn import functional as F

from nn import case, conv, pair, use
from samples import given, samples


def layer(weights, x, scale=2, size=None, mode="nearest", align_corners=False):
    del weights
    arguments = {"align_corners": align_corners} if mode in ("bilinear", "bicubic") else {}
    if size:
        return F.interpolate(x, pair(size), mode=mode, **arguments)
    factors = (scale, scale) if isinstance(scale, (int, float)) else scale
    return F.interpolate(x, scale_factor=tuple(float(s) for s in factors), mode=mode, **arguments)


def up(**options):
    return use("upsample2d", **options)


def sample_case(shape, arguments, options):
    """A scale that is worked out again from the size that it gives is that size."""
    size, scale = arguments[0] if arguments else options["size"], options["scale_factor"]
    if scale and (options.get("recompute_scale_factor") or options["mode"] == "area"):
        size, scale = [int(side * scale) for side in shape[1:]], None
    wanted = {"size": size, "scale": scale, "mode": options["mode"], "align_corners": options["align_corners"]}
    return case(shape, up(**given(wanted, {"align_corners": False})))


def is_of_image(arguments):
    return not arguments or isinstance(arguments[0], int) or len(arguments[0]) == 2


FOUND = [sample_case(*s) for mode in ("nearest", "nearest-exact", "bilinear", "bicubic", "area")
         for s in samples("nn.functional.interpolate", mode) if is_of_image(s[1])]
SAMPLES = [s for i, s in enumerate(FOUND) if s not in FOUND[:i]]

CASES = [
    case((3, 4, 5), up()),
    case((17, 4, 5), up(scale=3)),
    case((16, 3, 4), up(scale=[2, 3])),
    case((3, 4, 5), up(mode="bilinear")),
    case((17, 4, 5), up(scale=3, mode="bilinear")),
    case((16, 3, 4), up(scale=[1, 2], mode="bilinear")),
    case((5, 1, 1), up(mode="bilinear")),
    # Other factors, sizes, modes.
    case((6, 5, 4), up(scale=[1.5, 2.7])),
    case((6, 5, 4), up(scale=[1.5, 2.7], mode="bilinear")),
    case((6, 5, 4), up(scale=[0.7, 2.2], mode="bicubic")),
    case((6, 5, 4), up(size=[9, 3])),
    case((2, 5, 4), up(size=[9, 3], mode="nearest-exact")),
    case((17, 5, 4), up(size=[9, 3], mode="bilinear", align_corners=True)),
    case((17, 5, 4), up(size=[9, 7], mode="bicubic", align_corners=True)),
    case((2, 3, 4), up(mode="bicubic")),
    case((3, 4, 4), up(size=[1, 9], mode="bilinear", align_corners=True)),
    case((6, 12, 11), up(size=[2, 3], mode="area")),
    case((3, 12, 11), up(size=[1, 2], mode="area")),
    case((5, 3, 4), up(scale=1.5), conv(3)),
    case((5, 3, 4), up(size=[6, 8]), conv(6)),
    # Before a convolution, which may take it on.
    case((16, 4, 6), up(), conv(16, activation="relu")),
    case((5, 3, 4), up(), conv(3)),
    case((5, 3, 4), up(scale=3), conv(3)),
    case((5, 3, 4), up(), conv(3, kernel=5)),
    case((5, 3, 4), up(mode="bilinear"), conv(3)),
    case((3, 4, 4), use("sigmoid"), up(), loss="bce"),
    *SAMPLES,
]
