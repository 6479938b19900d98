#!/usr/bin/env bash
# Compares Randori with MuJoCo on four walking policies and on scenes without
# one; see README.md.
#
#   run.sh COMMAND [OPTION]...   installs what is needed into folders outside
#                                the checkout, then runs `python -m walkers`
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
venv="${XDG_CACHE_HOME:-$HOME/.cache}/randori/venv-peers"

install_into() { # FOLDER REQUIREMENTS
    if ! cmp -s "$2" "$1/installed.txt"; then
        python3 -m venv "$1"
        "$1/bin/pip" install --quiet --requirement "$2"
        cp "$2" "$1/installed.txt"
    fi
}
install_into "$venv" "$here/requirements.txt"
# The scenes of more than 60 degrees of freedom need it: the sparse solver of MuJoCo 4.0.0 has a fault.
case " $* " in *" scenes "* | *" speed "*) install_into "$venv-3.17.0" "$here/requirements-3.17.0.txt" ;; esac

export PYTHONPATH="$here" PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1
exec "$venv/bin/python" -m walkers "$@"
