"""Makes train/src/test/resources/golden/schedules.json: whole runs of PyTorch's learning-rate schedulers.

Usage: python tools/make_schedule_golden.py        needs torch; takes a second

For each case the rates of every step, as PyTorch's scheduler gives them, in the words of org.resnet4j.lrschedule.Schedule.
A plateau's case also holds the errors that its evaluations saw; one evaluation a step.
"""
import json
import pathlib

import torch
from torch.optim import lr_scheduler as S

OUT = pathlib.Path(__file__).parent.parent / "train/src/test/resources/golden/schedules.json"
STEPS = 120


def rates(lr, make, errors=None):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
    scheduler = make(optimizer)
    found = []
    for i in range(STEPS):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if errors is None:
            if i + 1 < STEPS:
                scheduler.step()
        else:
            scheduler.step(errors[i])
    return found


def errors():
    """Falls, stays, falls a little, rises: every branch of a plateau, cooldown included."""
    down = [0.9 - 0.02 * i for i in range(30)]
    return (down + [0.32 + 0.001 * (i % 3) for i in range(40)] + [0.30 - 0.00001 * i for i in range(30)]
            + [0.5] * 20)


seen = errors()
cases = {
    "step": rates(0.1, lambda o: S.StepLR(o, 30, 0.1)),
    "multi-step": rates(0.1, lambda o: S.MultiStepLR(o, [40, 80, 100], 0.1)),
    "cosine": rates(0.4, lambda o: S.CosineAnnealingLR(o, STEPS, 1e-4)),
    "polynomial": rates(0.2, lambda o: S.PolynomialLR(o, 100, 1.7)),
    "exponential": rates(1e-5, lambda o: S.ExponentialLR(o, (10 / 1e-5) ** (1 / STEPS))),
    "one-cycle": rates(0.8, lambda o: S.OneCycleLR(o, 0.8, STEPS)),
    "one-cycle-late": rates(0.8, lambda o: S.OneCycleLR(o, 0.8, STEPS, pct_start=0.6, div_factor=10, final_div_factor=50)),
    "plateau": rates(0.1, lambda o: S.ReduceLROnPlateau(o, "min", 0.1, 4, 1e-3, cooldown=3, min_lr=1e-4), seen),
    "warm-up-and-cosine": rates(0.5, lambda o: S.SequentialLR(o, [
        S.LinearLR(o, 0.01, total_iters=15), S.CosineAnnealingLR(o, STEPS - 15)], milestones=[15])),
}
OUT.write_text(json.dumps({"made_with": "torch " + torch.__version__.split("+")[0], "errors": seen, "rates": cases}, indent=0) + "\n")
