"""The programs that are compared: how each is started, and where it keeps what it took."""

import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request

from association import CALLING, seconds_to_echo


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


class Receiver:
    """A storage SCP in a process of its own, over a folder of its own."""
    title = "RECEIVER"
    has_study_events = False

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.storage = self.folder / "storage"
        self.storage.mkdir(exist_ok=True)
        self.port = free_port()
        self.process = None

    @classmethod
    def version(cls):
        """The program's version; None where it is not installed."""
        if shutil.which(cls.program) is None:
            return None
        words = subprocess.run([cls.program, "--version"], capture_output=True, text=True).stdout.split()
        return next(word for word in words if word[:1].lstrip("v").isdigit() or word[1:2].isdigit()).strip(",")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self):
        self.process = subprocess.Popen(self.command(), cwd=self.folder, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while seconds_to_echo(self.port, self.title, 2) is None:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} did not start")
            time.sleep(0.05)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def is_running(self):
        return self.process.poll() is None

    def kept(self, instance):
        """The bytes of the file kept for an instance; None where there is none."""
        files = [path for path in self.storage.rglob("*") if path.is_file() and instance in path.name]
        return files[0].read_bytes() if files else None

    def memory(self):
        """Virtual and resident memory in MiB."""
        lines = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        value = lambda name: int(next(line for line in lines if line.startswith(name)).split()[1]) // 1024
        return f"{value('VmSize')}/{value('VmRSS')}"


class StoreSCP(Receiver):
    name, program = "storescp", "storescp"
    options = []

    def command(self):
        return [self.program, *self.options, "-aet", self.title, "-od", self.storage, str(self.port)]


class BitPreservingStoreSCP(StoreSCP):
    name = "storescp +B"
    options = ["+B"]


class DcmRecv(StoreSCP):
    name, program = "dcmrecv +B", "dcmrecv"
    # Without a profile it takes Verification alone.
    options = ["+B", "-xf", "/etc/dcmtk/storescp.cfg", "Default"]


class Orthanc(Receiver):
    name, program = "Orthanc", "Orthanc"
    has_study_events = True

    def command(self):
        self.http = free_port()
        configuration = {
            "StorageDirectory": str(self.storage), "IndexDirectory": str(self.folder / "index"), "HttpPort": self.http,
            "DicomPort": self.port, "DicomAet": self.title, "RemoteAccessAllowed": False, "Plugins": [],
            "AuthenticationEnabled": False, "StableAge": 3,
        }
        (self.folder / "orthanc.json").write_text(json.dumps(configuration))
        return [self.program, self.folder / "orthanc.json"]

    def get(self, path):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}{path}", timeout=10) as answer:
            return answer.read()

    def kept(self, instance):
        # On the disk, not through its interface, which answers from memory.
        for path in self.storage.rglob("*-*"):
            content = path.read_bytes() if path.is_file() else b""
            if content[128:132] == b"DICM" and instance.encode() in content:
                return content
        return None

    def study_events(self):
        changes = json.loads(self.get("/changes?limit=1000"))["Changes"]
        return sum(change["ChangeType"] == "StableStudy" for change in changes)


class Uptake(Receiver):
    name, program = "Uptake", os.environ.get("UPTAKE", ".build/release/uptake")
    has_study_events = True

    def command(self):
        (self.folder / "uptake.toml").write_text(f"""
            [node]
            ae_title = "{self.title}"
            address = "127.0.0.1"
            port = {self.port}
            state_directory = "{self.storage}"
            reserve_mib = 0
            [[peer]]
            ae_title = "{CALLING}"
            [completion]
            quiet_period_seconds = 3
            wait_for_partner_seconds = 0
            """)
        return [pathlib.Path(self.program).resolve(), "serve", "--config", self.folder / "uptake.toml"]

    def ask(self, question, *values):
        index = sqlite3.connect(f"file:{self.storage}/index.sqlite?mode=ro", uri=True, timeout=10)
        try:
            return index.execute(question, values).fetchone()
        finally:
            index.close()

    def kept(self, instance):
        row = self.ask("SELECT digest FROM instance WHERE sop_instance_uid = ?", instance)
        return row and (self.storage / "instances" / row[0][:2] / f"{row[0]}.dcm").read_bytes()

    def study_events(self):
        return self.ask("SELECT COUNT(*) FROM study_revision")[0]


ALL = [StoreSCP, BitPreservingStoreSCP, DcmRecv, Orthanc, Uptake]
