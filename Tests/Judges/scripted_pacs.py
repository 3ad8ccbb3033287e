"""A storage SCP that does as it is told, one order for each C-STORE.

Usage: scripted_pacs.py PORT LOG ORDER[,ORDER...]

ORDER: a status in hexadecimal; "abort", which keeps the object and aborts the association instead of answering; "silent",
which never answers. The last order stands for all that follow. What is kept (status success or warning, and "abort") is
appended to LOG, one SOP Instance UID a line. Prints "ready" when it listens. Ends with its standard input.
"""

import sys
import threading

from pynetdicom import AE, evt
from pynetdicom.sop_class import Comprehensive3DSRStorage

import pynetdicom_pause  # noqa: F401

port, log, orders = int(sys.argv[1]), sys.argv[2], sys.argv[3].split(",")
lock = threading.Lock()
over = threading.Event()


def next_order():
    with lock:
        return orders.pop(0) if len(orders) > 1 else orders[0]


def keep(event):
    with lock, open(log, "a") as file:
        file.write(f"{event.request.AffectedSOPInstanceUID}\n")


def store(event):
    order = next_order()
    if order == "silent":
        over.wait()
        return 0x0110
    if order == "abort":
        keep(event)
        event.assoc.abort()
        return 0x0000
    status = int(order, 16)
    if status == 0 or status >> 12 == 0xB:
        keep(event)
    return status


entity = AE(ae_title="PACS")
entity.add_supported_context(Comprehensive3DSRStorage)
server = entity.start_server(("127.0.0.1", port), block=False, evt_handlers=[(evt.EVT_C_STORE, store)])
print("ready", flush=True)
sys.stdin.read()
over.set()
server.shutdown()
