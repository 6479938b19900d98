"""Reads a sample recording with the MCAP library for Python.

Usage: read_back.py RECORDING.mcap EXPECTED.json

Decodes every message of every channel and compares metadata, attachments and
all values with what the writer says it wrote. Exits with 1 on any difference.
"""

import json
import math
import struct
import sys
from collections import defaultdict

from mcap.reader import make_reader
from mcap_protobuf.decoder import DecoderFactory

# Fields of a hash with the digests of stages, in the order in which stages act.
DIGESTS = ["events", "sensors", "policies", "actuators", "world"]
SCHEMAS = {
    "/tf": "foxglove.FrameTransforms",
    "/scene": "foxglove.SceneUpdate",
    "/joint_states": "foxglove.JointStates",
    "/log": "foxglove.Log",
    "/rover/lidar": "foxglove.LaserScan",
    "/rover/lidar/points": "foxglove.PointCloud",
}


def same(value, bits, code, signed_zero=True):
    """Whether a float has these bits; Python does not keep payloads of NaN."""
    expected = struct.unpack("<" + code, struct.pack("<" + {"f": "I", "d": "Q"}[code], bits))[0]
    if math.isnan(expected):
        return math.isnan(value)
    if not signed_zero and expected == 0.0:
        return value == 0.0
    return struct.pack("<" + code, value) == struct.pack("<" + code, expected)


class Check:
    def __init__(self):
        self.count = 0
        self.failures = []

    def equal(self, what, found, expected):
        self.count += 1
        if found != expected:
            self.failures.append(f"{what}: {found!r} is not {expected!r}")

    def floats(self, what, found, bits, code="f", signed_zero=True):
        self.equal(f"{what}: number of values", len(found), len(bits))
        for index, (value, expected) in enumerate(zip(found, bits)):
            self.count += 1
            if not same(value, expected, code, signed_zero):
                self.failures.append(f"{what}[{index}]: {value!r} has not the bits {expected:#x}")


def check_start(check, reader, expected):
    metadata = {record.name: record.metadata for record in reader.iter_metadata()}
    run = metadata["randori.run"]
    check.equal("header", json.loads(run["header"]), expected["header"])
    check.equal("metadata title", run["title"], expected["header"]["title"])
    attachments = {record.name: record.data for record in reader.iter_attachments()}
    for path, text in expected["texts"]:
        check.equal(path, attachments[path].decode(), text)
    layout = json.loads(attachments["layout.json"])
    check.equal("layout", [body["path"] for body in layout["bodies"]], expected["bodies"])
    check.equal("signals", json.loads(attachments["signals.json"]), expected["signals"])
    keyframe = expected["keyframe"]
    check.equal("keyframe", list(attachments[keyframe["name"]]), keyframe["bytes"])
    verdicts = json.loads(attachments["verdicts.json"])
    check.equal("verdict", verdicts["verdict"], "fail")
    check.equal("infinite margin", verdicts["goals"][0]["margin"], "-inf")
    check.equal("metrics", json.loads(attachments["metrics.json"]), verdicts["metrics"])


def check_tick(check, found, tick):
    """Compares the messages of one tick, by topic."""
    at = f"tick {tick['tick']}"
    (digest,) = found["/randori/hash"]
    check.equal(f"{at} hash", digest.hash, tick["hash"])
    check.equal(f"{at} digests", [getattr(digest, name) for name in DIGESTS], tick["digests"])
    (state,) = found["/randori/state"]
    for field in ["poses", "dropped_poses", "velocities", "applied"]:
        check.floats(f"{at} {field}", getattr(state, field), tick[field])
    check.floats(f"{at} signals", state.signals, tick["signals"], "d")
    check.equal(f"{at} events", [event.what for event in found["/randori/events"]], tick["events"])
    check.equal(f"{at} interventions", len(found["/randori/interventions"]), tick["interventions"])
    for topic, wanted in [("readings", "readings"), ("requests", "requests"), ("replies", "replies")]:
        messages = found["/randori/" + topic]
        check.equal(f"{at} {topic}", len(messages), len(tick[wanted]))
        for message, entry in zip(messages, tick[wanted]):
            for field, value in entry.items():
                have = getattr(message, field)
                if field in ("measured", "truth", "values"):
                    check.floats(f"{at} {topic} {field}", have, value)
                elif field == "commands":
                    check.equal(f"{at} {topic} commands", len(have), len(value))
                    for command, bits in zip(have, value):
                        check.floats(f"{at} {topic} command", command.values, bits)
                else:
                    check.equal(f"{at} {topic} {field}", list(have) if field == "arrived" else have, value)


def dropped_box(index):
    """The name of a box that was dropped, counted from 0."""
    return f"dropped box {index + 1}"


