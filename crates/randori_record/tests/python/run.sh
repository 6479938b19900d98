#!/usr/bin/env bash
# Reads recordings back with the MCAP library for Python: a made-up one, of which
# every value is compared, and runs of this checkout, of which everything must
# have a form and agree with itself. Installs what it needs from PyPI into a
# virtual environment outside of the checkout, once.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../../../.." && pwd)"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}"
python="$("$root/.ci/python" mcap 'mcap==1.6.0' 'mcap-protobuf-support==0.6.0')"

cd "$root"
cargo build --quiet --locked -p randori_record --example sample_recording
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
"$CARGO_TARGET_DIR/debug/examples/sample_recording" "$out/sample.mcap" "$out/sample.json"
"$python" "$here/read_back.py" "$out/sample.mcap" "$out/sample.json"

cargo build --quiet --locked -p randori_cli
for scenario in courier/corridor pup/stand cartpole/balance; do
    "$CARGO_TARGET_DIR/debug/randori" run "scenarios/$scenario.ron" --record "$out/run.mcap" >/dev/null 2>&1
    "$python" "$here/read_all.py" "$out/run.mcap"
done
