"""A DICOM client of bare sockets: it says what it is told to, and measures how long the answer takes."""

import socket
import struct
import time

from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset
from pydicom.uid import generate_uid

CT = "1.2.840.10008.5.1.4.1.1.2"
VERIFICATION = "1.2.840.10008.1.1"
EXPLICIT = "1.2.840.10008.1.2.1"
CALLING = "COMPARE"


def item(kind, body):
    return struct.pack(">BBH", kind, 0, len(body)) + body


def pdu(kind, body):
    return struct.pack(">BBI", kind, 0, len(body)) + body


def request(called):
    """A-ASSOCIATE-RQ: CT Image Storage in context 1, Verification in context 3 (PS3.8 section 9.3.2)."""
    title = lambda text: text.encode().ljust(16)
    context = lambda number, syntax: item(0x20, bytes([number, 0, 0, 0]) + item(0x30, syntax.encode())
                                          + item(0x40, EXPLICIT.encode()))
    user = item(0x51, struct.pack(">I", 1 << 14)) + item(0x52, b"1.2.3.4")
    return pdu(1, b"\0\1\0\0" + title(called) + title(CALLING) + bytes(32) + item(0x10, b"1.2.840.10008.3.1.1.1")
               + context(1, CT) + context(3, VERIFICATION) + item(0x50, user))


def element(number, value):
    value += b"\0" * (len(value) % 2)
    return struct.pack("<HHI", 0, number, len(value)) + value


def data(context, control, body):
    return pdu(4, struct.pack(">IBB", len(body) + 2, context, control) + body)


def command(context, group):
    return data(context, 3, element(0, struct.pack("<I", len(group))) + group)


ECHO = command(3, element(2, VERIFICATION.encode()) + element(0x100, b"\x30\0") + element(0x110, b"\1\0")
               + element(0x800, b"\1\1"))
ABORT = pdu(7, bytes(4))
RELEASE = pdu(5, bytes(4))


def store_request(instance):
    return command(1, element(2, CT.encode()) + element(0x100, b"\1\0") + element(0x110, b"\1\0")
                   + element(0x700, b"\0\0") + element(0x800, b"\1\0") + element(0x1000, instance.encode()))


class Silence(Exception):
    """No answer within the time given, or the connection closed."""


class Association:
    def __init__(self, port, called, seconds=40):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.send(request(called))
        self.accepted = self.receive()[0] == 2

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, *pdus):
        self.socket.sendall(b"".join(pdus))

    def exactly(self, count):
        got = b""
        while len(got) < count:
            try:
                part = self.socket.recv(count - len(got))
            except OSError as error:
                raise Silence from error
            if not part:
                raise Silence
            got += part
        return got

    def receive(self):
        kind, _, length = struct.unpack(">BBI", self.exactly(6))
        return kind, self.exactly(length)

    def status(self):
        """Status (0000,0900) of the next response."""
        kind, body = self.receive()
        place = body.find(struct.pack("<HHI", 0, 0x900, 2))
        if kind != 4 or place < 0:
            raise Silence
        return struct.unpack("<H", body[place + 8:place + 10])[0]

    def echo(self):
        self.send(ECHO)
        return self.status()

    def store(self, instance, body, fragment=16_000):
        parts = [body[i:i + fragment] for i in range(0, len(body), fragment)]
        self.send(store_request(instance),
                  *(data(1, 2 if i == len(parts) - 1 else 0, part) for i, part in enumerate(parts)))
        return self.status()

    def release(self):
        self.send(RELEASE)
        return self.receive()[0] == 6


def seconds_to_echo(port, called, most):
    """Seconds until a C-ECHO on an association of its own is answered; None where it is not within `most`."""
    begin = time.monotonic()
    try:
        with Association(port, called, most) as association:
            association.echo()
    except (Silence, OSError):
        return None
    return time.monotonic() - begin


def slice_of(study, number, nesting=0, pixels=51_200):
    """A CT slice: its SOP Instance UID and its data set, with sequences nested so deep before the pixel data."""
    data = Dataset()
    data.SOPClassUID, data.SOPInstanceUID = CT, generate_uid(entropy_srcs=[study, str(number)])
    data.Modality, data.PatientName, data.PatientID = "CT", "Compare^Test", "COMPARE"
    data.StudyInstanceUID, data.SeriesInstanceUID = study, study + ".1"
    data.InstanceNumber = str(number)
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.Rows, data.Columns = 160, 160
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 0
    data.PixelData = bytes(pixels)
    data["PixelData"].VR = "OW"
    stream = DicomBytesIO()
    stream.is_little_endian, stream.is_implicit_VR = True, False
    write_dataset(stream, data)
    body = stream.getvalue()
    if nesting:
        opened = bytes.fromhex("400075025351 0000 ffffffff feff00e0 ffffffff".replace(" ", ""))
        closed = bytes.fromhex("feff0de000000000feffdde000000000")
        place = body.index(bytes.fromhex("e07f1000"))
        body = body[:place] + opened * nesting + closed * nesting + body[place:]
    return data.SOPInstanceUID, body
