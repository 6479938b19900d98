#!/usr/bin/env bash
# Compares Randori with MuJoCo on four walking policies; see README.md.
#
#   run.sh COMMAND [OPTION]...   installs what is needed into a folder outside
#                                the checkout, then runs `python -m walkers`
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
venv="${XDG_CACHE_HOME:-$HOME/.cache}/randori/venv-peers"

if ! cmp -s "$here/requirements.txt" "$venv/installed.txt"; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --requirement "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/installed.txt"
fi

export PYTHONPATH="$here" PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1
exec "$venv/bin/python" -m walkers "$@"
