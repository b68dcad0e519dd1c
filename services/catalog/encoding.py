"""Between the catalogue's domain and its messages."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from souk.catalog.v1 import catalog_service_pb2 as pb2
from souk.catalog.v1 import category_pb2, product_import_pb2, product_pb2
from souk.money.v1.money_pb2 import Money as MoneyMessage

from mesh import money
from mesh.database import Record
from mesh.errors import InvalidArgument
from mesh.page import decode_page, encode_page
from services.catalog.domain.category import CategoryTree
from services.catalog.domain.product import Image, Product, ProductState, Variant, VariantDraft
from services.catalog.domain.shop import Shop
from services.catalog.repository.lists import ORDERS

_TEXT_FIELDS = ("title", "brand", "description")


def tree_to_proto(tree: CategoryTree, counts: Mapping[uuid.UUID, int]) -> pb2.ListCategoriesResponse:
    totals = tree.totals(counts)
    return pb2.ListCategoriesResponse(
        categories=[
            category_pb2.Category(
                category_id=str(category.category_id),
                name=category.name,
                slug=category.slug,
                parent_id=str(category.parent_id or ""),
                product_count=totals[category.category_id],
            )
            for category in tree.categories
        ]
    )


def product_to_proto(product: Product, shop: Shop) -> product_pb2.Product:
    message = product_pb2.Product(
        product_id=str(product.product_id),
        slug=product.slug,
        shop_id=str(product.shop_id),
        shop_name=shop.name,
        title=product.title,
        description=product.description,
        brand=product.brand,
        category_id=str(product.category_id or ""),
        state=product.state.value,
        price_from=money.to_proto(product.price_from),
        images=[product_pb2.Image(url=image.url, alt=image.alt, primary=image.primary) for image in product.images],
        attributes=product.attributes,
        variants=[_variant(variant) for variant in product.variants],
        available=product.available,
        version=product.version,
    )
    if product.create_time and product.update_time:
        message.create_time.FromDatetime(product.create_time)
        message.update_time.FromDatetime(product.update_time)
    return message


def _variant(variant: Variant) -> product_pb2.Variant:
    return product_pb2.Variant(
        variant_id=str(variant.variant_id),
        sku=variant.sku,
        price=money.to_proto(variant.price),
        options=variant.options,
        available=max(variant.available, 0),
        weight_grams=variant.weight_grams,
    )


def drafts_of(inputs: Iterable[product_pb2.VariantInput], shop: Shop) -> list[VariantDraft]:
    """Variants as they are handed in, their prices checked against the shop's currency."""
    return [
        VariantDraft(
            sku=draft.sku.strip(),
            price=shop.price(draft.price.currency, draft.price.amount, f"variants[{place}].price"),
            options=dict(draft.options),
            stock=draft.stock,
            weight_grams=draft.weight_grams,
            variant_id=uuid.UUID(draft.variant_id) if draft.variant_id else None,
        )
        for place, draft in enumerate(inputs)
    ]


def images_of(images: Iterable[product_pb2.Image]) -> list[Image]:
    return [Image(image.url, image.alt, image.primary) for image in images]


def state_of(value: int) -> ProductState:
    """The state that a message names; unset means ACTIVE."""
    return ProductState(product_pb2.ProductState.Value.Name(value)) if value else ProductState.ACTIVE


def changes_of(changed: Mapping[str, Any], shop: Shop) -> dict[str, Any]:
    """The changed fields of an update in the domain's types. What is empty and cannot be stays as it is."""
    changes = {name: changed[name] for name in _TEXT_FIELDS if name in changed}
    if "category_id" in changed:
        changes["category"] = changed["category_id"]
    if "attributes" in changed:
        changes["attributes"] = dict(changed["attributes"])
    if "images" in changed:
        changes["images"] = images_of(changed["images"])
    if "variants" in changed:
        changes["variants"] = drafts_of(changed["variants"], shop)
    if changed.get("state"):
        changes["state"] = state_of(changed["state"])
    if changed.get("slug"):
        changes["slug"] = changed["slug"]
    return changes


