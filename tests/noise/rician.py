"""scipy.stats.rice."""
from scipy import stats


def distribution(x, sd):
    return stats.rice(x / sd, scale=sd)


CASES = [({"sd": 0.1}, 0), ({"sd": 0.1}, 0.05), ({"sd": 0.1}, 0.5), ({"sd": 0.6}, 0.3), ({"sd": 0.02}, 0.4)]
