"""scipy.stats.poisson and scipy.stats.norm: the mixture of normal distributions around each count."""
import numpy
from scipy import optimize, stats


class Mixture:
    def __init__(self, x, peak, sd):
        self.peak, self.sd = peak, sd
        self.counts = numpy.arange(0, int(stats.poisson.isf(1e-14, x * peak)) + 2)
        self.weights = stats.poisson.pmf(self.counts, x * peak)

    def mean(self):
        return (self.weights * self.counts).sum() / self.peak

    def var(self):
        return (self.weights * (self.counts / self.peak - self.mean()) ** 2).sum() + self.sd ** 2

    def cdf(self, y):
        return (self.weights * stats.norm.cdf(y, self.counts / self.peak, self.sd)).sum()

    def ppf(self, level):
        far = 10 * self.var() ** 0.5
        return optimize.brentq(lambda y: self.cdf(y) - level, self.mean() - far, self.mean() + far)


distribution = Mixture
CASES = [({"peak": 10, "sd": 0.02}, 0.3), ({"peak": 100, "sd": 0.05}, 0.8), ({"peak": 5000, "sd": 0.001}, 0.9),
         ({"peak": 20, "sd": 0.1}, 0)]
