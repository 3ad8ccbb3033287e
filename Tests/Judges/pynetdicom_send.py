"""Sends DICOM files by C-STORE with pynetdicom: pynetdicom_send.py PORT CALLED CALLING FOLDER...

Each folder goes on an association of its own. Prints how many were answered by which status, as JSON.
"""

import collections
import json
import pathlib
import sys

from pydicom import dcmread
from pynetdicom import AE

import pynetdicom_pause  # noqa: F401

port, called, calling = int(sys.argv[1]), sys.argv[2], sys.argv[3]
answers = collections.Counter()
for folder in sys.argv[4:]:
    files = sorted(pathlib.Path(folder).glob("*.dcm"))
    entity = AE(ae_title=calling)
    first = dcmread(files[0], stop_before_pixels=True)
    entity.add_requested_context(first.SOPClassUID, first.file_meta.TransferSyntaxUID)
    association = entity.associate("127.0.0.1", port, ae_title=called)
    if not association.is_established:
        sys.exit("the association was not accepted")
    for file in files:
        status = association.send_c_store(dcmread(file))
        answers[f"{status.Status:04X}" if status else "none"] += 1
    association.release()
print(json.dumps(answers))
