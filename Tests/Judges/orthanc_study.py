"""Asks Orthanc for the instances of a study: orthanc_study.py HTTP_PORT STUDY_INSTANCE_UID FOLDER

Writes each instance to FOLDER/SOP_INSTANCE_UID.dcm and prints their SOP Instance UIDs as JSON.
"""

import json
import sys
import urllib.request

port, study, folder = sys.argv[1:]


def ask(path, body=None):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body)
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read()


query = {"Level": "Study", "Query": {"StudyInstanceUID": study}}
found = json.loads(ask("/tools/find", json.dumps(query).encode()))
if len(found) != 1:
    sys.exit(f"{len(found)} studies have the UID {study}")
names = []
for instance in json.loads(ask(f"/studies/{found[0]}/instances")):
    name = instance["MainDicomTags"]["SOPInstanceUID"]
    with open(f"{folder}/{name}.dcm", "wb") as file:
        file.write(ask(f"/instances/{instance['ID']}/file"))
    names.append(name)
print(json.dumps(sorted(names)))
