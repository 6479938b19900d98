"""Small random networks, at least one for every operator and form of it."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import foreign

TYPES = {
    np.dtype("float32"): TensorProto.FLOAT,
    np.dtype("int64"): TensorProto.INT64,
    np.dtype("int32"): TensorProto.INT32,
    np.dtype("uint8"): TensorProto.UINT8,
    np.dtype("bool"): TensorProto.BOOL,
}


class Case:
    """One network, and the inputs it is run with."""

    def __init__(self, name, model, inputs):
        self.name, self.model, self.inputs = name, model, inputs


def model(nodes, inputs, outputs, constants=(), opset=17):
    """A model of these nodes; outputs are names, or names with a type."""
    graph = helper.make_graph(
        nodes,
        "case",
        [
            helper.make_tensor_value_info(name, TYPES[value.dtype], [None] * value.ndim)
            for name, value in inputs.items()
        ],
        [
            helper.make_tensor_value_info(name, kind, None)
            for name, kind in ((o, 1) if isinstance(o, str) else o for o in outputs)
        ],
        [numpy_helper.from_array(np.asarray(v), name) for name, v in dict(constants).items()],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    made.ir_version = min(made.ir_version, 8 if opset < 19 else 10)
    return made


class Cases:
    """Collects cases; numbers come from one seeded generator."""

    def __init__(self):
        self.random = np.random.default_rng(7)
        self.list = []

    def normal(self, *shape, scale=1.0):
        return (scale * self.random.standard_normal(shape)).astype(np.float32)

    def add(self, op, inputs, constants=None, outputs=1, opset=17, kind=1, note="", **attributes):
        """One node `op` that reads `inputs` (values) and `constants` in order.

        Both are dicts from name to array; a constant of None is left out.
        """
        inputs = {name: np.asarray(value) for name, value in inputs.items()}
        constants = constants or {}
        names = list(inputs) + [n if v is not None else "" for n, v in constants.items()]
        results = [f"y{i}" for i in range(outputs)]
        node = helper.make_node(op, names, results, name=f"the_{op}", **attributes)
        given = {n: v for n, v in constants.items() if v is not None}
        made = model([node], inputs, [(r, kind) for r in results], given, opset)
        self.list.append(Case(f"{op}/{opset}{'/' + note if note else ''}", made, inputs))

    def graph(self, name, nodes, inputs, outputs, constants=(), opset=17):
        self.list.append(Case(name, model(nodes, inputs, outputs, constants, opset), inputs))


def every_case():
    cases = Cases()
    for family in (
        unary,
        binary,
        products,
        moving,
        cutting,
        sources,
        reductions,
        normalisations,
        images,
        recurrent,
        networks,
        foreign.every,
    ):
        family(cases)
    return cases.list


def unary(c):
    x = c.normal(3, 37, scale=3.0)
    edges = np.array([-100, -88, -20, -1, -1e-3, -0.0, 0, 1e-3, 0.7, 1, 20, 88], np.float32)
    plain = (
        "Relu Sigmoid Tanh Softplus Softsign Erf Abs Neg Floor Ceil Round Sign Sin Cos Atan Identity "
        "LeakyRelu Elu Selu HardSigmoid ThresholdedRelu Celu"
    )
    for op in plain.split():
        c.add(op, {"x": x})
        c.add(op, {"x": edges}, note="edges")
    for op in ("Relu", "Sigmoid", "Elu", "Selu", "LeakyRelu", "HardSigmoid"):
        c.add(op, {"x": x}, opset=11)
    c.add("LeakyRelu", {"x": x}, alpha=0.2, note="alpha")
    c.add("Elu", {"x": x}, alpha=0.5, note="alpha")
    c.add("Celu", {"x": x}, alpha=0.5, note="alpha")
    c.add("Selu", {"x": x}, alpha=1.5, gamma=1.2, note="alpha")
    c.add("HardSigmoid", {"x": x}, alpha=0.3, beta=0.4, note="alpha")
    c.add("Exp", {"x": c.normal(50, scale=4.0)})
    c.add("Sinh", {"x": c.normal(50)})
    c.add("Cosh", {"x": c.normal(50)})
    c.add("Tan", {"x": c.normal(50, scale=0.5)})
    for op in ("Log", "Sqrt", "Reciprocal"):
        c.add(op, {"x": np.abs(x) + np.float32(0.01)})
    for op in ("Asin", "Acos"):
        c.add(op, {"x": np.linspace(-1, 1, 21, dtype=np.float32)})
    c.add("HardSwish", {"x": x})
    c.add("Mish", {"x": x}, opset=18)
    c.add("Gelu", {"x": x}, opset=20)
    c.add("Gelu", {"x": x}, opset=20, note="tanh", approximate="tanh")
    c.add("Dropout", {"x": x}, opset=11)
    c.add("Dropout", {"x": x}, opset=17)
    c.add("Not", {"x": x > 0}, kind=TensorProto.BOOL)
    low, high = np.float32(-1), np.float32(0.5)
    c.add("Clip", {"x": x}, opset=7, min=-1.0, max=0.5)
    c.add("Clip", {"x": x}, {"low": low, "high": high}, opset=11)
    c.add("Clip", {"x": x}, {"low": None, "high": high}, note="max")
    c.add("Clip", {"x": x}, {"low": low}, note="min")
    ints = c.random.integers(-9, 9, (4, 5))
    c.add("Clip", {"x": ints}, {"low": np.int64(-2), "high": np.int64(3)}, kind=7, note="int")
    c.add("Neg", {"x": ints}, kind=7, note="int")
    c.add("Abs", {"x": ints.astype(np.int32)}, kind=6, note="int")


def binary(c):
    shapes = [
        ((2, 3, 4), (2, 3, 4)),
        ((2, 3, 4), (4,)),
        ((2, 3, 4), (3, 1)),
        ((2, 3, 4), ()),
        ((3, 1), (1, 5)),
        ((2, 1, 4, 1), (3, 1, 6)),
        ((5,), (3, 5)),
    ]
    for a, b in shapes:
        note = f"{a}{b}".replace(" ", "")
        for op in ("Add", "Sub", "Mul", "Div", "Min", "Max"):
            c.add(op, {"a": c.normal(*a), "b": c.normal(*b) + np.float32(3)}, note=note)
        for op in ("Less", "Greater", "Equal"):
            values = [c.random.integers(0, 3, s).astype(np.float32) for s in (a, b)]
            c.add(op, {"a": values[0], "b": values[1]}, kind=9, note=note)
        c.add("Where", {"p": c.normal(*a) > 0, "a": c.normal(*b), "b": c.normal(*a)}, note=note)
    x = c.normal(4, 6)
    i, j = c.random.integers(-9, 9, (4, 6)), c.random.integers(1, 5, (6,))
    for op in ("Add", "Sub", "Mul", "Div", "Min", "Max", "Mod"):
        c.add(op, {"a": i, "b": j}, kind=7, note="int64")
        c.add(op, {"a": i.astype(np.int32), "b": j.astype(np.int32)}, kind=6, note="int32")
    c.add("Mod", {"a": x, "b": np.abs(c.normal(6)) + np.float32(0.5)}, fmod=1, note="float")
    c.add("Max", {"a": x, "b": c.normal(6), "c": c.normal(4, 1)}, note="three")
    c.add("Min", {"a": x, "b": c.normal(6), "c": c.normal(1)}, note="three")
    c.add("Sum", {"a": x, "b": c.normal(6), "c": c.normal(4, 1)})
    c.add("Max", {"a": x}, note="one")
    for exponent in (2.0, 3.0, 0.5, -1.0, 1.7):
        c.add("Pow", {"a": np.abs(x) + np.float32(0.1)}, {"b": np.float32(exponent)}, note=str(exponent))
    c.add("Pow", {"a": x}, {"b": np.int64(2)}, note="int")
    c.add("PRelu", {"x": c.normal(2, 3, 4)}, {"slope": c.normal(3, 1)})
    c.add("PRelu", {"x": x}, {"slope": c.normal(1)}, note="one")
    for op in ("And", "Or", "Xor"):
        c.add(op, {"a": x > 0, "b": c.normal(6) > 0}, kind=9)
    for op in ("LessOrEqual", "GreaterOrEqual"):
        c.add(op, {"a": i, "b": j}, kind=9)
    c.add("Equal", {"a": i, "b": j}, kind=9, note="int")
    c.add("Where", {"p": x > 0, "a": i, "b": j}, kind=7, note="int")


def products(c):
    x = c.normal(5, 19)
    for ta in (0, 1):
        for tb in (0, 1):
            a = x.T.copy() if ta else x
            b = c.normal(23, 19) if tb else c.normal(19, 23)
            settings = {"transA": ta, "transB": tb, "alpha": 0.7, "beta": 1.3}
            c.add("Gemm", {"a": a}, {"b": b, "c": c.normal(23)}, note=f"{ta}{tb}", **settings)
            c.add("Gemm", {"a": a, "b": b}, {"c": c.normal(5, 1)}, note=f"dynamic{ta}{tb}", **settings)
    c.add("Gemm", {"a": x}, {"b": c.normal(19, 3), "c": np.float32(2)}, opset=11, note="scalar")
    c.add("Gemm", {"a": x}, {"b": c.normal(19, 65)}, opset=11, note="no_bias")
    c.add("Gemm", {"a": x}, {"b": c.normal(19, 4), "c": c.normal(5, 4)}, note="matrix")
    shapes = [
        ((5, 7), (7, 9)),
        ((2, 3, 5, 7), (7, 9)),
        ((2, 3, 5, 7), (3, 7, 9)),
        ((3, 5, 7), (2, 1, 7, 9)),
        ((7,), (7, 9)),
        ((5, 7), (7,)),
        ((7,), (7,)),
        ((7,), (2, 7, 9)),
        ((2, 5, 7), (7,)),
        ((1, 700), (700, 33)),
    ]
    for a, b in shapes:
        note = f"{a}{b}".replace(" ", "")
        c.add("MatMul", {"a": c.normal(*a), "b": c.normal(*b)}, note=note)
        c.add("MatMul", {"a": c.normal(*a)}, {"b": c.normal(*b)}, note="constant" + note)


def moving(c):
    x = c.normal(2, 3, 4)
    ints = lambda *v: np.array(v, np.int64)
    for target in ((6, 4), (-1, 2), (0, -1), (0, 0, 2, 2), (24,)):
        c.add("Reshape", {"x": x}, {"s": ints(*target)}, note=str(target).replace(" ", ""))
    c.add("Reshape", {"x": c.normal(0, 3)}, {"s": ints(3, 0)}, allowzero=1, note="allowzero")
    for axis in (0, 1, 2, 3, -1):
        c.add("Flatten", {"x": x}, axis=axis, note=str(axis))
    y = c.normal(1, 3, 1, 4)
    c.add("Squeeze", {"x": y}, opset=11, axes=[0, 2])
    c.add("Squeeze", {"x": y}, {"axes": ints(-2)})
    c.add("Squeeze", {"x": y}, note="all")
    c.add("Unsqueeze", {"x": x}, opset=11, axes=[0, 4])
    c.add("Unsqueeze", {"x": x}, {"axes": ints(-1, 1)})
    c.add("Transpose", {"x": x})
    c.add("Transpose", {"x": x}, perm=[1, 2, 0], note="perm")
    c.add("Transpose", {"x": c.random.integers(0, 9, (2, 3, 4))}, perm=[0, 2, 1], kind=7, note="int")
    c.add("Expand", {"x": c.normal(3, 1)}, {"s": ints(2, 1, 6)})
    c.add("Expand", {"x": c.normal(1)}, {"s": ints(2, 5)}, note="one")
    c.add("Tile", {"x": c.normal(2, 3)}, {"r": ints(2, 3)})


def cutting(c):
    x = c.normal(4, 6, 5)
    ints = lambda *v: np.array(v, np.int64)
    for axis in (0, 1, -1):
        shape = [4, 6, 5]
        shape[axis] = 2
        c.add("Concat", {"a": x, "b": c.normal(*shape), "d": x}, axis=axis, note=str(axis))
    c.add("Concat", {"a": x}, axis=0, opset=11, note="one")
    c.add("Split", {"x": x}, outputs=2, axis=1, opset=11)
    c.add("Split", {"x": x}, outputs=3, axis=-2, split=[1, 2, 3], opset=11, note="lengths")
    c.add("Split", {"x": x}, {"s": ints(1, 5)}, outputs=2, axis=1, note="lengths")
    c.add("Split", {"x": x}, outputs=2, axis=0)
    c.add("Split", {"x": x}, outputs=2, axis=2, num_outputs=2, opset=18, note="uneven")
    c.add("Split", {"x": x}, outputs=3, axis=1, num_outputs=3, opset=18)
    c.add("Slice", {"x": x}, opset=9, starts=[1, -3], ends=[3, 100], axes=[0, 2])
    c.add("Slice", {"x": x}, opset=9, starts=[0, 1], ends=[-1, 4], note="no_axes")
    for start, end, axis, step in (
        (1, 4, 1, 1),
        (-3, 2**62, 2, 1),
        (0, 6, 1, 2),
        (-1, -(2**62), 1, -1),
        (4, 0, 2, -2),
        (3, 1, 0, 1),
    ):
        parts = {"s": ints(start), "e": ints(end), "a": ints(axis), "t": ints(step)}
        c.add("Slice", {"x": x}, parts, note=f"{start}:{end}:{step}@{axis}")
    c.add("Slice", {"x": x}, {"s": ints(1, 2), "e": ints(3, 5)}, opset=11, note="plain")
    c.add("Gather", {"x": x}, {"i": ints(2, 0, -1)})
    c.add("Gather", {"x": x}, {"i": np.int64(3)}, axis=1, note="scalar")
    c.add("Gather", {"x": x}, {"i": np.array([[0, 1], [4, 2]], np.int32)}, axis=2, note="matrix")


def sources(c):
    x = c.normal(3, 4)
    kinds = {"F": 1, "I": 7}
    values = {
        "value": (numpy_helper.from_array(c.normal(2, 2)), "F"),
        "value_float": (1.5, "F"),
        "value_int": (3, "I"),
        "value_floats": ([1.0, 2.5], "F"),
        "value_ints": ([3, -4], "I"),
    }
    for name, (value, kind) in values.items():
        node = helper.make_node("Constant", [], ["k"], **{name: value})
        use = helper.make_node("Identity", ["k"], ["y"])
        keep = helper.make_node("Identity", ["x"], ["z"])
        c.graph(f"Constant/{name}", [node, use, keep], {"x": x}, [("y", kinds[kind]), "z"])
    shape = np.array([2, 3], np.int64)
    c.add("ConstantOfShape", {"s": shape})
    filled = numpy_helper.from_array(np.array([7], np.int64))
    c.add("ConstantOfShape", {"s": shape}, value=filled, kind=7, note="value")
    c.add("Shape", {"x": x}, kind=7)
    c.add("Shape", {"x": c.normal(2, 3, 4)}, start=1, end=-1, kind=7, note="part")
    c.add("Size", {"x": x}, kind=7)
    i = c.random.integers(-3, 3, (3, 4))
    for source, note in ((3 * x, "f32"), (i, "i64"), (i.astype(np.int32), "i32"), (x > 0, "bool"),
                         (np.abs(i).astype(np.uint8), "u8")):
        for to in (1, 7, 6, 9):
            c.add("Cast", {"x": source}, to=to, kind=to, note=f"{note}-{to}")
    c.add("Range", {}, {"s": np.int64(2), "l": np.int64(11), "d": np.int64(3)}, kind=7)
    c.add("Range", {}, {"s": np.int64(5), "l": np.int64(-2), "d": np.int64(-2)}, kind=7, note="down")
    c.add("Range", {}, {"s": np.float32(0), "l": np.float32(1), "d": np.float32(0.3)}, note="float")


def reductions(c):
    x = c.normal(3, 4, 5)
    axes = np.array([0, -1], np.int64)
    for op in ("ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceProd", "ReduceL1",
               "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp"):
        c.add(op, {"x": x}, opset=11, axes=[1])
        c.add(op, {"x": x}, opset=11, axes=[0, 2], keepdims=0, note="two")
        c.add(op, {"x": x}, opset=11, note="all")
        c.add(op, {"x": x}, {"axes": axes}, opset=18)
        c.add(op, {"x": x}, opset=18, noop_with_empty_axes=0, keepdims=0, note="all")
    c.add("ReduceSum", {"x": x}, {"axes": axes}, opset=13, keepdims=0)
    c.add("ReduceSum", {"x": c.random.integers(0, 9, (3, 4))}, opset=13, kind=7, note="int")
    for op in ("ArgMax", "ArgMin"):
        c.add(op, {"x": x}, axis=1, kind=7)
        c.add(op, {"x": x}, axis=-1, keepdims=0, kind=7, note="drop")
        ties = np.array([[1, 3, 3], [2, 2, 1]], np.float32)
        c.add(op, {"x": ties}, axis=1, kind=7, note="ties")
        c.add(op, {"x": ties}, axis=1, select_last_index=1, kind=7, note="last")


def normalisations(c):
    x = c.normal(2, 3, 4, scale=2.0)
    for op in ("Softmax", "LogSoftmax"):
        for opset in (11, 17):
            c.add(op, {"x": x}, opset=opset)
            for axis in (0, 1, 2, -1):
                c.add(op, {"x": x}, opset=opset, axis=axis, note=str(axis))
    y = c.normal(5, 33) + np.float32(2)
    c.add("LayerNormalization", {"x": y}, {"s": c.normal(33), "b": c.normal(33)})
    c.add("LayerNormalization", {"x": y}, {"s": c.normal(33)}, epsilon=1e-2, note="no_bias")
    c.add("LayerNormalization", {"x": x}, {"s": c.normal(3, 4), "b": c.normal(3, 4)}, axis=1,
          outputs=3, note="statistics")
    for shape, note in (((5, 6), "vector"), ((2, 6, 3, 4), "image"), ((2, 6, 7), "signal")):
        parts = {"s": c.normal(6), "b": c.normal(6), "m": c.normal(6), "v": np.abs(c.normal(6))}
        for opset in (11, 17):
            c.add("BatchNormalization", {"x": c.normal(*shape)}, parts, opset=opset, note=note)


def images(c):
    image, signal = c.normal(2, 4, 11, 9), c.normal(2, 4, 23)
    forms = [
        ({}, "plain"),
        ({"strides": [2, 3]}, "strides"),
        ({"pads": [1, 2, 0, 1]}, "pads"),
        ({"dilations": [2, 1], "pads": [2, 2, 2, 2]}, "dilations"),
        ({"auto_pad": "SAME_UPPER", "strides": [2, 2]}, "same_upper"),
        ({"auto_pad": "SAME_LOWER", "strides": [2, 2]}, "same_lower"),
        ({"auto_pad": "VALID"}, "valid"),
    ]
    for settings, note in forms:
        for opset in (11, 17):
            c.add("Conv", {"x": image}, {"w": c.normal(6, 4, 3, 2), "b": c.normal(6)},
                  opset=opset, note=note, **settings)
        one = {k: v if isinstance(v, str) else v[: len(v) // 2] for k, v in settings.items()}
        c.add("Conv", {"x": signal}, {"w": c.normal(6, 4, 3)}, note="signal_" + note, **one)
    c.add("Conv", {"x": image}, {"w": c.normal(8, 2, 3, 3), "b": c.normal(8)}, group=2, note="group")
    c.add("Conv", {"x": image}, {"w": c.normal(4, 1, 3, 3)}, group=4, note="depthwise",
          kernel_shape=[3, 3])
    for op in ("MaxPool", "AveragePool"):
        for settings, note in forms:
            if op == "AveragePool" and "dilations" in settings:
                continue
            if "pads" in settings:
                settings = {**settings, "pads": [1, 1, 0, 1]}
            c.add(op, {"x": image}, kernel_shape=[3, 2], note=note, **settings)
        c.add(op, {"x": image}, kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1, note="ceil")
        c.add(op, {"x": image}, kernel_shape=[2, 2], opset=11, note="old")
        c.add(op, {"x": signal}, kernel_shape=[4], strides=[3], pads=[1, 2], note="signal")
    c.add("AveragePool", {"x": image}, kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1,
          note="include_pad")
    c.add("AveragePool", {"x": image}, kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2],
          ceil_mode=1, opset=19, note="ceil_pad")
    c.add("GlobalAveragePool", {"x": image})
    c.add("GlobalMaxPool", {"x": image})


def recurrent(c):
    steps, batch, inputs, hidden = 4, 3, 5, 7
    for op, gates, states in (("LSTM", 4, 2), ("GRU", 3, 1), ("RNN", 1, 1)):
        for direction, count in (("forward", 1), ("reverse", 1), ("bidirectional", 2)):
            for extra in ("", "state", "lengths", "peephole", "linear", "clip", "relu"):
                if (extra == "peephole") != (op == "LSTM" and extra == "peephole"):
                    continue
                if extra == "linear" and op != "GRU":
                    continue
                x = {"x": c.normal(steps, batch, inputs)}
                constants = {
                    "w": c.normal(count, gates * hidden, inputs, scale=0.4),
                    "r": c.normal(count, gates * hidden, hidden, scale=0.4),
                    "b": c.normal(count, 2 * gates * hidden, scale=0.4),
                    "lengths": np.array([4, 2, 3], np.int32) if extra == "lengths" else None,
                }
                settings = {"hidden_size": hidden, "direction": direction}
                if extra in ("state", "peephole"):
                    constants["h"] = c.normal(count, batch, hidden)
                    if op == "LSTM":
                        constants["c"] = c.normal(count, batch, hidden)
                if extra == "peephole":
                    constants["p"] = c.normal(count, 3 * hidden, scale=0.4)
                if extra == "linear":
                    settings["linear_before_reset"] = 1
                if extra == "clip":
                    settings["clip"] = 0.3
                if extra == "relu":
                    functions = {"LSTM": ["HardSigmoid", "Relu", "Tanh"], "GRU": ["Sigmoid", "Relu"],
                                 "RNN": ["Relu"]}[op]
                    settings["activations"] = functions * count
                for opset in (11, 17):
                    c.add(op, x, constants, outputs=1 + states, opset=opset,
                          note=f"{direction}_{extra or 'plain'}", **settings)


def networks(c):
    """Small policies as exporters write them."""
    n = helper.make_node
    x = c.normal(3, 12)
    weights = {"w0": c.normal(16, 12, scale=0.3), "b0": c.normal(16), "w1": c.normal(4, 16, scale=0.3)}
    silu = [
        n("Gemm", ["x", "w0", "b0"], ["h"], transB=1),
        n("Sigmoid", ["h"], ["s"]),
        n("Mul", ["h", "s"], ["a"]),
        n("Transpose", ["w1"], ["w1t"], perm=[1, 0]),
        n("MatMul", ["a", "w1t"], ["y"]),
    ]
    c.graph("network/silu", silu, {"x": x}, ["y"], weights)
    half = {k: v.astype(np.float16) for k, v in weights.items()}
    casts = [n("Cast", [k], [f"{k}_f"], to=1) for k in half]
    mlp = [
        n("Gemm", ["x", "w0_f", "b0_f"], ["h"], transB=1),
        n("Elu", ["h"], ["a"]),
        n("Gemm", ["a", "w1_f"], ["y"], transB=1),
    ]
    c.graph("network/half_weights", casts + mlp, {"x": x}, ["y"], half)
    state = {"x": c.normal(1, 5), "h": c.normal(1, 1, 6), "c": c.normal(1, 1, 6)}
    lstm = [
        n("Unsqueeze", ["x", "zero"], ["xt"]),
        n("LSTM", ["xt", "w", "r", "b", "", "h", "c"], ["all", "h_out", "c_out"], hidden_size=6),
        n("Squeeze", ["all", "one"], ["flat"]),
        n("Squeeze", ["flat", "zero"], ["last"]),
        n("MatMul", ["last", "m"], ["y"]),
    ]
    parts = {
        "w": c.normal(1, 24, 5), "r": c.normal(1, 24, 6), "b": c.normal(1, 48), "m": c.normal(6, 3),
        "zero": np.array([0], np.int64), "one": np.array([1], np.int64),
    }
    c.graph("network/lstm_policy", lstm, state, ["y", "h_out", "c_out"], parts)
    pixels = {"x": c.random.integers(0, 255, (2, 3, 36, 36)).astype(np.uint8)}
    cnn = [
        n("Cast", ["x"], ["f"], to=1),
        n("Div", ["f", "d"], ["s"]),
        n("Conv", ["s", "k0", "c0"], ["a"], strides=[4, 4]),
        n("Relu", ["a"], ["b"]),
        n("Conv", ["b", "k1"], ["e"], strides=[2, 2]),
        n("Relu", ["e"], ["g"]),
        n("Shape", ["g"], ["shape"]),
        n("Gather", ["shape", "zero"], ["batch"], axis=0),
        n("Concat", ["batch", "rest"], ["target"], axis=0),
        n("Reshape", ["g", "target"], ["i"]),
        n("Gemm", ["i", "w"], ["y"]),
    ]
    parts = {
        "d": np.float32(255), "k0": c.normal(8, 3, 8, 8, scale=0.1), "c0": c.normal(8),
        "k1": c.normal(6, 8, 4, 4, scale=0.1), "zero": np.array([0], np.int64),
        "rest": np.array([-1], np.int64), "w": c.normal(54, 4, scale=0.2),
    }
    c.graph("network/nature_cnn", cnn, pixels, ["y"], parts)
    tokens = {"x": c.normal(2, 6, 8)}
    attention = [
        n("MatMul", ["x", "q"], ["qx"]),
        n("MatMul", ["x", "k"], ["kx"]),
        n("Transpose", ["kx"], ["kt"], perm=[0, 2, 1]),
        n("MatMul", ["qx", "kt"], ["scores"]),
        n("Div", ["scores", "root"], ["scaled"]),
        n("Softmax", ["scaled"], ["p"], axis=-1),
        n("MatMul", ["p", "x"], ["mixed"]),
        n("Add", ["mixed", "x"], ["sum"]),
        n("LayerNormalization", ["sum", "g", "b"], ["y"]),
    ]
    parts = {"q": c.normal(8, 8), "k": c.normal(8, 8), "root": np.float32(8**0.5),
             "g": c.normal(8), "b": c.normal(8)}
    c.graph("network/attention", attention, tokens, ["y"], parts)
