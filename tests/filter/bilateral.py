"""cv2.bilateralFilter and skimage.restoration.denoise_bilateral."""
import cv2
import numpy
from skimage.restoration import denoise_bilateral

BORDER = dict(mirror=cv2.BORDER_REFLECT_101, reflect=cv2.BORDER_REFLECT, nearest=cv2.BORDER_REPLICATE)
MODE = dict(mirror="reflect", reflect="symmetric", nearest="edge", zero="constant", wrap="wrap")


def apply(x, sigma_color=0.1, sigma_spatial=1, window=0, shape="disc", edge="mirror"):
    if shape == "scikit_image":
        return denoise_bilateral(x, window or None, sigma_color, sigma_spatial, mode=MODE[edge])
    return cv2.bilateralFilter(x.astype(numpy.float32), window, sigma_color, sigma_spatial,
                               borderType=BORDER[edge]).astype(float)


TOLERANCE = 1e-5
SMALL, TALL = (24, 20), (33, 17)
CASES = [
    (SMALL, dict()),
    (TALL, dict(sigma_color=0.3, sigma_spatial=2)),
    (SMALL, dict(sigma_color=0.2, sigma_spatial=3, window=7, edge="reflect")),
    (TALL, dict(sigma_color=0.05, window=9, edge="nearest")),
    (SMALL, dict(shape="scikit_image", edge="zero")),
    (TALL, dict(sigma_color=0.2, sigma_spatial=2, shape="scikit_image")),
    (SMALL, dict(sigma_color=0.2, window=7, shape="scikit_image", edge="reflect")),
]
