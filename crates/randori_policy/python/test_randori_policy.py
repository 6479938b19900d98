"""Tests of the module by itself; a Rust test of this crate runs them."""

import math
import unittest

from randori_policy import Observation, PolicyError, Robot, run

HELLO = {
    "type": "hello",
    "protocol": 1,
    "robot": "courier",
    "period_s": 0.05,
    "gravity": [0.0, 0.0, -9.81],
    "observations": [
        {"sensor": "lidar", "channel": "ranges", "len": 3, "unit": "m", "elements": []},
        {"sensor": "joints", "channel": "position", "len": 2, "unit": "rad or m", "elements": ["hip", "knee"]},
    ],
    "actions": [
        {"name": "left", "joint": "l", "inputs": ["velocity"], "ranges": [None], "initial": [0.0]},
        {
            "name": "knee",
            "joint": "k",
            "inputs": ["position", "velocity", "torque"],
            "ranges": [None] * 3,
            "initial": [0.0] * 3,
        },
    ],
}
OBSERVATION = {
    "type": "observation",
    "request": 4,
    "tick": 100,
    "time": 0.2,
    "sensors": {
        "lidar": {"measured_at": None, "ranges": None},
        "joints": {"measured_at": 0.198, "position": [0.5, -1.25]},
    },
}


class ObservationTest(unittest.TestCase):
    def setUp(self):
        self.observation = Observation(Robot(HELLO), OBSERVATION)

    def test_values_have_numbers_and_names(self):
        position = self.observation["joints"]["position"]
        self.assertEqual(position, [0.5, -1.25])
        self.assertEqual(position["knee"], -1.25)
        self.assertEqual(self.observation["joints"]["measured_at"], 0.198)
        self.assertEqual(self.observation.time, 0.2)

    def test_what_has_not_arrived_is_none(self):
        self.assertIsNone(self.observation["lidar"]["ranges"])
        self.assertIsNone(self.observation["lidar"]["measured_at"])

    def test_no_hit_is_infinitely_far(self):
        seen = dict(OBSERVATION, sensors={"lidar": {"measured_at": 0.1, "ranges": [1.5, None, 2.0]}})
        self.assertEqual(Observation(Robot(HELLO), seen)["lidar"]["ranges"], [1.5, math.inf, 2.0])

    def test_wrong_names_are_answered_with_those_that_exist(self):
        with self.assertRaisesRegex(PolicyError, "no sensor `lidr`; there is `lidar`, `joints`"):
            self.observation["lidr"]
        with self.assertRaisesRegex(PolicyError, "no channel `positions`"):
            self.observation["joints"]["positions"]
        with self.assertRaisesRegex(PolicyError, "no value `ankle`; there is `hip`, `knee`"):
            self.observation["joints"]["position"]["ankle"]


class CommandTest(unittest.TestCase):
    def commands(self, answer):
        return Robot(HELLO).commands(answer)

    def test_commands_by_name_follow_the_robots_order(self):
        self.assertEqual(self.commands({"knee": [1, 2, 3], "left": 4}), [[4.0, 1.0, 2.0, 3.0]])

    def test_a_number_sets_the_first_input(self):
        self.assertEqual(self.commands({"left": 4, "knee": 0.5}), [[4.0, 0.5, 0.0, 0.0]])

    def test_a_list_is_one_command_and_a_list_of_commands_is_a_chunk(self):
        self.assertEqual(self.commands((4, 1, 2, 3)), [[4.0, 1.0, 2.0, 3.0]])
        chunk = [{"left": 1, "knee": 2}, [5, 6, 7, 8]]
        self.assertEqual(self.commands(chunk), [[1.0, 2.0, 0.0, 0.0], [5.0, 6.0, 7.0, 8.0]])

    def test_arrays_of_other_libraries_are_lists(self):
        class Array:
            shape = (4,)

            def tolist(self):
                return [1.0, 2.0, 3.0, 4.0]

        class Scalar:
            shape = ()

            def __float__(self):
                return 0.5

        self.assertEqual(self.commands(Array()), [[1.0, 2.0, 3.0, 4.0]])
        self.assertEqual(self.commands({"left": Scalar(), "knee": 0}), [[0.5, 0.0, 0.0, 0.0]])

    def test_mistakes_are_explained(self):
        mistakes = [
            (None, "returned nothing"),
            ("fast", "'fast' of type str"),
            ({"left": 1, "knie": 0}, "no actuator `knie`; there is `left`, `knee`"),
            ({"left": 1}, "nothing about `knee`"),
            ({"left": [1, 2], "knee": 0}, "2 values for `left`, which takes `velocity`"),
            ({"left": "fast", "knee": 0}, "type str for `left`"),
            ({"left": math.nan, "knee": 0}, "nan for `left`"),
            ([1.0, 2.0], "2 values, but the robot takes 4"),
        ]
        for answer, message in mistakes:
            with self.subTest(answer=answer), self.assertRaisesRegex(PolicyError, message):
                self.commands(answer)


class AloneTest(unittest.TestCase):
    def test_a_policy_that_is_run_by_hand_says_how_to_run_it(self):
        with self.assertRaises(SystemExit) as end:
            run(lambda observation: None)
        self.assertEqual(end.exception.code, 2)


if __name__ == "__main__":
    unittest.main()
