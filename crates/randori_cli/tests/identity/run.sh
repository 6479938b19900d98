#!/usr/bin/env bash
# The same bits on other processors: the shipped scenarios held against their
# goldens by a program that was built for another target.
#
#   run.sh aarch64   for 64-bit ARM, run by an emulator (the default)
#   run.sh wasm32    for WebAssembly, run by Node.js
#   run.sh native    for this processor, with all its instructions
#
# The command line needs threads and processes, which WebAssembly has not, so there a
# smaller program runs the scenarios with their built-in policies: the example
# `state_digests` of randori_sim. It also runs `worlds` (beside this file), which have no
# goldens, and small networks; what it prints must be what it prints on this processor.
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
wasm32)
    target=wasm32-wasip1
    command -v node >/dev/null || missing "no node (Debian: nodejs)"
    rustup target add "$target" >/dev/null 2>&1 || missing "rustup has no target $target"
    example=(--package randori_sim --example state_digests)
    cargo build --locked --quiet "${example[@]}"
    # Optimised as little as pays off for these runs; packages that are not named are
    # as elsewhere, so macros and build scripts are not built twice.
    profile=(--config profile.dev.debug=false)
    for package in randori_core randori_policy randori_stl annotate-snippets ron; do
        profile+=(--config "profile.dev.package.$package.opt-level=0")
    done
    for package in nalgebra parry3d randori_onnx rapier3d simba wide; do
        profile+=(--config "profile.dev.package.$package.opt-level=1")
    done
    cargo build --locked --quiet "${example[@]}" --target "$target" "${profile[@]}"
    files=(scenarios/cartpole/*.ron scenarios/courier/*.ron scenarios/pup/*.ron
        crates/randori_cli/tests/identity/worlds/*.ron crates/randori_fuzz/corpus/run_network/*.onnx)
    # Goldens are read with their scenarios; the other files are rooms and robots.
    for index in "${!files[@]}"; do
        case "${files[index]}" in *.golden.ron | *.room.ron | *.robot.ron) unset "files[index]" ;; esac
    done
    found="$base/identity-wasm32"
    mkdir -p "$found"
    "$base/debug/examples/state_digests" . "${files[@]}" >"$found/native.txt"
    # Node.js says that its WASI is experimental; before version 20 it asks for a flag.
    flags=()
    [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || flags=(--experimental-wasi-unstable-preview1)
    NODE_NO_WARNINGS=1 node "${flags[@]}" crates/randori_cli/tests/identity/wasi.mjs \
        "$base/$target/debug/examples/state_digests.wasm" . . "${files[@]}" >"$found/wasm32.txt"
    diff "$found/native.txt" "$found/wasm32.txt"
    grep -v '^  tick' "$found/wasm32.txt"
    ;;
*)
    echo "usage: run.sh [aarch64|wasm32|native]" >&2
    exit 2
    ;;
esac
