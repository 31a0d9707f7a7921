"""lion_pytorch.Lion."""
from lion_pytorch import Lion


def optimizer(weights, beta1=0.9, beta2=0.99, maximize=False, **options):
    lion = Lion(weights, betas=(beta1, beta2), **options)

    def turn(*_):
        for w in weights:
            w.grad.neg_()

    if maximize:  # it has no such option
        lion.register_step_pre_hook(turn)
    return lion


CASES = [
    dict(),
    dict(lr=0.01, beta1=0.5, beta2=0.8, weight_decay=0.5),
    dict(lr=0.01, weight_decay=0.5, maximize=True),
]
