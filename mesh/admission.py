"""Who may begin: a process that has too much to do refuses at once what it could only answer too late.

What runs already is worth more than what is only asked for. So calls from outside stop at half of what may run at
once, and each method has a limit of its own besides, which falls while its calls take too long and rises again after.
"""

import time
from collections.abc import Mapping
from typing import Any, Final

from mesh import metrics
from mesh.contract import MethodContract
from mesh.errors import Code, ResourceExhausted

# A call that takes this share of its deadline has waited more than it has worked.
_TOO_LONG: Final = 1 / 3
# However slow its calls are, so many of a method may run: it must be able to show that it has recovered.
_FEWEST: Final = 16.0
# At each end of a call: what was slow lowers the limit by a share, what was not raises it by one call.
_FALL: Final = 0.97
_RISE: Final = 1.0


class Gate:
    """All calls that one process serves over its socket."""

    __slots__ = ("inside_header", "most", "most_from_outside", "running")

    def __init__(self, most: int, inside_header: str) -> None:
        """Let `most` calls run at once; those with `inside_header` come from other services."""
        self.most = most
        self.most_from_outside = max(1, most // 2)
        self.inside_header = inside_header
        self.running = 0


class Limit:
    """The calls of one method."""

    __slots__ = ("_contract", "_gate", "_most", "_running", "_slow")

    def __init__(self, contract: MethodContract, gate: Gate) -> None:
        """At first as many as the gate lets in."""
        self._contract = contract
        self._gate = gate
        self._most = float(gate.most_from_outside)
        self._running = 0
        self._slow = contract.deadline * _TOO_LONG

    def enter(self, headers: Mapping[str, Any]) -> float:
        """Begin a call and return when, for `leave`. Raises ResourceExhausted where it would wait too long."""
        gate = self._gate
        if gate.inside_header in headers:
            refused = gate.running >= gate.most
        else:
            refused = gate.running >= gate.most_from_outside or self._running >= self._most
        if refused:
            metrics.record(self._contract.service, self._contract.name, Code.RESOURCE_EXHAUSTED.value, 0.0)
            raise ResourceExhausted("OVERLOADED", "Too many calls at once; try again soon.", retry_after=1.0)
        gate.running += 1
        self._running += 1
        return time.monotonic()

    def leave(self, began: float) -> None:
        """A call has ended."""
        self._gate.running -= 1
        self._running -= 1
        if time.monotonic() - began > self._slow:
            self._most = max(min(_FEWEST, self._most), self._most * _FALL)
        elif self._most < self._gate.most_from_outside:
            self._most = min(self._most + _RISE, self._gate.most_from_outside)
