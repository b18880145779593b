"""Run every benchmark, each in a process of its own: `python -m benchmarks [NAME …]`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click

HERE = Path(__file__).parent


def main(names: list[str]) -> int:
    known = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))
    unknown = [name for name in names if name not in known]
    if unknown:
        click.echo(f"no benchmark is called {', '.join(unknown)}; there are: {', '.join(known)}", err=True)
        return 2
    failed = []
    for name in names or known:
        click.secho(f"\n{name}", bold=True)
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode:
            failed.append(name)
    if failed:
        click.echo(f"failed: {', '.join(failed)}", err=True)
    return bool(failed)


sys.exit(main(sys.argv[1:]))
