"""Drive a robot in Randori from Python, with nothing to install.

    from randori_policy import run

    def act(observation):
        return {"left": 3.0, "right": 3.0}

    run(act)

Randori starts the script and puts this module on its path. `act` is called once per control period:

    observation.time                              simulated seconds
    observation["lidar"]["ranges"]                the latest values of a sensor's channel, or None before the first ones
    observation["joints"]["position"][2]          a value by its number ...
    observation["joints"]["position"]["hinge"]    ... or by its name, if it has one
    observation["lidar"]["measured_at"]           when they were measured (s), or None

It returns what each actuator shall do, by name (`{"left": 3.0}`; an actuator with several inputs takes a number for the
first one or a list for all) or as one list of all inputs in order, or a list of such commands, one per control period.
Where a lidar hit nothing, the range is infinite. `print` is free to use: it goes to Randori's log, not to the robot.

Works with Python 3.8 and later.
"""

import json
import math
import numbers
import os
import sys
import traceback

__all__ = ["run", "Observation", "Robot", "PolicyError"]

PROTOCOL = 1


class PolicyError(Exception):
    """A mistake in the policy, explained to its author."""


class Values(list):
    """Numbers of one channel; those with names can be reached by them, too."""

    def __init__(self, values, elements):
        super().__init__(math.inf if value is None else value for value in values)
        self._elements = elements

    def __getitem__(self, key):
        if isinstance(key, str):
            return super().__getitem__(_lookup(self._elements, key, "value"))
        return super().__getitem__(key)


class _Named(dict):
    """A dictionary that explains a key that it does not have."""

    def __init__(self, what, items):
        super().__init__(items)
        self._what = what

    def __missing__(self, key):
        raise PolicyError(_unknown(self._what, key, self))


class Observation(_Named):
    """What the robot knows at one moment: sensors by name, each with its channels by name."""

    def __init__(self, robot, message):
        self.time = message["time"]
        self.tick = message["tick"]
        self.request = message["request"]
        super().__init__(
            "sensor",
            {name: _Named("channel", robot._channels(name, reading)) for name, reading in message["sensors"].items()},
        )


class Robot:
    """What the robot offers. `run` passes it to a `setup(robot)` if there is one."""

    def __init__(self, hello):
        self.name = hello["robot"]
        self.period = hello["period_s"]
        self.gravity = hello["gravity"]
        self.observations = hello["observations"]
        self.actions = hello["actions"]
        self._inputs = {action["name"]: action["inputs"] for action in self.actions}
        self._elements = {(o["sensor"], o["channel"]): o["elements"] for o in self.observations}

    def _channels(self, sensor, reading):
        def value(channel, values):
            if isinstance(values, list):
                return Values(values, self._elements[sensor, channel])
            return values

        return {channel: value(channel, values) for channel, values in reading.items()}

    def commands(self, answer):
        """Turns what `act` returned into a list of commands, each a list of all inputs."""
        if answer is None:
            raise PolicyError("act() returned nothing; return a command such as " + self._example())
        if isinstance(answer, dict):
            return [self._by_name(answer)]
        items = _as_list(answer)
        if items is None:
            raise PolicyError("act() returned %s; return a command such as %s" % (_kind(answer), self._example()))
        if items and all(isinstance(item, dict) or _as_list(item) is not None for item in items):
            return [self._by_name(item) if isinstance(item, dict) else self._in_order(item) for item in items]
        return [self._in_order(items)]

    def _in_order(self, values):
        values = _as_list(values)
        owners = [name for name, inputs in self._inputs.items() for _ in inputs]
        if len(values) != len(owners):
            raise PolicyError(
                "act() returned %d values, but the robot takes %d: %s" % (len(values), len(owners), _names(owners))
            )
        return [_number(value, name) for value, name in zip(values, owners)]

    def _by_name(self, command):
        for name in command:
            if name not in self._inputs:
                raise PolicyError("act() returned a wrong name: " + _unknown("actuator", name, self._inputs))
        values = []
        for name, inputs in self._inputs.items():
            if name not in command:
                raise PolicyError("act() returned a command that says nothing about `%s`" % name)
            items = _as_list(command[name])
            if items is None:
                items = [command[name]] + [0.0] * (len(inputs) - 1)
            if len(items) != len(inputs):
                given, takes = len(items), _names(inputs)
                raise PolicyError("act() returned %d values for `%s`, which takes %s" % (given, name, takes))
            values.extend(_number(item, name) for item in items)
        return values

    def _example(self):
        return json.dumps({name: 0.0 for name in self._inputs})


