"""Makes train/src/test/resources/golden: what PyTorch in float64 computes for tiny networks.

Usage: python tools/make_golden.py [CASE ...]        needs torch, numpy and safetensors; takes a minute

For each case a JSON file says what the network is, how it is filled and which descents were made, and a safetensors file
holds evaluation logits, training logits, the loss, every gradient, every buffer after the step, and the losses of ten
steps for each kind of momentum. Weights and inputs are functions of (name, index), so neither is stored: `uniform` below
is org.resnet4j.testkit.GoldenNumbers. `f32_dev_max` is how far PyTorch's own float32 lies from the float64.
"""
import json
import math
import pathlib
import sys

import numpy
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

OUT = pathlib.Path(__file__).parent.parent / "train" / "src" / "test" / "resources" / "golden"
BATCH = 8
STEPS = 10
# The rate falls in the middle: only then do PyTorch's and Caffe's momentum differ. A strong decay shows whom it spares.
RATES = [0.1] * 5 + [0.02] * 5
MOMENTUM = 0.9
DECAY = 0.05

# ---------------------------------------------------------------------------------------------------- numbers by name


def uniform(name, n):
    """n float32 numbers in [-1, 1): splitmix64, seeded by the FNV-1a hash of the name; its top 24 bits."""
    bits = (1 << 64) - 1
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) & bits
    out = numpy.empty(n, numpy.float32)
    for i in range(n):
        z = (seed + (i + 1) * 0x9E3779B97F4A7C15) & bits
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & bits
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & bits
        z ^= z >> 31
        out[i] = (z >> 40) / 2.0**23 - 1.0
    return out


def fill(name, shape, rule):
    """A parameter in float32 arithmetic; only then is it widened."""
    f = numpy.float32
    x = uniform(name, math.prod(shape))
    fan_in = math.prod(shape[1:])
    x = {
        "he_uniform": lambda: f(math.sqrt(6.0 / fan_in)) * x,
        "fc_uniform": lambda: f(1.0 / math.sqrt(fan_in)) * x,
        "small": lambda: f(0.1) * x,
        "one": lambda: f(1) + f(0.1) * x,
        "variance": lambda: f(1) + f(0.5) * numpy.abs(x),
    }[rule]()
    return torch.from_numpy(x.reshape(shape))


# ---------------------------------------------------------------------------------------------------- networks


