#!/bin/sh
# How long sampling takes beside a training on the same worker, by --training-share: one JSON line a share.
# Usage: sh Tests/GivingWay/measure.sh .build/release     (two minutes; nothing else should run)
set -eu
bin=$(cd "$1" && pwd)
digits=$(cd "$(dirname "$0")/../../Deploy/sample-data" && pwd)
scratch=$(mktemp -d)
cd "$scratch"
broker='' worker=''
trap 'kill $worker $broker 2>/dev/null || true; rm -rf "$scratch"' EXIT INT TERM

"$bin/grove-broker" --data broker --bind 'tcp://127.0.0.1:*' >broker.log 2>&1 &
broker=$!
until GROVE_BROKER=$(sed -n 's/^.*ready \(tcp:[^ ]*\).*$/\1/p' broker.log | head -n 1) && [ -n "$GROVE_BROKER" ]; do sleep 0.1; done
export GROVE_BROKER

start() { "$bin/grove-worker" --broker "$GROVE_BROKER" --state worker --training-share "$1" >worker.log 2>&1 & worker=$!; }
stop() { kill "$worker"; wait "$worker" || true; }
quietly() { "$@" >command.log 2>&1 || { cat command.log >&2; exit 1; }; }
now() { date +%s%3N; }
step() { "$bin/grove" status "$job" --json | sed -n 's/.*"step":"\([0-9]*\)".*/\1/p'; }

# Milliseconds of three sampling jobs, the middle one.
sampled() {
    for seed in 1 2 3; do
        began=$(now)
        quietly "$bin/grove" sample --tree oak --diffusion sharp -n 64 --steps 50 --seed "$seed" -o "out-$(now)"
        echo $(($(now) - began))
    done | sort -n | sed -n 2p
}

start 1
quietly "$bin/grove" data import digits "$digits"
quietly "$bin/grove" train tree oak --data digits --preset tiny --set epochs_initial=1 --set epochs_split=1 \
    --set epochs_intermediate=0 --set epochs_final=1 --set leaves=3 -o oak
quietly "$bin/grove" train diffusion sharp --data digits --tree oak --preset tiny --set steps=20 -o sharp
echo "{\"case\":\"giving-way\",\"training_share\":null,\"sampling_ms\":$(sampled)}"
stop
for share in 1 0.5 0.2 0.05; do
    start "$share"
    job=$("$bin/grove" train diffusion "beside" --data digits --tree oak --preset tiny --set steps=100000 --detach)
    until [ "$(step)" -gt 10 ] 2>/dev/null; do sleep 0.2; done
    first=$(step) began=$(now)
    sampling=$(sampled)
    steps=$((($(step) - first) * 1000)) took=$(($(now) - began))
    echo "{\"case\":\"giving-way\",\"training_share\":$share,\"sampling_ms\":$sampling,\"training_steps_per_second\":$(
        awk "BEGIN { printf \"%.1f\", $steps / $took }")}"
    quietly "$bin/grove" cancel "$job"
    stop
done
