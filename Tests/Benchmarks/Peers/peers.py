#!/usr/bin/env python3
"""Other runtimes on the networks of `grove-bench`, measured as it measures them: a process, a case, a JSON line.

    peers.py PEER CASE MODE BATCH     for example: peers.py torch-eager unet.paper-gray28 forward 16
    peers.py --check FIXTURE          the largest difference from the authors' numbers in a unet-*.safetensors
"""

import json
import os
import resource
import sys
import tempfile
import time
import warnings

import torch

import treevae
import unet

THREADS = len(os.sched_getaffinity(0))

NETWORKS = {
    "unet.paper-gray28": unet.Settings(channels=1, size=28, width=64),
    "unet.paper-rgb32": unet.Settings(channels=3, size=32, width=64),
    "unet.wide-rgb32": unet.Settings(channels=3, size=32, width=128),
}

TREES = {"tree.mnist-10": treevae.DIGITS, "tree.cifar10-10": treevae.COLOUR}


def median_seconds(body, seconds=2.0, least=5):
    """The median of as many repetitions as fit, after two that are not measured."""
    for _ in range(2):
        body()
    times, start = [], time.perf_counter()
    while len(times) < least or time.perf_counter() - start < seconds:
        began = time.perf_counter()
        body()
        times.append(time.perf_counter() - began)
    return sorted(times)[len(times) // 2]


def inputs(settings, batch):
    torch.manual_seed(1)
    shape = (batch, settings.channels, settings.size, settings.size)
    x, reconstruction = torch.randn(shape), torch.randn(shape)
    return x, torch.randint(0, 1000, (batch,)), torch.arange(batch)[:, None] % 10 * 1.0, reconstruction


def torch_forward(settings, batch, layout):
    network = unet.UNet(settings).eval().to(memory_format=layout)
    x, t, signal, reconstruction = inputs(settings, batch)
    x, reconstruction = x.contiguous(memory_format=layout), reconstruction.contiguous(memory_format=layout)

    def body():
        with torch.inference_mode():
            network(x, t, signal, reconstruction)

    return median_seconds(body)


def torch_train(settings, batch, layout):
    """Forward, backward, clipping at norm 1, Adam and a moving average of the parameters."""
    network = unet.UNet(settings).train().to(memory_format=layout)
    x, t, signal, reconstruction = inputs(settings, batch)
    noise = torch.randn_like(x)
    x, reconstruction = x.contiguous(memory_format=layout), reconstruction.contiguous(memory_format=layout)
    parameters = list(network.parameters())
    averages = [parameter.detach().clone() for parameter in parameters]
    optimiser = torch.optim.Adam(parameters, lr=2e-4)

    def body():
        optimiser.zero_grad()
        torch.nn.functional.mse_loss(network(x, t, signal, reconstruction), noise).backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        with torch.no_grad():
            torch._foreach_lerp_(averages, parameters, 1e-4)

    return median_seconds(body, seconds=3.0)


def tree_train(settings, batch, layout):
    """Forward, backward and Adam with the paper's weight decay; four of five values are zero, as in digits."""
    tree = treevae.TenLeaves(settings).train().to(memory_format=layout)
    x = (5 * torch.rand(batch, settings.channels, settings.size, settings.size) - 4).clamp(min=0)
    x = x.contiguous(memory_format=layout)
    optimiser = torch.optim.Adam(tree.parameters(), lr=1e-3, weight_decay=1e-5)

    def body():
        optimiser.zero_grad()
        tree.loss(x).backward()
        optimiser.step()

    return median_seconds(body, seconds=4.0, least=3)


def exported(settings, batch, folder):
    """The network as an ONNX file, and what it is fed."""
    values = inputs(settings, batch)
    path = os.path.join(folder, "unet.onnx")
    names = ["x", "t", "signal", "reconstruction"]
    with torch.no_grad():
        torch.onnx.export(
            unet.UNet(settings).eval(), values, path, input_names=names, opset_version=18, dynamo=False)
    return path, {name: value.numpy() for name, value in zip(names, values)}


def onnxruntime_forward(settings, batch):
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        path, feed = exported(settings, batch, folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        wanted = {item.name: feed[item.name] for item in session.get_inputs()}
        return median_seconds(lambda: session.run(None, wanted))


def openvino_forward(settings, batch):
    import openvino

    with tempfile.TemporaryDirectory() as folder:
        path, feed = exported(settings, batch, folder)
        # Float32 as everywhere here: its own choice on some processors is bfloat16.
        hints = {"INFERENCE_NUM_THREADS": THREADS, "INFERENCE_PRECISION_HINT": "f32"}
        model = openvino.Core().compile_model(path, "CPU", hints)
        request = model.create_infer_request()
        values = [feed[item.get_any_name()] for item in model.inputs]
        return median_seconds(lambda: request.infer(values))


PEERS = {
    ("torch-eager", "forward"): lambda s, b: torch_forward(s, b, torch.contiguous_format),
    ("torch-channels-last", "forward"): lambda s, b: torch_forward(s, b, torch.channels_last),
    ("onnxruntime", "forward"): onnxruntime_forward,
    ("openvino", "forward"): openvino_forward,
    ("torch-eager", "train"): lambda s, b: torch_train(s, b, torch.contiguous_format),
    ("torch-channels-last", "train"): lambda s, b: torch_train(s, b, torch.channels_last),
}


TREE_PEERS = {
    ("torch-eager", "train"): lambda s, b: tree_train(s, b, torch.contiguous_format),
    ("torch-channels-last", "train"): lambda s, b: tree_train(s, b, torch.channels_last),
}


def work(peer, case, mode):
    """What to call with the batch, or None."""
    settings, peers = (NETWORKS.get(case), PEERS) if case in NETWORKS else (TREES.get(case), TREE_PEERS)
    body = peers.get((peer, mode))
    return body and settings and (lambda batch: body(settings, batch))


def measure(peer, case, mode, batch):
    seconds = work(peer, case, mode)(batch)
    print(json.dumps({
        "peer": peer, "case": case, "mode": mode, "batch": batch,
        "images_per_second": round(batch / seconds, 3), "milliseconds": round(seconds * 1000, 3),
        "peak_rss_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }))


def check(path):
    from safetensors import safe_open
    from safetensors.torch import load_file

    tensors = load_file(path)
    network = unet.UNet(unet.Settings.of_file(json.loads(safe_open(path, "pt").metadata()["config"])))
    prefix = "param."
    network.load_state_dict({k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)})
    with torch.inference_mode():
        output = network(
            tensors["input.x"], tensors["input.t"], tensors.get("input.z"), tensors.get("input.low_res"))
    difference = float((output - tensors["output.eps"]).abs().max())
    print(json.dumps({"check": os.path.basename(path), "largest_difference": difference}))
    return difference < 1e-4


def main():
    warnings.filterwarnings("ignore")
    torch.set_num_threads(THREADS)
    arguments = sys.argv[1:]
    if len(arguments) == 2 and arguments[0] == "--check":
        sys.exit(0 if check(arguments[1]) else 1)
    if len(arguments) != 4 or work(*arguments[:3]) is None:
        sys.exit(__doc__)
    measure(arguments[0], arguments[1], arguments[2], int(arguments[3]))


if __name__ == "__main__":
    main()
