#!/bin/sh
# Makes the shipped models and their cards again, through the broker of GROVE_BROKER (or of this machine).
# Usage: make.sh BIN DIGITS WORK [MACHINE]
#   DIGITS   the folder of MNIST's four files, as its authors name them, gzip or not
#   WORK     a folder for everything that is made on the way; what is there already is not made again
#   MACHINE  words for the cards
set -eu
here=$(cd "$(dirname "$0")" && pwd)
grove="$1/grove"
digits=$2
work=$3
machine=${4:-$(uname -m), $(nproc) cores}
mkdir -p "$work"

# Submits a chain, waits for each of its jobs, and keeps its results and what the broker says of it.
run() { # FILE
    jobs="$work/$(basename "$1").jobs"
    if [ ! -e "$jobs" ]; then
        "$grove" submit "$1" >"$jobs.part"
        mv "$jobs.part" "$jobs"
    fi
    while read -r name id; do
        "$grove" wait "$id"
        "$grove" results "$id" -o "$work/$name"
        "$grove" status "$id" --json >"$work/$name.json"
    done <"$jobs"
}
export_model() { # NAME KIND
    "$grove" model export "$1" --kind "$2" -o "$work/$1.safetensors"
}

"$grove" data import mnist "$digits"/train-* --idempotency-key mnist
"$grove" data import mnist-test "$digits"/t10k-* --idempotency-key mnist-test
"$grove" data import mnist-test-1000 "$digits"/t10k-* --limit 1000 --idempotency-key mnist-test-1000
run "$here/train.toml"
export_model mnist-diffusion-whole diffusion
"$grove" model import mnist-diffusion "$work/mnist-diffusion-whole.safetensors" --tree mnist-tree --compact \
    --idempotency-key mnist-diffusion
run "$here/measure.toml"
export_model mnist-tree tree
export_model mnist-diffusion diffusion
export_model mnist-classifier classifier
python3 "$here/cards.py" "$work" "$here/Models" "$machine"
