"""The categories that every market begins with."""

import sqlalchemy as sa
from alembic import op

from mesh.ids import new_id

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TREE = {
    "Jewellery": ["Necklaces", "Bracelets", "Earrings", "Rings", "Brooches"],
    "Clothing": ["Women", "Men", "Children", "Knitwear"],
    "Accessories": ["Bags", "Scarves & Shawls", "Hats", "Belts", "Shoes"],
    "Home & Living": ["Indoor", "Furniture", "Lighting", "Textiles", "Rugs", "Baskets", "Candles", "Mirrors"],
    "Ceramics": ["Bowls", "Mugs & Cups", "Plates", "Vases"],
    "Kitchen & Table": ["Boards & Utensils", "Knives", "Glassware", "Table Linen"],
    "Outdoor": ["Planters", "Garden Tools", "Bird Houses"],
    "Woodwork": ["Boxes", "Carvings", "Turned Wood"],
    "Leatherwork": ["Wallets", "Satchels", "Cases"],
    "Art": ["Prints", "Paintings", "Sculpture", "Photography"],
    "Paper & Books": ["Notebooks", "Cards", "Calligraphy"],
    "Toys & Games": ["Wooden Toys", "Soft Toys", "Puzzles"],
    "Bath & Body": ["Soap", "Oils & Balms", "Fragrance"],
    "Food & Drink": ["Honey & Preserves", "Tea & Coffee", "Spices", "Sweets"],
    "Craft Supplies": ["Yarn", "Beads", "Fabric", "Dyes"],
    "Musical Instruments": ["Drums", "Flutes", "Strings"],
}
_CATEGORIES = sa.table(
    "categories",
    sa.column("id", sa.Uuid),
    sa.column("parent_id", sa.Uuid),
    sa.column("name", sa.Text),
    sa.column("slug", sa.Text),
    schema="catalog",
)


def upgrade() -> None:
    rows = []
    for name, children in _TREE.items():
        parent = {"id": new_id(), "parent_id": None, "name": name, "slug": _slug(name)}
        rows.append(parent)
        rows += [{"id": new_id(), "parent_id": parent["id"], "name": child, "slug": _slug(child)} for child in children]
    op.bulk_insert(_CATEGORIES, rows)


def _slug(name: str) -> str:
    return name.lower().replace(" & ", "-").replace(" ", "-")
