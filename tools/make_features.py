"""Makes infer/src/test/resources/golden/features.safetensors: what torchvision's modules give, and Grad-CAM by autograd.

Usage: python tools/make_features.py        needs torch, torchvision, numpy and safetensors; takes seconds

The network is torchvision's bottleneck ResNet with one block a stage and 5 classes, in float64, its weights a function of their names
(`uniform` is org.resnet4j.testkit.GoldenNumbers). `<module>` holds 32 picked numbers of the module's output for two pictures of
48x64 pixels, `shape.<module>` its shape; a module that is called several times has `_1`, `_2` behind its name, as torchvision's
feature extraction names it. Outputs are copied before a ReLU writes over them. `cam.<layer>.<class>` is the Grad-CAM map of a
picture of 64x64 pixels: max(0, sum over channels of the mean gradient of the class's logit times the channel), Selvaraju et al. 2017.
"""
import math
import pathlib

import numpy
import torch
from safetensors.numpy import save_file
from torchvision.models.resnet import Bottleneck, ResNet

OUT = pathlib.Path(__file__).parent.parent / "infer" / "src" / "test" / "resources" / "golden" / "features.safetensors"


def mixed(name, n):
    """splitmix64, seeded by the FNV-1a hash of the name."""
    seed = 0xCBF29CE484222325
    for byte in name.encode():
        seed = ((seed ^ byte) * 0x100000001B3) & ((1 << 64) - 1)
    with numpy.errstate(over="ignore"):
        z = numpy.uint64(seed) + numpy.arange(1, n + 1, dtype=numpy.uint64) * numpy.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        return z ^ (z >> numpy.uint64(31))


def uniform(name, n):
    """n float32 numbers in [-1, 1)."""
    return ((mixed(name, n) >> numpy.uint64(40)).astype(numpy.float64) / 2.0**23 - 1.0).astype(numpy.float32)


def pick(name, n):
    return (mixed(name + "#pick", 32) % numpy.uint64(n)).astype(numpy.int64)


def fill(name, shape):
    f = numpy.float32
    x = uniform(name, math.prod(shape))
    if len(shape) == 4:
        x = f(math.sqrt(6.0 / math.prod(shape[1:]))) * x
    elif name == "fc.weight":
        x = f(1.0 / math.sqrt(shape[1])) * x
    elif name.endswith("running_var"):
        x = f(1) + f(0.5) * numpy.abs(x)
    elif name.endswith("weight"):
        x = f(1) + f(0.1) * x
    else:
        x = f(0.1) * x
    return torch.from_numpy(x.reshape(shape)).double()


def pictures(name, *shape):
    return torch.from_numpy((numpy.float32(1.7) * uniform(name, math.prod(shape))).reshape(shape)).double()


net = ResNet(Bottleneck, [1, 1, 1, 1], num_classes=5).double().eval()
net.load_state_dict({k: v if "tracked" in k else fill(k, tuple(v.shape)) for k, v in net.state_dict().items()})
seen = {}


def remember(name):
    def hook(module, inputs, output):
        n = sum(k == name or k.startswith(name + "_") for k in seen)
        seen[name + (f"_{n}" if n else "")] = output.detach().clone()

    return hook


handles = [m.register_forward_hook(remember(name)) for name, m in net.named_modules() if name]
with torch.no_grad():
    net(pictures("input", 2, 3, 48, 64))
for h in handles:
    h.remove()
out = {}
for name, value in seen.items():
    out[name] = value.flatten().numpy()[pick(name, value.numel())]
    out["shape." + name] = numpy.array(value.shape, numpy.float64)

for layer in ("layer2", "layer4"):
    for target in (2, 4):
        kept = {}
        handle = net.get_submodule(layer).register_forward_hook(lambda m, i, o: kept.update(maps=o))
        logits = net(pictures("picture", 1, 3, 64, 64))
        handle.remove()
        (gradient,) = torch.autograd.grad(logits[0, target], kept["maps"])
        cam = torch.relu((gradient.mean((2, 3), keepdim=True) * kept["maps"]).sum(1))[0]
        out[f"cam.{layer}.{target}"] = cam.detach().numpy().copy()
        print(layer, target, tuple(cam.shape), f"largest {cam.max():.4f}, zeros {(cam == 0).sum()}")
OUT.parent.mkdir(parents=True, exist_ok=True)
save_file({k: numpy.ascontiguousarray(v) for k, v in out.items()}, OUT)
print(len(seen), "modules", OUT.stat().st_size, "bytes")
