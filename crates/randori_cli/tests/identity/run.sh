#!/usr/bin/env bash
# The same bits on other processors: the shipped scenarios held against their
# goldens by a program that was built for another target.
#
#   run.sh aarch64   for 64-bit ARM, run by an emulator (the default)
#   run.sh native    for this processor, with all its instructions
set -euo pipefail
cd "$(dirname "$0")/../../../.."

what="${1:-aarch64}"
# Builds do not take turns in one folder.
base="${CARGO_TARGET_DIR:-target}"
missing() { echo "cannot be tested: $*" >&2; exit 1; }

case "$what" in
native)
    native="$base/identity-native"
    CARGO_TARGET_DIR="$native" RUSTFLAGS="-C target-cpu=native" cargo build --locked --quiet -p randori_cli
    "$native/debug/randori" test scenarios
    ;;
aarch64)
    target=aarch64-unknown-linux-gnu
    command -v qemu-aarch64 >/dev/null || missing "no qemu-aarch64 (Debian: qemu-user)"
    command -v aarch64-linux-gnu-gcc >/dev/null || missing "no compiler for $target (Debian: gcc-aarch64-linux-gnu)"
    rustup target add "$target" >/dev/null 2>&1 || missing "rustup has no target $target"
    export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc
    export CC_aarch64_unknown_linux_gnu=aarch64-linux-gnu-gcc
    cargo build --locked --quiet -p randori_cli --target "$target"
    export QEMU_LD_PREFIX=/usr/aarch64-linux-gnu
    emulated=(qemu-aarch64 "$base/$target/debug/randori")
    "${emulated[@]}" test scenarios/cartpole scenarios/courier scenarios/pup
    ;;
*)
    echo "usage: run.sh [aarch64|native]" >&2
    exit 2
    ;;
esac
