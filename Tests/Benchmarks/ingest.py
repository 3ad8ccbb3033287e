"""How fast CT slices are taken in, beside other programs, in one run.

    ingest.py UPTAKE [--before UPTAKE] [--slices 2000] [--rounds 5] [--packaged-slices 200] [--scratch DIR]
              [--only NAME ...]

UPTAKE is the built command; another build of it, to compare with, runs as "Uptake before". Slices of 512x512x16 bit are sent by DCMTK's storescu over loopback, from one sender or four,
to Uptake, Orthanc (which syncs each file too) and `storescp +B --fork` (which syncs nothing), in turn, each run into a
directory of its own that nobody empties before the end. Two settings:

  NODELAY    every program, senders too, runs with TCP_NODELAY=1, which DCMTK's programs and Orthanc heed
  packaged   nobody does; fewer slices, since most then take forty milliseconds each

Prints for each the median and the range of images per second, of the server's processor time for an image, and of the
largest resident memory, then the ratios of medians that docs/performance.md states. Beside them the disk's own limit: the
same bytes written by as many threads as there are senders, with fdatasync for each file, and nothing else.
"""

import argparse
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

import numpy
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

FOLDERS = 4
PATIENCE = 600


def draw(folder, slices):
    """Writes the slices of one study into four folders, a series each."""
    random = numpy.random.default_rng(1)
    study, frame = generate_uid(), generate_uid()
    pixels = random.integers(-1000, 1500, (512, 512), dtype=numpy.int16)
    for part in range(FOLDERS):
        series = generate_uid()
        (folder / str(part)).mkdir()
        for index in range(slices // FOLDERS):
            meta = FileMetaDataset()
            meta.MediaStorageSOPClassUID = CTImageStorage
            meta.MediaStorageSOPInstanceUID = generate_uid()
            meta.TransferSyntaxUID = ExplicitVRLittleEndian
            image = Dataset()
            image.file_meta = meta
            image.SOPClassUID, image.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
            image.StudyDate, image.StudyTime, image.Modality = "20260101", "120000", "CT"
            image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
            image.PatientName, image.PatientID = "Bench^Ingest", "BENCH"
            image.PatientBirthDate, image.PatientSex = "19500101", "M"
            image.StudyInstanceUID, image.SeriesInstanceUID, image.FrameOfReferenceUID = study, series, frame
            image.StudyID, image.AccessionNumber, image.ReferringPhysicianName = "1", "A1", ""
            image.SeriesNumber, image.InstanceNumber = part + 1, index + 1
            image.ImagePositionPatient = [-250, -250, -2.0 * index]
            image.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
            image.PixelSpacing, image.SliceThickness = [0.977, 0.977], 2
            image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
            image.Rows = image.Columns = 512
            image.BitsAllocated = image.BitsStored = 16
            image.HighBit, image.PixelRepresentation = 15, 1
            image.RescaleIntercept, image.RescaleSlope = 0, 1
            image.PixelData = numpy.roll(pixels, index * 7 + part).tobytes()
            image.save_as(folder / str(part) / f"{index:05}.dcm", enforce_file_format=True)


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def environment(nodelay):
    variables = dict(os.environ, PATH=os.environ["PATH"] + ":/usr/sbin")
    variables.pop("TCP_NODELAY", None)
    if nodelay:
        variables["TCP_NODELAY"] = "1"
    return variables


# MARK: the programs

def uptake_command(uptake, folder, port):
    (folder / "uptake.toml").write_text(f"""
[node]
ae_title = "BENCH"
address = "127.0.0.1"
port = {port}
state_directory = "{folder}/state"
[[peer]]
ae_title = "STORESCU"
[completion]
quiet_period_seconds = 3600
incomplete_after_seconds = 86400
""")
    return [uptake, "serve", "--config", str(folder / "uptake.toml")]


def orthanc_command(_, folder, port):
    (folder / "orthanc.json").write_text(f"""{{
"StorageDirectory": "{folder}/storage", "IndexDirectory": "{folder}/index", "DicomAet": "BENCH", "DicomPort": {port},
"HttpPort": {free_port()}, "RemoteAccessAllowed": false, "DicomAlwaysAllowFind": true,
"Plugins": []}}""")
    return ["Orthanc", str(folder / "orthanc.json")]


def storescp_command(_, folder, port):
    (folder / "received").mkdir()
    return ["storescp", "+B", "--fork", "-aet", "BENCH", "-od", str(folder / "received"), "-pdu", "131072", str(port)]


PROGRAMS = {"Uptake": uptake_command, "Orthanc": orthanc_command, "storescp +B": storescp_command}


class Server:
    """A program that receives, with what it costs."""

    def __init__(self, name, uptake, folder, nodelay):
        folder.mkdir()
        self.port = free_port()
        self.process = subprocess.Popen(
            PROGRAMS[name](uptake, folder, self.port), env=environment(nodelay), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        self.largest = 0
        deadline = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    sys.exit(f"{name} did not start to listen")
                time.sleep(0.05)

    def family(self):
        """The program and its children: storescp makes one for each association."""
        tree, found = {}, [self.process.pid]
        for entry in os.listdir("/proc"):
            if entry.isdigit():
                try:
                    parent = int(pathlib.Path(f"/proc/{entry}/stat").read_text().rsplit(")", 1)[1].split()[1])
                except (OSError, IndexError):
                    continue
                tree.setdefault(parent, []).append(int(entry))
        for process in found:
            found += tree.get(process, [])
        return found

    def watch(self):
        """Notes the resident memory of all its processes together."""
        total = 0
        for process in self.family():
            try:
                lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
                total += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
            except OSError:
                pass
        self.largest = max(self.largest, total)

    def seconds(self):
        """Processor time of the program and of its children that are gone."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def send(server, folders, nodelay):
    """Sends by one storescu for each group of folders; returns the seconds it took."""
    start = time.monotonic()
    senders = [
        subprocess.Popen(["storescu", "+sd", "+r", "-aec", "BENCH", "127.0.0.1", str(server.port), *group],
                         env=environment(nodelay), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for group in folders]
    look = start
    while any(sender.poll() is None for sender in senders):
        if time.monotonic() - start > PATIENCE:
            for sender in senders:
                sender.kill()
            sys.exit("a sender did not come to its end")
        # Seldom: each look at /proc takes processor time from those who are measured.
        time.sleep(0.01)
        if time.monotonic() > look:
            server.watch()
            look = time.monotonic() + 0.5
    seconds = time.monotonic() - start
    for sender in senders:
        if sender.returncode != 0:
            sys.exit(f"a sender failed: {sender.stderr.read().decode(errors='replace')[-500:]}")
    return seconds


def groups(data, senders):
    folders = [str(data / str(part)) for part in range(FOLDERS)]
    return [folders] if senders == 1 else [[folder] for folder in folders]


def measure(name, uptake, folder, data, slices, senders, server_nodelay, sender_nodelay):
    # What the last program left unwritten would be written on this one's time.
    os.sync()
    server = Server(name, uptake, folder, server_nodelay)
    try:
        before = server.seconds()
        seconds = send(server, groups(data, senders), sender_nodelay)
        # Children are counted once they are gone, which takes them a moment after their sender has been answered.
        deadline = time.monotonic() + 5
        while len(server.family()) > 1 and name.startswith("storescp") and time.monotonic() < deadline:
            time.sleep(0.02)
        spent = server.seconds() - before
    finally:
        server.stop()
    # By their size, which no program's index happens to have.
    kept = sum(1 for path in folder.rglob("*") if path.is_file() and 524_288 < path.stat().st_size < 530_000)
    if kept != slices:
        sys.exit(f"{name} kept {kept} of {slices} slices")
    return slices / seconds, spent / slices * 1000, server.largest / 1024


def disk_limit(folder, data, senders):
    """The same files copied with fdatasync for each and nothing else, in images per second."""
    folder.mkdir()
    os.sync()
    parts = groups(data, senders)
    files = [[path for part in group for path in sorted(pathlib.Path(part).iterdir())] for group in parts]
    contents = [[path.read_bytes() for path in group] for group in files]

    def copy(number):
        for index, bytes_ in enumerate(contents[number]):
            descriptor = os.open(folder / f"{number}-{index}", os.O_WRONLY | os.O_CREAT, 0o640)
            os.write(descriptor, bytes_)
            os.fdatasync(descriptor)
            os.close(descriptor)

    threads = [threading.Thread(target=copy, args=(number,)) for number in range(len(files))]
    start = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(map(len, files)) / (time.monotonic() - start)


# MARK: the run

def row(label, runs, column, digits=0):
    values = sorted(run[column] for run in runs)
    middle = statistics.median(values)
    return f"{label}{middle:,.{digits}f} ({values[0]:,.{digits}f}–{values[-1]:,.{digits}f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("uptake")
    parser.add_argument("--before", help="another build of the command, which takes its turns too")
    parser.add_argument("--slices", type=int, default=2000)
    parser.add_argument("--packaged-slices", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scratch", default=None, help="where to write; must be the disk to be measured")
    parser.add_argument("--only", nargs="*", default=list(PROGRAMS), help="programs to run")
    options = parser.parse_args()
    if options.before:
        before = os.path.abspath(options.before)
        PROGRAMS["Uptake before"] = lambda _, folder, port: uptake_command(before, folder, port)
        options.only.append("Uptake before")
    uptake = os.path.abspath(options.uptake)
    absent = [p for p in ("storescu", "storescp", "Orthanc") if not shutil.which(p, path=environment(False)["PATH"])]
    if absent:
        sys.exit(f"not installed: {', '.join(absent)} (Packaging/dependencies tests)")

    scratch = pathlib.Path(tempfile.mkdtemp(prefix="uptake-bench-", dir=options.scratch))
    try:
        data = {}
        for setting, slices in (("NODELAY", options.slices), ("packaged", options.packaged_slices)):
            data[setting] = scratch / f"data-{setting}"
            data[setting].mkdir()
            draw(data[setting], slices)
        os.sync()
        # (setting, senders, server's Nagle off, sender's Nagle off)
        cases = [("NODELAY", 1, True, True), ("NODELAY", 4, True, True), ("packaged", 1, False, False),
                 ("packaged", 4, False, False)]
        runs, disk, mixed = {}, {1: [], 4: []}, []
        total = options.rounds * (len(cases) * len(options.only) + 3)
        done = 0

        def progress(what):
            nonlocal done
            done += 1
            if sys.stderr.isatty():
                print(f"\r\x1b[K{done} of {total}: {what}", end="", file=sys.stderr, flush=True)

        for number in range(options.rounds):
            for setting, senders, server_nodelay, sender_nodelay in cases:
                slices = options.slices if setting == "NODELAY" else options.packaged_slices
                for name in options.only:
                    progress(f"{name}, {senders} sender(s), {setting}")
                    folder = scratch / f"{number}-{setting}-{senders}-{name.replace(' ', '-')}"
                    runs.setdefault((setting, senders, name), []).append(
                        measure(name, uptake, folder, data[setting], slices, senders, server_nodelay, sender_nodelay))
            for senders in disk:
                progress(f"the disk, {senders} thread(s)")
                disk[senders].append((disk_limit(scratch / f"{number}-disk-{senders}", data["NODELAY"], senders),))
            if "Uptake" in options.only:
                progress("Uptake, a sender with Nagle on")
                mixed.append(measure("Uptake", uptake, scratch / f"{number}-mixed", data["NODELAY"], options.slices, 1,
                                     True, False))
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)
        report(options, runs, disk, mixed)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def report(options, runs, disk, mixed):
    print(f"{options.rounds} alternated rounds; median (lowest–highest)")
    print(f"{'setting':<10}{'senders':<9}{'program':<14}{'images/s':<24}{'CPU ms/image':<22}RSS MiB")
    for (setting, senders, name), of_case in runs.items():
        print(f"{setting:<10}{senders:<9}{name:<14}{row('', of_case, 0):<24}{row('', of_case, 1, 2):<22}"
              f"{row('', of_case, 2)}")
    for senders, of_case in disk.items():
        print(f"{'–':<10}{senders:<9}{'the disk':<14}{row('', of_case, 0)}")
    if mixed:
        print(f"{'mixed':<10}{1:<9}{'Uptake':<14}{row('', mixed, 0)}  (sender leaves Nagle on)")

    def median(setting, senders, name, column=0):
        return statistics.median(run[column] for run in runs[setting, senders, name])

    print()
    others = [name for name in options.only if name != "Uptake"] if "Uptake" in options.only else []
    for name in others:
        for setting, senders in (("NODELAY", 1), ("NODELAY", 4), ("packaged", 1), ("packaged", 4)):
            ratio = median(setting, senders, "Uptake") / median(setting, senders, name)
            print(f"Uptake / {name}, {setting}, {senders} sender(s): {ratio:.2f}")
        for senders in (1, 4):
            ratio = median("NODELAY", senders, "Uptake", 1) / median("NODELAY", senders, name, 1)
            print(f"processor time, Uptake / {name}, NODELAY, {senders} sender(s): {ratio:.2f}")
    if mixed:
        ratio = statistics.median(run[0] for run in mixed) / median("NODELAY", 1, "Uptake")
        print(f"Uptake, sender's Nagle on / off, 1 sender: {ratio:.2f}")
    if "Uptake" in options.only:
        for senders in (1, 4):
            ratio = median("NODELAY", senders, "Uptake") / statistics.median(run[0] for run in disk[senders])
            print(f"Uptake / the disk, {senders} sender(s): {ratio:.2f}")


if __name__ == "__main__":
    main()
