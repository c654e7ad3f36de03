"""Puts the models that make.sh has made into Models/, with their list and a card each; one that WORK lacks is left out.

Usage: cards.py WORK MODELS MACHINE. Every number comes from what the jobs left in WORK.
"""

import hashlib
import json
import shutil
import sys
from datetime import datetime, timezone
from pathlib import Path

DIGITS = (
    "Learned from the 60,000 digits of MNIST's training set, measured on the 10,000 of its test set, which no training has "
    "seen (28×28 pixels, grey; Yann LeCun, Corinna Cortes, Christopher J. C. Burges; CC BY-SA 3.0)."
)
# Name, job of train.toml, what it is, picture in WORK.
MODELS = [
    ("mnist-tree", "tree", "A TreeVAE: each of its leaves is a cluster of digits.", "sheets/sheet-tree.png"),
    (
        "mnist-diffusion", "diffusion",
        "A diffusion model that sharpens what the leaves of mnist-tree draw. The file holds the moving average of its "
        "weights in half precision, which is all that images are drawn with.", "sheets/sheet-refined.png",
    ),
    (
        "mnist-classifier", "classifier",
        "A small classifier of digits, to measure Fréchet distances on and to name what leaves draw. Distances on its "
        "features do not compare with published ones, which are measured on Inception.", "classifier/curves.png",
    ),
]


def read(path):
    return json.loads(Path(path).read_text())


def command(name, job):
    """The command that makes a model, as the broker keeps its settings."""
    kind, spec = job["kind"].removeprefix("train-"), next(iter(job["spec"].values()))
    words = ["grove train", kind, name, "--data", spec["dataset"]["name"]]
    if "tree" in spec:
        words += ["--tree", "mnist-tree"]
    if "testDataset" in spec:
        words += ["--test-data", spec["testDataset"]["name"]]
    settings = dict(spec.get("settings", {}))
    if "preset" in settings:
        words += ["--preset", settings.pop("preset")]
    for key, value in settings.items():
        name = "".join("_" + letter.lower() if letter.isupper() else letter for letter in key)
        text = ",".join(map(str, value)) if isinstance(value, list) else str(value).lower()
        words += ["--set", f"{name}={text}"]
    return " ".join(words + ["--seed", str(spec.get("seed", 0))])


def trained(work, job):
    """When and how long; a training that went on from another one's checkpoint (`grove resume`) names both times, if WORK has
    what the broker says of the earlier job, as ID.json."""
    day = datetime.fromtimestamp(int(job["finishedMs"]) / 1000, timezone.utc).strftime("%Y-%m-%d")
    times = [minutes(job)]
    while earlier := next(iter(job["spec"].values())).get("resume"):
        job = read(work / f"{earlier['jobId']}.json")
        times.insert(0, minutes(job))
    return f"{day}, in {' and '.join(times)} minutes" + (", with a stop between" if len(times) > 1 else "")


def minutes(job):
    return f"{(int(job['finishedMs']) - int(job['startedMs'])) / 60_000:.1f}"


def clustering(work):
    """The published values are arXiv 2407.06124's, over ten seeds."""
    report, likelihood = read(work / "evaluation/evaluation.json"), read(work / "likelihood/evaluation.json")
    found, loss = report["clustering"], report["loss"]
    estimate = likelihood["likelihood"]
    rows = [
        ("accuracy", found["accuracy"], "0.902 ± 0.075"),
        ("NMI", found["normalised_mutual_information"], "0.900 ± 0.046"),
        ("ARI", found["adjusted_rand_index"], ""), ("dendrogram purity", found["dendrogram_purity"], ""),
        ("leaf purity", found["leaf_purity"], ""), ("negative ELBO, nats", report["negative_elbo"], ""),
        ("reconstruction", loss["reconstruction"], ""), ("KL of the root", loss["kl_root"], ""),
        ("KL of the other nodes", loss["kl_nodes"], ""), ("KL of the decisions", loss["kl_decisions"], ""),
        (
            f"log-likelihood, nats, of {likelihood['images']:,}, {estimate['samples']:,} samples each",
            estimate["nats"], "",
        ),
    ]
    return table([f"on {report['images']:,} test digits", "", "published"], rows)


def refinement(work):
    return distances(read(work / "evaluation/evaluation.json")) + "\n\n" + leaves(read(work / "leaves/evaluation.json"))


def refined(report):
    recipe = report["recipe"]
    return f"refined in {recipe['grove.steps']} steps of {recipe['grove.sampler'].upper()} with eta {recipe['grove.eta']}:\n\n"


def distances(report):
    found = report["distances"]
    rows = [
        (kind, pair["tree"], pair["refined"], f"{pair['tree'] / pair['refined']:.1f}")
        for kind, pair in ((kind, found[kind]) for kind in ("generations", "reconstructions"))
    ]
    return (
        f"Fréchet distances on {found['network']}, of {found['images']:,} images to {found['reference_images']:,}; "
        + refined(report) + table(["", "tree alone", "tree and diffusion", "times as near"], rows)
    )


def leaves(report):
    rows = [
        (leaf["leaf"], leaf.get("majority_class", "–"), float(leaf.get("majority_share", 0)), leaf["images"])
        for leaf in report["leaf_classes"]
    ]
    return "What the classifier takes each leaf's generations for, " + refined(report) + table(
        ["leaf", "most often", "share", "images"], rows)


def accuracy(work):
    report = read(work / "classifier/evaluation.json")
    rows = [(f"{found['name']}", found["accuracy"]) for found in report["classes"]]
    return table([f"on {report['images']:,} test digits", "accuracy"], [("all", report["accuracy"])] + rows)


WORTH = {"tree": clustering, "diffusion": refinement, "classifier": accuracy}


def table(head, rows):
    def cell(value):
        return f"{value:.4f}" if isinstance(value, float) else str(value)

    lines = [head, ["---"] * len(head)] + [[cell(value) for value in row] for row in rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main(work, models, machine):
    work, models = Path(work), Path(models)
    listed = []
    for name, kind, what, picture in MODELS:
        if not (work / f"{name}.safetensors").exists():
            continue
        job = read(work / f"{kind}.json")
        file = models / f"{name}.safetensors"
        shutil.copyfile(work / file.name, file)
        shutil.copyfile(work / picture, models / f"{name}.png")
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        entry = {"name": name, "kind": kind, "file": file.name, "sha256": sha256}
        listed.append(entry | ({"tree": "mnist-tree"} if kind == "diffusion" else {}))
        facts = table(
            [f"`{file.name}`", f"{file.stat().st_size:,} bytes"],
            [
                ("SHA-256", f"`{sha256}`"), ("made by", f"`{command(name, job)}`"), ("trained", trained(work, job)),
                ("machine", machine),
            ],
        )
        (models / f"{name}.md").write_text(
            f"# {name}\n\n{what}\n\n{DIGITS}\n\n{facts}\n\n## What it is worth\n\n{WORTH[kind](work)}\n\n"
            f"![{name}]({name}.png)\n")
    (models / "models.json").write_text(json.dumps(listed, indent=2) + "\n")


main(*sys.argv[1:])
