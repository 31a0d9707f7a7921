"""torch.nn.functional.max_pool2d, among others of PyTorch's own sample inputs."""
import math

from torch.nn import functional as F

from nn import case, conv, pair, same_padding, sides, use
from samples import given, samples


def around_for(x, size, stride, padding, dilation):
    """Padding as F.pad takes it, and options of PyTorch's pooling that are left."""
    if padding == "same":
        rows, columns = (same_padding(x.shape[2 + i], pair(size)[i], pair(stride or size)[i], pair(dilation)[i])
                         for i in range(2))
        return (*columns, *rows)
    return sides(0 if padding == "valid" else padding)


def layer(weights, x, size=2, stride=0, padding=0, dilation=1, ceil_mode=False):
    del weights
    stride = pair(stride) if stride else None
    if isinstance(padding, str) or (isinstance(padding, list) and len(padding) == 4):
        x = F.pad(x, around_for(x, size, stride, padding, dilation), value=-math.inf)
        padding = 0
    return F.max_pool2d(x, pair(size), stride, pair(padding), pair(dilation), ceil_mode)


def pool(**options):
    return use("maxpool2d", **options)


def sample_case(shape, options):
    names = {"kernel_size": "size", "return_indices": None}
    options = {names.get(name, name): value for name, value in options.items() if names.get(name, name)}
    return case(shape, pool(**given(options, {"padding": 0, "dilation": 1, "ceil_mode": False})))


# They differ in whether indices are asked for, too; one of seven is stored, so that all options take turns.
SAMPLES = [(shape, options) for shape, _, options in samples("nn.functional.max_pool2d") if options["return_indices"]]

CASES = [
    case((3, 8, 8), pool(size=2)),
    case((17, 7, 5), pool(size=2)),
    case((16, 9, 9), pool(size=3)),
    case((5, 9, 8), pool(size=3, stride=2)),
    case((5, 9, 8), pool(size=2, stride=3)),
    case((5, 9, 8), pool(size=[1, 2])),
    case((5, 9, 8), pool(size=[2, 3], stride=[1, 2])),
    case((1, 6, 6), pool(size=2, stride=1)),
    # Padding, dilation, ceil_mode.
    case((17, 9, 8), pool(size=3, stride=2, padding=1)),
    case((17, 9, 8), pool(size=3, stride=2, padding=[1, 0], dilation=[1, 2])),
    case((5, 9, 8), pool(size=2, padding=[1, 0, 0, 1])),
    case((5, 9, 8), pool(size=3, stride=1, padding="same")),
    case((3, 9, 8), pool(size=2, stride=2, padding="same")),
    case((3, 9, 8), pool(size=3, stride=2, padding="valid", ceil_mode=True)),
    case((6, 8, 8), pool(size=[2, 15], stride=1, padding=[0, 7])),
    case((1, 2, 5), pool(size=3, stride=2, ceil_mode=True)),
    # Behind a convolution, which may take it on.
    case((3, 8, 8), conv(16, activation="relu"), pool()),
    case((3, 9, 7), conv(16, activation="relu"), pool()),
    case((3, 9, 8), conv(5), use("relu"), pool(size=3, stride=2)),
    case((3, 9, 7), conv(16, activation="relu"), pool(ceil_mode=True)),
    case((3, 8, 8), conv(16, activation="relu"), pool(padding=1)),
    *(sample_case(*s) for s in SAMPLES[::7]),
]
