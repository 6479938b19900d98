"""Compares imported robots with what MuJoCo or Pinocchio makes of the same files.

Usage: compare.py DESCRIBE FILE...

DESCRIBE is the example program of the crate; the comparison is that of
`randori import --verify`. Exits with 1 if anything differs that the report of
the import does not tell.
"""

import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python"))
import verify  # noqa: E402


def compare(describe, path):
    run = subprocess.run([describe, path], capture_output=True, text=True)
    if run.returncode:
        print(f"{path}: not imported: {run.stderr.strip()[:300]}")
        return None
    answer = verify.verify(json.loads(run.stdout))
    if "quantities" not in answer:
        print(f"{path}: {answer}")
        return None
    rows = answer["quantities"]
    for row in rows:
        if row["status"] != "ok":
            told = f" ({row['told']})" if row["told"] else ""
            print(f"{path}: {row['quantity']} of {row['where']}: {row['ours']} but {answer['reader']} has {row['theirs']}{told}")
    figures = ", ".join(f"{row['quantity']} {row['difference'] or 0:.0e}" for row in rows if row["status"] == "ok")
    print(f"{'/'.join(path.split('/')[-2:])}: largest differences: {figures}")
    return all(row["status"] != "differs" for row in rows)


def main():
    describe, files = sys.argv[1], sys.argv[2:]
    results = [compare(describe, path) for path in files]
    print(f"{results.count(True)} agree, {results.count(False)} differ, {results.count(None)} not compared")
    sys.exit(1 if False in results else 0)


main()
