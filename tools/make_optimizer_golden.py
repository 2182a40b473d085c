"""Makes train/src/test/resources/golden/optimizers.json: parameters after steps of PyTorch's and timm's optimisers.

Usage: python tools/make_optimizer_golden.py        needs torch, timm and numpy; takes seconds

Five tensors of a small network with three decays, twelve gradients that are functions of (name, step), rates that move. In
float64. For each case the norm of each tensor after each step, and every number after the last.
"""
import json
import pathlib

import torch
from make_golden import uniform
from timm.optim import Lamb, Lars, SGDW
from timm.utils.agc import adaptive_clip_grad

OUT = pathlib.Path(__file__).parent.parent / "train/src/test/resources/golden/optimizers.json"
SHAPES = {"conv.weight": (4, 3, 3, 3), "bn.weight": (4,), "bn.bias": (4,), "fc.weight": (5, 4), "fc.bias": (5,)}
DECAYS = {"conv.weight": 0.05, "fc.weight": 0.05, "bn.weight": 0.0, "bn.bias": 0.0, "fc.bias": 0.01}
RATES = [0.1] * 4 + [0.03] * 4 + [0.01] * 4


def run(make, clip=lambda parameters: None, scale=1.0):
    weights = {n: torch.nn.Parameter(torch.from_numpy(uniform(n, numbers(s)).reshape(s)).double()) for n, s in SHAPES.items()}
    optimizer = make([{"params": [w], "weight_decay": DECAYS[n]} for n, w in weights.items()])
    norms = []
    for step, rate in enumerate(RATES):
        for name, w in weights.items():
            w.grad = torch.from_numpy(uniform(f"{name}#{step}", w.numel()).reshape(w.shape)).double()
        clip([weights[n] for n in SHAPES])
        for group in optimizer.param_groups:
            group["lr"] = scale * rate
        optimizer.step()
        norms.append([w.detach().norm().item() for w in weights.values()])
    return {"scale": scale, "norms": norms, "last": {n: w.detach().flatten().tolist() for n, w in weights.items()}}


def numbers(shape):
    return int(torch.tensor(shape).prod())


def sgd(**more):
    return lambda groups: torch.optim.SGD(groups, lr=0.1, **more)


cases = {
    "sgd": run(sgd(momentum=0.9)),
    "sgd-nesterov": run(sgd(momentum=0.9, nesterov=True)),
    "sgd-decoupled": run(lambda g: SGDW(g, lr=0.1, momentum=0.9)),
    "lars": run(lambda g: Lars(g, lr=0.1, momentum=0.9, trust_coeff=0.01)),
    "lars-nesterov": run(lambda g: Lars(g, lr=0.1, momentum=0.9, nesterov=True, trust_coeff=0.01)),
    "adamw": run(lambda g: torch.optim.AdamW(g, lr=0.1), scale=0.1),
    "lamb": run(lambda g: Lamb(g, lr=0.1, max_grad_norm=None), scale=0.1),
    "sgd-clip-norm": run(sgd(momentum=0.9), lambda p: torch.nn.utils.clip_grad_norm_(p, 2.0)),
    # as timm's training does, the last layer's two tensors are left out
    "sgd-clip-agc": run(sgd(momentum=0.9), lambda p: adaptive_clip_grad(p[:-2], 0.1)),
}
OUT.write_text(json.dumps({"made_with": "torch " + torch.__version__.split("+")[0] + ", timm", "rates": RATES, "cases": cases}) + "\n")
