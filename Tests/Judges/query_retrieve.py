"""pynetdicom as the other side of Query/Retrieve and Storage Commitment.

    query_retrieve.py find PORT QUERIES            QUERIES: [{"model", "set", "keys"}], one answer for each
    query_retrieve.py cancel PORT MODEL KEYS       cancels after the first match
    query_retrieve.py hostile PORT                 identifiers nested deep and overlong, then an honest one
    query_retrieve.py get PORT REQUESTS            REQUESTS: [{"model", "keys", "options"}], one answer for each, with
                                                   options {"syntaxes": [...], "refuse": UID, "cancel": bool}
    query_retrieve.py move PORT REQUESTS           with {"listen": PORT, "destination": TITLE} besides
    query_retrieve.py commit PORT REFERENCES OPTIONS  REFERENCES: [[class, instance]]; OPTIONS: {"listen", "stay"}

Prints one JSON value.
"""

import json
import sys
import threading

from pydicom.dataset import Dataset
from pydicom.uid import UID, generate_uid
from pynetdicom import AE, build_role, evt
from pynetdicom.presentation import StoragePresentationContexts

import pynetdicom_pause  # noqa: F401

MODELS = {"patient": "1.2.840.10008.5.1.4.1.2.1.", "study": "1.2.840.10008.5.1.4.1.2.2."}
FIND, MOVE, GET = "1", "2", "3"
COMMITMENT = "1.2.840.10008.1.20.1"
STORED = ["1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.128", "1.2.840.10008.5.1.4.1.1.88.34"]
PLAIN = ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2"]


def identifier(keys, character_set=None):
    data = Dataset()
    if character_set:
        data.SpecificCharacterSet = character_set.split("\\") if "\\" in character_set else character_set
    for keyword, value in keys.items():
        if isinstance(value, list):
            value = [identifier(item) for item in value]
        setattr(data, keyword, value)
    return data


def plain(data):
    found = {}
    for element in data:
        if element.VR == "SQ":
            found[element.keyword] = [plain(item) for item in element.value]
        elif element.value is None or element.value == "":
            found[element.keyword] = ""
        elif element.VM > 1:
            found[element.keyword] = "\\".join(str(value) for value in element.value)
        else:
            found[element.keyword] = str(element.value)
    return found


def associate(port, entity, **options):
    association = entity.associate("127.0.0.1", port, ae_title="UPTAKE", **options)
    assert association.is_established, "no association"
    return association


def entity_for(*contexts):
    entity = AE(ae_title="SCANNER")
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = 20
    for context in contexts:
        entity.add_requested_context(context, PLAIN)
    return entity


def find(port, queries):
    association = associate(port, entity_for(*(root + FIND for root in MODELS.values())))
    answers = []
    for query in queries:
        statuses, matches, comment = [], [], ""
        data = identifier(query["keys"], query.get("set"))
        for status, match in association.send_c_find(data, MODELS[query.get("model", "study")] + FIND):
            statuses.append(status.Status)
            comment = status.get("ErrorComment", "")
            if match is not None:
                matches.append(plain(match))
        answers.append({"statuses": statuses, "matches": matches, "comment": comment})
    association.release()
    return answers


def cancel(port, model, keys):
    association = associate(port, entity_for(MODELS[model] + FIND))
    statuses = []
    for status, _ in association.send_c_find(identifier(keys), MODELS[model] + FIND, msg_id=7):
        if not statuses:
            association.send_c_cancel(7, query_model=MODELS[model] + FIND)
        statuses.append(status.Status)
    # A late one, for a request that is over, must be passed over.
    association.send_c_cancel(7, query_model=MODELS[model] + FIND)
    again = [status.Status for status, _ in association.send_c_find(identifier({
        "QueryRetrieveLevel": "STUDY", "StudyInstanceUID": "1.2.3"}), MODELS[model] + FIND)]
    association.release()
    return {"statuses": statuses, "again": again}


def hostile(port):
    nested = Dataset()
    inner = nested
    for _ in range(200):
        item = Dataset()
        inner.RequestAttributesSequence = [item]
        inner = item
    nested.QueryRetrieveLevel = "STUDY"
    overlong = identifier({"QueryRetrieveLevel": "STUDY", "PatientComments": "x" * 2_000_000})
    honest = identifier({"QueryRetrieveLevel": "STUDY", "StudyInstanceUID": "1.2.3"})
    association = associate(port, entity_for(MODELS["study"] + FIND))
    answers = [{"statuses": [status.Status for status, _ in association.send_c_find(data, MODELS["study"] + FIND)]}
               for data in (nested, overlong, honest)]
    association.release()
    return answers


