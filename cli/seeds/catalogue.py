"""A catalogue of any size, the same for the same seed: shops of makers, and what they sell."""

import itertools
import random
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from cli.seeds.crafts import CRAFTS, FAMILY_NAMES, GIVEN_NAMES, SERIES, Craft, Form, Place

CURRENCY = "EUR"
# Prices end as prices do.
_ENDINGS = (0, 50, 90, 95)
_SHARE_OF_FULL_NAMES = 0.5
_SHARE_WITH_CHOICES = 0.4


@dataclass(frozen=True, slots=True)
class SeedVariant:
    """One thing to buy: its choice, its price in minor units, and how many there are."""

    choice: str
    sku: str
    price: int
    stock: int
    grams: int


@dataclass(frozen=True, slots=True)
class SeedProduct:
    """One product of a shop. `option` is empty where there is only one variant."""

    handle: str
    title: str
    description: str
    category: str
    tags: tuple[str, ...]
    option: str
    variants: tuple[SeedVariant, ...]
    form: str
    colours: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SeedShop:
    """One maker's shop."""

    name: str
    description: str
    country: str
    craft: Craft
    place: Place


def make_shops(count: int, seed: int) -> list[SeedShop]:
    """Make `count` shops with names of their own; crafts take turns, so that few shops still show many crafts."""
    chance = random.Random(f"shops:{seed}")
    makers = [f"{given} {family}" for given in GIVEN_NAMES for family in FAMILY_NAMES]
    chance.shuffle(makers)
    names = set[str]()
    shops = list[SeedShop]()
    for index in range(count):
        craft = CRAFTS[index % len(CRAFTS)]
        place = chance.choice(craft.places)
        maker = makers[index % len(makers)]
        name = shop_name(maker, craft, chance)
        if name in names:
            name = f"{name}, {place.town}"
        names.add(name)
        description = f"{maker} practises {craft.name} in {place.town}. {craft.making}"
        shops.append(SeedShop(name, description, place.country, craft, place))
    return shops


def shop_name(maker: str, craft: Craft, chance: random.Random) -> str:
    """A maker's shop is called for the person and the trade."""
    workshop = chance.choice(craft.workshop)
    return f"{maker} {workshop}" if chance.random() < _SHARE_OF_FULL_NAMES else f"{maker.split()[-1]} {workshop}"


def make_products(shops: list[SeedShop], count: int, seed: int) -> Iterator[tuple[SeedShop, SeedProduct]]:
    """Make `count` products, dealt out to the shops in turn, no title twice in the whole catalogue."""
    by_craft = {craft.name: titles(craft, seed) for craft in CRAFTS}
    chance = random.Random(f"products:{seed}")
    for index, shop in zip(range(count), itertools.cycle(shops), strict=False):
        title, form, finish, material = next(by_craft[shop.craft.name])
        yield shop, make_product(shop, title, form, (finish, material), chance, index)


def titles(craft: Craft, seed: int) -> Iterator[tuple[str, Form, str, str]]:
    """Every title of a craft once, in an order drawn by the seed; past the plain ones each series has them again."""
    combinations = list(itertools.product(craft.forms, craft.finishes, craft.materials, craft.details))
    random.Random(f"titles:{craft.name}:{seed}").shuffle(combinations)
    for number in itertools.count():
        for form, finish, material, detail in combinations:
            plain = f"{finish} {material} {form.name} {detail}"
            plain = plain[0].upper() + plain[1:]
            yield (plain if number == 0 else f"{series(number)}: {plain}"), form, finish, material


def series(number: int) -> str:
    """The name of the n-th series, counting from 1; numbers follow when the names are used up."""
    rounds, index = divmod(number - 1, len(SERIES))
    return SERIES[index] + (f" {rounds + 1}" if rounds else "")


def make_product(
    shop: SeedShop, title: str, form: Form, made_of: tuple[str, str], chance: random.Random, index: int
) -> SeedProduct:
    """Make one product with one variant, or with one for each of the craft's choices."""
    craft = shop.craft
    base = chance.randint(*form.price)
    choices = craft.choices if chance.random() < _SHARE_WITH_CHOICES else craft.choices[:1]
    handle = f"{slug(title)}-{index:x}"
    variants = tuple(
        SeedVariant(
            choice=choice,
            sku=f"{slug(form.name)[:6].upper()}-{index:05d}-{position + 1}",
            price=(base + position * max(1, base // 8)) * 100 - chance.choice(_ENDINGS),
            stock=chance.randint(2, 60),
            grams=form.grams + position * form.grams // 6,
        )
        for position, choice in enumerate(choices)
    )
    description = f"<p>{title}, made by hand in {shop.place.town}.</p><p>{craft.making}</p><p>{craft.care}</p>"
    option = craft.option if len(variants) > 1 else ""
    return SeedProduct(
        handle, title, description, form.category, (craft.name, *made_of), option, variants, form.name, craft.colours
    )


def slug(text: str) -> str:
    """A title as it stands in an address: ASCII letters, digits and single hyphens."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")
