"""A product and its variants: what makes them whole, and how they change."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from mesh.errors import Aborted, FailedPrecondition, InvalidArgument, NotFound
from mesh.ids import new_id
from mesh.money import Money


class ProductState(StrEnum):
    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    ARCHIVED = "ARCHIVED"


@dataclass(frozen=True, slots=True)
class Image:
    url: str
    alt: str = ""
    primary: bool = False


@dataclass(frozen=True, slots=True)
class VariantDraft:
    """A variant as it is handed in."""

    sku: str
    price: Money
    options: dict[str, str] = field(default_factory=dict)
    stock: int = 0
    weight_grams: int = 0
    variant_id: uuid.UUID | None = None


@dataclass(slots=True)
class Variant:
    variant_id: uuid.UUID
    sku: str
    price: Money
    options: dict[str, str]
    weight_grams: int
    # What can be bought, as inventory last said; before it has said anything, the initial stock.
    available: int
    stock_version: int = 0
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class PriceChange:
    variant_id: uuid.UUID
    old: Money
    new: Money


@dataclass(slots=True)
class Product:
    product_id: uuid.UUID
    shop_id: uuid.UUID
    slug: str
    title: str
    description: str = ""
    brand: str = ""
    category_id: uuid.UUID | None = None
    state: ProductState = ProductState.ACTIVE
    images: list[Image] = field(default_factory=list)
    attributes: dict[str, str] = field(default_factory=dict)
    # Withdrawn ones too: orders name them, and a SKU that comes back gets its old stock.
    all_variants: list[Variant] = field(default_factory=list)
    handle: str | None = None
    version: int = 1
    create_time: datetime | None = None
    update_time: datetime | None = None
    price_changes: list[PriceChange] = field(default_factory=list)

    @classmethod
    def new(cls, product_id: uuid.UUID, shop_id: uuid.UUID, fields: dict[str, Any]) -> "Product":
        """A product out of its fields, at version 1; its slug is found later."""
        product = cls(product_id, shop_id, slug="", title="", version=0)
        product.change(fields)
        product.create_time = product.update_time
        return product

    @property
    def variants(self) -> list[Variant]:
        return [variant for variant in self.all_variants if not variant.withdrawn]

    @property
    def price_from(self) -> Money:
        """The least price; of an archived product that of what it last sold."""
        return min((variant.price for variant in self.variants or self.all_variants), key=lambda price: price.amount)

    @property
    def available(self) -> bool:
        return any(variant.available > 0 for variant in self.variants)

    @property
    def image_url(self) -> str:
        return next((image.url for image in self.images if image.primary), "")

    def change(self, changes: dict[str, Any]) -> None:
        """Set the fields that `changes` names, in their own types; `variants` are drafts."""
        self._require_not_archived()
        drafts = changes.get("variants")
        for name, value in changes.items():
            if name != "variants":
                setattr(self, name, value)
        self.title = require_title(self.title)
        self.images = with_one_primary(self.images)
        if drafts is not None:
            self._set_variants(drafts)
        self._touch()

    def archive(self) -> None:
        """Take it off the market for good; its SKUs are free again."""
        self.state = ProductState.ARCHIVED
        for variant in self.all_variants:
            variant.withdrawn = True
        self._touch()

    def require_version(self, expected: int | None) -> None:
        if expected is not None and expected != self.version:
            message = f"The product is at version {self.version}, not {expected}."
            raise Aborted("VERSION_MISMATCH", message, version=str(self.version))

    def _touch(self) -> None:
        self.version += 1
        self.update_time = datetime.now(UTC)

    def _require_not_archived(self) -> None:
        if self.state is ProductState.ARCHIVED:
            raise FailedPrecondition("PRODUCT_ARCHIVED", "The product is archived.", productId=str(self.product_id))

    def _set_variants(self, drafts: Sequence[VariantDraft]) -> None:
        require_variants(drafts)
        kept = [self._variant_of(draft) for draft in drafts]
        ids = {variant.variant_id for variant in kept}
        gone = [replace(known, withdrawn=True) for known in self.all_variants if known.variant_id not in ids]
        self.all_variants = [*kept, *gone]

    def _variant_of(self, draft: VariantDraft) -> Variant:
        known = self._find(draft)
        if known is None:
            return new_variant(draft)
        if known.price != draft.price:
            self.price_changes.append(PriceChange(known.variant_id, known.price, draft.price))
        return replace(
            known,
            sku=draft.sku,
            price=draft.price,
            options=draft.options,
            weight_grams=draft.weight_grams,
            withdrawn=False,
        )

    def _find(self, draft: VariantDraft) -> Variant | None:
        if draft.variant_id is None:
            return next((variant for variant in self.all_variants if variant.sku == draft.sku), None)
        for variant in self.all_variants:
            if variant.variant_id == draft.variant_id:
                return variant
        variant_id = str(draft.variant_id)
        raise NotFound("VARIANT_NOT_FOUND", "The product has no such variant.", variantId=variant_id)


def new_variant(draft: VariantDraft) -> Variant:
    return Variant(new_id(), draft.sku, draft.price, draft.options, draft.weight_grams, available=draft.stock)


def require_title(title: str) -> str:
    if not title.strip():
        raise InvalidArgument("TITLE_REQUIRED", "A product has a title.", fields={"title": "is required"})
    return title.strip()


def with_one_primary(images: Sequence[Image]) -> list[Image]:
    """The first that is marked stays primary; without one, the first picture becomes it."""
    chosen = next((place for place, image in enumerate(images) if image.primary), 0)
    return [replace(image, primary=place == chosen) for place, image in enumerate(images)]


def require_variants(drafts: Sequence[VariantDraft]) -> None:
    """Refuse none at all, a SKU that comes twice, and two variants that nobody can tell apart."""
    if not drafts:
        raise InvalidArgument("VARIANTS_REQUIRED", "A product has a variant.", fields={"variants": "is required"})
    skus: set[str] = set()
    options: set[frozenset[tuple[str, str]]] = set()
    for place, draft in enumerate(drafts):
        if draft.sku in skus:
            message = f"The SKU {draft.sku} comes twice."
            raise InvalidArgument("SKU_DUPLICATE", message, fields={f"variants[{place}].sku": "comes twice"})
        choice = frozenset(draft.options.items())
        if choice in options:
            message = "Two variants have the same options."
            raise InvalidArgument("OPTIONS_DUPLICATE", message, fields={f"variants[{place}].options": "come twice"})
        skus.add(draft.sku)
        options.add(choice)
