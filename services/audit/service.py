"""The composition root of audit."""

from mesh.node import ServiceNode
from mesh.service import Parts, Service
from services.audit import tables
from services.audit.consumers import CONSUMERS
from services.audit.servicer import AuditServicer


def build(node: ServiceNode) -> Parts:
    """Make the parts of audit."""
    return Parts(servicers=(AuditServicer(node),), consumers=CONSUMERS)


SERVICE = Service("audit", tables.metadata, build)
