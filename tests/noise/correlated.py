"""scipy.stats.norm."""
from scipy import stats


def distribution(x, sd, sigma):
    del sigma
    return stats.norm(x, sd)


CASES = [({"sd": 0.1, "sigma": 0.8}, 0.5), ({"sd": 0.3, "sigma": 1.5}, 0.2)]
