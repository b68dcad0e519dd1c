"""The catalogue's events as messages."""

from souk.catalog.v1 import catalog_events_pb2 as events_pb2

from mesh import money
from services.catalog.domain.product import PriceChange, Product


def _variants(product: Product) -> list[events_pb2.VariantFact]:
    """What a product sells; a variant that inventory has never spoken of carries its first stock."""
    return [
        events_pb2.VariantFact(
            variant_id=str(variant.variant_id),
            sku=variant.sku,
            price=money.to_proto(variant.price),
            initial_stock=0 if variant.stock_version else variant.available,
        )
        for variant in product.variants
    ]


def product_created(product: Product) -> events_pb2.ProductCreated:
    return events_pb2.ProductCreated(
        product_id=str(product.product_id),
        shop_id=str(product.shop_id),
        title=product.title,
        variants=_variants(product),
        state=product.state.value,
        category_id=str(product.category_id or ""),
    )


def product_updated(product: Product) -> events_pb2.ProductUpdated:
    return events_pb2.ProductUpdated(
        product_id=str(product.product_id),
        shop_id=str(product.shop_id),
        title=product.title,
        variants=_variants(product),
        state=product.state.value,
        category_id=str(product.category_id or ""),
    )


def product_archived(product: Product) -> events_pb2.ProductArchived:
    return events_pb2.ProductArchived(product_id=str(product.product_id), shop_id=str(product.shop_id))


def price_changed(product: Product, change: PriceChange) -> events_pb2.PriceChanged:
    return events_pb2.PriceChanged(
        product_id=str(product.product_id),
        variant_id=str(change.variant_id),
        old_price=money.to_proto(change.old),
        new_price=money.to_proto(change.new),
    )
