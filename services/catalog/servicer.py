"""The RPCs of CatalogService."""

import asyncio
import uuid

from souk.catalog.v1 import catalog_service_pb2 as pb2
from souk.catalog.v1 import product_import_pb2, product_pb2
from souk.catalog.v1.catalog_service_pb2_grpc import CatalogServiceServicer
from souk.mesh.v1 import invariants_pb2

from mesh.call import Call
from mesh.database import ReadUnit
from mesh.errors import InvalidArgument, NotFound
from mesh.field_mask import changes
from mesh.node import ServiceNode
from mesh.page import decode_id, next_page, page_size
from services.catalog import encoding
from services.catalog.clients.inventory import InventoryClient
from services.catalog.clients.pages import Pages
from services.catalog.clients.seller import SellerClient
from services.catalog.domain.product import Product, ProductState
from services.catalog.domain.shop import Shop
from services.catalog.domain.slug import as_id
from services.catalog.handlers import imports, products
from services.catalog.invariants import check_copies
from services.catalog.repository.categories import count_products, read_tree
from services.catalog.repository.imports import find_import
from services.catalog.repository.lists import list_places, list_products, list_shop_products, read_variants
from services.catalog.repository.products import find_owned, find_product, id_of_slug, lock_owned
from services.catalog.repository.shops import find_shop
from services.catalog.settings import CatalogSettings

_FIELDS = ("title", "description", "brand", "category_id", "state", "images", "attributes", "variants", "slug")
_MOST_PLACES = 500
_NOBODY = uuid.UUID(int=0)
# Kept for a product that is there but not for everybody.
_HIDDEN = b""


class CatalogServicer(CatalogServiceServicer):
    def __init__(
        self,
        node: ServiceNode,
        pages: Pages,
        shops: SellerClient,
        inventory: InventoryClient,
        settings: CatalogSettings,
    ) -> None:
        self._node = node
        self._pages = pages
        self._shops = shops
        self._inventory = inventory
        self._settings = settings

    async def ListCategories(self, request: pb2.ListCategoriesRequest, call: Call) -> bytes:
        async def load() -> bytes:
            async with call.db.read() as unit:
                return encoding.tree_to_proto(await read_tree(unit), await count_products(unit)).SerializeToString()

        return await self._pages.listing(b"categories", load)

    async def ListProducts(self, request: pb2.ListProductsRequest, call: Call) -> bytes:
        async def load() -> bytes:
            async with call.db.read() as unit:
                return (await _list(unit, request)).SerializeToString()

        return await self._pages.listing(request.SerializeToString(deterministic=True), load)

    async def ListShopProducts(self, request: pb2.ListShopProductsRequest, call: Call) -> pb2.ListProductsResponse:
        size, after = page_size(request.page_size), encoding.page_key(request.page_token, "newest")
        state = product_pb2.ProductState.Value.Name(request.state) if request.HasField("state") else ""
        async with call.db.read() as unit:
            rows = await list_shop_products(unit, uuid.UUID(request.shop_id), state, size + 1, after)
        return encoding.page_to_proto(rows, size, "newest")

    async def GetProduct(self, request: pb2.GetProductRequest, call: Call) -> product_pb2.Product | bytes:
        product_id = await self._resolve(request.product_id, call)
        page = await self._pages.product(product_id, lambda: _load_product(call, product_id))
        if page != _HIDDEN:
            return page
        async with call.db.read() as unit:
            product = await find_owned(unit, product_id, call.principal)
            shop = await find_shop(unit, product.shop_id)
        call.set_header("cache-control", "private, no-store")
        return encoding.product_to_proto(product, _there(shop))

    async def _resolve(self, id_or_slug: str, call: Call) -> uuid.UUID:
        product_id = as_id(id_or_slug)
        if product_id is not None:
            return product_id

        async def load() -> bytes:
            async with call.db.read() as unit:
                product_id = await id_of_slug(unit, id_or_slug)
            if product_id is None:
                raise _no_product(id_or_slug)
            return product_id.bytes

        return await self._pages.id_of_slug(id_or_slug, load)

    async def CreateProduct(self, request: pb2.CreateProductRequest, call: Call) -> product_pb2.Product:
        shop = await products.known_shop(call.db, self._shops, uuid.UUID(request.shop_id))
        product = await products.create_product(
            call.uow,
            shop,
            title=request.title,
            variants=encoding.drafts_of(request.variants, shop),
            slug=request.slug,
            description=request.description,
            brand=request.brand,
            category=request.category_id,
            state=encoding.state_of(request.state),
            images=encoding.images_of(request.images),
            attributes=request.attributes,
        )
        self._settle(call, product)
        call.before_answer(lambda: self._await_stock(product))
        return encoding.product_to_proto(product, shop)

    async def UpdateProduct(self, request: pb2.UpdateProductRequest, call: Call) -> product_pb2.Product:
        replace = call.headers.get("x-envoy-original-method") == "PUT"
        if replace:
            _require_whole(request)
        product, shop = await self._owned(request.product_id, call)
        changed = encoding.changes_of(changes(request, _FIELDS, replace=replace), shop)
        product = await lock_owned(call.uow, product.product_id, call.principal)
        before, old_slug = encoding.audited(product), product.slug
        expected = request.expected_version if request.HasField("expected_version") else None
        product = await products.update_product(call.uow, shop, product, changed, expected)
        call.uow.audit(product.product_id, before, encoding.audited(product))
        self._settle(call, product, old_slug)
        call.before_answer(lambda: self._await_stock(product))
        return encoding.product_to_proto(product, shop)

    async def DeleteProduct(self, request: pb2.DeleteProductRequest, call: Call) -> product_pb2.Product:
        product, shop = await self._owned(request.product_id, call)
        product = await lock_owned(call.uow, product.product_id, call.principal)
        before = encoding.audited(product)
        product = await products.archive_product(call.uow, shop, product)
        call.uow.audit(product.product_id, before, encoding.audited(product))
        self._settle(call, product)
        return encoding.product_to_proto(product, shop)

    async def ImportProducts(self, request: pb2.ImportProductsRequest, call: Call) -> product_import_pb2.ProductImport:
        shop = await products.known_shop(call.db, self._shops, uuid.UUID(request.shop_id))
        columns, pieces = await asyncio.to_thread(imports.read_file, request.file.data)
        import_id = await imports.store_import(call.uow, shop, columns, pieces)
        call.uow.after_commit(lambda: self._node.wake("catalog-import"))
        return await _import(call.uow, import_id, shop.shop_id)

    async def GetProductImport(
        self, request: pb2.GetProductImportRequest, call: Call
    ) -> product_import_pb2.ProductImport:
        async with call.db.read() as unit:
            return await _import(unit, uuid.UUID(request.import_id), uuid.UUID(request.shop_id))

    async def BatchGetVariants(self, request: pb2.BatchGetVariantsRequest, call: Call) -> pb2.BatchGetVariantsResponse:
        async with call.db.read() as unit:
            rows = await read_variants(unit, map(uuid.UUID, request.variant_ids))
        return pb2.BatchGetVariantsResponse(variants=map(encoding.detail_to_proto, rows))

    async def ListVariantPlaces(
        self, request: pb2.ListVariantPlacesRequest, call: Call
    ) -> pb2.ListVariantPlacesResponse:
        size, after = page_size(request.page_size, _MOST_PLACES), decode_id(request.page_token) or _NOBODY
        async with call.db.read() as unit:
            rows = await list_places(unit, after, size + 1)
        return pb2.ListVariantPlacesResponse(
            variants=map(encoding.place_to_proto, rows[:size]),
            next_page_token=next_page([row["id"] for row in rows], size),
        )

    async def CheckInvariants(
        self, request: invariants_pb2.CheckInvariantsRequest, call: Call
    ) -> invariants_pb2.CheckInvariantsResponse:
        settle_seconds = request.settle_seconds or 30
        copies = await check_copies(call.db, self._shops, self._inventory, settle_seconds)
        delivery = await self._node.verify_delivery(settle_seconds)
        return invariants_pb2.CheckInvariantsResponse(results=[copies, delivery])

    async def _owned(self, product_id: str, call: Call) -> tuple[Product, Shop]:
        async with call.db.read() as unit:
            product = await find_owned(unit, uuid.UUID(product_id), call.principal)
            return product, _there(await find_shop(unit, product.shop_id))

    def _settle(self, call: Call, product: Product, *slugs: str) -> None:
        """See to it that whoever has the answer finds the change."""
        call.before_answer(lambda: self._pages.forget_now([product.product_id], slugs=[product.slug, *slugs]))

    async def _await_stock(self, product: Product) -> None:
        new = [variant.variant_id for variant in product.variants if not variant.stock_version]
        if new:
            await self._inventory.await_variants(new, self._settings.stock_wait_seconds)


