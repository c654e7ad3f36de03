#!/bin/sh
# A virtual environment with the runtimes that `make bench PEERS=1` compares with. Usage: peers.sh FOLDER
set -eu
folder=$1
[ -e "$folder/ready" ] && exit 0
echo "Installing PyTorch, ONNX Runtime and OpenVINO into $folder; this takes minutes and some gigabytes." >&2
python3 -m venv "$folder"
"$folder/bin/pip" install --quiet numpy torch onnx onnxscript onnxruntime openvino safetensors
: >"$folder/ready"
