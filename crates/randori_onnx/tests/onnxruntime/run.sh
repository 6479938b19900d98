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
venv="${XDG_CACHE_HOME:-$HOME/.cache}/randori/venv-onnx"

if ! "$venv/bin/python" -c 'import numpy, onnx, onnxruntime' 2>/dev/null; then
    echo "installing onnx and onnxruntime into $venv"
    rm -rf "$venv"
    # Debian ships Python without ensurepip: fall back to the virtualenv package.
    python3 -m venv "$venv" 2>/dev/null || {
        rm -rf "$venv"
        python3 -m virtualenv --quiet "$venv" || {
            apt-get update && apt-get install -y --no-install-recommends python3-venv
            python3 -m venv "$venv"
        }
    }
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        'numpy>=2' 'onnx==1.23.2' 'onnxruntime==1.32.0' || {
        echo "cannot install onnx and onnxruntime from PyPI: this test needs a network once" >&2
        exit 1
    }
fi

cd "$root"
cargo build --quiet --locked -p randori_onnx --example run_model
exec "$venv/bin/python" "$here/conformance.py" \
    "$CARGO_TARGET_DIR/debug/examples/run_model" "$@"
