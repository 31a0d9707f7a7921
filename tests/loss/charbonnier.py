"""torch.sqrt, of what stands in Lai et al., LapSRN, 2017."""
import torch


def loss(pred, target, eps=1e-3):
    return torch.sqrt((pred - target) ** 2 + eps ** 2).mean()


CASES = [({}, (8,)), ({"eps": 0.1}, (3, 5, 7))]
