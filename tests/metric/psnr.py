"""skimage.metrics.peak_signal_noise_ratio."""
from skimage.metrics import peak_signal_noise_ratio


def measure(x, reference, range=1):
    return peak_signal_noise_ratio(reference, x, data_range=range)


CASES = [dict(), dict(range=2)]
