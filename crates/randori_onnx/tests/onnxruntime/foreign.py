"""Policies in the shapes that exporters give them: networks of our own, written as PyTorch, TensorFlow, JAX and the
libraries for reinforcement learning write theirs."""

import numpy as np
from onnx import TensorProto, helper

n = helper.make_node


def every(c):
    for family in (
        pytorch,
        stable_baselines,
        rsl_rl,
        skrl,
        tensorflow,
        jax,
        attention,
        operators,
    ):
        family(c)


def dense(c, name, inputs, outputs, transposed=True):
    shape = (outputs, inputs) if transposed else (inputs, outputs)
    return {f"{name}.weight": c.normal(*shape, scale=inputs**-0.5), f"{name}.bias": c.normal(outputs, scale=0.1)}


def gemm(name, source, result):
    return n("Gemm", [source, f"{name}.weight", f"{name}.bias"], [result], alpha=1.0, beta=1.0, transB=1)


def pytorch(c):
    """The TorchScript exporter: `Gemm` with `transB`, weights by their module, constants as nodes."""
    weights = dense(c, "actor.0", 48, 64) | dense(c, "actor.2", 64, 64) | dense(c, "actor.4", 64, 12)
    for opset in (9, 11, 13, 17, 21):
        nodes = [
            gemm("actor.0", "obs", "/actor/0/Gemm"),
            n("Elu", ["/actor/0/Gemm"], ["/actor/1/Elu"], alpha=1.0),
            gemm("actor.2", "/actor/1/Elu", "/actor/2/Gemm"),
            n("Elu", ["/actor/2/Gemm"], ["/actor/3/Elu"], alpha=1.0),
            gemm("actor.4", "/actor/3/Elu", "/actor/4/Gemm"),
            n("Identity", ["/actor/4/Gemm"], ["actions"]),
        ]
        c.graph(f"foreign/pytorch/elu/{opset}", nodes, {"obs": c.normal(1, 48)}, ["actions"], weights, opset)
    norm = {"norm.weight": c.normal(64), "norm.bias": c.normal(64), "low": np.float32(-5), "high": np.float32(2)}
    nodes = [
        gemm("actor.0", "obs", "h"),
        n("LayerNormalization", ["h", "norm.weight", "norm.bias"], ["m"], axis=-1, epsilon=1e-5),
        n("Softplus", ["m"], ["s"]),
        gemm("actor.4", "s", "z"),
        n("Clip", ["z", "low", "high"], ["log_std"]),
        n("Exp", ["log_std"], ["std"]),
        n("Tanh", ["z"], ["mean"]),
        n("Clip", ["z", "", "high"], ["capped"]),
    ]
    constants = weights | norm
    c.graph("foreign/pytorch/distribution", nodes, {"obs": c.normal(3, 48)}, ["mean", "std", "capped"], constants)
    # `x - x.mean()` and the decomposed layer norm of operator sets before 17.
    nodes = [
        n("ReduceMean", ["obs"], ["mean"], axes=[-1]),
        n("Sub", ["obs", "mean"], ["centred"]),
        n("Constant", [], ["two"], value=helper.make_tensor("", TensorProto.FLOAT, [], [2.0])),
        n("Pow", ["centred", "two"], ["squares"]),
        n("ReduceMean", ["squares"], ["variance"], axes=[-1]),
        n("Constant", [], ["eps"], value=helper.make_tensor("", TensorProto.FLOAT, [], [1e-5])),
        n("Add", ["variance", "eps"], ["sum"]),
        n("Sqrt", ["sum"], ["root"]),
        n("Div", ["centred", "root"], ["normal"]),
        gemm("actor.0", "normal", "h"),
        n("Mul", ["h", "gate"], ["gated"]),
        n("Sigmoid", ["gated"], ["y"]),
    ]
    constants = dense(c, "actor.0", 48, 64) | {"gate": c.normal(64)}
    c.graph("foreign/pytorch/layer_norm_14", nodes, {"obs": c.normal(2, 48)}, ["y"], constants, opset=14)
    # An assignment to a slice: `out[:, 3:6] = x`.
    places = np.stack(np.meshgrid(np.arange(2), np.arange(3, 6), indexing="ij"), axis=-1).astype(np.int64)
    nodes = [n("ScatterND", ["obs", "places", "values"], ["y"])]
    c.graph("foreign/pytorch/assignment", nodes, {"obs": c.normal(2, 9)}, ["y"],
            {"places": places, "values": c.normal(2, 3)}, opset=16)
    # `torch.nan_to_num`.
    x = c.normal(2, 5)
    x[0, 1], x[1, 2], x[1, 3] = np.nan, np.inf, -np.inf
    nodes = [
        n("IsNaN", ["obs"], ["nan"]),
        n("Where", ["nan", "zero", "obs"], ["a"]),
        n("IsInf", ["a"], ["inf"], detect_negative=0),
        n("Where", ["inf", "large", "a"], ["b"]),
        n("IsInf", ["b"], ["-inf"], detect_positive=0),
        n("Where", ["-inf", "small", "b"], ["y"]),
    ]
    numbers = {"zero": np.float32(0), "large": np.float32(9), "small": np.float32(-9)}
    c.graph("foreign/pytorch/nan_to_num", nodes, {"obs": x}, ["y"], numbers)
    # Half-precision weights that are cast where they are used.
    half = {key: value.astype(np.float16) for key, value in dense(c, "half", 12, 8).items()}
    nodes = [
        n("Cast", ["half.weight"], ["w"], to=1),
        n("Cast", ["half.bias"], ["b"], to=1),
        n("Gemm", ["obs", "w", "b"], ["h"], transB=1),
        n("Relu", ["h"], ["y"]),
    ]
    c.graph("foreign/pytorch/half", nodes, {"obs": c.normal(2, 12)}, ["y"], half)


