"""Times the interpreter and onnxruntime in turns, one thread each.

Prints the median of the rounds; a round is the median of 1,000 runs. The time
of onnxruntime includes its Python call, which is measured with a network that
only copies its input and given in a column of its own.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import onnx
import onnxruntime
from onnx import helper

POLICIES = ("go1_playground/go1_policy", "g1_playground/g1_policy", "go2_rl_sar/policy",
            "g1_isaaclab/policy")
ROUNDS, RUNS = 7, 1000


def session(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model.SerializeToString(), options,
                                        providers=["CPUExecutionProvider"])


def theirs(peer, feed):
    times = []
    for _ in range(RUNS):
        start = time.perf_counter_ns()
        peer.run(None, feed)
        times.append(time.perf_counter_ns() - start)
    return statistics.median(times)


def main():
    program = sys.argv[1]
    here = pathlib.Path(__file__).resolve()
    data = pathlib.Path(os.environ.get("RANDORI_REFERENCE_DATA")
                        or here.parents[3].parent / "shared" / "data")
    print("network | batch | interpreter us | onnxruntime us (call) | ratio | ratio without call")
    print("---|---|---|---|---|---")
    for name in POLICIES:
        path = data / "policies" / f"{name}.onnx"
        if not path.exists():
            print(f"{name}: skipped, {path} is not there")
            continue
        model = onnx.load(path)
        observations = np.load(path.parent / "golden.npz")["obs"].astype(np.float32)
        for batch in (1, 64):
            # The files fix the batch at 1; onnxruntime then refuses 64.
            for value in [*model.graph.input, *model.graph.output]:
                value.type.tensor_type.shape.dim[0].dim_value = batch
            entry = model.graph.input[0].name
            x = np.ascontiguousarray(observations[:batch])
            copy = helper.make_model(
                helper.make_graph([helper.make_node("Identity", [entry], ["y"])], "copy",
                                  [model.graph.input[0]],
                                  [helper.make_tensor_value_info("y", 1, x.shape)]),
                opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
            peer, nothing, rounds = session(model), session(copy), []
            with tempfile.TemporaryDirectory() as folder:
                np.save(f"{folder}/x.npy", x)
                command = [program, "--batches", "--repeat", str(RUNS), str(path), folder,
                           f"{entry}={folder}/x.npy"]
                for _ in range(ROUNDS):
                    done = subprocess.run(command, check=True, capture_output=True, text=True)
                    ours = int(done.stdout.split()[1])
                    rounds.append((ours, theirs(peer, {entry: x}), theirs(nothing, {entry: x})))
            ours, other, call = (statistics.median(column) / 1e3 for column in zip(*rounds))
            print(f"{name} | {batch} | {ours:.1f} | {other:.1f} ({call:.1f}) | "
                  f"{ours / other:.2f} | {ours / (other - call):.2f}")


if __name__ == "__main__":
    main()
