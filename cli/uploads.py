"""Uploading one product file to one shop, and watching it being worked through."""

import time
from typing import Any

from rich.progress import Progress

from cli.rest import Account, Rest

_FINISHED = {"SUCCEEDED", "FAILED"}


def upload(rest: Rest, account: Account, shop_id: str, csv: bytes) -> str:
    """Send the file; give the id of the import that works through it."""
    headers = {"content-type": "text/csv"}
    path = f"/shops/{shop_id}/products:import"
    return str(rest.call("POST", path, content=csv, headers=headers, account=account)["importId"])


def watch(rest: Rest, account: Account, shop_id: str, import_id: str, progress: Progress, label: str) -> dict[str, Any]:
    """Show how far an import is until it is finished; give its last state."""
    task = progress.add_task(label, total=None)
    while True:
        state = rest.call("GET", f"/shops/{shop_id}/imports/{import_id}", account=account)
        progress.update(task, completed=state["rowCount"], description=f"{label}: {state['rowCount']} rows")
        if state["state"] in _FINISHED:
            progress.update(task, total=max(state["rowCount"], 1), completed=max(state["rowCount"], 1))
            return state
        time.sleep(0.2)
