"""Prints the known numbers of tests/metric/known.c: scikit-image's metrics, in double."""
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity

from image import noisy, image

WANG = dict(gaussian_weights=True, use_sample_covariance=False, data_range=1)
GONDARA = dict(win_size=7, data_range=2, use_sample_covariance=True)
CASES = [
    ("{}", dict(WANG, sigma=1.5)),
    ('{"preset": "gondara2016"}', GONDARA),
    ('{"preset": "gondara2016", "window": 3}', dict(GONDARA, win_size=3)),
    ('{"preset": "gondara2016", "window": 13}', dict(GONDARA, win_size=13)),
    ('{"preset": "gondara2016", "window": 5, "range": 1, "covariance": "population"}',
     dict(win_size=5, data_range=1, use_sample_covariance=False)),
    ('{"weights": "uniform"}', dict(win_size=7, data_range=1, use_sample_covariance=False)),
    ('{"sigma": 0.5}', dict(WANG, sigma=0.5)),
    ('{"sigma": 2.2, "covariance": "sample", "range": 2}', dict(WANG, sigma=2.2, data_range=2, use_sample_covariance=True)),
    ('{"k1": 0.02, "k2": 0.05}', dict(WANG, sigma=1.5, K1=0.02, K2=0.05)),
]

for size in (24, 20), (33, 17):
    r, x = image(*size), noisy(*size)
    print(size, "mse %.12g" % mean_squared_error(r, x), "psnr %.12g" % peak_signal_noise_ratio(r, x, data_range=1))
    for options, arguments in CASES:
        print("   ", options, "%.12g" % structural_similarity(x, r, **arguments))
    print("    x / 8 + 5", "%.12g" % structural_similarity(x / 8 + 5, r / 8 + 5, **dict(WANG, sigma=1.5)))

r, x = image(300, 12), noisy(300, 12)
print("tall, uniform, x / 8 + 5", "%.12g" % structural_similarity(
    x / 8 + 5, r / 8 + 5, win_size=7, data_range=1, use_sample_covariance=False))
