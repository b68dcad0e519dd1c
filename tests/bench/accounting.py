"""CPU time of groups of processes and all that they have started, from the operating system's own accounting."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

_PROC = Path("/proc")
_MS_PER_TICK = 1000 / os.sysconf("SC_CLK_TCK")

# CPU-milliseconds by group.
Cpu: TypeAlias = dict[str, float]


def group_of(process: str) -> str:
    """The group that a process of the stack counts to: all workers are one."""
    return "workers" if process.startswith("worker-") else process


def read_cpu(roots: Mapping[str, Iterable[int]]) -> Cpu:
    """The CPU time so far of each group, given the pids of its roots; what a child used stays when it has ended."""
    parents: dict[int, list[int]] = {}
    used: dict[int, float] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdecimal() and (line := _stat(entry)):
            # After the name in brackets: state, ppid, …; fields 14 to 17 of proc(5) are utime, stime, cutime, cstime.
            fields = line.rpartition(")")[2].split()
            pid = int(entry.name)
            parents.setdefault(int(fields[1]), []).append(pid)
            used[pid] = sum(map(int, fields[11:15])) * _MS_PER_TICK
    return {group: sum(_tree(pid, parents, used) for pid in pids) for group, pids in roots.items()}


def _tree(pid: int, parents: Mapping[int, list[int]], used: Mapping[int, float]) -> float:
    return used.get(pid, 0.0) + sum(_tree(child, parents, used) for child in parents.get(pid, ()))


def _stat(entry: Path) -> str:
    try:
        return (entry / "stat").read_text()
    except OSError:
        return ""


def since(before: Cpu, now: Cpu) -> Cpu:
    """What was used between two readings."""
    return {group: now[group] - before.get(group, 0.0) for group in now}
