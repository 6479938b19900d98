#!/bin/sh
# Rebuilds the bundle from the pinned packages and fails if the committed one
# differs.
set -eu
cd "$(dirname "$0")"
if ! command -v npm >/dev/null; then
    echo "SKIPPED: there is no npm on this machine, so the bundle was not built again" >&2
    [ "${REQUIRE_CHROMIUM:-0}" != 1 ]
    exit
fi
npm ci --no-audit --no-fund --loglevel=error
before=$(cat dist/report.js dist/report.css | sha256sum)
node build.mjs
after=$(cat dist/report.js dist/report.css | sha256sum)
if [ "$before" != "$after" ]; then
    echo "crates/randori_report/web/dist was not built from web/src: commit what node build.mjs wrote" >&2
    exit 1
fi
echo "the bundle is the one that web/src gives"
