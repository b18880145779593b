"""What Prefect adds: the start of its server, a flow run, and a task run for each chunk.

    python -m benchmarks.prefect_overhead [CHUNKS]

Chunks here are empty tasks with the options of the real one, on an embedded server of their own. The floor is the same
coroutine awaited without Prefect.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import click

from campaigns.orchestrator import run_flow
from campaigns.prefect_server import apply_flow_environment, ensure_server, leave_server, stop_server


async def empty_chunk(chunk_id: int, chunk: str) -> dict[str, int]:
    return {"chunk": chunk_id}


async def chunks_in_flow(chunks: int) -> float:
    """Run so many empty chunks, four at once, as a flow; return the seconds inside the flow."""
    from prefect import flow, task

    from flows.task_policies import chunk_task_options, flow_options

    chunk_task = task(**chunk_task_options("chunk {chunk}", time_limit=timedelta(hours=1)))(empty_chunk)

    @flow(name="overhead", **flow_options("overhead of {chunks} chunks"))
    async def overhead(chunks: int) -> float:
        began = time.perf_counter()
        places = asyncio.Semaphore(4)

        async def one(number: int) -> None:
            async with places:
                await chunk_task(number, f"bench-{number:04d}")

        await asyncio.gather(*(one(number) for number in range(chunks)))
        return time.perf_counter() - began

    return await overhead(chunks)


def main(chunks: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        data = Path(name)
        began = time.perf_counter()
        engine = ensure_server(data, linger=timedelta(seconds=5))
        started = time.perf_counter() - began
        apply_flow_environment(engine)
        try:
            asyncio.run(run_flow(engine, f"{__name__}:chunks_in_flow", {"chunks": 1}))
            began = time.perf_counter()
            inside = asyncio.run(run_flow(engine, f"{__name__}:chunks_in_flow", {"chunks": chunks}))
            whole = time.perf_counter() - began
        finally:
            leave_server(data)
            stop_server(data)
    began = time.perf_counter()
    for number in range(chunks):
        asyncio.run(empty_chunk(number, ""))
    bare = time.perf_counter() - began
    click.echo(f"server started in a new folder: {started:.1f} s")
    click.echo(
        f"{chunks} chunk tasks: {1000 * inside / chunks:.1f} ms a chunk (without Prefect {1000 * bare / chunks:.2f} ms)"
    )
    click.echo(f"flow run around them: {whole - inside:.2f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
