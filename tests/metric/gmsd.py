"""piq.gmsd."""
import torch
from piq import gmsd


def measure(x, reference, range=1, t=170 / 255 ** 2):
    x, reference = (torch.tensor(plane)[None, None] / range for plane in (x, reference))
    return gmsd(x, reference, data_range=1, t=t).item()


CASES = [dict(), (dict(range=2), (24, 20)), (dict(t=0.01), (40, 41), 1, 0), (dict(range=6), (64, 33), 0.5, 1)]
