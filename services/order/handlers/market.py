"""What a cart costs at this moment, asked of those who know."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from services.order.domain.pricing import PricedCart, price_cart
from services.order.handlers.outside import Carts, Catalog, Shops


@dataclass(frozen=True, slots=True)
class Market:
    """Those who are asked before a sale."""

    carts: Carts
    catalog: Catalog
    shops: Shops

    async def price(self, user_id: UUID) -> PricedCart:
        """The customer's cart at today's prices. Raises as `price_cart`."""
        basket = await self.carts.basket(user_id)
        if not basket.lines:
            return price_cart(basket, {}, {})
        offers, shops = await asyncio.gather(
            self.catalog.offers({line.variant_id for line in basket.lines}),
            self.shops.shops({line.shop_id for line in basket.lines}),
        )
        return price_cart(basket, offers, shops)
