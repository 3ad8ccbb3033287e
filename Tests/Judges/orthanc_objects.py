"""Has an Orthanc of its own store, index and return the objects of reports, and prints what is not as it was, as JSON.

usage: orthanc_objects.py FOLDER... (the objects are the files *.dcm in each)
"""

import glob
import json
import pathlib
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import pydicom

INDEXED = ["PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID", "Modality",
           "SeriesNumber", "SeriesDescription", "AccessionNumber", "StudyDate"]


def data_set(file):
    """The bytes after the preamble and the file meta information (PS3.10 section 7.1)."""
    assert file[128:132] == b"DICM" and file[132:136] == b"\x02\x00\x00\x00"
    return file[144 + struct.unpack("<I", file[140:144])[0]:]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Orthanc:
    def __init__(self, folder):
        self.port = free_port()
        configuration = {
            "Name": "judge", "StorageDirectory": f"{folder}/storage", "IndexDirectory": f"{folder}/index",
            "HttpPort": self.port, "DicomServerEnabled": False, "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False, "Plugins": [], "DicomPort": free_port(),
        }
        path = pathlib.Path(folder, "orthanc.json")
        path.write_text(json.dumps(configuration))
        self.process = subprocess.Popen(["Orthanc", str(path)], env={"PATH": "/usr/sbin:/usr/bin"},
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 120
        while True:
            try:
                self.ask("/system")
                return
            except (urllib.error.URLError, ConnectionError):
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    sys.exit("Orthanc does not answer")
                time.sleep(0.05)

    def ask(self, path, body=None):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", data=body, timeout=120) as answer:
            return answer.read()

    def stop(self):
        self.process.kill()
        self.process.wait()


def findings(orthanc, path):
    """What of a file Orthanc does not keep."""
    sent = pathlib.Path(path).read_bytes()
    answer = json.loads(orthanc.ask("/instances", sent))
    if answer.get("Status") != "Success":
        return [f"{path}: not stored: {answer}"]
    found = []
    if data_set(orthanc.ask(f"/instances/{answer['ID']}/file")) != data_set(sent):
        found.append(f"{path}: another data set came back")
    tags = json.loads(orthanc.ask(f"/instances/{answer['ID']}/simplified-tags"))
    header = pydicom.dcmread(path, stop_before_pixels=True)
    for keyword in INDEXED:
        ours = str(header.get(keyword) if header.get(keyword) is not None else "")
        if (tags.get(keyword) or "") != ours:
            found.append(f"{path}: {keyword} is indexed as {tags.get(keyword)!r}, not {ours!r}")
    query = {"Level": "Instance", "Query": {"SOPInstanceUID": header.SOPInstanceUID}}
    if json.loads(orthanc.ask("/tools/find", json.dumps(query).encode())) != [answer["ID"]]:
        found.append(f"{path}: not found by its SOP Instance UID")
    return found


def study_findings(orthanc, study, count):
    """Whether a study holds its objects, and they alone."""
    query = {"Level": "Instance", "Query": {"StudyInstanceUID": study}}
    listed = json.loads(orthanc.ask("/tools/find", json.dumps(query).encode()))
    return [] if len(listed) == count else [f"{study}: {len(listed)} instances for {count} objects"]


def main():
    with tempfile.TemporaryDirectory() as scratch:
        orthanc = Orthanc(scratch)
        try:
            found = []
            for folder in sys.argv[1:]:
                paths = sorted(glob.glob(f"{folder}/*.dcm"))
                found += [finding for path in paths for finding in findings(orthanc, path)]
                study = pydicom.dcmread(paths[0], specific_tags=["StudyInstanceUID"]).StudyInstanceUID
                found += study_findings(orthanc, study, len(paths))
            print(json.dumps(found))
        finally:
            orthanc.stop()


if __name__ == "__main__":
    main()
