#!/bin/sh
# Opens sample reports in a headless Chromium and scrubs. The argument is a
# folder for screenshots. Without Chromium the test is skipped, unless
# REQUIRE_CHROMIUM=1.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -z "$chromium" ]; then
    echo "SKIPPED: no Chromium on this machine, so the report was not opened in a browser" >&2
    [ "${REQUIRE_CHROMIUM:-0}" != 1 ]
    exit
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
screenshots=${1:-$work}
mkdir -p "$screenshots"
web=$here/../../web
[ -d "$web/node_modules/puppeteer-core" ] || (cd "$web" && npm ci --no-audit --no-fund --loglevel=error)
sample() {
    (cd "$here/../.." && cargo run --quiet -p randori_report --example sample_report -- "$@")
}
sample "$work/one.html"
sample "$work/two.html" two
node "$here/scrub.mjs" "$chromium" "$screenshots" "$work/one.html" "$work/two.html"