def check_drops(check, found, sizes):
    """Each dropped box adds a cube in a frame of its own to the scene."""
    check.equal("dropped boxes", len(found), len(sizes))
    check.equal("boxes are dropped", bool(sizes), True)
    for index, (update, size) in enumerate(zip(found, sizes)):
        (entity,) = update.entities
        (cube,) = entity.cubes
        name = dropped_box(index)
        check.equal(name, (entity.id, entity.frame_id, entity.frame_locked), (name, name, True))
        check.equal(f"size of {name}", [cube.size.x, cube.size.y, cube.size.z], size)


def check_viewers(check, found, ticks, expected):
    """What viewers see: transforms, shapes, scans, signals and log lines."""
    bodies = expected["bodies"]
    scene, *drops = found["/scene"]
    check.equal("scene", [entity.id for entity in scene.entities], ["ground", *bodies])
    check.equal("locked", {entity.frame_locked for entity in scene.entities}, {True})
    check.equal("hull", len(scene.entities[1 + bodies.index("rock")].triangles[0].indices), 12)
    check_drops(check, drops, [size for tick in ticks for size in tick["drops"]])
    pictures = range(0, len(ticks), 5)
    check.equal("pictures", len(found["/tf"]), len(pictures))
    for picture, message, joints in zip(pictures, found["/tf"], found["/joint_states"]):
        frames = [transform.child_frame_id for transform in message.transforms]
        dropped = len(ticks[picture]["dropped_poses"]) // 7
        check.equal("frames", frames, bodies + [dropped_box(index) for index in range(dropped)])
        check.equal("parents", {t.parent_frame_id for t in message.transforms}, {"world"})
        flat = []
        for transform in message.transforms:
            t, r = transform.translation, transform.rotation
            flat += [t.x, t.y, t.z, r.x, r.y, r.z, r.w]
        # Single numbers of protobuf have no negative zero; lists do.
        poses = ticks[picture]["poses"] + ticks[picture]["dropped_poses"]
        check.floats(f"transforms {picture}", flat, poses, signed_zero=False)
        rates = [joint.velocity for joint in joints.joints]
        check.floats(f"joint rates {picture}", rates, ticks[picture]["velocities"])
    check.equal("signals", len(found["/signals"]), len(pictures))
    names = [signal["name"] for signal in expected["signals"]]
    for picture, message in zip(pictures, found["/signals"]):
        check.equal("signal names", list(message), names)
        for name, bits in zip(names, ticks[picture]["signals"]):
            if message[name] is not None:
                check.floats(f"signal {name}", [message[name]], [bits], "d")
    scans = [r["measured"] for tick in ticks for r in tick["readings"] if r["sensor"] == 1 and not r["lost"]]
    check.equal("scans", len(found["/rover/lidar"]), len(scans))
    check.equal("clouds", len(found["/rover/lidar/points"]), len(scans))
    for scan, cloud, bits in zip(found["/rover/lidar"], found["/rover/lidar/points"], scans):
        check.floats("scan", scan.ranges, bits)
        finite = sum(math.isfinite(value) for value in scan.ranges)
        check.equal("points", len(cloud.data), finite * cloud.point_stride)
    lines = [(line.name, line.message) for line in found["/log"]]
    check.equal("last line", lines[-1], ("verdict", "fail"))
    check.equal("goal line", ("goal", "`stay upright` is violated") in lines, True)
    told = sum(tick["interventions"] + len(tick["events"]) for tick in ticks)
    check.equal("lines", len(lines), told + 2)


def main(recording, expected_path):
    with open(expected_path, encoding="utf-8") as file:
        expected = json.load(file)
    check = Check()
    by_tick = defaultdict(lambda: defaultdict(list))
    by_topic = defaultdict(list)
    period = expected["header"]["period_ns"]
    with open(recording, "rb") as stream:
        reader = make_reader(stream, decoder_factories=[DecoderFactory()], validate_crcs=True)
        check.equal("profile", reader.get_header().profile, "randori")
        check_start(check, reader, expected)
        for schema, channel, message in reader.iter_messages(log_time_order=False):
            if channel.message_encoding == "json":
                decoded = json.loads(message.data)
            else:
                decoded = DecoderFactory().decoder_for(channel.message_encoding, schema)(message.data)
            if channel.topic in SCHEMAS:
                check.equal(channel.topic, schema.name, SCHEMAS[channel.topic])
            by_topic[channel.topic].append(decoded)
            by_tick[message.log_time // period][channel.topic].append(decoded)
    ticks = expected["ticks"]
    for tick in ticks:
        check_tick(check, by_tick[tick["tick"]], tick)
    requested = None
    for tick in ticks:
        for message in by_tick[tick["tick"]]["/randori/commands"]:
            requested = [command.values for command in message.robots]
        check.equal("robots", len(requested), len(tick["requested"]))
        for values, bits in zip(requested, tick["requested"]):
            check.floats(f"tick {tick['tick']} command in force", values, bits)
    check_viewers(check, by_topic, ticks, expected)
    for failure in check.failures[:20]:
        print(failure)
    print(f"{check.count} values of {len(by_topic)} channels compared, {len(check.failures)} differ")
    return 1 if check.failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
