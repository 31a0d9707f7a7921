"""scipy.stats.norm and scipy.stats.uniform, scaled by the pixel."""
from scipy import stats


def distribution(x, sd, distribution="normal"):
    if distribution == "normal":
        return stats.norm(x, x * sd)
    half = 3 ** 0.5 * sd * x
    return stats.uniform(x - half, 2 * half)


CASES = [({"sd": 0.2}, 0.5), ({"sd": 0.5}, 0.1), ({"sd": 0.3, "distribution": "uniform"}, 0.8)]
