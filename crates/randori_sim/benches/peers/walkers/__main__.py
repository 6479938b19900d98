"""The commands; `python -m walkers --help` lists them."""

import argparse
import json
import shutil
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from . import assets, golden, speed
from .bands import Band, agreement, decimals, print_table
from .cases import CASES, CONTACT_VARIANTS, HELD_RATES, RATES_HZ, drawn_starts
from .randori import Randori, RandoriError
from .robots import FACTS, Robot, Start
from .scenes import SCENES
from .scenes import compare as scenes_beside
from .walk import walk


def check_golden(options):
    """MuJoCo against the recordings of the authors' controllers."""
    results = {robot: golden.check(robot, options.assets) for robot in FACTS}
    rows = [
        [
            robot,
            *(f"{result[key]:.1e}" for key in ("observation", "action", "target")),
            f"{result['same_until_s']:.2f}",
            f"{result['difference_after_1s']:.1e}",
            f"{result['fast_same_until_s']:.2f}",
            "yes" if result["agrees"] else "NO",
        ]
        for robot, result in results.items()
    ]
    head = ["robot", "observation", "action", "target", "same run for (s)", "after 1 s", "fast loop for (s)"]
    print_table([*head, "agrees"], rows)
    return results, all(result["agrees"] for result in results.values())


def published(options):
    """One run each in MuJoCo from the authors' start, beside the published value."""
    results, rows = [], []
    for case in CASES:
        measures = walk(Robot(case.robot, options.assets), case.command, Start())
        results.append({"case": case.title, "published": case.published, **asdict(measures)})
        for measure, expected in case.published.items():
            value = getattr(measures, measure)
            fell = "no" if measures.fell_at_s is None else f"at {measures.fell_at_s:.1f} s"
            rows.append([case.title, measure, decimals(expected), decimals(value), fell])
    print_table(["robot (command)", "measure", "published", "here", "fell"], rows)
    return results, all(one["fell_at_s"] is None for one in results)


def mujoco(options):
    """MuJoCo alone, from starts drawn with a fixed seed."""
    results, rows = [], []
    for case in CASES:
        robot = Robot(case.robot, options.assets)
        runs = [walk(robot, case.command, start) for start in drawn_starts(robot, options.seeds)]
        results.append({"case": case.title, "runs": [asdict(run) for run in runs]})
        rows += [[case.title, measure, band(measure, runs), falls(runs)] for measure in case.published]
    print_table(["robot (command)", "measure", "MuJoCo", "falls"], rows)
    return results, True


def contacts(options):
    """Go2 in MuJoCo with other contacts than its file asks for."""
    case = next(case for case in CASES if case.robot == "go2_rl_sar")
    results, rows = [], []
    for timestep_s in (0.005, 0.0025):
        for name, variant in CONTACT_VARIANTS.items():
            robot = Robot(case.robot, options.assets, timestep_s, variant)
            runs = [walk(robot, case.command, start) for start in drawn_starts(robot, options.seeds)]
            results.append(
                {"contacts": name, "timestep_s": timestep_s, "runs": [asdict(run) for run in runs]}
            )
            rows.append([name, f"{timestep_s * 1e3:g} ms", band("vx", runs), falls(runs)])
    print_table([f"contacts of {case.title}", "step", "vx", "falls"], rows)
    return results, True


def compare(options):
    """Randori and MuJoCo from the same starts, at several physics rates of Randori."""
    results, rows, agrees = [], [], True
    program = Randori(options.randori, options.assets)
    for case in CASES:
        robot = Robot(case.robot, options.assets)
        for rate in RATES_HZ[case.robot]:
            try:
                result = compare_at(program, robot, case, rate, options.seeds)
            except RandoriError as error:
                print(f"{case.title} at {rate} Hz: {error}", file=sys.stderr)
                result = {"case": case.title, "rate_hz": rate, "measures": {}, "agrees": False}
            results.append(result)
            if rate in RATES_HZ[case.robot][:HELD_RATES]:
                agrees &= result["agrees"]
            for measure, found in result["measures"].items():
                bands = Band(**found["randori"]), Band(**found["mujoco"])
                near = "yes" if found["agrees"] else "NO"
                fell = f"{result['falls']['randori']}, {result['falls']['mujoco']}"
                rows.append([case.title, f"{rate} Hz", measure, *bands, found["words"], fell, near])
    head = [
        "robot (command)",
        "Randori at",
        "measure",
        "Randori",
        "MuJoCo",
        "ratio, or difference",
        "falls",
        "agrees",
    ]
    print_table(head, rows)
    return results, agrees


