"""Reads everything in a recording with the MCAP library for Python.

Usage: read_all.py RECORDING.mcap

Checks sums of chunks, attachments and data, decodes every message of every
channel, and holds what viewers get against the recorded state.
"""

import json
import sys
from collections import Counter

from mcap.reader import make_reader
from mcap_protobuf.decoder import DecoderFactory

OUR_TOPICS = {"/randori/hash", "/randori/state"}
VIEWER_TOPICS = {"/tf": "foxglove.FrameTransforms", "/scene": "foxglove.SceneUpdate", "/joint_states": "foxglove.JointStates"}


def main(path):
    counts, schemas, states, transforms = Counter(), {}, {}, {}
    with open(path, "rb") as stream:
        reader = make_reader(stream, decoder_factories=[DecoderFactory()], validate_crcs=True)
        summary = reader.get_summary()
        attachments = {record.name: record.data for record in reader.iter_attachments()}
        metadata = {record.name: record.metadata for record in reader.iter_metadata()}
        decode = {}
        for schema, channel, message in reader.iter_messages(log_time_order=False):
            if channel.message_encoding == "json":
                json.loads(message.data)
            else:
                if channel.id not in decode:
                    decode[channel.id] = DecoderFactory().decoder_for(channel.message_encoding, schema)
                decoded = decode[channel.id](message.data)
                if channel.topic == "/randori/state":
                    states[message.log_time] = decoded
                elif channel.topic == "/tf":
                    transforms[message.log_time] = decoded
            counts[channel.topic] += 1
            schemas[channel.topic] = schema.name
    assert summary.statistics.message_count == sum(counts.values()), "the summary must count every message"
    assert {channel.topic for channel in summary.channels.values()} >= set(counts)
    assert OUR_TOPICS <= set(counts), f"{OUR_TOPICS - set(counts)} are missing"
    for topic, name in VIEWER_TOPICS.items():
        assert schemas[topic] == name, f"{topic} is {schemas[topic]}"
    header = json.loads(metadata["randori.run"]["header"])
    layout = json.loads(attachments["layout.json"])
    verdicts = json.loads(attachments["verdicts.json"])
    assert counts["/randori/hash"] == verdicts["ticks"] + 1, "a hash for each tick and for the start"
    assert attachments["scenario.ron"].decode().startswith("Scenario(")
    json.loads(attachments["metrics.json"]), json.loads(attachments["signals.json"])
    assert transforms and set(transforms) <= set(states)
    for time, message in transforms.items():
        state = states[time]
        poses = iter([*state.poses, *state.dropped_poses])
        assert len(message.transforms) == len(layout["bodies"]) + len(state.dropped_poses) // 7
        for transform in message.transforms:
            t, r = transform.translation, transform.rotation
            for value in (t.x, t.y, t.z, r.x, r.y, r.z, r.w):
                assert value == next(poses), f"{transform.child_frame_id} is elsewhere for viewers"
    print(f"{header['title']}: {sum(counts.values())} messages of {len(counts)} channels and {len(attachments)} attachments read")


if __name__ == "__main__":
    main(*sys.argv[1:])
