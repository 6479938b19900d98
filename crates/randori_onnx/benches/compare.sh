#!/usr/bin/env bash
# Puts the interpreter and onnxruntime (one thread) side by side on the published
# policies. Uses the virtual environment of tests/onnxruntime/run.sh.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../../.." && pwd)"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}"
python="${XDG_CACHE_HOME:-$HOME/.cache}/randori/venv-onnx/bin/python"
"$python" -c 'import onnx, onnxruntime' 2>/dev/null || {
    echo "run crates/randori_onnx/tests/onnxruntime/run.sh first: it installs onnxruntime" >&2
    exit 1
}
cd "$root"
cargo build --release --quiet --locked -p randori_onnx --example run_model
exec "$python" "$here/compare.py" "$CARGO_TARGET_DIR/release/examples/run_model"