def stable_baselines(c):
    """A squashed Gaussian over flattened observations; and a choice among actions."""
    constants = dense(c, "mlp.0", 10, 32) | dense(c, "mu", 32, 3)
    constants |= {"low": c.normal(3) - 2, "span": np.abs(c.normal(3)), "half": np.float32(0.5), "one": np.float32(1)}
    nodes = [
        n("Flatten", ["position"], ["p"], axis=1),
        n("Flatten", ["velocity"], ["v"], axis=1),
        n("Concat", ["p", "v"], ["features"], axis=-1),
        gemm("mlp.0", "features", "h"),
        n("Relu", ["h"], ["a"]),
        gemm("mu", "a", "mean"),
        n("Tanh", ["mean"], ["squashed"]),
        n("Add", ["squashed", "one"], ["shifted"]),
        n("Mul", ["shifted", "half"], ["scaled"]),
        n("Mul", ["scaled", "span"], ["ranged"]),
        n("Add", ["ranged", "low"], ["action"]),
    ]
    inputs = {"position": c.normal(2, 2, 2), "velocity": c.normal(2, 2, 3)}
    c.graph("foreign/stable_baselines3/sac", nodes, inputs, ["action"], constants)
    constants = dense(c, "q.0", 6, 16) | dense(c, "q.2", 16, 4)
    nodes = [
        n("Cast", ["obs"], ["floats"], to=1),
        gemm("q.0", "floats", "h"),
        n("Relu", ["h"], ["a"]),
        gemm("q.2", "a", "q"),
        n("ArgMax", ["q"], ["action"], axis=1, keepdims=0),
        n("Softmax", ["q"], ["probabilities"], axis=1),
    ]
    counts = c.random.integers(0, 5, (3, 6))
    c.graph("foreign/stable_baselines3/dqn", nodes, {"obs": counts}, [("action", 7), "probabilities"], constants)


