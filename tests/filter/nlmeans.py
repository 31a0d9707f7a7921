"""skimage.restoration.denoise_nl_means."""
from skimage.restoration import denoise_nl_means


def apply(x, patch_size=7, patch_distance=11, h=0.1, sigma=0, fast=True, joint=False):
    return denoise_nl_means(x, patch_size, patch_distance, h, fast_mode=fast, sigma=sigma,
                            channel_axis=0 if joint else None)


TOLERANCE = 2e-6
SMALL, TALL, COLOUR = (24, 20), (33, 17), (3, 11, 17)
CASES = [
    (SMALL, dict()),
    (SMALL, dict(fast=False)),
    (TALL, dict(patch_size=5, patch_distance=6, h=0.04, sigma=0.05)),
    (TALL, dict(patch_size=5, patch_distance=6, h=0.04, sigma=0.05, fast=False)),
    (SMALL, dict(patch_size=3, patch_distance=21, h=0.2)),
    (SMALL, dict(patch_size=3, patch_distance=4, h=0.02, fast=False)),
    (COLOUR, dict(patch_size=5, patch_distance=3, sigma=0.05, joint=True)),
    (COLOUR, dict(patch_size=5, patch_distance=3, sigma=0.05, fast=False, joint=True)),
]
