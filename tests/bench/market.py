"""The market under load: an embedded stack of its own, stocked by `souk seed`, with customers who are signed in."""

import asyncio
import json
import random
import time
from dataclasses import asdict, dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Any

from mesh.stack.home import Home
from tests.bench.accounting import group_of
from tests.bench.accounts import Accounts
from tests.bench.wire import exchange_all, request
from tests.stack_process import Stack

if TYPE_CHECKING:
    from collections.abc import Iterator

PASSWORD = "a quiet harbour at dawn"
_PAGE = 100
_TOKEN_SECONDS = 400.0
# Products whose variants are bought: some 2,400 variants with 2 to 60 units each.
_BOUGHT_PRODUCTS = 1200
_IN_A_ROUND = 200
# A hundred thousand products take minutes.
_SEED_SECONDS = 900.0


@dataclass
class Customer:
    """Somebody with an account."""

    email: str
    user_id: str
    session_id: str
    token: str


class Market:
    """What the work items know of the market."""

    def __init__(self, home: Home, seed: int) -> None:
        self.stack = Stack(home)
        self.chance = random.Random(seed)  # noqa: S311 - a seeded draw
        self.customers: list[Customer] = []
        self.product_ids: list[str] = []
        self.category_ids: list[str] = []
        self._signed_in = 0.0
        self._units: Iterator[str] = iter(())
        self._turns: Iterator[Customer] = iter(())
        self._file = home.root / "bench.json"

    @property
    def edge(self) -> str:
        """The URL of the edge."""
        return self.stack.edge

    def pids(self) -> dict[str, list[int]]:
        """The processes of the stack by group."""
        groups: dict[str, list[int]] = {}
        for each in self.stack.state.processes:
            groups.setdefault(group_of(each.name), []).append(each.pid)
        return groups

    async def stock(self, products: int, shops: int, customers: int) -> None:
        """Fill an empty store; one that was filled before is taken as it is."""
        if not self._file.exists():
            await self._seed(products, shops, 1)
            await self._register(customers)
        else:
            self.customers = [Customer(**each) for each in json.loads(self._file.read_text())]
            await self.keep_signed_in()
        self._turns = cycle(self.customers)
        await self._look_around()

    async def add_products(self, products: int, shops: int, seed: int) -> None:
        """Add shops with products to those that there are."""
        await self._seed(products, shops, seed)
        await self._look_around()

    async def _seed(self, products: int, shops: int, seed: int) -> None:
        options = ("--products", str(products), "--shops", str(shops), "--seed", str(seed))
        await asyncio.to_thread(self.stack.souk, "seed", *options, seconds=_SEED_SECONDS)

    async def _register(self, count: int) -> None:
        emails = [f"customer-{number}@example.com" for number in range(count)]
        made = await self._accounts.make(emails, PASSWORD)
        self.customers = [Customer(email, *ids, "") for email, ids in zip(emails, made, strict=True)]
        self._file.write_text(json.dumps([asdict(each) for each in self.customers]))
        await self.keep_signed_in()

    @property
    def _accounts(self) -> Accounts:
        return Accounts(self.stack.home, self.stack.urls["postgres"])

    async def keep_signed_in(self) -> None:
        """New access tokens for everybody where theirs are old: they live for 15 minutes."""
        if not self._signed_in or time.monotonic() - self._signed_in > _TOKEN_SECONDS:
            accounts = self._accounts
            for customer in self.customers:
                customer.token = accounts.token(customer.user_id, customer.session_id)
            self._signed_in = time.monotonic()

    def some_customers(self, count: int = _IN_A_ROUND) -> list[Customer]:
        """Those whose turn it is."""
        return [next(self._turns) for _ in range(min(count, len(self.customers)))]

    async def _look_around(self) -> None:
        categories = (await self.get("/categories"))["categories"]
        self.product_ids = []
        self.category_ids = [each["categoryId"] for each in categories if each["productCount"] >= 20]
        token = ""
        while True:
            page = await self.get(f"/products?page_size={_PAGE}&page_token={token}")
            self.product_ids += [each["productId"] for each in page["products"]]
            token = page["nextPageToken"]
            if not token:
                break
        self.chance.shuffle(self.product_ids)
        self._units = iter(await self._stocked())

    async def _stocked(self) -> list[str]:
        """Variant ids, each as often as units of it are in stock, in random order."""
        paths = [f"/products/{each}" for each in self.product_ids[:_BOUGHT_PRODUCTS]]
        answers = await exchange_all(self.edge, [request("GET", path) for path in paths])
        variants = [variant for answer in answers for variant in answer.json()["variants"]]
        units = [each["variantId"] for each in variants for _ in range(int(each["available"]))]
        self.chance.shuffle(units)
        return units

    async def get(self, path: str) -> dict[str, Any]:
        """One good answer, asked by nobody."""
        return (await exchange_all(self.edge, [request("GET", path)]))[0].json()

    def take_unit(self) -> str:
        """A variant with one unit left that no other call of this run was given."""
        return next(self._units)
