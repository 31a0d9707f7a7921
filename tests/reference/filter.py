"""Writes tests/filter/{median,gaussian,nlmeans}_values.h: SciPy's and scikit-image's results, in double.

Run in tests/reference: python3 filter.py
"""
import scipy
import skimage
from scipy.ndimage import gaussian_filter, median_filter
from skimage.restoration import denoise_nl_means

from formula import numbers
from image import noisy

SIZES = {"small": (24, 20), "tall": (33, 17), "colour": (33, 17)}
FUNCTIONS = {f.__name__: f for f in (median_filter, gaussian_filter, denoise_nl_means)}


def write(item, source, function, cases, scale=1, kind="double"):
    with open(f"../filter/{item}_values.h", "w") as out:
        out.write(f"/* Known results of {item}, from {source}; written by tests/reference/filter.py.\n"
                  " * x is the noisy image of tests/support/image.h, 24x20 (small), 33x17 (tall) or the latter as 3x11x17 (colour). */\n")
        for name, size, arguments in cases:
            x = noisy(*SIZES[size])
            if size == "colour":
                x = x.reshape(3, 11, 17)
            y = eval(f"{function}(x, {arguments})", FUNCTIONS, {"x": x})
            times = f" * {scale}" if scale != 1 else ""
            out.write(f"\n/* {size}: {function}(x, {arguments}){times} */\n"
                      f"static const {kind} {name}[] = {{\n{numbers(y * scale)}}};\n")


write("median", f"SciPy {scipy.__version__}", "median_filter", [
    ("size_3", "small", "3, mode='reflect'"),
    ("size_5", "small", "5, mode='reflect'"),
    ("size_7", "small", "7, mode='reflect'"),
    ("size_5_mirror", "tall", "5, mode='mirror'"),
    ("size_3_wrap", "tall", "3, mode='wrap'"),
], scale=256, kind="unsigned char")
write("gaussian", f"SciPy {scipy.__version__}", "gaussian_filter", [
    ("sigma_1", "small", "1"),
    ("sigma_2_nearest", "tall", "2.3, mode='nearest', truncate=3"),
    ("sigma_8", "small", "8"),
])
write("nlmeans", f"scikit-image {skimage.__version__}", "denoise_nl_means", [
    ("fast_7_11", "small", "7, 11, 0.1, fast_mode=True"),
    ("plain_7_11", "small", "7, 11, 0.1, fast_mode=False"),
    ("fast_5_6_sigma", "tall", "5, 6, 0.04, fast_mode=True, sigma=0.05"),
    ("plain_5_6_sigma", "tall", "5, 6, 0.04, fast_mode=False, sigma=0.05"),
    ("fast_3_21", "small", "3, 21, 0.2, fast_mode=True"),
    ("plain_3_4_small_h", "small", "3, 4, 0.02, fast_mode=False"),
    ("fast_joint", "colour", "5, 3, 0.1, fast_mode=True, sigma=0.05, channel_axis=0"),
    ("plain_joint", "colour", "5, 3, 0.1, fast_mode=False, sigma=0.05, channel_axis=0"),
])
