#!/usr/bin/env python3
"""Opens model folders written by this program in timm and in transformers and compares the logits with ours.

    python3 tools/check_model_folder.py FOLDER ...         # folders that exist
    python3 tools/check_model_folder.py --make resnet18 resnet50d ...   # drawn by timm, imported and exported here

Needs torch, safetensors, timm and transformers (tried with 2.15, 0.8, 1.0.31 and 5.23); not part of the build. A folder that a
library has no network for must say so in its config.json. Exit code 1 if anything differs by more than 1e-5 of the largest logit.
"""
import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import load_file, save_file

BOUND = 1e-5


def ours(resnet, folder, x, work):
    """Logits of this program."""
    given, got = os.path.join(work, "x.safetensors"), os.path.join(work, "y.safetensors")
    save_file({"input": x}, given)
    if os.path.exists(got):
        os.remove(got)
    subprocess.run(resnet + ["forward", folder, "--input", given, "--output", got], check=True, stdout=subprocess.DEVNULL)
    return load_file(got)["logits"]


def in_timm(folder):
    import timm

    model = timm.create_model("local-dir:" + folder, pretrained=True)
    return lambda x: model.eval()(x)


def in_transformers(folder):
    from transformers import AutoImageProcessor, AutoModelForImageClassification

    model = AutoModelForImageClassification.from_pretrained(folder)
    AutoImageProcessor.from_pretrained(folder)
    return lambda x: model.eval()(x).logits


def check(resnet, folder, work):
    """Prints a line a program; the number of those that differ."""
    config = json.load(open(os.path.join(folder, "config.json")))
    shape = config.get("pretrained_cfg", {}).get("input_size", [3, 224, 224])
    x = torch.randn(2, *shape, generator=torch.Generator().manual_seed(5))
    expected = ours(resnet, folder, x, work)
    wrong = 0
    programs = {"transformers": in_transformers}
    if config["model_type"] == "timm_wrapper":
        said = config["resnet4j"]["opened_by"]
        if "have no such network" in said:
            print(f"{folder}: {said}")
            return 0
        programs["timm"] = in_timm
    for name, opened in programs.items():
        try:
            with torch.no_grad():
                found = opened(folder)(x)
            worst = ((found - expected).abs().max() / max(1.0, expected.abs().max().item())).item()
            agree = worst <= BOUND
            print(f"{folder}: {name}: largest difference {worst:.1e} of the largest logit{'' if agree else ': TOO MUCH'}")
        except Exception as e:  # every library has errors of its own; the others are still tried
            agree = False
            print(f"{folder}: {name}: does not open: {type(e).__name__}: {str(e)[:300]}")
        wrong += not agree
    return wrong


def make(resnet, name, work):
    """Folders of a network that timm draws: ours, and transformers' where it has the network."""
    import timm

    torch.manual_seed(7)
    model = timm.create_model(name, num_classes=13)
    with torch.no_grad():
        for p in model.modules():  # statistics that do something
            if isinstance(p, torch.nn.BatchNorm2d):
                p.weight.uniform_(0.7, 1.3)
                p.bias.normal_(0, 0.1)
                p.running_mean.normal_(0, 0.1)
                p.running_var.uniform_(0.7, 1.3)
    file, folder = os.path.join(work, name + ".safetensors"), os.path.join(work, name)
    save_file({k: v.contiguous() for k, v in model.state_dict().items()}, file)
    subprocess.run(resnet + ["model", "import", file, "--out", folder], check=True, stdout=subprocess.DEVNULL)
    made = [folder]
    export = ["model", "export", folder, "--format", "transformers", "--out", folder + "-transformers"]
    if subprocess.run(resnet + export, stdout=subprocess.DEVNULL).returncode == 0:
        made.append(folder + "-transformers")
    return made


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="*")
    parser.add_argument("--make", nargs="*", default=[], metavar="NAME", help="networks of timm")
    parser.add_argument("--resnet", default="./resnet", help="the command; default ./resnet")
    options = parser.parse_args()
    resnet = shlex.split(options.resnet)
    with tempfile.TemporaryDirectory() as work:
        wrong = 0
        for name in options.make:
            for folder in make(resnet, name, work):
                wrong += check(resnet, folder, work)
        for folder in options.folders:
            wrong += check(resnet, os.path.abspath(folder), work)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
