"""A PACS that stores, and commits to what it has stored as it is told, one order for each N-ACTION.

Usage: committing_pacs.py PORT NODE_PORT LOG ORDER[,ORDER...]

ORDER: "same" reports on the association of the request, "other" on one of its own to NODE_PORT with the role of the SCP;
"failed" reports on the same one that it has nothing; "foreign" on one of its own, of another transaction; "refused" answers
with a failure; "nameless" reports on the same one without a transaction, "holed" with a reference that names no instance, and
"holed-other" so on one of its own; "never" does not report. "none" offers no storage commitment at all. The last order stands for all that follow. LOG gets a line for each event:
"stored UID", "asked N" (instances), "answered STATUS" (of a report, in hexadecimal). Prints "ready" when it listens. Ends
with its standard input.
"""

import sys
import threading

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom import AE, build_role, evt
from pynetdicom.sop_class import Comprehensive3DSRStorage, StorageCommitmentPushModel

import pynetdicom_pause  # noqa: F401

INSTANCE = "1.2.840.10008.1.20.1.1"
OWN = ("other", "foreign", "holed-other")
port, node_port, log, orders = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4].split(",")
lock = threading.Lock()


def note(line):
    with lock, open(log, "a") as file:
        file.write(f"{line}\n")


def store(event):
    note(f"stored {event.request.AffectedSOPInstanceUID}")
    return 0x0000


def information(order, action):
    report = Dataset()
    if order != "nameless":
        report.TransactionUID = generate_uid() if order == "foreign" else action.TransactionUID
    if order == "failed":
        report.FailedSOPSequence = action.ReferencedSOPSequence
        for item in report.FailedSOPSequence:
            item.FailureReason = 0x0112
    else:
        report.ReferencedSOPSequence = action.ReferencedSOPSequence
        if order.startswith("holed"):
            del report.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
    return report


def report(order, association, action):
    if order in OWN:
        own = AE(ae_title="PACS")
        own.add_requested_context(StorageCommitmentPushModel)
        association = own.associate("127.0.0.1", node_port, ae_title="UPTAKE",
                                    ext_neg=[build_role(StorageCommitmentPushModel, scp_role=True)])
        if not association.is_established:
            return note("answered nothing")
    kind = 2 if order == "failed" else 1
    status, _ = association.send_n_event_report(information(order, action), kind, StorageCommitmentPushModel, INSTANCE)
    note(f"answered {status.Status:04x}" if status else "answered nothing")
    if order in OWN:
        association.release()


def act(event):
    with lock:
        order = orders.pop(0) if len(orders) > 1 else orders[0]
    action = event.action_information
    note(f"asked {len(action.ReferencedSOPSequence)}")
    if order == "refused":
        return 0x0213, None
    if order != "never":
        threading.Timer(0.1, report, (order, event.assoc, action)).start()
    return 0x0000, None


entity = AE(ae_title="PACS")
entity.add_supported_context(Comprehensive3DSRStorage)
if orders != ["none"]:
    entity.add_supported_context(StorageCommitmentPushModel)
server = entity.start_server(("127.0.0.1", port), block=False,
                             evt_handlers=[(evt.EVT_C_STORE, store), (evt.EVT_N_ACTION, act)])
print("ready", flush=True)
sys.stdin.read()
server.shutdown()