def compare_at(program, robot, case, rate, seeds):
    """One command at one physics rate of Randori."""
    ours = program.runs(case.scenario, seeds, [f"physics.rate_hz={rate}"])
    theirs = [walk(robot, case.command, run.start) for run in ours]
    fell = {"randori": sum(run.fell for run in ours), "mujoco": falls(theirs)}
    measures = {}
    for measure in case.published:
        randori = Band.of(run.measure(measure) for run in ours if not run.fell)
        peer = band(measure, theirs)
        words, near = agreement(randori.mean, peer.mean, case.commanded(measure))
        near &= fell["randori"] == 0
        measures[measure] = {
            "randori": asdict(randori),
            "mujoco": asdict(peer),
            "words": words,
            "agrees": near,
        }
    return {
        "case": case.title,
        "rate_hz": rate,
        "measures": measures,
        "falls": fell,
        "agrees": all(found["agrees"] for found in measures.values()),
        "runs": [
            {"seed": run.seed, "start": asdict(run.start), "randori": run.metrics, "mujoco": asdict(peer)}
            for run, peer in zip(ours, theirs, strict=True)
        ],
    }


def scenes(options):
    """Randori and MuJoCo on scenes without a policy."""
    program = Randori(options.randori, options.assets)
    with tempfile.TemporaryDirectory() as folder:
        return scenes_beside.compare(program, options.only or SCENES, folder)


def measure_speed(options):
    """Robot-seconds per CPU-second of both simulators."""
    randori = Randori(options.randori, options.assets) if options.randori else None
    names = options.only or [*FACTS, *SCENES]
    with tempfile.TemporaryDirectory() as folder:
        contestants = [one for one in speed.walkers(options.assets, randori) if one.robot in names]
        contestants += scenes_beside.contestants(randori, [name for name in SCENES if name in names], folder)
        return speed.measure(contestants, options.rounds), True


def once(options):
    """One run in MuJoCo without measures, for `speed`."""
    speed.run_once(options.robot, options.assets, options.seconds, options.loop)
    return None, True


def band(measure, runs):
    """Of the runs in MuJoCo that did not fall."""
    return Band.of(getattr(run, measure) for run in runs if run.fell_at_s is None)


def falls(runs):
    return sum(run.fell_at_s is not None for run in runs)


def executable(path):
    """A program as the command line names it."""
    found = shutil.which(path)
    if found is None:
        raise argparse.ArgumentTypeError(f"{path} is no program")
    return found


def arguments():
    parser = argparse.ArgumentParser(
        prog="walkers", description="Walking policies of other teams, and scenes: MuJoCo beside Randori."
    )
    parser.add_argument("--assets", help="folder with one folder per policy")
    parser.add_argument("--json", type=Path, help="file for all figures")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name, function):
        words = commands.add_parser(name, help=function.__doc__)
        words.set_defaults(function=function)
        return words

    def program(words, required):
        words.add_argument(
            "--randori", required=required, type=executable, help="the randori program, built for release"
        )

    def seeds(words):
        words.add_argument("--seeds", type=int, default=10, help="number of starts; 10 if left out")

    command("golden", check_golden)
    command("published", published)
    seeds(command("mujoco", mujoco))
    seeds(command("contacts", contacts))
    comparison = command("compare", compare)
    program(comparison, True)
    seeds(comparison)
    beside = command("scenes", scenes)
    program(beside, True)
    beside.add_argument("--only", nargs="+", choices=SCENES, help="these scenes; all if left out")
    timing = command("speed", measure_speed)
    program(timing, False)
    timing.add_argument("--rounds", type=int, default=5, help="rounds whose median counts; 5 if left out")
    timing.add_argument(
        "--only", nargs="+", choices=[*FACTS, *SCENES], help="these robots and scenes; all if left out"
    )
    single = command("once", once)
    single.add_argument("robot", choices=FACTS)
    single.add_argument("seconds", type=float)
    single.add_argument("--loop", choices=[speed.PLAIN, speed.FAST], default=speed.PLAIN)
    return parser.parse_args()


def main():
    options = arguments()
    options.assets = assets.policies_folder(options.assets)
    try:
        results, agrees = options.function(options)
    except RandoriError as error:
        raise SystemExit(str(error)) from None
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    sys.exit(0 if agrees else 1)


if __name__ == "__main__":
    main()
