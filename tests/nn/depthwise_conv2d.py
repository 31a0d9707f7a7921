"""torch.nn.functional.conv2d with a group for each channel."""
from nn import case, layer_module, use


def layer(weights, x, kernel=3, depth_multiplier=1, **options):
    channels = x.shape[1]
    return layer_module("conv2d").layer(weights, x, channels * depth_multiplier, kernel, groups=channels,
                                        kind="depthwise_conv2d", **options)


def depthwise(**options):
    return use("depthwise_conv2d", **options)


CASES = [
    case((17, 7, 6), depthwise()),
    case((64, 9, 13), depthwise(activation="relu")),
    case((3, 7, 6), depthwise(kernel=5)),
    case((1, 7, 6), depthwise(depth_multiplier=3)),
    case((5, 7, 6), depthwise(depth_multiplier=2, bias=False)),
    case((18, 7, 6), depthwise(stride=2)),
    case((6, 9, 8), depthwise(kernel=[2, 3], stride=[1, 2], padding=[1, 0, 2, 1], dilation=[3, 1])),
    case((6, 7, 6), depthwise(kernel=5, padding="valid")),
    case((6, 7, 6), depthwise(padding_mode="reflect", depth_multiplier=3)),
    case((20, 7, 6), depthwise(padding_mode="circular", kernel=5)),
    case((2, 7, 6), depthwise(padding_mode="replicate", padding=[0, 4, 4, 0])),
    case((6, 8, 8), depthwise(activation="relu"), use("maxpool2d"), use("conv2d", filters=4, kernel=1)),
]
