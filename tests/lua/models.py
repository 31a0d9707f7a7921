"""The numbers of parameters in tests/lua/models.lua: PyTorch's modules of the same layers. Prints them."""
import torch
from torch import nn


def count(layers):
    return sum(p.numel() for p in nn.Sequential(*layers).parameters())


def convolutions(channels):
    return [nn.Conv2d(a, b, 3, padding=1) for a, b in zip(channels, channels[1:])]


def unet(widths, channels=1, norm=False, convolutions=2, up="transposed", level=False, blocks=1):
    layers, images = [], channels * blocks**2

    def several(a, b):
        for inputs in [a, b, b, b][:convolutions]:
            layers.append(nn.Conv2d(inputs, b, 3, padding=1, bias=not norm))
            if norm:
                layers.append(nn.BatchNorm2d(b))

    for a, b in zip([images + level, *widths], widths):
        several(a, b)
    for a, b in zip(widths[::-1], widths[-2::-1]):
        if up == "transposed":
            layers.append(nn.ConvTranspose2d(a, b, 2, 2))
        several(2 * b if up == "transposed" else a + b, b)
    return [*layers, nn.Conv2d(widths[0], images, 3 if blocks > 1 else 1)]


def dncnn(depth, filters=64, channels=1):
    middle = [[nn.Conv2d(filters, filters, 3, bias=False), nn.BatchNorm2d(filters)] for _ in range(depth - 2)]
    return [nn.Conv2d(channels, filters, 3), *sum(middle, []), nn.Conv2d(filters, channels, 3)]


def ffdnet(depth, filters, channels=1, norm=True):
    """pixel_unshuffle and the level: 4 channels for each of the image's, and one."""
    middle = [[nn.Conv2d(filters, filters, 3, bias=not norm), *[nn.BatchNorm2d(filters)] * norm]
              for _ in range(depth - 2)]
    return [nn.Conv2d(4 * channels + 1, filters, 3), *sum(middle, []), nn.Conv2d(filters, 4 * channels, 3)]


def dense(units):
    return [nn.Linear(a, b) for a, b in zip(units, units[1:])]


def red_net(depth, filters, channels=1):
    widths = [channels] + [filters] * (depth // 2)
    back = [nn.ConvTranspose2d(a, b, 3, padding=1) for a, b in zip(widths[::-1], widths[-2::-1])]
    return convolutions(widths) + back


class Tied(nn.Module):
    """Transposed convolutions with the kernels of the convolutions: they have biases alone."""

    def __init__(self, widths, channels=1):
        super().__init__()
        self.down = nn.ModuleList(convolutions([channels, *widths]))
        self.biases = nn.ParameterList(torch.zeros(n) for n in [channels, *widths[:-1]])


class TiedDense(nn.Module):
    """Transposed weights: the way back has biases alone."""

    def __init__(self, units):
        super().__init__()
        self.down = nn.ModuleList(dense(units))
        self.biases = nn.ParameterList(torch.zeros(n) for n in units[:-1])


def ssda(hidden=(320, 320), pixels=64):
    return dense([pixels, *hidden, *hidden[-2::-1], pixels])


def multi_column(columns, units, hidden=(320, 320), pixels=64):
    features = columns * (2 * sum(hidden) - hidden[-1])
    return sum((ssda(hidden, pixels) for _ in range(columns)), []) + [
        nn.Linear(2 * features, units), nn.Linear(units, columns)]


def boltzmann(hidden, pixels=64):
    """The way down has the transposed weights, and biases alone; precisions are a factor for each pixel."""
    return [TiedDense([pixels, hidden]), nn.Conv2d(pixels, pixels, 1, groups=pixels, bias=False)]


def plain_cnn(maps, depth, connections, channels=1):
    """Groups: each map is made of `connections` others."""
    hidden = [nn.Conv2d(maps * connections, maps, 5, groups=maps) for _ in range(depth - 1)]
    return [nn.Conv2d(channels, maps, 5), *hidden, nn.Conv2d(maps, channels, 5)]


for name, layers in {
    "cnn_dae": convolutions([1, 64, 64, 64, 64, 1]),
    "cnn_dae 64,128,128,64": convolutions([1, 64, 128, 128, 64, 1]),
    "cnn_dae 32,64,64,32": convolutions([1, 32, 64, 64, 32, 1]),
    "dense_ae": dense([4096, 512, 4096]),
    "dense_ae, tied": [TiedDense([4096, 512])],
    "dense_ae 256,64 of 48x96": dense([4608, 256, 64, 256, 4608]),
    "mlp": dense([289, *[2047] * 4, 289]),
    "mlp 39x39": dense([1521, 3072, 3072, 2559, 2047, 289]),
    "ffdnet": ffdnet(15, 64),
    "ffdnet, no norm": ffdnet(15, 64, norm=False),
    "ffdnet, colour": ffdnet(12, 96, 3),
    "ffdnet, colour, no norm": ffdnet(12, 96, 3, norm=False),
    "tied_conv_ae": [Tied([64, 64])],
    "unet": unet([32, 64, 128]),
    "unet, norm": unet([32, 64, 128], norm=True),
    "unet, one convolution, nearest, level": unet([16, 48, 64, 96], convolutions=1, up="nearest", level=True),
    "unet, three convolutions": unet([8, 12], convolutions=3),
    "unet, blocks": unet([32, 48, 64], convolutions=3, up="nearest", level=True, blocks=2),
    "unet, colour, blocks": unet([8, 16], channels=3, convolutions=1, blocks=3),
    "unet of the publication": unet([64, 128, 256, 512, 1024]),
    "dncnn 17": dncnn(17),
    "dncnn 20": dncnn(20),
    "red_net": red_net(10, 64),
    "red_net 30, 128": red_net(30, 128),
    "ssda": ssda(),
    "multi_column": multi_column(4, 100),
    "boltzmann": boltzmann(320),
    "boltzmann, colour, 3x5": boltzmann(7, 45),
    "plain_cnn": plain_cnn(24, 4, 8),
    "plain_cnn, colour": plain_cnn(6, 5, 2, 3),
}.items():
    print(f"{name:24} {count(layers)}")
