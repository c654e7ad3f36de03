#!/bin/sh
# The whole of Grove in one go, as a person would use it: a broker and a worker, the sample of digits, a tree, a
# diffusion model, and images leaf by leaf. Usage: demo.sh BIN OUT
set -eu

bin=$1
out=$2
here=$(cd "$(dirname "$0")" && pwd)
grove="$bin/grove"
data=$(mktemp -d "${TMPDIR:-/tmp}/grove-demo.XXXXXX")
began=$(date +%s)
up=""

stop() {
    status=$?
    trap - EXIT INT TERM
    if [ -n "$up" ]; then
        kill -TERM "$up" 2>/dev/null || true
        wait "$up" 2>/dev/null || true
    fi
    if [ "$status" -eq 0 ]; then
        rm -rf "$data"
    else
        echo "The demo stopped early; logs and data are kept in $data" >&2
    fi
    exit "$status"
}
trap stop EXIT
trap 'exit 130' INT TERM

step() { printf '\n== %s (after %d s)\n' "$1" "$(($(date +%s) - began))"; }
# Progress and sentences go to standard error; the paths on standard output would be hundreds of lines.
run() { "$grove" "$@" >/dev/null; }
keep() { cp "$1" "$out/$2" && echo "   $out/$2"; }

step "Start a broker and a worker"
: >"$data/up.log"
"$grove" up --data "$data/grove" --bind 'tcp://127.0.0.1:*' >"$data/up.log" 2>&1 &
up=$!
tries=0
until GROVE_BROKER=$(sed -n 's/^.*ready \(tcp:[^ ]*\).*$/\1/p' "$data/up.log" | head -n 1) && [ -n "$GROVE_BROKER" ]; do
    tries=$((tries + 1))
    if ! kill -0 "$up" 2>/dev/null || [ "$tries" -gt 300 ]; then
        cat "$data/up.log" >&2
        exit 1
    fi
    sleep 0.2
done
export GROVE_BROKER
echo "   $GROVE_BROKER"

rm -rf "$out"
mkdir -p "$out"

step "New digits from the models that come with Grove"
run sample --tree mnist-tree --diffusion mnist-diffusion -n 120 --steps 50 --eta 1 --seed 42 -o "$data/shipped"
keep "$data/shipped/sheet-tree.png" 0-shipped-tree.png
keep "$data/shipped/sheet-refined.png" 0-shipped-refined.png

step "Import 10,000 handwritten digits"
run data import digits "$here/sample-data"

step "Train a tree: each leaf becomes a cluster of digits"
run train tree digits-tree --data digits --preset tiny --seed 42 -o "$data/tree"
run evaluate --tree digits-tree --data digits -o "$data/evaluation"
keep "$data/evaluation/evaluation.json" 1-tree-metrics.json

step "Reconstructions and new digits from the tree alone"
run reconstruct --tree digits-tree --data digits -n 40 --seed 42 -o "$data/reconstruct"
keep "$data/reconstruct/sheet.png" 2-reconstructions-tree.png
run sample --tree digits-tree -n 120 --seed 42 -o "$data/sample"
keep "$data/sample/sheet-tree.png" 3-generated-tree.png

step "Train a diffusion model that sharpens what the leaves draw"
run train diffusion digits-diffusion --data digits --tree digits-tree --preset tiny --set steps=3000 \
    --set warmup_steps=150 --seed 42 -o "$data/diffusion"

# A model as young as this one mends its own early strokes on the way when sampling adds noise again (eta 1).
step "Reconstructions and new digits, refined"
run reconstruct --tree digits-tree --diffusion digits-diffusion --data digits -n 40 --steps 100 --eta 1 --seed 42 \
    -o "$data/refined"
keep "$data/refined/sheet.png" 4-reconstructions-refined.png
run sample --tree digits-tree --diffusion digits-diffusion -n 120 --steps 100 --eta 1 --seed 42 \
    -o "$data/generated"
keep "$data/generated/sheet-refined.png" 5-generated-refined.png

step "Done"
"$grove" models
echo
echo "The contact sheets are in $out/: one row a leaf, from the models that come with Grove (0) and from those that"
echo "were trained just now: the tree before diffusion (3) and after it (5)."
