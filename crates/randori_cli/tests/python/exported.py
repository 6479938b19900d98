"""Compares exported tables with the recording that they were made of.

Usage: exported.py FOLDER

FOLDER holds `run.mcap` and the tables `wide`, `commands` and `sensors` as CSV
and as Parquet. Exits with 1 on any difference in any bit.
"""

import csv
import json
import re
import struct
import sys
from pathlib import Path

import pyarrow.parquet as parquet
from mcap.reader import make_reader
from mcap_protobuf.decoder import DecoderFactory

PARTS = {"position": 0, "rotation": 3, "linear_velocity": 0, "angular_velocity": 3}


def bits(value, code):
    return struct.pack("<" + code, value)


def recorded(path):
    """Layout, signals, and messages by topic."""
    topics = {}
    with open(path, "rb") as stream:
        reader = make_reader(stream, decoder_factories=[DecoderFactory()], validate_crcs=True)
        attachments = {record.name: record.data for record in reader.iter_attachments()}
        for _, channel, _, message in reader.iter_decoded_messages(
            topics=["/randori/state", "/randori/commands", "/randori/readings", "/randori/hash"]
        ):
            topics.setdefault(channel.topic, []).append(message)
    return json.loads(attachments["layout.json"]), json.loads(attachments["signals.json"]), topics


def state_columns(names, layout, signals):
    """For each heading of the wide table but commands: where its values are in a state."""
    bodies = {body["path"]: index for index, body in enumerate(layout["bodies"])}
    dofs = {dof["path"]: index for index, dof in enumerate(layout["dofs"])}
    motors = [f"{robot['name']}.{motor['name']}" for robot in layout["robots"] for motor in robot["actuators"]]
    numbers = {f"{signal['name']} [{signal['unit']}]": index for index, signal in enumerate(signals)}
    for name in names:
        if name in numbers:
            yield name, "signals", numbers[name], "d"
        elif found := re.fullmatch(r"body\.(.*)\.(\w+)\.([xyzw]) \[.*\]", name):
            path, part, axis = found.groups()
            field, width = ("poses", 7) if part in ("position", "rotation") else ("twists", 6)
            yield name, field, bodies[path] * width + PARTS[part] + "xyzw".index(axis), "f"
        elif found := re.fullmatch(r"joint\.(.*)\.(position|velocity|torque) \[.*\]", name):
            path, part = found.groups()
            field = {"position": "positions", "velocity": "velocities", "torque": "torques"}[part]
            yield name, field, dofs[path], "f"
        elif found := re.fullmatch(r"motor\.(.*)\.applied \[.*\]", name):
            yield name, "applied", motors.index(found.group(1)), "f"


class Check:
    def __init__(self):
        self.count = 0
        self.failures = []

    def column(self, what, found, expected, code):
        found, expected = list(found), list(expected)
        self.count += len(expected)
        if len(found) != len(expected):
            self.failures.append(f"{what}: {len(found)} rows are not {len(expected)}")
            return
        for row, (value, wanted) in enumerate(zip(found, expected)):
            same = bits(value, code) == bits(wanted, code) if code else value == wanted
            if not same:
                self.failures.append(f"{what}, row {row}: {value!r} is not {wanted!r}")
                return


def read_csv(path):
    with open(path, newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    return {name: [row[index] for row in rows[1:]] for index, name in enumerate(rows[0])}


def check_both(check, folder, table, columns):
    """Compares the columns of both formats; `code` is that of `struct`."""
    texts = read_csv(folder / f"{table}.csv")
    arrow = parquet.read_table(folder / f"{table}.parquet")
    names = list(columns)
    check.column(f"{table}.csv headings", texts, names, None)
    check.column(f"{table}.parquet headings", arrow.column_names, names, None)
    types = {"f": "float", "d": "double", "q": "int64", "?": "bool", None: "string"}
    for name, (values, code) in columns.items():
        convert = {"f": float, "d": float, "q": int, "?": lambda text: text == "true", None: str}[code]
        check.column(f"{table}.csv {name}", map(convert, texts[name]), values, code)
        check.column(f"{table}.parquet {name}", arrow[name].to_pylist(), values, code)
        check.column(f"{table}.parquet type of {name}", [str(arrow.schema.field(name).type)], [types[code]], None)


def times(ticks, period):
    return [tick * period / 1e9 for tick in ticks]


def main(folder):
    folder = Path(folder)
    check = Check()
    layout, signals, topics = recorded(folder / "run.mcap")
    with open(folder / "run.mcap", "rb") as stream:
        metadata = {record.name: record.metadata for record in make_reader(stream).iter_metadata()}
    period = json.loads(metadata["randori.run"]["header"])["period_ns"]

    every = [message.tick for message in topics["/randori/hash"]]
    in_force, changes = [], {message.tick: message for message in topics["/randori/commands"]}
    current = None
    for tick in every:
        current = changes.get(tick, current)
        in_force.append([list(robot.values) for robot in current.robots])
    heads = list(read_csv(folder / "commands.csv"))[2:]
    inputs = [(robot, index) for robot, it in enumerate(in_force[0]) for index in range(len(it))]
    columns = {"tick": (every, "q"), "time [s]": (times(every, period), "d")}
    for name, (robot, index) in zip(heads, inputs, strict=True):
        columns[name] = ([commands[robot][index] for commands in in_force], "f")
    check_both(check, folder, "commands", columns)

    states = topics["/randori/state"]
    ticks = [state.tick for state in states]
    heads = list(read_csv(folder / "wide.csv"))[2:]
    wide = {"tick": (ticks, "q"), "time [s]": (times(ticks, period), "d")}
    of_states = {name: rest for name, *rest in state_columns(heads, layout, signals)}
    for name in heads:
        if name in of_states:
            field, index, code = of_states[name]
            wide[name] = ([getattr(state, field)[index] for state in states], code)
        else:
            by_tick = dict(zip(every, columns[name][0]))
            wide[name] = ([by_tick[tick] for tick in ticks], "f")
    check_both(check, folder, "wide", wide)

    rows = {name: [] for name in ["tick", "delivered", "lost", "sensor", "channel", "element", "measured", "truth", "unit"]}
    for reading in topics["/randori/readings"]:
        robot = layout["robots"][reading.robot]
        sensor = robot["sensors"][reading.sensor]
        kinds = [(channel, index) for channel in sensor["channels"] for index in range(channel["len"])]
        for (channel, index), measured, truth in zip(kinds, reading.measured, reading.truth, strict=True):
            element = channel["elements"][index] if index < len(channel["elements"]) else str(index)
            values = [reading.measured_at, reading.delivered_at, reading.lost, f"{robot['name']}.{sensor['name']}",
                      channel["name"], element, measured, truth, channel["unit"]]
            for column, value in zip(rows.values(), values):
                column.append(value)
    check_both(check, folder, "sensors", {
        "tick": (rows["tick"], "q"), "time [s]": (times(rows["tick"], period), "d"),
        "delivered [s]": (times(rows["delivered"], period), "d"), "lost": (rows["lost"], "?"),
        "sensor": (rows["sensor"], None), "channel": (rows["channel"], None), "element": (rows["element"], None),
        "measured": (rows["measured"], "f"), "truth": (rows["truth"], "f"), "unit": (rows["unit"], None),
    })
    for failure in check.failures[:20]:
        print(failure)
    print(f"{check.count} values of {len(states)} states compared, {len(check.failures)} columns differ")
    return 1 if check.failures or not check.count else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