class Received:
    """What a storage SCP of ours was sent."""

    def __init__(self, options):
        self.instances, self.options = [], options

    def store(self, event):
        request = event.request
        uid = str(request.AffectedSOPInstanceUID)
        if self.options.get("refuse") == uid:
            return 0xA700
        self.instances.append({
            "uid": uid, "name": str(event.dataset.get("PatientName", "")),
            "pixels": len(event.dataset.get("PixelData", b"")),
            "syntax": str(event.context.transfer_syntax),
            "originator": str(request.MoveOriginatorApplicationEntityTitle or "").strip(),
            "message": request.MoveOriginatorMessageID,
        })
        return 0x0000


def counts(status, data):
    answer = {"status": status.Status}
    for name in ("Remaining", "Completed", "Failed", "Warning"):
        keyword = f"NumberOf{name}Suboperations"
        if keyword in status:
            answer[name.lower()] = status[keyword].value
    if data is not None and "FailedSOPInstanceUIDList" in data:
        listed = data.FailedSOPInstanceUIDList
        answer["list"] = [str(listed)] if isinstance(listed, (str, UID)) else [str(uid) for uid in listed]
    if "ErrorComment" in status:
        answer["comment"] = status.ErrorComment
    return answer


def get(port, requests):
    return [get_one(port, **request) for request in requests]


def get_one(port, model, keys, options):
    received = Received(options)
    entity = entity_for(MODELS[model] + GET)
    for uid in STORED:
        entity.add_requested_context(uid, options.get("syntaxes", PLAIN))
    association = associate(
        port, entity, ext_neg=[build_role(uid, scp_role=True) for uid in STORED],
        evt_handlers=[(evt.EVT_C_STORE, received.store)])
    answers = []
    for status, data in association.send_c_get(identifier(keys), MODELS[model] + GET, msg_id=9):
        answers.append(counts(status, data))
        if options.get("cancel") and len(answers) == 1:
            association.send_c_cancel(9, query_model=MODELS[model] + GET)
    association.release()
    return {"answers": answers, "received": received.instances}


def move(port, requests):
    return [move_one(port, **request) for request in requests]


def move_one(port, model, keys, options):
    received = Received(options)
    scp = AE(ae_title="VIEWER")
    for uid in STORED:
        scp.add_supported_context(uid, options.get("syntaxes", PLAIN))
    server = scp.start_server(("127.0.0.1", options["listen"]), block=False,
                              evt_handlers=[(evt.EVT_C_STORE, received.store)])
    association = associate(port, entity_for(MODELS[model] + MOVE))
    answers = []
    for status, data in association.send_c_move(
            identifier(keys), options["destination"], MODELS[model] + MOVE, msg_id=11):
        answers.append(counts(status, data))
        if options.get("cancel") and len(answers) == 1:
            association.send_c_cancel(11, query_model=MODELS[model] + MOVE)
    association.release()
    server.shutdown()
    return {"answers": answers, "received": received.instances}


def commit(port, references, options):
    arrived, reports = threading.Event(), []

    def reported(event):
        reports.append({"type": event.event_type, "own": event.assoc.is_acceptor, **plain(event.event_information)})
        arrived.set()
        return 0x0000, None

    handlers = [(evt.EVT_N_EVENT_REPORT, reported)]
    server = None
    if "listen" in options:
        scp = AE(ae_title="SCANNER")
        scp.add_supported_context(COMMITMENT, PLAIN, scu_role=False, scp_role=True)
        server = scp.start_server(("127.0.0.1", options["listen"]), block=False, evt_handlers=handlers)
    association = associate(port, entity_for(COMMITMENT), evt_handlers=handlers)
    transaction = generate_uid()
    data = identifier({"TransactionUID": transaction, "ReferencedSOPSequence": [
        {"ReferencedSOPClassUID": sop_class, "ReferencedSOPInstanceUID": instance}
        for sop_class, instance in references]})
    status, _ = association.send_n_action(data, 1, COMMITMENT, COMMITMENT + ".1")
    if not options.get("stay"):
        association.release()
    arrived.wait(20)
    if options.get("stay"):
        association.release()
    if server:
        server.shutdown()
    return {"status": status.Status, "transaction": str(transaction), "reports": reports}


if __name__ == "__main__":
    command, port, *arguments = sys.argv[1:]
    parsed = [argument if argument in MODELS else json.loads(argument) for argument in arguments]
    print(json.dumps({"find": find, "cancel": cancel, "hostile": hostile, "get": get, "move": move, "commit": commit}[command](
        int(port), *parsed)))
