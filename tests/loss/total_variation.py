"""torch: differences, of Rudin, Osher, Fatemi, 1992; the sum is that of tf.image.total_variation."""
import torch


def loss(pred, target, form="anisotropic", eps=0.0, reduction="mean"):
    del target
    right = torch.zeros_like(pred)
    right[:, :, :-1] = pred[:, :, 1:] - pred[:, :, :-1]
    down = torch.zeros_like(pred)
    down[:, :-1] = pred[:, 1:] - pred[:, :-1]
    if form == "isotropic":
        total = torch.sqrt(right ** 2 + down ** 2 + eps ** 2 + 1e-300).sum()
    else:
        total = (torch.sqrt(right[:, :, :-1] ** 2 + eps ** 2).sum() + torch.sqrt(down[:, :-1] ** 2 + eps ** 2).sum())
    return total / pred.numel() if reduction == "mean" else total


CASES = [
    ({}, (2, 5, 7)),
    ({"reduction": "sum", "eps": 0.1}, (1, 6, 5)),
    ({"form": "isotropic"}, (2, 5, 7)),
    ({"form": "isotropic", "eps": 0.1}, (2, 5, 7)),
]