def run(act, reset=None, setup=None, name=None):
    """Answers Randori until the run is over, then returns.

    act(observation)  decides; see the module's description
    reset(seed)       is called before each run, if given
    setup(robot)      is called once with the `Robot`, if given
    name              is how reports call the policy
    """
    if _channel is None:
        print("This policy is started by Randori, for example with:", file=sys.stderr)
        print('  randori run SCENARIO.ron --policy "python3 %s"' % sys.argv[0], file=sys.stderr)
        sys.exit(2)
    try:
        _converse(_channel, act, reset, setup, name)
    except Exception as error:
        _report(error)
        sys.exit(1)


def _converse(channel, act, reset, setup, name):
    robot = None
    while True:
        message = channel.receive()
        if message is None:
            return
        kind = message["type"]
        if kind == "hello":
            if message["protocol"] != PROTOCOL:
                raise PolicyError("this module speaks protocol %d, Randori %s" % (PROTOCOL, message["protocol"]))
            robot = Robot(message)
            if setup is not None:
                setup(robot)
            ready = {"type": "ready", "protocol": PROTOCOL, "name": name or os.path.basename(sys.argv[0])}
            channel.send(ready)
        elif kind == "reset":
            if reset is not None:
                reset(message["seed"])
            channel.send({"type": "ready"})
        elif kind == "observation":
            commands = robot.commands(act(Observation(robot, message)))
            channel.send({"type": "command", "request": message["request"], "commands": commands})


def _report(error):
    """The whole story for the log, and one line for the report."""
    if isinstance(error, PolicyError):
        summary = str(error)
        place = [f for f in traceback.extract_tb(error.__traceback__) if f.filename != __file__]
        if place:
            summary += " (%s, line %d)" % (os.path.basename(place[-1].filename), place[-1].lineno)
        print(summary, file=sys.stderr)
    else:
        summary = "".join(traceback.format_exception_only(type(error), error)).strip().splitlines()[-1]
        traceback.print_exc()
    sys.stderr.flush()
    try:
        _channel.send({"type": "error", "message": summary[:2000]})
    except OSError:
        pass  # Randori is gone; the log has said it already.


class _Channel:
    """The conversation. It takes standard input and output for itself, so that `print` and `input` cannot disturb it."""

    def __init__(self):
        sys.stdout.flush()
        # `closefd=False`: the pipes close when the process ends, not before it has said how.
        self._in = os.fdopen(os.dup(0), "r", encoding="utf-8", newline="\n", closefd=False)
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n", closefd=False)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)

    def receive(self):
        line = self._in.readline()
        return json.loads(line) if line else None

    def send(self, message):
        self._out.write(json.dumps(message, allow_nan=False) + "\n")
        self._out.flush()


def _as_list(value):
    """The items of a list, tuple or array; None for a single thing."""
    if isinstance(value, (list, tuple)):
        return list(value)
    if hasattr(value, "tolist") and getattr(value, "shape", ()) != ():
        return value.tolist()
    return None


def _number(value, actuator):
    if isinstance(value, bool) or not (isinstance(value, numbers.Real) or hasattr(value, "__float__")):
        raise PolicyError("act() returned %s for `%s`; it takes a number" % (_kind(value), actuator))
    value = float(value)
    if not math.isfinite(value):
        raise PolicyError("act() returned %s for `%s`" % (value, actuator))
    return value


def _lookup(names, name, what):
    if name not in names:
        raise PolicyError(_unknown(what, name, names))
    return names.index(name)


def _unknown(what, name, known):
    known = [str(item) for item in known]
    return "there is no %s `%s`; %s" % (what, name, "there is " + _names(known) if known else "there is none")


def _names(names):
    return ", ".join("`%s`" % name for name in names)


def _kind(value):
    return "%s of type %s" % (repr(value)[:60], type(value).__name__)


_channel = _Channel() if os.environ.get("RANDORI_POLICY_PROTOCOL") else None
