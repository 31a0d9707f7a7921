"""torch.nn.functional.conv_transpose2d, with the zeros of conv2d for padding "same"."""
from torch.nn import functional as F

from nn import X, activate, case, conv, pair, same_padding, sides, use
from samples import given, samples


def layer(weights, x, filters, kernel=2, stride=2, padding="same", output_padding=0, dilation=1, groups=1,
          bias=True, activation="linear"):
    kernel, stride, dilation = pair(kernel), pair(stride), pair(dilation)
    weight, offset = weights.layer("conv_transpose2d", (x.shape[1], filters // groups, *kernel), bias and filters)
    y = F.conv_transpose2d(x, weight, None, stride, 0, 0, groups, dilation)
    if padding == "same":  # what the same padding of a convolution adds is cut off, or zeros take its place
        cuts = [same_padding(x.shape[2 + i] * stride[i], kernel[i], stride[i], dilation[i])[0] for i in (1, 0)]
        more = [x.shape[2 + i] * stride[i] - y.shape[2 + i] + cut for i, cut in zip((1, 0), cuts)]
        around = -cuts[0], more[0], -cuts[1], more[1]
    else:
        (left, right, top, bottom), more = sides(padding), pair(output_padding)
        around = -left, more[1] - right, -top, more[0] - bottom
    y = F.pad(y, around)
    y = y if offset is None else y + offset.view(-1, 1, 1)
    return activate(y, activation)


def transposed(filters, **options):
    return use("conv_transpose2d", filters=filters, **options)


def sample_case(shape, arguments, options):
    (_, filters, *kernel), bias = arguments
    options = given({"kernel": kernel, "bias": bias is not None, "stride": 1, **options},
                    {"groups": 1, "output_padding": 0, "bias": True, "dilation": 1})
    return case(shape, transposed(filters * options.get("groups", 1), **{"padding": 0, **options}))


CASES = [
    case((5, 4, 6), transposed(17)),
    case((17, 4, 5), transposed(5, activation="tanh")),
    case((16, 5, 4), transposed(1)),
    case((3, 5, 4), transposed(2, bias=False)),
    case((33, 3, 7), transposed(18, kernel=3)),
    case((5, 4, 5), transposed(6, kernel=3, padding=1, output_padding=1)),
    case((5, 4, 5), transposed(6, kernel=3, padding=0)),
    case((2, 5, 4), transposed(7, kernel=[4, 3], stride=[2, 1], padding=1)),
    case((6, 4, 4), transposed(3, kernel=2, stride=3, padding=0, output_padding=[2, 1])),
    case((6, 4, 3), transposed(5, kernel=2, stride=3)),
    case((4, 5, 6), transposed(8, kernel=3, stride=1, dilation=2)),
    case((4, 5, 6), transposed(8, kernel=3, stride=2, dilation=[3, 1], padding=2, output_padding=[2, 0])),
    case((4, 5, 6), transposed(5, kernel=3, padding=[1, 0])),
    case((4, 5, 6), transposed(5, kernel=4, stride=[1, 2], padding=[2, 0, 1, 3], output_padding=[0, 1])),
    case((5, 1, 1), transposed(6, kernel=5, stride=4, padding=0)),
    case((3, 5, 5), transposed(4, kernel=1, stride=1, padding=0)),
    # Groups.
    case((6, 4, 5), transposed(9, groups=3, kernel=3)),
    case((24, 4, 5), transposed(16, groups=2)),
    case((5, 4, 5), transposed(5, groups=5, kernel=4, padding=1)),
    case((3, 4, 5), transposed(3, groups=3, kernel=3, bias=False, stride=[1, 2])),
    case((6, 4, 5), transposed(18, groups=6, kernel=[2, 3], dilation=[1, 2], padding=[0, 1], activation="tanh")),
    case((4, 5, 6), transposed(6, groups=2, kernel=3, stride=3, padding=[0, 2, 1, 0], output_padding=[2, 1])),
    case((2, 8, 8), conv(16, activation="relu"), use("maxpool2d"), transposed(8), use("relu"), use("concat", 4, X),
         conv(1)),
    case((3, 4, 4), transposed(2), use("sigmoid"), loss="bce"),
    *(sample_case(*s) for s in samples("nn.functional.conv_transpose2d")),
]
