"""Reads the objects that show a report's page, and its key objects, with pydicom and highdicom; prints JSON.

usage: page_objects.py FOLDER...

Each folder holds capture.dcm and document.dcm, and perhaps keys.dcm.
"""

import hashlib
import json
import os
import sys

import highdicom
import pydicom


def picture(path):
    """The pixels' digest, red, green, blue of each, and whose picture it is."""
    capture = pydicom.dcmread(path)
    pixels = capture.pixel_array
    assert pixels.shape == (capture.Rows, capture.Columns, 3) and pixels.dtype.itemsize == 1
    return {"sha256": hashlib.sha256(pixels.tobytes()).hexdigest(), "name": str(capture.PatientName)}


def document(path):
    """What kind of document it is, and how it begins and ends."""
    encapsulated = pydicom.dcmread(path)
    content = encapsulated.EncapsulatedDocument[: encapsulated.EncapsulatedDocumentLength]
    assert content.rstrip().endswith(b"%%EOF")
    return {"type": encapsulated.MIMETypeOfEncapsulatedDocument, "beginning": content[:5].decode()}


def keys(path):
    """The title, the description and the references of a selection: study, series, instance."""
    selection = highdicom.ko.KeyObjectSelectionDocument.from_dataset(pydicom.dcmread(path))
    references, description = [], ""
    for item in selection.content:
        for child in item.ContentSequence:
            if child.ValueType == "IMAGE":
                uid = child.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
                references.append([str(part) for part in selection.resolve_reference(uid)])
            elif child.ValueType == "TEXT" and child.ConceptNameCodeSequence[0].CodeValue == "113012":
                description = child.TextValue
    title = selection.ConceptNameCodeSequence[0].CodeValue
    return {"title": title, "description": description, "references": references}


def read(folder):
    """Everything that one report's objects say."""
    return {
        "picture": picture(f"{folder}/capture.dcm"),
        "document": document(f"{folder}/document.dcm"),
        "keys": keys(f"{folder}/keys.dcm") if os.path.exists(f"{folder}/keys.dcm") else None,
    }


if __name__ == "__main__":
    print(json.dumps([read(folder) for folder in sys.argv[1:]]))