class Net:
    """A network as a function of named tensors: the first run makes them, later ones use them."""

    def __init__(self, spec, frozen, dtype):
        self.spec, self.frozen, self.dtype = spec, frozen, dtype
        self.rules, self.weights, self.buffers, self.norms = {}, {}, {}, set()
        self.margin = math.inf
        size = spec["inputSize"]
        self.forward(torch.zeros(2, 3, size, size, dtype=dtype), training=False)

    def tensor(self, name, shape, rule):
        kept = self.buffers if ".running_" in name else self.weights
        if name not in kept:
            self.rules[name] = rule
            kept[name] = fill(name, shape, rule).to(self.dtype).requires_grad_(kept is self.weights)
        return kept[name]

    def conv(self, name, x, oc, kernel, stride, padding):
        weight = self.tensor(name + ".weight", (oc, x.shape[1], kernel, kernel), "he_uniform")
        return F.conv2d(x, weight, stride=stride, padding=padding)

    def norm(self, name, x, training):
        c = (x.shape[1],)
        scale, shift = self.tensor(name + ".weight", c, "one"), self.tensor(name + ".bias", c, "small")
        mean = self.tensor(name + ".running_mean", c, "small")
        variance = self.tensor(name + ".running_var", c, "variance")
        self.norms |= {name + ".weight", name + ".bias"}
        return F.batch_norm(x, mean, variance, scale, shift, training and not self.frozen, momentum=0.1, eps=1e-5)

    def relu(self, x):
        """Remembers how near to its corner it came: what lies near may flip in float32."""
        self.margin = min(self.margin, x.detach().abs().min().item() / x.detach().square().mean().sqrt().item())
        return F.relu(x)

    def shortcut(self, name, x, channels, stride):
        changes = stride != 1 or x.shape[1] != channels
        kind = self.spec["shortcut"]
        if kind == "C" or (kind == "B" and changes):
            y = self.conv(name + ".downsample.0", x, channels, 1, stride, 0)
            return self.norm(name + ".downsample.1", y, self.training)
        zeros = channels - x.shape[1]
        before = zeros // 2 if self.spec["pad"] == "SPLIT" else 0
        return F.pad(x[:, :, ::stride, ::stride], (0, 0, 0, 0, before, zeros - before)) if changes else x

    def block(self, name, x, width, stride):
        """Layers of (width factor, kernel, stride); the last one has no ReLU before the addition."""
        v1 = self.spec["stride"] == "V1"
        layers = {
            "BASIC": [(1, 3, stride), (1, 3, 1)],
            "BOTTLENECK": [(1, 1, stride if v1 else 1), (1, 3, 1 if v1 else stride), (4, 1, 1)],
        }[self.spec["block"]]
        y = x
        for i, (factor, kernel, s) in enumerate(layers, 1):
            y = self.conv(f"{name}.conv{i}", y, factor * width, kernel, s, kernel // 2)
            y = self.norm(f"{name}.bn{i}", y, self.training)
            y = self.relu(y) if i < len(layers) else y
        if self.spec["shortcut"] != "NONE":
            y = y + self.shortcut(name, x, layers[-1][0] * width, stride)
        return self.relu(y)

    def forward(self, x, training):
        self.training = training
        width = self.spec["widths"][0]
        imagenet = self.spec["stem"] == "IMAGENET"
        x = self.conv("conv1", x, width, *((7, 2, 3) if imagenet else (3, 1, 1)))
        x = self.relu(self.norm("bn1", x, training))
        x = F.max_pool2d(x, 3, 2, 1) if imagenet else x
        for stage, (depth, width) in enumerate(zip(self.spec["depths"], self.spec["widths"]), 1):
            for i in range(depth):
                x = self.block(f"layer{stage}.{i}", x, width, 2 if stage > 1 and i == 0 else 1)
        x = x.mean((2, 3))
        weight = self.tensor("fc.weight", (self.spec["classes"], x.shape[1]), "fc_uniform")
        return F.linear(x, weight, self.tensor("fc.bias", (self.spec["classes"],), "small"))


def batch(spec, step, dtype):
    size, classes = spec["inputSize"], spec["classes"]
    pixels = numpy.float32(1.7) * uniform(f"input{step}", BATCH * 3 * size * size)
    labels = [(5 * i + 3 * step + i * step) % classes for i in range(BATCH)]
    return torch.from_numpy(pixels.reshape(BATCH, 3, size, size)).to(dtype), torch.tensor(labels)


def spec(depths, shortcut, stem="CIFAR", block="BASIC", stride="V1_5", pad="APPEND", size=12):
    widths = [4, 6, 8][: len(depths)]
    return dict(
        stem=stem, block=block, depths=depths, widths=widths, shortcut=shortcut, stride=stride, pad=pad, classes=10, inputSize=size
    )


CASES = {
    "plain8": dict(spec=spec([1, 1, 1], "NONE")),
    "resnet14_a": dict(spec=spec([2, 2, 2], "A"), every_descent=True),
    "resnet8_a_split": dict(spec=spec([1, 1, 1], "A", pad="SPLIT")),
    "resnet8_b": dict(spec=spec([1, 1, 1], "B"), smoothing=0.1),
    "resnet8_b_frozen": dict(spec=spec([1, 1, 1], "B"), frozen=True),
    "resnet8_c": dict(spec=spec([1, 1, 1], "C")),
    "bottleneck11": dict(spec=spec([1, 1, 1], "B", block="BOTTLENECK")),
    "bottleneck8_v1_imagenet": dict(
        spec=spec([1, 1], "B", stem="IMAGENET", block="BOTTLENECK", stride="V1", size=32)
    ),
}

# ---------------------------------------------------------------------------------------------------- descents


def descents(every):
    """Both conventions, with and without Nesterov, with decay on everything or not on batch norm."""
    all_of = [
        dict(convention=c, nesterov=n, momentum=MOMENTUM, decay=DECAY, normDecay=d, rates=RATES)
        for c in ("PYTORCH", "CAFFE")
        for n in (False, True)
        for d in (DECAY, 0.0)
    ]
    for d in all_of:
        name = d["convention"].lower() + ("_nesterov" if d["nesterov"] else "") + ("" if d["normDecay"] else "_exceptNorm")
        d["losses"] = "sgd.losses." + name
    return all_of if every else all_of[:1]


class Caffe:
    """Momentum with the rate inside: caffe/src/caffe/solvers/{sgd,nesterov}_solver.cpp."""

    def __init__(self, groups, nesterov):
        self.param_groups, self.nesterov, self.history = groups, nesterov, {}

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for w in group["params"]:
                old = self.history.get(w, torch.zeros_like(w))
                new = MOMENTUM * old + group["lr"] * (w.grad + group["weight_decay"] * w)
                w -= (1 + MOMENTUM) * new - MOMENTUM * old if self.nesterov else new
                self.history[w] = new


def optimizer(net, d):
    groups = [
        dict(params=[w for name, w in net.weights.items() if (name in net.norms) == norm], lr=RATES[0], weight_decay=decay)
        for norm, decay in ((False, d["decay"]), (True, d["normDecay"]))
    ]
    if d["convention"] == "CAFFE":
        return Caffe(groups, d["nesterov"])
    return torch.optim.SGD(groups, lr=RATES[0], momentum=MOMENTUM, nesterov=d["nesterov"])


def descend(case, d, dtype):
    net = Net(case["spec"], case.get("frozen", False), dtype)
    opt = optimizer(net, d)
    losses = []
    for step, rate in enumerate(RATES):
        x, y = batch(case["spec"], step, dtype)
        loss = F.cross_entropy(net.forward(x, True), y, label_smoothing=case.get("smoothing", 0.0))
        for group in opt.param_groups:
            group["lr"] = rate
        for w in net.weights.values():
            w.grad = None
        loss.backward()
        opt.step()
        losses.append(loss.item())
    return torch.tensor(losses, dtype=torch.float64)


# ---------------------------------------------------------------------------------------------------- files


def compute(case, dtype):
    net = Net(case["spec"], case.get("frozen", False), dtype)
    x, y = batch(case["spec"], 0, dtype)
    with torch.no_grad():
        out = {"eval.logits": net.forward(x, False)}
    net.margin = math.inf
    logits = net.forward(x, True)
    loss = F.cross_entropy(logits, y, label_smoothing=case.get("smoothing", 0.0))
    loss.backward()
    out |= {"train.logits": logits, "train.loss": loss.reshape(1)}
    out |= {"grad." + name: w.grad for name, w in net.weights.items()}
    if not net.frozen:
        out |= {"after." + name: b for name, b in net.buffers.items()}
    for d in descents(case.get("every_descent", False)):
        out[d["losses"]] = descend(case, d, dtype)
    return net, {name: t.detach().to(torch.float64).numpy() for name, t in out.items()}


def make(name, case):
    net, truth = compute(case, torch.float64)
    _, single = compute(case, torch.float32)
    dev = {k: float(numpy.abs(single[k] - v).max()) for k, v in truth.items()}
    about = dict(
        case=name,
        torch=torch.__version__.split("+")[0],
        network=case["spec"],
        frozenNorm=case.get("frozen", False),
        labelSmoothing=case.get("smoothing", 0.0),
        batch=BATCH,
        reluMargin=net.margin,
        rules=net.rules,
        descents=descents(case.get("every_descent", False)),
        tensors={k: dict(rms=float(numpy.sqrt(numpy.mean(v * v))), f32_dev_max=dev[k]) for k, v in truth.items()},
    )
    OUT.mkdir(parents=True, exist_ok=True)
    save_file({k: numpy.ascontiguousarray(v) for k, v in truth.items()}, OUT / f"{name}.safetensors")
    (OUT / f"{name}.json").write_text(json.dumps(about, indent=1) + "\n")
    losses = [truth[d["losses"]] for d in about["descents"]]
    apart = min((numpy.abs(a - b).max() for i, a in enumerate(losses) for b in losses[:i]), default=math.inf)
    worst = max(dev[k] / numpy.abs(v).max() for k, v in truth.items() if k.startswith("grad."))
    sgd = max(dev[d["losses"]] for d in about["descents"])
    print(
        f"{name:24s} {sum(w.numel() for w in net.weights.values()):6d} weights, loss {truth['train.loss'][0]:.6f}, nearest to a"
        f" ReLU's corner {net.margin:.1e} of rms, float32 off by {worst:.1e} in gradients and {sgd:.1e} in SGD losses, whose"
        f" kinds lie {apart:.1e} apart"
    )


if __name__ == "__main__":
    torch.set_num_threads(1)
    for chosen in sys.argv[1:] or CASES:
        make(chosen, CASES[chosen])
