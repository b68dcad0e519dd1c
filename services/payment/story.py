"""The part of an order's story that the payment service knows."""

from collections.abc import Iterable, Iterator

from souk.mesh.v1.story_pb2 import ExplainRequest, ExplainResponse, Fact
from souk.payment.v1.story_service_pb2_grpc import StoryServiceServicer

from mesh import story
from mesh.call import Call
from mesh.database import Record
from mesh.money import Money
from mesh.story import Kind, fact
from services.payment.domain.payment import WALLET
from services.payment.repository.story import Traces, read_traces


class StoryServicer(StoryServiceServicer):
    """What `souk why` asks."""

    async def ExplainOrder(self, request: ExplainRequest, call: Call) -> ExplainResponse:
        order_id = story.subject_id(request)
        async with call.db.read() as unit:
            traces = await read_traces(unit, order_id)
            facts = await story.trail(unit, request, [str(order_id)])
        return story.told(order_id, [*facts, *_facts(traces)])


def _facts(traces: Traces) -> Iterator[Fact]:
    for payment in traces.payments:
        yield from _payment(payment)
    for refund in traces.refunds:
        yield from _refund(refund)
    for webhook in traces.webhooks:
        detail = f"{webhook['provider_event_id']} about {webhook['object_reference']}, {webhook['state']}"
        yield fact(webhook["receive_time"], Kind.PROVIDER, f"webhook {webhook['type']}", detail)
    yield from _postings(traces.postings)


def _payment(payment: Record) -> Iterator[Fact]:
    amount = Money(payment["currency"], payment["amount"]).format()
    if payment["provider"] == WALLET:
        beside = f", beside payment {payment['companion_id']}" if payment["companion_id"] else ""
        yield fact(payment["create_time"], Kind.COMMIT, "wallet asked", f"{amount}, payment {payment['id']}{beside}")
        yield fact(payment["update_time"], Kind.COMMIT, f"wallet: payment is {payment['state']}", _moved(payment))
        return
    key = f"provider key {payment['id']}-{payment['attempt']}"
    yield fact(payment["create_time"], Kind.COMMIT, "payment stored, before any call", f"{amount}, {key}")
    if payment["provider_reference"]:
        what = f"{payment['provider']}: payment is {payment['state']}"
        detail = f"{payment['provider_reference']}, {_moved(payment)}"
        yield fact(payment["update_time"], Kind.PROVIDER, what, detail)


def _moved(payment: Record) -> str:
    taken = Money(payment["currency"], payment["captured_amount"]).format()
    back = Money(payment["currency"], payment["refunded_amount"]).format()
    return " ".join((f"captured {taken}, refunded {back}", payment["decline_reason"])).strip()


def _refund(refund: Record) -> Iterator[Fact]:
    amount = Money(refund["currency"], refund["amount"]).format()
    if refund["provider"] == WALLET:
        what, detail = f"wallet: refund is {refund['state']}", f"{amount}, refund {refund['id']}"
        yield fact(refund["create_time"], Kind.COMMIT, what, detail)
        return
    yield fact(refund["create_time"], Kind.COMMIT, "refund stored, before any call", f"{amount}, refund {refund['id']}")
    if refund["provider_reference"]:
        what, detail = f"provider: refund is {refund['state']}", refund["provider_reference"]
        yield fact(refund["update_time"], Kind.PROVIDER, what, " ".join((detail, refund["failure_reason"])).strip())


def _postings(postings: Iterable[Record]) -> Iterator[Fact]:
    for posting in postings:
        amount = Money(posting["currency"], posting["amount"]).format()
        shop = f", shop {posting['shop_id']}" if posting["shop_id"] else ""
        yield fact(posting["post_time"], Kind.POSTING, f"{posting['kind']}: {posting['account']}", f"{amount}{shop}")