def page_key(page_token: str, order_by: str) -> list[Any] | None:
    """The key that a page begins after. Raises INVALID_PAGE_TOKEN for the token of another list."""
    key = decode_page(page_token)
    if key is None:
        return None
    try:
        return [_READ[name](part) for name, part in zip(ORDERS[order_by].columns, key, strict=True)]
    except ValueError:
        raise InvalidArgument("INVALID_PAGE_TOKEN", "The page token is of another list.") from None


def _read_text(part: object) -> str:
    if not isinstance(part, str):
        raise ValueError(part)  # noqa: TRY004  # told like every other wrong token
    return part


def _read_amount(part: object) -> int:
    if not isinstance(part, int) or abs(part) >= 2**63:
        raise ValueError(part)
    return part


def _read_id(part: object) -> uuid.UUID:
    return uuid.UUID(_read_text(part))


_READ: dict[str, Callable[[object], Any]] = {
    "id": _read_id,
    "title": _read_text,
    "currency": _read_text,
    "price_from": _read_amount,
}


def page_to_proto(rows: Sequence[Record], size: int, order_by: str) -> pb2.ListProductsResponse:
    """A page out of one row more than it holds."""
    response = pb2.ListProductsResponse(products=[_summary(row) for row in rows[:size]])
    if len(rows) > size:
        last = rows[size - 1]
        columns = ORDERS[order_by].columns
        response.next_page_token = encode_page(
            tuple(str(last[name]) if name == "id" else last[name] for name in columns)
        )
    return response


def _summary(row: Record) -> product_pb2.ProductSummary:
    return product_pb2.ProductSummary(
        product_id=str(row["id"]),
        slug=row["slug"],
        title=row["title"],
        shop_id=str(row["shop_id"]),
        shop_name=row["shop_name"],
        price_from=MoneyMessage(currency=row["currency"], amount=row["price_from"]),
        image_url=row["image_url"],
        available=row["available"],
        state=row["state"],
    )


def detail_to_proto(row: Record) -> product_pb2.VariantDetail:
    return product_pb2.VariantDetail(
        variant_id=str(row["id"]),
        product_id=str(row["product_id"]),
        shop_id=str(row["shop_id"]),
        shop_name=row["shop_name"],
        title=row["title"],
        sku=row["sku"],
        options=row["options"],
        price=MoneyMessage(currency=row["currency"], amount=row["price"]),
        weight_grams=row["weight_grams"],
        image_url=row["image_url"],
        purchasable=row["listed"] and not row["withdrawn"],
        stock_version=row["stock_version"],
    )


def place_to_proto(row: Record) -> product_pb2.VariantPlace:
    return product_pb2.VariantPlace(
        variant_id=str(row["id"]),
        product_id=str(row["product_id"]),
        shop_id=str(row["shop_id"]),
        initial_stock=0 if row["stock_version"] else row["available"],
        update_time=row["update_time"],
    )


def import_to_proto(row: Record, errors: Iterable[Record] = ()) -> product_import_pb2.ProductImport:
    message = product_import_pb2.ProductImport(
        import_id=str(row["id"]),
        shop_id=str(row["shop_id"]),
        state=row["state"],
        row_count=row["row_count"],
        created_count=row["created_count"],
        updated_count=row["updated_count"],
        error_count=row["error_count"],
        errors=[_import_error(error) for error in errors],
        message=row["message"],
    )
    message.create_time.FromDatetime(row["create_time"])
    if row["finish_time"] is not None:
        message.finish_time.FromDatetime(row["finish_time"])
    return message


def _import_error(row: Record) -> product_import_pb2.ImportError:
    return product_import_pb2.ImportError(
        line=row["line"],
        reason=row["reason"],
        column=row["column_name"],
        handle=row["handle"],
        message=row["message"],
    )


def audited(product: Product) -> dict[str, Any]:
    """The state of a product for the audit trail."""
    return {
        "slug": product.slug,
        "title": product.title,
        "state": product.state.value,
        "version": product.version,
        "prices": {variant.sku: variant.price.format() for variant in product.variants},
    }