def rsl_rl(c):
    """Empirical normalisation inside, and states of a recurrent memory as inputs and outputs."""
    hidden, size = 16, 24
    scale = {"normalizer._mean": c.normal(1, size), "normalizer._std": np.abs(c.normal(1, size)), "eps": np.float32(1e-2)}
    normalise = [
        n("Sub", ["obs", "normalizer._mean"], ["centred"]),
        n("Add", ["normalizer._std", "eps"], ["deviation"]),
        n("Div", ["centred", "deviation"], ["normal"]),
        n("Unsqueeze", ["normal", "first"], ["sequence"]),
    ]
    actor = dense(c, "actor.0", hidden, 12) | {"first": np.array([0], np.int64)}
    finish = [n("Squeeze", ["steps", "both"], ["memory"]), gemm("actor.0", "memory", "actions")]
    both = {"both": np.array([0, 1], np.int64)}
    for kind, gates in (("LSTM", 4), ("GRU", 3)):
        weights = {
            "W": c.normal(1, gates * hidden, size, scale=0.2),
            "R": c.normal(1, gates * hidden, hidden, scale=0.2),
            "B": c.normal(1, 2 * gates * hidden, scale=0.1),
        }
        inputs = {"obs": c.normal(1, size), "h_in": c.normal(1, 1, hidden)}
        states, results, more = ["h_in"], ["h_out"], {}
        if kind == "LSTM":
            inputs["c_in"] = c.normal(1, 1, hidden)
            states, results = ["h_in", "c_in"], ["h_out", "c_out"]
        else:
            more = {"linear_before_reset": 1}
        layer = n(kind, ["sequence", "W", "R", "B", ""] + states, ["steps"] + results, hidden_size=hidden, **more)
        constants = scale | actor | both | weights
        nodes = normalise + [layer] + finish
        c.graph(f"foreign/rsl_rl/{kind}", nodes, inputs, ["actions"] + results, constants)


def skrl(c):
    """A running scaler in double precision, clipped; the mean and the value of one trunk."""
    constants = dense(c, "net.0", 20, 32) | dense(c, "policy", 32, 7) | dense(c, "value", 32, 1)
    constants |= {"mean": c.normal(20).astype(np.float64), "variance": np.abs(c.normal(20)).astype(np.float64)}
    constants |= {"low": np.float32(-5), "high": np.float32(5), "eps": np.float32(1e-8)}
    nodes = [
        n("Cast", ["mean"], ["mean32"], to=1),
        n("Cast", ["variance"], ["variance32"], to=1),
        n("Sqrt", ["variance32"], ["root"]),
        n("Add", ["root", "eps"], ["deviation"]),
        n("Sub", ["states", "mean32"], ["centred"]),
        n("Div", ["centred", "deviation"], ["scaled"]),
        n("Clip", ["scaled", "low", "high"], ["clipped"]),
        gemm("net.0", "clipped", "h"),
        n("Elu", ["h"], ["trunk"]),
        gemm("policy", "trunk", "mean_actions"),
        gemm("value", "trunk", "values"),
    ]
    c.graph("foreign/skrl", nodes, {"states": c.normal(4, 20)}, ["mean_actions", "values"], constants)


