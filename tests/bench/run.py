"""`make bench`: every benchmark, one after the other."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS = ("bench_matching.py", "bench_announcing.py", "bench_syncs.py", "bench_page.py")

if __name__ == "__main__":
    for script in SCRIPTS:
        print(f"\n=== {script}", flush=True)  # noqa: T201
        subprocess.run([sys.executable, str(HERE / script)], check=True)
