"""pynetdicom as the SCP of Query/Retrieve that a node pulls from.

    archive_scp.py PORT FOLDER OPTIONS

Serves the files of FOLDER as ARCHIVE until its standard input ends; prints "ready" once it listens, and one line of JSON
when it ends. OPTIONS: {"refuse": UID} fails the sub-operation of an instance, {"lie": UID} sends objects under that SOP
Instance UID, {"mute": true} never answers a query, {"endless": true} finds without end, {"deaf": true} does so even once
cancelled, {"long": BYTES} tells so much of each match, {"fail": STATUS} answers every request with a failure, {"move": [TITLE, PORT]} knows a move destination,
{"find_only": true} offers no retrieval, {"slow": true} takes its time, {"no_counts": true} tells no numbers of instances,
{"send_patient": ID} sends every object under that Patient ID.
"""

import copy
import json
import pathlib
import sys
import time

from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import (
    StudyRootQueryRetrieveInformationModelFind as FIND,
    StudyRootQueryRetrieveInformationModelGet as GET,
    StudyRootQueryRetrieveInformationModelMove as MOVE,
)

import pynetdicom_pause  # noqa: F401

PLAIN = ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2"]
STORED = ["1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.5.1.4.1.1.128", "1.2.840.10008.5.1.4.1.1.88.34",
          "1.2.840.10008.5.1.4.1.1.88.59"]
port, folder, options = int(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
files = [dcmread(path) for path in sorted(pathlib.Path(folder).glob("*.dcm"))]
seen = {"cancelled": False, "finds": 0}


def matching(identifier):
    def agrees(data):
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "PatientID", "AccessionNumber"):
            wanted = identifier.get(keyword, "")
            if wanted and str(data.get(keyword, "")) not in (
                    [str(value) for value in wanted] if isinstance(wanted, list) else [str(wanted)]):
                return False
        return True
    return [data for data in files if agrees(data)]


UNIQUE = {"STUDY": "StudyInstanceUID", "SERIES": "SeriesInstanceUID", "IMAGE": "SOPInstanceUID"}


def related(data, keyword):
    if options.get("no_counts"):
        return None
    return sum(one.get(keyword) == data.get(keyword) for one in files)


def match(data, identifier):
    found = Dataset()
    for element in identifier:
        if element.keyword == "NumberOfStudyRelatedInstances":
            found.NumberOfStudyRelatedInstances = related(data, "StudyInstanceUID")
        elif element.keyword == "NumberOfSeriesRelatedInstances":
            found.NumberOfSeriesRelatedInstances = related(data, "SeriesInstanceUID")
        elif element.keyword == "ModalitiesInStudy":
            found.ModalitiesInStudy = sorted(
                {one.Modality for one in files if one.StudyInstanceUID == data.StudyInstanceUID})
        elif element.keyword == "QueryRetrieveLevel":
            found.QueryRetrieveLevel = identifier.QueryRetrieveLevel
        else:
            setattr(found, element.keyword, data.get(element.keyword, ""))
    if "long" in options:
        found.TextValue = "x" * options["long"]
    return found


def find(event):
    seen["finds"] += 1
    if options.get("mute"):
        time.sleep(60)
    if "fail" in options:
        yield options["fail"], None
        return
    unique = UNIQUE[event.identifier.QueryRetrieveLevel]
    entities = {data[unique].value: data for data in matching(event.identifier)}
    while entities:
        for data in entities.values():
            if event.is_cancelled:
                seen["cancelled"] = True
                if not options.get("deaf"):
                    yield 0xFE00, None
                    return
            yield 0xFF00, match(data, event.identifier)
        if not (options.get("endless") or options.get("deaf")):
            return
        # No faster than they are sent: what waits is sent before a cancellation is answered.
        while event.assoc.is_established and not event.assoc.dul.to_provider_queue.empty():
            time.sleep(0.001)
        if not event.assoc.is_established:
            return


def outgoing(event):
    found = matching(event.identifier)
    yield len(found)
    for data in found:
        if event.is_cancelled:
            seen["cancelled"] = True
            yield 0xFE00, None
            return
        if options.get("refuse") == str(data.SOPInstanceUID):
            data = copy.deepcopy(data)
            data.SOPClassUID = "1.2.840.10008.5.1.4.1.1.481.1"  # proposed by nobody: a failed sub-operation
        if "lie" in options:
            data.file_meta.MediaStorageSOPInstanceUID = options["lie"]
            data.SOPInstanceUID = options["lie"]
        if "send_patient" in options:
            data = copy.deepcopy(data)
            data.PatientID = options["send_patient"]
        if options.get("slow"):
            time.sleep(0.3)
        yield 0xFF00, data


def get(event):
    if "fail" in options:
        yield 1
        yield options["fail"], None
        return
    yield from outgoing(event)


def move(event):
    title, to = options.get("move", ["", 0])
    if event.move_destination.strip() != title:
        yield None, None
        return
    yield "127.0.0.1", to, {"ae_title": title}
    yield from outgoing(event)


entity = AE(ae_title="ARCHIVE")
entity.supported_contexts = []
entity.add_supported_context(FIND, PLAIN)
if not options.get("find_only"):
    entity.add_supported_context(GET, PLAIN)
    entity.add_supported_context(MOVE, PLAIN)
for uid in STORED:
    entity.add_supported_context(uid, PLAIN, scu_role=True, scp_role=True)
    entity.add_requested_context(uid, PLAIN)
server = entity.start_server(
    ("127.0.0.1", port), block=False,
    evt_handlers=[(evt.EVT_C_FIND, find), (evt.EVT_C_GET, get), (evt.EVT_C_MOVE, move)])
print("ready", flush=True)
sys.stdin.read()
print(json.dumps(seen), flush=True)
server.shutdown()
