#!/usr/bin/env bash
# Records a run, exports it, and compares every value of the tables with what
# other programs read: the recording by the MCAP library for Python, Parquet by
# pyarrow. Installs them from PyPI into a virtual environment outside of the
# checkout, once.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../../../.." && pwd)"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}"
python="$("$root/.ci/python" export \
    'mcap==1.6.0' 'mcap-protobuf-support==0.6.0' 'pyarrow==26.0.1')"

cd "$root"
cargo build --quiet --locked -p randori_cli
randori="$CARGO_TARGET_DIR/debug/randori"
out="$(mktemp -d)"
trap 'rm -rf "$out"' EXIT
"$randori" run scenarios/courier/corridor.ron --record "$out/run.mcap" >/dev/null
for format in csv parquet; do
    for table in wide commands sensors; do
        "$randori" export "$out/run.mcap" "--$format" --table "$table" -o "$out/$table.$format"
    done
done
"$python" "$here/exported.py" "$out"
