"""`souk ledger`: the accounts of the running market, and their comparison with the payment provider's books."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer
from google.protobuf.timestamp_pb2 import Timestamp
from rich.console import Console
from rich.table import Table
from souk.payment.v1 import ledger_service_pb2, payment_service_pb2
from souk.payment.v1.ledger_pb2 import Posting
from souk.payment.v1.ledger_service_pb2_grpc import LedgerServiceStub
from souk.payment.v1.payment_service_pb2_grpc import PaymentServiceStub
from souk.payment.v1.reconciliation_pb2 import Reconciliation

from cli.mesh_client import service_channels
from mesh.errors import SoukError
from mesh.money import Money
from mesh.stack.errors import StackError
from mesh.stack.home import find_home

app = typer.Typer()
ledger = typer.Typer(help="The double-entry ledger: accounts, one order's postings, and the provider's books.")
app.add_typer(ledger, name="ledger")
_console = Console()

Days = Annotated[float, typer.Option(help="How far back to compare, at most 31.", min=0.01, max=31)]
Order = Annotated[uuid.UUID | None, typer.Option(help="Only what this order moved, posting by posting.")]


@ledger.callback(invoke_without_command=True)
def show(context: typer.Context, order: Order = None) -> None:
    """Print every account and the trial balance; the exit status is 1 where debits and credits differ."""
    if context.invoked_subcommand is None:
        _run(lambda channel: _show(PaymentServiceStub(channel), str(order or "")))


@ledger.command("reconcile")
def reconcile(days: Days = 1.0) -> None:
    """Compare the ledger with what the provider has booked; the exit status is 1 where they differ.

    What is under way at this moment may be in one of them alone.
    """
    _run(lambda channel: _reconcile(LedgerServiceStub(channel), days))


@ledger.command("reports")
def reports() -> None:
    """Print the last reports of the daily comparison, newest first."""
    _run(lambda channel: _reports(LedgerServiceStub(channel)))


def _run(work: Callable[[Any], Awaitable[bool]]) -> None:
    async def run() -> bool:
        async with service_channels(find_home()) as channels:
            return await work(channels["payment"])

    try:
        is_well = asyncio.run(run())
    except SoukError as error:
        raise StackError(f"The payment service refused: {error.message} ({error.reason})") from error
    if not is_well:
        raise typer.Exit(1)


async def _show(payments: PaymentServiceStub, order_id: str) -> bool:
    if order_id:
        _print_postings([posting async for posting in _postings(payments, order_id)])
    answer = await payments.GetTrialBalance(payment_service_pb2.GetTrialBalanceRequest(order_id=order_id))
    table = _table("account", "shop", "debit", "credit", "balance")
    for account in answer.accounts:
        debit, credit = account.debit.amount, account.credit.amount
        sums = (_money(account.debit.currency, each) for each in (debit, credit, debit - credit))
        table.add_row(account.account, account.shop_id, *sums)
    table.add_section()
    for total in answer.totals:
        debit, credit = total.debit.amount, total.credit.amount
        sums = (_money(total.debit.currency, each) for each in (debit, credit, debit - credit))
        table.add_row("trial balance", "", *sums, style="bold" if debit == credit else "bold red")
    _console.print(table if table.row_count else "Nothing is posted.")
    return all(total.debit.amount == total.credit.amount for total in answer.totals)


async def _postings(payments: PaymentServiceStub, order_id: str) -> Any:
    request = payment_service_pb2.ListPostingsRequest(order_id=order_id, page_size=100)
    while True:
        page = await payments.ListPostings(request)
        for posting in page.postings:
            yield posting
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def _print_postings(postings: Iterable[Posting]) -> None:
    table = _table("time", "what", "account", "shop or buyer", "debit", "credit")
    last = ""
    for posting in postings:
        if last not in ("", posting.transaction_id):
            table.add_section()
        last = posting.transaction_id
        amount = _money(posting.amount.currency, abs(posting.amount.amount))
        sides = (amount, "") if posting.amount.amount > 0 else ("", amount)
        whose = posting.shop_id or posting.user_id
        table.add_row(_time(posting.post_time), posting.kind, posting.account, whose, *sides)
    _console.print(table if table.row_count else "Nothing is posted for this order.")


async def _reconcile(books: LedgerServiceStub, days: float) -> bool:
    # The provider's times are cut to seconds: the span ends after the present one.
    end = datetime.now(UTC) + timedelta(seconds=1)
    begin = end - timedelta(days=days)
    request = ledger_service_pb2.ReconcileLedgerRequest(begin_time=_stamp(begin), end_time=_stamp(end))
    made = await books.ReconcileLedger(request)
    _print_report(made)
    return made.difference_count == 0


async def _reports(books: LedgerServiceStub) -> bool:
    answer = await books.ListReconciliations(ledger_service_pb2.ListReconciliationsRequest())
    for made in answer.reconciliations:
        _print_report(made)
    if not answer.reconciliations:
        _console.print("There is no report yet.")
    return True


def _print_report(made: Reconciliation) -> None:
    span = f"{_time(made.begin_time)} to {_time(made.end_time)}"
    counts = f"{made.transaction_count} bookings, {made.fee_count} fees booked, {made.difference_count} differences"
    _console.print(f"{span}: {counts}", highlight=False, style="red" if made.difference_count else None)
    table = _table("difference", "provider's", "ledger's", "provider", "ledger")
    for each in made.differences:
        provider = _money(each.provider_amount.currency, each.provider_amount.amount)
        ours = _money(each.ledger_amount.currency, each.ledger_amount.amount)
        table.add_row(each.kind, each.provider_reference, each.ledger_reference, provider, ours)
    if table.row_count:
        _console.print(table)


def _table(*names: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in names:
        table.add_column(name, justify="right" if name in {"debit", "credit", "balance", "provider"} else "left")
    return table


def _money(currency: str, amount: int) -> str:
    return Money(currency, amount).format()


def _time(stamp: Timestamp) -> str:
    return stamp.ToDatetime(UTC).isoformat(sep=" ", timespec="seconds").removesuffix("+00:00")


def _stamp(time: datetime) -> Timestamp:
    made = Timestamp()
    made.FromDatetime(time)
    return made
