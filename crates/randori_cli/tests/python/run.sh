#!/usr/bin/env bash
# Records a run, exports it, and compares every value of the tables with what
# other programs read: the recording by the MCAP library for Python, Parquet by
# pyarrow. Installs them from PyPI into a virtual environment outside of the
# checkout, once.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../../../.." && pwd)"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}"
venv="${XDG_CACHE_HOME:-$HOME/.cache}/randori/venv-export"

if ! "$venv/bin/python" -c 'import mcap, mcap_protobuf, pyarrow' 2>/dev/null; then
    echo "installing mcap, mcap-protobuf-support and pyarrow into $venv"
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
        'mcap==1.6.0' 'mcap-protobuf-support==0.6.0' 'pyarrow==26.0.1' || {
        echo "cannot install pyarrow and mcap from PyPI: this test needs a network once" >&2
        exit 1
    }
fi

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
"$venv/bin/python" "$here/exported.py" "$out"