def tensorflow(c):
    """tf2onnx: `MatMul` and `Add`, names with slashes and colons, images with the channels last."""
    path = "StatefulPartitionedCall/actor/dense"
    constants = {f"{path}/kernel:0": c.normal(9, 16, scale=0.3), f"{path}/bias:0": c.normal(16)}
    nodes = [
        n("MatMul", ["args_0", f"{path}/kernel:0"], [f"{path}/MatMul:0"]),
        n("Add", [f"{path}/MatMul:0", f"{path}/bias:0"], [f"{path}/BiasAdd:0"]),
        n("LeakyRelu", [f"{path}/BiasAdd:0"], [f"{path}/Relu:0"], alpha=0.2),
        n("Split", [f"{path}/Relu:0"], ["loc", "scale"], axis=-1),
        n("Identity", ["loc"], ["Identity:0"]),
    ]
    c.graph("foreign/tensorflow/dense", nodes, {"args_0": c.normal(2, 9)}, ["Identity:0"], constants, opset=12)
    constants = {
        "kernel": c.normal(4, 3, 3, 3, scale=0.3),
        "bias": c.normal(4),
        "minus": np.array([-1], np.int64),
        "zero": np.array([0], np.int64),
        "one": np.array([1], np.int64),
        "pads": np.array([0, 0, 1, 1, 0, 0, 1, 1], np.int64),
        "scale": np.float32(1 / 255),
    }
    nodes = [
        n("Cast", ["image"], ["floats"], to=1),
        n("Mul", ["floats", "scale"], ["unit"]),
        n("Transpose", ["unit"], ["nchw"], perm=[0, 3, 1, 2]),
        n("Pad", ["nchw", "pads"], ["padded"], mode="constant"),
        n("Conv", ["padded", "kernel", "bias"], ["conv"], strides=[2, 2]),
        n("Relu", ["conv"], ["relu"]),
        n("Transpose", ["relu"], ["nhwc"], perm=[0, 2, 3, 1]),
        n("Shape", ["nhwc"], ["shape"]),
        n("Slice", ["shape", "zero", "one"], ["batch"]),
        n("Concat", ["batch", "minus"], ["flat"], axis=0),
        n("Reshape", ["nhwc", "flat"], ["y"]),
    ]
    image = c.random.integers(0, 255, (1, 8, 8, 3)).astype(np.uint8)
    c.graph("foreign/tensorflow/image", nodes, {"image": image}, ["y"], constants, opset=13)


def jax(c):
    """jax2onnx and jax2tf: `Einsum`, swish as products, the mean as a sum."""
    constants = {"w": c.normal(8, 16, scale=0.3), "b": c.normal(16), "count": np.float32(16)}
    nodes = [
        n("Einsum", ["x", "w"], ["h"], equation="bi,ij->bj"),
        n("Add", ["h", "b"], ["z"]),
        n("Sigmoid", ["z"], ["s"]),
        n("Mul", ["z", "s"], ["a"]),
        n("ReduceSum", ["a", "last"], ["sum"], keepdims=1),
        n("Div", ["sum", "count"], ["mean"]),
        n("Sub", ["a", "mean"], ["y"]),
    ]
    constants["last"] = np.array([1], np.int64)
    c.graph("foreign/jax/swish", nodes, {"x": c.normal(3, 8)}, ["y"], constants)
    c.add("RMSNormalization", {"x": c.normal(2, 8)}, {"scale": c.normal(8)}, opset=23, note="jax")


def attention(c):
    """One head over a history, with a causal mask."""
    constants = {name: c.normal(8, 8, scale=0.3) for name in ("wq", "wk", "wv")}
    constants |= {"scale": np.float32(8**-0.5), "ones": np.ones((5, 5), np.float32), "low": np.float32(-1e9)}
    constants |= {"zero": np.float32(0), "last": np.array([-1], np.int64), "axis": np.array([1], np.int64)}
    nodes = [n("MatMul", ["x", f"w{name}"], [name]) for name in "qkv"]
    nodes += [
        n("Einsum", ["q", "k"], ["scores"], equation="bqd,bkd->bqk"),
        n("Mul", ["scores", "scale"], ["scaled"]),
        n("Trilu", ["ones"], ["mask"], upper=0),
        n("Equal", ["mask", "zero"], ["hidden"]),
        n("Where", ["hidden", "low", "scaled"], ["masked"]),
        n("Softmax", ["masked"], ["weights"], axis=-1),
        n("MatMul", ["weights", "v"], ["mixed"]),
        n("Slice", ["mixed", "last", "end", "axis"], ["y"]),
    ]
    constants["end"] = np.array([np.iinfo(np.int64).max], np.int64)
    c.graph("foreign/attention", nodes, {"x": c.normal(2, 5, 8)}, ["y"], constants)


