"""torch.nn.functional.conv2d, of the formulas of Wang et al., 2004; value by skimage, too."""
import torch
from skimage.metrics import structural_similarity
from torch.nn import functional as F


def windows(options):
    n = options.get("window", 11)
    if options.get("weights") == "uniform":
        return torch.full((n, n), 1 / n ** 2).double()
    x = torch.arange(n).double() - n // 2
    line = torch.exp(-x ** 2 / (2 * options.get("sigma", 1.5) ** 2))
    return torch.outer(line, line) / line.sum() ** 2


def maps(x, y, options):
    """SSIM and its contrast-structure term, window by window."""
    w = windows(options)
    n = w.numel()
    correction = n / (n - 1) if options.get("covariance") == "sample" else 1

    def mean(a):
        return F.conv2d(a[:, None], w[None, None])

    c1, c2 = ((options.get(k, default) * options.get("range", 1)) ** 2 for k, default in (("k1", 0.01), ("k2", 0.03)))
    mx, my = mean(x), mean(y)
    vx, vy, cxy = (correction * v for v in (mean(x * x) - mx ** 2, mean(y * y) - my ** 2, mean(x * y) - mx * my))
    contrast = (2 * cxy + c2) / (vx + vy + c2)
    return (2 * mx * my + c1) / (mx ** 2 + my ** 2 + c1) * contrast, contrast


def loss(pred, target, **options):
    value = maps(pred, target, options)[0].mean()
    if not options:
        want = structural_similarity(pred.detach().numpy(), target.numpy(), data_range=1, gaussian_weights=True,
                                     sigma=1.5, use_sample_covariance=False, channel_axis=0)
        assert abs(want - value.item()) < 1e-12, (want, value.item())
    return 1 - value


CASES = [
    ({}, (1, 14, 17)),
    ({"window": 5, "sigma": 0.8, "range": 2.0}, (2, 9, 8)),
    ({"weights": "uniform", "window": 7, "covariance": "sample", "k1": 0.02}, (3, 9, 11)),
]
