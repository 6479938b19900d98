#!/usr/bin/env bash
# Compares the interpreter with onnxruntime on small random networks for every
# operator and, where they are at hand, on published robot policies. Installs
# onnx and onnxruntime from PyPI into a virtual environment outside of the
# checkout, once.
#
# Usage: run.sh [NAME ...]   only cases whose name contains one of the words
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../../../.." && pwd)"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}"
python="$("$root/.ci/python" onnx 'numpy>=2' 'onnx==1.23.2' 'onnxruntime==1.32.0')"

cd "$root"
cargo build --quiet --locked -p randori_onnx --example run_model
exec "$python" "$here/conformance.py" \
    "$CARGO_TARGET_DIR/debug/examples/run_model" "$@"