def operators(c):
    """Operators that such networks need besides the usual ones."""
    x = c.normal(3, 4, 5)

    def ints(*values):
        return np.array(values, np.int64)

    picks = c.random.integers(-4, 4, (2, 4, 3))
    c.add("GatherElements", {"x": x}, {"i": picks}, axis=1)
    c.add("ScatterElements", {"x": x}, {"i": picks, "u": c.normal(2, 4, 3)}, axis=1, opset=16)
    c.add("GatherND", {"x": x}, {"i": ints([0, 1], [2, -1])}, opset=13)
    c.add("GatherND", {"x": x}, {"i": ints([[0, 1, 2]], [[2, -1, -5]])}, opset=13, note="elements")
    c.add("ScatterND", {"x": x}, {"i": ints([1], [0]), "u": c.normal(2, 4, 5)}, opset=16)
    for upper in (0, 1):
        for k in (-1, 0, 2):
            c.add("Trilu", {"x": x}, {"k": np.int64(k)}, upper=upper, note=f"{upper}/{k}")
    pads = ints(1, 0, 2, 0, 3, 1)
    c.add("Pad", {"x": x}, {"p": pads}, note="zero")
    c.add("Pad", {"x": x}, {"p": pads, "v": np.float32(2.5)}, note="value")
    c.add("Pad", {"x": x}, {"p": ints(0, -1, 1, -2, 0, -1)}, note="crop")
    c.add("Pad", {"x": x}, {"p": ints(1, 2), "v": None, "a": ints(-1)}, opset=18, note="axes")
    for mode in ("edge", "reflect"):
        c.add("Pad", {"x": x}, {"p": pads}, mode=mode, note=mode)
    c.add("Pad", {"x": x}, {"p": pads}, mode="wrap", note="wrap", opset=19)
    c.add("Pad", {"x": x}, opset=10, pads=[1, 0, 2, 0, 3, 1], value=1.5)
    for exclusive in (0, 1):
        for reverse in (0, 1):
            c.add("CumSum", {"x": x}, {"a": np.int64(1)}, opset=14, exclusive=exclusive, reverse=reverse,
                  note=f"{exclusive}{reverse}")
    for equation in ("ij,jk->ik", "ij,kj->ki", "ij,ij->", "ii->i", "ij->ji", "ij,j", "i,j->ij"):
        shapes = {"ij,jk->ik": ((3, 4), (4, 2)), "ij,kj->ki": ((3, 4), (2, 4)), "ij,ij->": ((3, 4), (3, 4)),
                  "ii->i": ((3, 3),), "ij->ji": ((3, 4),), "ij,j": ((3, 4), (4,)), "i,j->ij": ((3,), (4,))}[equation]
        inputs = {f"x{i}": c.normal(*shape) for i, shape in enumerate(shapes)}
        c.add("Einsum", inputs, equation=equation, note=equation)
    c.add("Mean", {"a": c.normal(3, 4), "b": c.normal(4), "d": c.normal(3, 1)}, opset=13)
    c.add("ReduceLogSum", {"x": np.abs(x)}, {"a": ints(1)}, opset=18)
    c.add("CastLike", {"x": x * 3, "like": np.arange(3)}, kind=7, opset=15)
    c.add("InstanceNormalization", {"x": c.normal(2, 3, 4, 5)}, {"s": c.normal(3), "b": c.normal(3)})
    c.add("GroupNormalization", {"x": c.normal(2, 6, 4)}, {"s": c.normal(6), "b": c.normal(6)}, num_groups=3, opset=21)
    c.add("RMSNormalization", {"x": x}, {"s": c.normal(4, 5)}, axis=1, opset=23)
    c.add("IsNaN", {"x": np.array([1, np.nan, np.inf], np.float32)}, kind=9)
    c.add("IsInf", {"x": np.array([1, np.nan, np.inf, -np.inf], np.float32)}, kind=9)
