"""medpy.filter.smoothing.anisotropic_diffusion, which works in float32."""
from medpy.filter.smoothing import anisotropic_diffusion


def apply(x, kappa=0.1, iterations=10, step=0.2, conductance="exponential"):
    return anisotropic_diffusion(x, iterations, kappa, step, option=1 + (conductance == "reciprocal")).astype(float)


TOLERANCE = 1e-5
SMALL, TALL = (24, 20), (33, 17)
CASES = [
    (SMALL, dict()),
    (TALL, dict(kappa=0.2, iterations=5)),
    (SMALL, dict(conductance="reciprocal")),
    (TALL, dict(kappa=0.05, iterations=30, step=0.25, conductance="reciprocal")),
]
