#!/usr/bin/env bash
# Reads recordings back with the MCAP library for Python: a made-up one, of which
# every value is compared, and runs of this checkout, of which everything must
# have a form and agree with itself. Installs mcap and its protobuf support from PyPI into a virtual
# environment outside of the checkout, once.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../../../.." && pwd)"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}"
venv="${XDG_CACHE_HOME:-$HOME/.cache}/randori/venv-mcap"

if ! "$venv/bin/python" -c 'import mcap, mcap_protobuf' 2>/dev/null; then
    echo "installing mcap and mcap-protobuf-support into $venv"
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
        'mcap==1.6.0' 'mcap-protobuf-support==0.6.0' || {
        echo "cannot install mcap from PyPI: this test needs a network once" >&2
        exit 1
    }
fi

cd "$root"
cargo build --quiet --locked -p randori_record --example sample_recording
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
"$CARGO_TARGET_DIR/debug/examples/sample_recording" "$out/sample.mcap" "$out/sample.json"
"$venv/bin/python" "$here/read_back.py" "$out/sample.mcap" "$out/sample.json"

cargo build --quiet --locked -p randori_cli
for scenario in courier/corridor pup/stand cartpole/balance; do
    "$CARGO_TARGET_DIR/debug/randori" run "scenarios/$scenario.ron" --record "$out/run.mcap" >/dev/null 2>&1
    "$venv/bin/python" "$here/read_all.py" "$out/run.mcap"
done
