"""How long a C-FIND takes beside Orthanc, over the same studies.

    query_peers.py UPTAKE [STUDIES]

UPTAKE is the built command. Each study (100,000 unless said otherwise) has one instance; all are sent to both programs by
storescu over loopback, which takes minutes. Then each query of query_index.py is asked of both in turn by pynetdicom, on an
association that is open already, and cancelled after fifty matches. Prints the median of seven, in milliseconds: until the
first response, and until the last. The same queries over an index of three series and thirty instances to a study are
query_index.py's.
"""

import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage
from pynetdicom import AE

import query_index
from ingest import environment, free_port, orthanc_command

SENDERS = 4


def instance(number):
    """One small object: what query_index.FILL makes of study `number`, as far as one instance has room for it."""
    image = Dataset()
    image.file_meta = FileMetaDataset()
    study = f"1.2.826.0.1.3680043.10.7.{number}"
    image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = f"{study}.1.1"
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.StudyInstanceUID, image.SeriesInstanceUID = study, f"{study}.1"
    image.PatientID, image.PatientName = f"P{number}", f"Family{number % 5000}^Given{number}"
    image.PatientBirthDate, image.PatientSex = f"19{number % 90 + 10:02}0{number % 9 + 1}01", "M"
    image.StudyDate = f"{2014 + number % 10:04}{number % 12 + 1:02}{number % 28 + 1:02}"
    image.StudyTime, image.AccessionNumber, image.StudyID = f"{number % 24:02}3000", f"A{number}", f"S{number}"
    image.StudyDescription, image.ReferringPhysicianName = f"PET/CT {number % 7}", f"Doctor{number % 50}"
    image.Modality, image.SeriesNumber, image.InstanceNumber = ("CT", "PT", "SR")[number % 3], 1, 1
    image.Rows = image.Columns = 1
    image.BitsAllocated = image.BitsStored = 8
    image.HighBit = image.PixelRepresentation = 0
    image.SamplesPerPixel, image.PhotometricInterpretation, image.PixelData = 1, "MONOCHROME2", b"\0\0"
    return image


def draw(folder, studies):
    for sender in range(SENDERS):
        (folder / str(sender)).mkdir(parents=True)
    for number in range(1, studies + 1):
        buffer = DicomBytesIO()
        instance(number).save_as(buffer, enforce_file_format=True)
        (folder / str(number % SENDERS) / str(number)).write_bytes(buffer.getvalue())
        if sys.stderr.isatty() and number % 1000 == 0:
            print(f"\r\x1b[Kdrawing {number} of {studies}", end="", file=sys.stderr, flush=True)


def fill(name, port, called, data):
    begin = time.monotonic()
    if sys.stderr.isatty():
        print(f"\r\x1b[Kfilling {name}", end="", file=sys.stderr, flush=True)
    senders = [
        subprocess.Popen(["storescu", "+sd", "-aet", "BENCH", "-aec", called, "127.0.0.1", str(port), str(folder)],
                         env=environment(True), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for folder in sorted(data.iterdir())]
    for sender in senders:
        _, errors = sender.communicate(timeout=3600)
        if sender.returncode != 0:
            sys.exit(f"{name} was not filled: {errors.decode(errors='replace')[-400:]}")
    return time.monotonic() - begin


def orthanc(folder):
    folder.mkdir()
    port = free_port()
    process = subprocess.Popen(orthanc_command(None, folder, port), env=environment(True), stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    entity = AE(ae_title="BENCH")
    entity.add_requested_context("1.2.840.10008.1.1")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        association = entity.associate("127.0.0.1", port, ae_title="BENCH")
        if association.is_established:
            association.release()
            return process, port
        time.sleep(0.2)
    sys.exit("Orthanc did not start")


def main():
    uptake, studies = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    if not shutil.which("Orthanc", path=environment(True)["PATH"]):
        sys.exit("Orthanc is not installed (Packaging/dependencies tests)")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        draw(folder / "data", studies)
        ours, our_port = query_index.serve(uptake, folder)
        theirs, their_port = orthanc(folder / "orthanc")
        try:
            programs = {"Uptake": (our_port, "UPTAKE"), "Orthanc": (their_port, "BENCH")}
            for title, (port, called) in programs.items():
                seconds = fill(title, port, called, folder / "data")
                print(f"{title} took in {studies} small instances at {studies / seconds:.0f}/s")
            compare(programs, studies)
        finally:
            query_index.stop(ours)
            theirs.terminate()
            theirs.wait(60)


def compare(programs, studies):
    heads = "".join(f"{title + ' first':>16}{'last':>9}{'matches':>9}" for title in programs)
    print(f"{'':24}{heads}{'ratio':>8}")
    for query in query_index.QUERIES:
        times = {title: [] for title in programs}
        for _ in range(7):
            for title, (port, called) in programs.items():
                times[title].append(query_index.ask(port, called, query, studies))
        medians = {
            title: [statistics.median(row[i] for row in rows) for i in (0, 1, 2)] for title, rows in times.items()}
        line = "".join(f"{first:16.1f}{last:9.1f}{count:9.0f}" for first, last, count in medians.values())
        print(f"{query[0]:24}{line}{medians['Uptake'][0] / medians['Orthanc'][0]:8.2f}", flush=True)


if __name__ == "__main__":
    main()
