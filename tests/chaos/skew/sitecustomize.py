"""A wall clock that is wrong, for a process of the mesh that starts while the file of SOUK_SKEW_FILE is there."""

import datetime
import os
import sys
import time

_real_time, _real_datetime = time.time, datetime.datetime


class _Any(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _real_datetime)


def _set_wrong(seconds: float) -> None:
    skew = datetime.timedelta(seconds=seconds)

    class Skewed(_real_datetime, metaclass=_Any):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return _real_datetime.now(tz) + skew

    datetime.datetime = Skewed  # type: ignore[misc]  # that is what this file is for
    time.time = lambda: _real_time() + seconds


if "mesh.serve" in sys.orig_argv:
    try:
        with open(os.environ["SOUK_SKEW_FILE"]) as _file:  # noqa: PTH123  pathlib loads too much this early
            _set_wrong(float(_file.read()))
    except (KeyError, OSError):
        pass
