"""Makes inception-v3.safetensors: pool3 of torchvision's own Inception v3 with weights that a formula gives.

Needs torch, torchvision, numpy and safetensors from PyPI; run it in this folder. Tests/ModelsTests computes the same
weights and expects the same features.

"torchvision" is the module as it is. "fid" is the same module with the three differences of the network that
published Frechet distances are computed with: average pools leave padding out of the mean, and the pool of the last
block takes the largest value.
"""

from unittest import mock

import numpy
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file
from torchvision.models import Inception3, inception


def uniforms(sequence, count):
    """The sequence-th stream of numbers in [0, 1): SplitMix64 of (sequence << 32) + index."""
    with numpy.errstate(over="ignore"):
        x = numpy.arange(count, dtype=numpy.uint64) + numpy.uint64(sequence << 32)
        x += numpy.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
        x ^= x >> numpy.uint64(31)
    return (x >> numpy.uint64(11)).astype(numpy.float64) * 2.0**-53


def fill(module):
    """Weights by the position of their names in alphabetical order."""
    state = module.state_dict()
    names = sorted(name for name in state if name.split(".")[-2] in ("conv", "bn") and "num_batches" not in name)
    for position, name in enumerate(names):
        shape = state[name].shape
        u = uniforms(position, state[name].numel()).reshape(shape)
        if len(shape) == 4:
            values = (2 * u - 1) * (6 / numpy.prod(shape[1:])) ** 0.5
        else:
            values = 0.2 * (u - 0.5) + (1 if name.endswith((".bn.weight", ".running_var")) else 0)
        # Files hold float32, so the reference computes with what they hold.
        state[name] = torch.from_numpy(values.astype(numpy.float32)).double()
    module.load_state_dict(state)


def pool3(module, images):
    """images: uint8 (N, C, H, W)."""
    x = torch.from_numpy(images).double() / 255
    if x.shape[1] == 1:
        x = x.repeat(1, 3, 1, 1)
    x = F.interpolate(x, size=(299, 299), mode="bilinear", align_corners=False)
    features = []
    module.fc = torch.nn.Identity()
    with torch.no_grad():
        features = module(2 * x - 1)
    return features.numpy()


def fid_pooling(module):
    plain = F.avg_pool2d

    def without_padding(x, **options):
        return plain(x, **options, count_include_pad=False)

    last = module.Mixed_7c.forward

    def largest(x):
        with mock.patch.object(inception.F, "avg_pool2d", F.max_pool2d):
            return last(x)

    module.Mixed_7c.forward = largest
    return mock.patch.object(inception.F, "avg_pool2d", without_padding)


module = Inception3(aux_logits=False, init_weights=False).double().eval()
fill(module)
grey = (256 * uniforms(1_000_000, 2 * 28 * 28)).astype(numpy.uint8).reshape(2, 1, 28, 28)
colour = (256 * uniforms(1_000_001, 3 * 32 * 40)).astype(numpy.uint8).reshape(1, 3, 32, 40)
tensors = {"grey": grey, "colour": colour}
for pooling in ("torchvision", "fid"):
    with fid_pooling(module) if pooling == "fid" else mock.MagicMock():
        for name in ("grey", "colour"):
            tensors[f"{pooling}.{name}"] = pool3(module, tensors[name]).astype(numpy.float32)
save_file(tensors, "inception-v3.safetensors", metadata={"kind": "inception", "config": "{}"})
for name, values in tensors.items():
    print(name, values.shape, float(values.mean()), float(values.std()))
