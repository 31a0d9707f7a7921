"""scikit-image, OpenCV and the package bm3d: filters and SSIM. OpenCV's non-local means is of 8-bit images, the rest of
float32."""
import numpy


def scikit_image(x, y):
    import skimage
    from skimage import metrics, restoration
    return skimage.__version__, {
        "filter gaussian": lambda: skimage.filters.gaussian(x, sigma=1, truncate=4),
        "filter median": lambda: skimage.filters.median(x, numpy.ones((3, 3))),
        "filter median 5x5": lambda: skimage.filters.median(x, numpy.ones((5, 5))),
        "filter nlmeans": lambda: restoration.denoise_nl_means(x, patch_size=7, patch_distance=11, h=0.1,
                                                               fast_mode=True),
        "filter wavelet": lambda: restoration.denoise_wavelet(x, 0.1, "db2"),
        "filter bilateral": lambda: restoration.denoise_bilateral(x, 5, sigma_color=0.1, sigma_spatial=1),
        "filter bilateral 7x7": lambda: restoration.denoise_bilateral(x, 7, sigma_color=0.1, sigma_spatial=1),
        "filter tv": lambda: restoration.denoise_tv_chambolle(x, weight=0.1),
        "metric ssim": lambda: metrics.structural_similarity(x, y, data_range=1, gaussian_weights=True, sigma=1.5,
                                                             use_sample_covariance=False),
        "metric ssim uniform 7": lambda: metrics.structural_similarity(x, y, data_range=1, win_size=7),
    }


def opencv(x, y):
    import cv2
    cv2.setNumThreads(1)
    x8 = (255 * x).astype(numpy.uint8)
    return cv2.__version__, {
        "filter gaussian": lambda: cv2.GaussianBlur(x, (9, 9), 1, borderType=cv2.BORDER_REFLECT),
        "filter median": lambda: cv2.medianBlur(x, 3),
        "filter median 5x5": lambda: cv2.medianBlur(x, 5),
        "filter bilateral": lambda: cv2.bilateralFilter(x, 5, 0.1, 1),
        "filter bilateral 7x7": lambda: cv2.bilateralFilter(x, 7, 0.1, 1),
        **({"filter dct": lambda: cv2.xphoto.dctDenoising(x, numpy.empty_like(x), 0.1, 8)} if hasattr(cv2, "xphoto")
           else {}),  # that is of opencv-contrib
        "filter nlmeans": lambda: cv2.fastNlMeansDenoising(x8, h=25, templateWindowSize=7, searchWindowSize=23),
    }


def bm3d_package(x, y):
    from importlib import metadata

    import bm3d
    profile = bm3d.BM3DProfile()
    profile.num_threads = 1
    return metadata.version("bm3d"), {"filter bm3d": lambda: bm3d.bm3d(x, 0.1, profile)}


class Peer:
    def __init__(self, variant, threads):
        self.make = {"scikit-image": scikit_image, "opencv": opencv, "bm3d": bm3d_package}[variant]
        self.make(*self.images(16))  # so that a missing one is noticed here

    @staticmethod
    def images(side):
        random = numpy.random.default_rng(1)
        return [random.random((side, side), dtype=numpy.float32) for _ in range(2)]

    def version(self):
        return self.make(*self.images(16))[0]

    def prepare(self, work):
        return self.make(*self.images(work.side))[1].get(work.kind)
