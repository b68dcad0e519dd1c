"""The fault tests by their numbers."""

from tests.chaos.broker import lose_nats
from tests.chaos.clocks import wrong_clocks
from tests.chaos.crashes import crash_everywhere
from tests.chaos.events import poison
from tests.chaos.hot import sell_to_everybody
from tests.chaos.lab import Experiment
from tests.chaos.model.runs import orders_as_in_the_book
from tests.chaos.outages import come_back, freeze_owners, kill_in_turn
from tests.chaos.postgres import lose_postgres
from tests.chaos.provider import bad_provider
from tests.chaos.sales import lose_redis, same_key

EXPERIMENTS: dict[str, tuple[str, Experiment]] = {
    "R": ("each part is killed once: the time to recover", come_back),
    "T1": ("kill -9 of each process in turn every 2 to 5 s", kill_in_turn),
    "T2": ("a worker dies at each labelled line", crash_everywhere),
    "T3": ("each worker stands still for 10 s", freeze_owners),
    "T6": ("NATS killed, frozen, cut off, wiped while people buy", lose_nats),
    "T7": ("PostgreSQL killed, sessions ended, read only, away, cut off", lose_postgres),
    "T8": ("Redis flushed, killed, slow during a sale", lose_redis),
    "T9": ("provider fails after the effect, webhooks late and false", bad_provider),
    "T11": ("one worker's clock is wrong", wrong_clocks),
    "T12": ("hot stock held while workers die, bought while all parts do", sell_to_everybody),
    "T15": ("events that cannot be applied", poison),
    "T16": ("one key, fifty at once", same_key),
    "T18": ("orders do as the book in memory says", orders_as_in_the_book),
}
