"""torch.nn.functional.binary_cross_entropy and binary_cross_entropy_with_logits."""
import torch
from torch.nn import functional as F


def loss(pred, target, pos_weight=1.0, reduction="mean"):
    if pos_weight == 1:
        return F.binary_cross_entropy(pred, target, reduction=reduction)
    return from_logits(torch.logit(pred), target, pos_weight, reduction)


def from_logits(z, target, pos_weight=1.0, reduction="mean"):
    return F.binary_cross_entropy_with_logits(z, target, pos_weight=torch.tensor(pos_weight), reduction=reduction)


CASES = [({}, (8,)), ({}, (3, 5, 7)), ({"pos_weight": 2.5}, (3, 5, 7)), ({"reduction": "sum"}, (3, 5, 7))]