async def _list(unit: ReadUnit, request: pb2.ListProductsRequest) -> pb2.ListProductsResponse:
    order_by = request.order_by or "newest"
    size, after = page_size(request.page_size), encoding.page_key(request.page_token, order_by)
    category_ids = None
    if request.category_id:
        tree = await read_tree(unit)
        category = tree.find(request.category_id)
        if category is None:
            raise NotFound("CATEGORY_NOT_FOUND", "There is no such category.", categoryId=request.category_id)
        category_ids = tree.below(category.category_id)
    shop_id = uuid.UUID(request.shop_id) if request.shop_id else None
    rows = await list_products(unit, order_by, size + 1, category_ids=category_ids, shop_id=shop_id, after=after)
    return encoding.page_to_proto(rows, size, order_by)


async def _load_product(call: Call, product_id: uuid.UUID) -> bytes:
    """The page of a product that everybody may see."""
    async with call.db.read() as unit:
        product = await find_product(unit, product_id)
        if product is None:
            raise _no_product(str(product_id))
        shop = _there(await find_shop(unit, product.shop_id))
    if product.state is not ProductState.ACTIVE or not shop.sells:
        return _HIDDEN
    return encoding.product_to_proto(product, shop).SerializeToString()


async def _import(unit: ReadUnit, import_id: uuid.UUID, shop_id: uuid.UUID) -> product_import_pb2.ProductImport:
    found = await find_import(unit, import_id, shop_id)
    if found is None:
        raise NotFound("IMPORT_NOT_FOUND", "There is no such import.", importId=str(import_id))
    return encoding.import_to_proto(*found)


def _there(shop: Shop | None) -> Shop:
    if shop is None:
        raise RuntimeError("a product without the copy of its shop")  # a foreign key sees to it
    return shop


def _no_product(id_or_slug: str) -> NotFound:
    return NotFound("PRODUCT_NOT_FOUND", "There is no such product.", productId=id_or_slug)


def _require_whole(request: pb2.UpdateProductRequest) -> None:
    """A PUT replaces the product, so what a product cannot be without must be there."""
    if not request.title.strip():
        raise InvalidArgument("TITLE_REQUIRED", "A product has a title.", fields={"title": "is required"})
    if not request.variants:
        raise InvalidArgument("VARIANTS_REQUIRED", "A product has a variant.", fields={"variants": "is required"})
