#!/usr/bin/env bash
# The same bits on other processors: the shipped scenarios held against their
# goldens by a program that was built for another target,
# and scenarios with articulated dynamics beside the same program for this one.
#
#   run.sh aarch64   for 64-bit ARM, run by an emulator (the default)
#   run.sh native    for this processor, with all its instructions
set -euo pipefail
cd "$(dirname "$0")/../../../.."

what="${1:-aarch64}"
# Builds do not take turns in one folder.
base="${CARGO_TARGET_DIR:-target}"
# Hashes of runs with articulated dynamics, by the program that is given.
articulated() {
    "$@" run scenarios/courier/flat.ron scenarios/pup/stand.ron --json \
        --set physics.robot_dynamics=Articulated 2>/dev/null |
        grep -o '"final_hash":"[0-9a-f]*"'
}
same() {
    local here other
    here="$(articulated cargo run --locked --quiet -p randori_cli --)"
    other="$(articulated "$@")"
    [ -n "$here" ] && [ "$here" = "$other" ] && echo "articulated dynamics: the same hashes" && return
    printf 'articulated dynamics: here\n%s\nthere\n%s\n' "$here" "$other" >&2
    return 1
}
skip() { echo "skipped: $*"; exit 0; }

case "$what" in
native)
    native="$base/identity-native"
    CARGO_TARGET_DIR="$native" RUSTFLAGS="-C target-cpu=native" cargo build --locked --quiet -p randori_cli
    "$native/debug/randori" test scenarios
    same "$native/debug/randori"
    ;;
aarch64)
    target=aarch64-unknown-linux-gnu
    command -v qemu-aarch64 >/dev/null || skip "no qemu-aarch64 (Debian: qemu-user)"
    command -v aarch64-linux-gnu-gcc >/dev/null || skip "no compiler for $target (Debian: gcc-aarch64-linux-gnu)"
    rustup target add "$target" >/dev/null 2>&1 || skip "rustup has no target $target"
    export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
    export CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc
    cargo build --locked --quiet -p randori_cli --target "$target"
    export QEMU_LD_PREFIX=/usr/aarch64-linux-gnu
    emulated=(qemu-aarch64 "$base/$target/debug/randori")
    "${emulated[@]}" test scenarios/cartpole scenarios/courier scenarios/pup
    same "${emulated[@]}"
    ;;
*)
    echo "usage: run.sh [aarch64|native]" >&2
    exit 2
    ;;
esac
