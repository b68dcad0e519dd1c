"""T11: a machine whose clock is wrong. The monotonic clock and the database's are not: leases go by those."""

from tests.chaos.lab import Lab, skew_file
from tests.chaos.outages import shop

_SKEWS = (600.0, -600.0, -3600.0)
_FEW = 15


async def wrong_clocks(lab: Lab) -> None:
    """T11: one worker of two is ten minutes ahead, ten behind, jumps back by an hour."""
    goods = await lab.goods("Sundial")
    for skew in _SKEWS:
        worker = lab.rng.choice(lab.workers)
        await _restart(lab, worker, skew)
        await shop(lab, goods, _FEW)
        lab.note(f"{worker} {skew:+.0f} s: {lab.market.counts()}")
        await _restart(lab, worker, None)


async def _restart(lab: Lab, worker: str, skew: float | None) -> None:
    file = skew_file(lab.stack)
    if skew is not None:
        file.write_text(str(skew))
    await lab.kill_through(worker)
    file.unlink(missing_ok=True)
