"""The tree of categories."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.catalog.domain.slug import slug_of


@dataclass(frozen=True, slots=True)
class Category:
    category_id: uuid.UUID
    name: str
    slug: str
    parent_id: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """All categories, parents before their children."""

    categories: tuple[Category, ...]

    @classmethod
    def of(cls, categories: Iterable[Category]) -> "CategoryTree":
        children: dict[uuid.UUID | None, list[Category]] = {}
        for category in sorted(categories, key=lambda category: category.name.lower()):
            children.setdefault(category.parent_id, []).append(category)
        ordered = list(children.get(None, ()))
        for category in ordered:
            ordered.extend(children.get(category.category_id, ()))
        return cls(tuple(ordered))

    def find(self, id_or_slug: str) -> Category | None:
        for category in self.categories:
            if id_or_slug in (category.slug, str(category.category_id)):
                return category
        return None

    def below(self, category_id: uuid.UUID) -> list[uuid.UUID]:
        """The category and all below it."""
        found = {category_id}
        for category in self.categories:
            if category.parent_id in found:
                found.add(category.category_id)
        return list(found)

    def totals(self, counts: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, int]:
        """For each category the sum of its own count and of those below it."""
        totals = {category.category_id: counts.get(category.category_id, 0) for category in self.categories}
        for category in reversed(self.categories):
            if category.parent_id is not None:
                totals[category.parent_id] += totals[category.category_id]
        return totals


def match_key(name: str) -> str:
    """What two ways to write one category have in common: "Necklace", "necklaces"."""
    return slug_of(name).removesuffix("s")
