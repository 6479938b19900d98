#!/usr/bin/env bash
# Opens reports in a headless Chromium, scrubs, and looks for errors of the
# page, requests to the network and elements that came from a recording. The
# reports are made-up runs with texts that would harm a careless page, and runs
# of this checkout that `randori` has recorded.
#
# Usage: run.sh [SCREENSHOTS]   keeps what was seen in this folder
#
# Without Chromium or node the test is skipped, unless REQUIRE_CHROMIUM=1.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../../../.." && pwd)"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$root/target}"

chromium="$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)"
for need in "Chromium:$chromium" "node:$(command -v node || true)" "npm:$(command -v npm || true)"; do
    if [ -z "${need#*:}" ]; then
        echo "SKIPPED: there is no ${need%%:*} on this machine, so no report was opened in a browser" >&2
        [ "${REQUIRE_CHROMIUM:-0}" != 1 ]
        exit
    fi
done

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
screenshots="${1:-$work}"
mkdir -p "$screenshots"
web="$here/../../web"
[ -d "$web/node_modules/puppeteer-core" ] || (cd "$web" && npm ci --no-audit --no-fund --loglevel=error)

cd "$root"
cargo build --quiet --locked -p randori_report --example sample_report
cargo build --quiet --locked -p randori_cli
sample() { "$CARGO_TARGET_DIR/debug/examples/sample_report" "$@"; }
randori() { "$CARGO_TARGET_DIR/debug/randori" "$@"; }
sample "$work/one.html"
sample "$work/two.html" two
randori run scenarios/pup/stand.ron --record "$work/stand.mcap" >/dev/null
randori run scenarios/pup/stand.ron --seed 1 --record "$work/other.mcap" >/dev/null
head -c 1000000 "$work/stand.mcap" >"$work/cut.mcap"
randori report "$work/stand.mcap"
randori report "$work/cut.mcap"
randori report "$work/stand.mcap" "$work/other.mcap" -o "$work/stands.html"
node "$here/scrub.mjs" "$chromium" "$screenshots" "$work"
