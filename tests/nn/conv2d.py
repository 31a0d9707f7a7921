"""torch.nn.functional.conv2d, with TensorFlow's zeros for padding "same"; also PyTorch's own sample inputs."""
from torch.nn import functional as F

from nn import activate, case, conv, pair, same_padding, sides, use
from samples import given, samples


MODES = {"zeros": "constant"}  # what F.pad calls them, where it is another word


def layer(weights, x, filters, kernel=3, stride=1, padding="same", padding_mode="zeros", dilation=1, groups=1,
          bias=True, activation="linear", kind="conv2d"):
    kernel, stride, dilation = pair(kernel), pair(stride), pair(dilation)
    if padding == "same":
        rows, columns = (same_padding(x.shape[2 + i], kernel[i], stride[i], dilation[i]) for i in range(2))
        around = (*columns, *rows)
    else:
        around = sides(0 if padding == "valid" else padding)
    weight, offset = weights.layer(kind, (filters, x.shape[1] // groups, *kernel), bias and filters)
    x = F.pad(x, around, MODES.get(padding_mode, padding_mode))
    return activate(F.conv2d(x, weight, offset, stride, 0, dilation, groups), activation)


def sample_case(shape, arguments, options):
    filters, _, *kernel = arguments[0]
    if options.get("padding") == "same":
        assert options["stride"] == 1  # where PyTorch's "same" is ours
    given_options = given({"kernel": kernel, "bias": arguments[1] is not None, **options},
                          {"stride": 1, "groups": 1, "bias": True})
    return case(shape, conv(filters, **{"padding": 0, **given_options}))


CASES = [
    # Kernels and channel counts.
    case((3, 7, 6), conv(5, kernel=1)),
    case((1, 8, 8), conv(3)),
    case((3, 8, 8), conv(16)),
    case((5, 9, 7), conv(17, kernel=5)),
    case((16, 6, 10), conv(5, kernel=[3, 5])),
    case((17, 8, 8), conv(16)),
    case((16, 16, 16), conv(16)),
    case((2, 13, 19), conv(33)),
    case((33, 5, 30), conv(2)),
    case((4, 9, 8), conv(8, kernel=7, stride=3)),
    case((3, 1, 1), conv(4)),
    case((2, 1, 9), conv(3, kernel=5)),
    # Even kernels.
    case((3, 7, 8), conv(4, kernel=2)),
    case((3, 8, 7), conv(4, kernel=4)),
    case((3, 7, 7), conv(4, kernel=[2, 3])),
    case((3, 7, 7), conv(4, kernel=2, padding="valid")),
    case((3, 8, 9), conv(4, kernel=4, stride=2)),
    # Stride, padding, dilation, bias.
    case((3, 8, 8), conv(5, stride=2)),
    case((3, 9, 7), conv(5, stride=2)),
    case((3, 9, 8), conv(5, stride=[2, 1], kernel=5)),
    case((3, 9, 8), conv(5, stride=2, padding="valid")),
    case((5, 9, 8), conv(3, stride=2, kernel=1)),
    case((3, 8, 9), conv(5, padding="valid")),
    case((3, 8, 9), conv(5, padding=0, kernel=5)),
    case((3, 8, 9), conv(5, padding=1, kernel=5)),
    case((3, 6, 5), conv(5, padding=3)),
    case((3, 6, 5), conv(5, padding=2, stride=2, kernel=[4, 3])),
    case((3, 8, 9), conv(5, padding=[2, 1], kernel=5)),
    case((17, 8, 9), conv(16, padding=[0, 2])),
    case((17, 8, 9), conv(16, padding=[2, 0, 1, 3])),
    case((3, 8, 9), conv(5, padding=[0, 2, 3, 1], stride=[2, 3], dilation=[1, 2])),
    case((3, 8, 8), conv(16, padding=[0, 2, 2, 0], activation="relu"), use("maxpool2d")),
    case((3, 10, 9), conv(16, dilation=2)),
    case((3, 10, 9), conv(5, dilation=[1, 2], padding="valid")),
    case((3, 11, 9), conv(5, dilation=2, stride=2)),
    case((3, 8, 8), conv(5, dilation=3, padding=2)),
    case((3, 8, 8), conv(16, bias=False)),
    # Groups.
    case((6, 7, 8), conv(9, groups=3)),
    case((24, 8, 8), conv(16, groups=2)),
    case((40, 9, 8), conv(34, groups=2, activation="relu")),
    case((4, 7, 6), conv(6, groups=2, kernel=[2, 3], stride=2, dilation=[1, 2], padding=[1, 0, 2, 1])),
    case((17, 7, 6), conv(17, groups=17)),
    case((3, 7, 6), conv(3, groups=3, kernel=5, stride=[2, 1])),
    case((6, 7, 6), conv(18, groups=6, dilation=2)),
    case((18, 8, 8), conv(18, groups=18, activation="relu"), use("maxpool2d"), conv(4, groups=2)),
    case((6, 8, 8), conv(18, groups=3, activation="relu"), use("maxpool2d")),
    case((6, 4, 4), use("upsample2d"), conv(18, groups=3)),
    case((6, 4, 4), use("upsample2d"), conv(6, groups=6)),
    # What lies around the image.
    *(case((3, 6, 7), conv(5, kernel=5, padding_mode=word)) for word in ("reflect", "replicate", "circular")),
    *(case((17, 8, 9), conv(18, padding_mode=word)) for word in ("reflect", "replicate", "circular")),
    *(case((2, 5, 6), conv(4, padding_mode=word, padding=[4, 0, 3, 2], stride=[2, 3], dilation=[2, 1]))
      for word in ("reflect", "replicate", "circular")),
    *(case((6, 5, 7), conv(6, padding_mode=word, groups=g)) for word, g in (("reflect", 6), ("circular", 2))),
    case((2, 3, 3), conv(4, padding_mode="replicate", padding=7)),
    case((1, 4, 5), conv(3, padding_mode="circular", padding=[4, 5], kernel=2)),
    case((3, 8, 8), conv(16, padding_mode="reflect", activation="relu"), use("maxpool2d")),
    case((3, 4, 4), use("upsample2d"), conv(8, padding_mode="reflect")),
    # Activations.
    *(case((3, 6, 7), conv(17, activation=word)) for word in ("relu", "leaky_relu", "sigmoid", "tanh")),
    case((3, 8, 8), conv(16, stride=2, activation="relu")),
    # One after the other; behind a sigmoid, which the loss may take on.
    case((2, 8, 8), conv(16, activation="relu"), conv(16, activation="relu"), conv(1, activation="sigmoid")),
    case((2, 8, 8), conv(3, bias=False), use("tanh"), conv(4, padding="valid", dilation=2)),
    case((3, 8, 8), conv(1, activation="sigmoid"), loss="bce"),
    case((3, 8, 8), conv(1, activation="sigmoid"), loss="mse"),
    case((3, 8, 8), conv(2, activation="tanh"), loss="mae"),
    *(sample_case(*s) for s in samples("nn.functional.conv2d")),
]
