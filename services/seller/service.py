"""The composition root of seller."""

from mesh.node import ServiceNode
from mesh.service import Parts, Service
from services.seller import tables
from services.seller.servicer import SellerServicer
from services.seller.settings import SellerSettings


def build(node: ServiceNode) -> Parts:
    """Make the parts of seller."""
    return Parts(servicers=(SellerServicer(node, node.settings(SellerSettings)),))


SERVICE = Service("seller", tables.metadata, build)
