"""Runs every case in onnxruntime and in the interpreter and compares.

Passes when all outputs agree in shape and type, integers and truth values
exactly, and floats within 1e-5 (absolute, or relative beyond 1).
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

import cases

TOLERANCE = 1e-5
POLICIES = {
    "go1_playground/go1_policy.onnx": 1,
    "g1_playground/g1_policy.onnx": 1,
    "go2_rl_sar/policy.onnx": 1,
    "g1_isaaclab/policy.onnx": 1,
}


def session(source):
    """An onnxruntime session on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def interpret(program, path, inputs, folder, outputs, batches=False):
    """Outputs of the interpreter, in the order of the model."""
    arguments = [program, str(path), str(folder)] + (["--batches"] if batches else [])
    for index, (name, value) in enumerate(inputs.items()):
        np.save(folder / f"in{index}.npy", np.asarray(value, order="C"))
        arguments.append(f"{name}={folder / f'in{index}.npy'}")
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120)
    if done.returncode != 0:
        raise AssertionError(done.stderr.strip())
    return [np.load(folder / f"{index}.npy") for index in range(outputs)]


def error_between(ours, theirs):
    """The largest error, absolute or relative to numbers beyond 1."""
    theirs = np.asarray(theirs)
    if ours.shape != theirs.shape:
        raise AssertionError(f"shape {ours.shape}, onnxruntime has {theirs.shape}")
    if ours.dtype != theirs.dtype:
        raise AssertionError(f"type {ours.dtype}, onnxruntime has {theirs.dtype}")
    if theirs.dtype != np.float32:
        if not np.array_equal(ours, theirs):
            raise AssertionError(f"{ours}, onnxruntime has {theirs}")
        return 0.0
    if not np.array_equal(np.isfinite(ours), np.isfinite(theirs)):
        raise AssertionError("not the same numbers are finite")
    finite = np.isfinite(theirs)
    wide, exact = ours[finite].astype(np.float64), theirs[finite].astype(np.float64)
    errors = np.abs(wide - exact) / np.maximum(1.0, np.abs(exact))
    return float(errors.max(initial=0.0))


def check_operators(program, words, folder):
    failures, worst, count, skipped = [], ("", 0.0), 0, []
    for case in cases.every_case():
        if words and not any(word in case.name for word in words):
            continue
        path = folder / "model.onnx"
        onnx.save(case.model, path)
        try:
            peer = session(str(path))
        except Exception as error:  # an operator set that onnxruntime lacks
            skipped.append(f"{case.name}: {str(error).splitlines()[0][:150]}")
            continue
        theirs = [np.asarray(value) for value in peer.run(None, case.inputs)]
        count += 1
        try:
            ours = interpret(program, path, case.inputs, folder, len(theirs))
            error = max(error_between(a, b) for a, b in zip(ours, theirs))
            if error > worst[1]:
                worst = (case.name, error)
            if error > TOLERANCE:
                raise AssertionError(f"{error:.2e} apart")
        except AssertionError as error:
            failures.append(f"{case.name}: {error}")
    print(f"operators: {count} networks, largest error {worst[1]:.1e} ({worst[0]})")
    for line in skipped:
        print(f"  onnxruntime cannot run {line}")
    return failures, count, len(skipped)


def check_external_data(program, folder):
    """Weights in a file beside the model."""
    model = next(c for c in cases.every_case() if c.name == "network/silu")
    path = folder / "external.onnx"
    onnx.save(model.model, path, save_as_external_data=True, size_threshold=0,
              location="external.onnx.data", convert_attribute=False)
    theirs = session(str(path)).run(None, model.inputs)
    ours = interpret(program, path, model.inputs, folder, 1)
    error = error_between(ours[0], theirs[0])
    print(f"external data: error {error:.1e}")
    return [] if error <= TOLERANCE else [f"external data: {error:.2e} apart"]


def check_policies(program, root, folder):
    """Published policies on their own observations and on random ones."""
    failures = []
    for name in POLICIES:
        path = root / "policies" / name
        if not path.exists():
            print(f"policy {name}: SKIPPED, {path} is not there (see RANDORI_REFERENCE_DATA)")
            continue
        peer = session(str(path))
        entry = peer.get_inputs()[0].name
        golden = np.load(path.parent / "golden.npz")
        # Spread as the observations of the robot are: far outside of them either
        # runtime is further than the tolerance from the exact result.
        spread, middle = golden["obs"].std(axis=0), golden["obs"].mean(axis=0)
        noise = np.random.default_rng(3).standard_normal((200, len(middle)))
        noise = (middle + 2 * spread * noise).astype(np.float32)
        for kind, rows in (("golden", golden["obs"].astype(np.float32)), ("random", noise)):
            theirs = np.concatenate([peer.run(None, {entry: row[None]})[0] for row in rows])
            ours = interpret(program, path, {entry: rows}, folder, 1, batches=True)[0]
            alone = interpret(program, path, {entry: rows[7:8]}, folder, 1)[0]
            if alone.tobytes() != ours[7:8].tobytes():
                failures.append(f"{name}: a row alone has other bits than in its batch")
            error = error_between(ours, theirs)
            line = f"policy {name}, {len(rows)} {kind} observations: error {error:.1e}"
            if kind == "golden":
                recorded = float(np.abs(ours - golden["action"]).max())
                line += f" (recorded actions: {recorded:.1e} absolute)"
            print(line)
            if error > TOLERANCE:
                failures.append(line)
    return failures


def main():
    program, words = sys.argv[1], sys.argv[2:]
    here = pathlib.Path(__file__).resolve()
    data = os.environ.get("RANDORI_REFERENCE_DATA") or here.parents[4].parent / "shared" / "data"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        failures, count, skipped = check_operators(program, words, folder)
        if not words:
            failures += check_external_data(program, folder)
            failures += check_policies(program, pathlib.Path(data), folder)
            if count < 400 or skipped > 10:
                failures.append(f"only {count} networks were compared, {skipped} were not")
    for failure in failures:
        print(f"FAILED {failure}")
    if failures:
        sys.exit(1)
    print("onnxruntime and the interpreter agree")


if __name__ == "__main__":
    main()
