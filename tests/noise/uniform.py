"""scipy.stats.uniform."""
from scipy import stats


def distribution(x, low, high):
    return stats.uniform(x + low, high - low)


CASES = [({"low": -0.1, "high": 0.1}, 0.5), ({"low": 0.2, "high": 1.7}, 0.25)]
