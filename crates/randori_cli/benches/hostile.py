"""Time and memory of files that ask for as much as a megabyte can say.

    python3 hostile.py RANDORI [OLDER]

Writes the files into a temporary folder, runs `randori run` on each and prints
processor time, peak memory and the exit code as a Markdown table; with a second
program, of both. A program gets 60 s and 8 GB for each file.
"""

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

CPU_S = 60
MEMORY = 8 << 30

LINK = 'mass_kg:1,inertia:Moments(ixx:1,iyy:1,izz:1)'
BOXES = 9000


def many(count, text):
    return ",".join(text(i) for i in range(count))


def environment(rest):
    return f'Environment(format:1,name:"e",{rest})'


def one_object(shapes):
    return environment(f'objects:[(name:"o",shapes:[{shapes}])]')


def robot(rest):
    return f'Robot(format:1,name:"r",base:Fixed(link:"l0"),{rest})'


def goals(count, terms, text):
    return "goals:[" + many(
        count,
        lambda g: f'(name:"g{g}",require:"always ('
        + " and ".join(text(g * terms + i) for i in range(terms))
        + ')")',
    ) + "]"


def joints(count):
    links = many(count + 1, lambda i: f'(name:"l{i}",{LINK})')
    hinges = many(
        count, lambda i: f'(name:"j{i}",kind:Continuous,parent:"l{i}",child:"l{i + 1}")'
    )
    return f"links:[{links}],joints:[{hinges}]"


def boxes():
    return environment("objects:[" + many(
        BOXES,
        lambda i: f'(name:"o{i}",mobility:Movable(mass_kg:1),'
        f'pose:(xyz:({i % 100},{i // 100},0)),shapes:[(shape:Sphere(radius:0.1))])',
    ) + "]")


def signal(k):
    axis = ["x", "y", "z", "vx", "vy", "vz"][k // BOXES % 6]
    return f"{axis}(o{k % BOXES})<9"


# By name: the environment, the robot, and what else the scenario says.
FILES = {
    "38,000 shapes on one object": (
        one_object(many(38000, lambda _: "(shape:Sphere(radius:1))")), None, ""),
    "two names of 500 kB, one unknown": (
        None, 'Robot(format:1,name:"r",base:Fixed(link:"%s"),links:[(name:"%s",mass_kg:1)])'
        % ("b" * 500000, "a" * 500000), ""),
    "9,000 unknown among 15,000 materials": (
        environment(
            "materials:{" + many(15000, lambda i: f'"mmmmmmmmmmmm{i}":(friction:1)') + "},"
            'objects:[(name:"o",shapes:['
            + many(9000, lambda i: f'(shape:Sphere(radius:1),material:"nnmmmmmmmmmm{i}")')
            + "])]"), None, ""),
    "27,000 collision groups": (
        one_object(many(
            9000, lambda i: f'(shape:Sphere(radius:1),group:"ggggggggg{i}",'
            f'ignores:["gghhggggg{i}","xxgghhgg{i}"])')), None, ""),
    "54,000 signals of 9,000 objects": (boxes(), None, goals(16, 4000, signal)),
    "56,000 signals of nothing": (
        boxes(), None, goals(16, 3500, lambda k: f"x(p{k // 3500}_{k % 3500})<9")),
    "27,000 sensors of 800 joints": (
        None, robot(joints(800) + ",sensors:["
                    + many(27000, lambda i: f'(name:"s{i}",kind:JointState())') + "]"), ""),
    "9,900 balls in one place": (
        environment("objects:[" + many(
            9900, lambda i: f'(name:"o{i}",mobility:Movable(mass_kg:1),'
            "shapes:[(shape:Sphere(radius:1))])") + "]"), None, ""),
    "16,000 lidars of 100,000 beams": (
        None, robot(f'links:[(name:"l0",{LINK})],sensors:['
                    + many(16000, lambda i: f'(name:"s{i}",link:"l0",'
                           "kind:Lidar(beams:100000,range:(0.1,5)))") + "]"), ""),
    "100 variations of 9,000 objects": (
        boxes(), None, "vary:{" + many(
            100, lambda i: f'"environment.objects.o{i}.pose.xyz.2":Uniform(0,1)') + "}"),
}


def write(folder, index, parts):
    """Writes a project; gives the path of its scenario."""
    place, body, rest = parts
    project = folder / str(index)
    (project / "assets").mkdir(parents=True)
    (project / "scenarios").mkdir()
    (project / "assets/e.ron").write_text(place or environment(""))
    if body:
        (project / "assets/r.ron").write_text(body)
        rest = 'robots:[(name:"r",model:"assets:r.ron")]' + ("," + rest if rest else "")
    scenario = project / "scenarios/s.ron"
    scenario.write_text(
        f'Scenario(format:1,title:"t",duration:0.02,environment:"assets:e.ron",{rest})')
    return scenario


def measure(program, scenario):
    def bound():
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    process = subprocess.Popen([program, "run", scenario], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, preexec_fn=bound)
    _, status, used = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    seconds = used.ru_utime + used.ru_stime
    ended = f"code {code}" if code >= 0 else "killed"
    return f"{seconds:.2f} s, {used.ru_maxrss / 1000:.0f} MB, {ended}"


def main():
    programs = [Path(name).resolve() for name in sys.argv[1:3]]
    if not programs:
        sys.exit(__doc__)
    print("| file | " + " | ".join(program.name for program in programs) + " |")
    print("|---" * (len(programs) + 1) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for index, (name, parts) in enumerate(FILES.items()):
            scenario = write(Path(folder), index, parts)
            cells = [measure(program, scenario) for program in programs]
            print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()
