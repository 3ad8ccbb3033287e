"""The same ten stimuli for several storage SCPs, and one table of what became of them.

    compare.py [E1 E2 …] [--only NAME]

Compares what is installed of `storescp`, `storescp +B`, `dcmrecv +B` (DCMTK), Orthanc and Uptake (UPTAKE names its command;
.build/release/uptake if not set). Each stimulus has a process, a folder and a loopback port of its own, and an end in time.
E3 and E4 fill a small tmpfs, which only root can mount. Prints Markdown.
"""

import contextlib
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

from association import ABORT, Association, Silence, data, seconds_to_echo, slice_of, store_request
from receivers import ALL, Orthanc, Uptake

PATIENCE = 35  # seconds for an answer to an honest peer
STUDY = "1.2.826.0.1.3680043.10.7.1"


def in_seconds(seconds):
    return f"none in {PATIENCE} s" if seconds is None else f"{seconds:.2f} s"


@contextlib.contextmanager
def running(kind):
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, kind(folder) as receiver:
        yield receiver


def silent_connection(kind):
    """E1: one TCP connection that says nothing, then a C-ECHO: seconds until its answer"""
    with running(kind) as receiver, socket.create_connection(("127.0.0.1", receiver.port)):
        return in_seconds(seconds_to_echo(receiver.port, receiver.title, PATIENCE))


def broken_resend(kind):
    """E2: an instance is stored, then sent again and aborted halfway: the first copy"""
    with running(kind) as receiver:
        instance, body = slice_of(STUDY, 1)
        with Association(receiver.port, receiver.title) as association:
            association.store(instance, body)
            association.release()
        before = receiver.kept(instance)
        with Association(receiver.port, receiver.title) as association:
            association.send(store_request(instance), data(1, 0, body[:len(body) // 2]), ABORT)
        with contextlib.suppress(Silence, OSError):
            with Association(receiver.port, receiver.title) as association:  # it has dealt with the other by now
                association.echo()
        time.sleep(1)
        after = receiver.kept(instance)
        return "intact" if after == before else "deleted" if after is None else "damaged"


@contextlib.contextmanager
def nearly_full(kind, pages):
    """A receiver whose storage is a tmpfs with so many free pages of 4 KiB."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        storage = pathlib.Path(folder) / "storage"
        storage.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", storage], check=True)
        try:
            with kind(folder) as receiver:
                for path in [storage / f"{value:02x}" for value in range(256)] if kind is Orthanc else []:
                    path.mkdir(exist_ok=True)  # so that directories take none of the room
                ballast = (storage / "ballast").open("wb", buffering=0)
                with contextlib.suppress(OSError):
                    while ballast.write(bytes(4096)):
                        pass
                ballast.truncate(ballast.tell() // 4096 * 4096 - pages * 4096)
                ballast.close()
                yield receiver
        finally:
            subprocess.run(["umount", "-l", storage], check=True)


def store_on_full_disk(kind, pages, fragment):
    instance, body = slice_of(STUDY, 1)
    try:
        with nearly_full(kind, pages) as receiver:
            begin = time.monotonic()
            try:
                with Association(receiver.port, receiver.title, 70) as association:
                    status = association.store(instance, body, fragment)
            except (Silence, OSError):
                return f"no answer; association lost after {time.monotonic() - begin:.1f} s"
            kept = receiver.kept(instance)
            whole = kept is not None and kept.endswith(body)
            if status == 0:
                return "Success, kept whole" if whole else f"**Success**, {len(kept or b''):,} bytes of {len(body):,} kept"
            return f"{status:04X} after {time.monotonic() - begin:.1f} s"
    except subprocess.CalledProcessError:
        return "not tried: needs root"


def full_at_last_page(kind):
    """E3: the disk is full at the last partial page: the answer"""
    return store_on_full_disk(kind, 12, 16_000)


def full_in_last_fragment(kind):
    """E4: the disk is full inside the last PDV: the answer"""
    return store_on_full_disk(kind, 11, 15_000)


def nested_sequences(kind):
    """E5: sequences nested 10,000 and 100,000 deep: the process"""
    outcomes = []
    for depth in (10_000, 100_000):
        with running(kind) as receiver:
            instance, body = slice_of(STUDY, 1, nesting=depth)
            with contextlib.suppress(Silence, OSError):
                with Association(receiver.port, receiver.title, 20) as association:
                    outcomes.append(f"{association.store(instance, body):04X}")
            with contextlib.suppress(subprocess.TimeoutExpired):
                receiver.process.wait(1)
            if not receiver.is_running():
                del outcomes[1 if depth == 100_000 and len(outcomes) == 2 else 0 if depth == 10_000 else 1:]
                outcomes.append(f"killed by signal {-receiver.process.returncode}")
    return " / ".join(outcomes)


def wrong_called_title(kind):
    """E6: an association that calls another AE title"""
    with running(kind) as receiver, Association(receiver.port, "SOMEBODYELSE") as association:
        return "accepted" if association.accepted else "rejected"


def idle_associations(kind):
    """E7: 20 idle associations, then a C-ECHO: seconds until its answer"""
    with running(kind) as receiver, contextlib.ExitStack() as idle:
        try:
            for _ in range(20):
                idle.enter_context(Association(receiver.port, receiver.title, 5))
        except (Silence, OSError):
            return "takes one association at a time"
        return in_seconds(seconds_to_echo(receiver.port, receiver.title, PATIENCE))


def store(receiver, *numbers):
    with Association(receiver.port, receiver.title) as association:
        for number in numbers:
            association.store(*slice_of(STUDY, number))
        association.release()


def events_after(receiver, seconds, wanted):
    """How many study events there are, once there are so many or the time is over."""
    deadline = time.monotonic() + seconds
    while receiver.study_events() < wanted and time.monotonic() < deadline:
        time.sleep(0.2)
    return receiver.study_events()


def killed_while_waiting(kind):
    """E8: kill -9 before a study's quiet period (3 s) has passed, then a restart: the study"""
    if not kind.has_study_events:
        return "knows no studies"
    with running(kind) as receiver:
        store(receiver, 1, 2)
        receiver.kill()
        receiver.start()
        return "taken up" if events_after(receiver, 15, 1) else "**forgotten** (watched 15 s)"


def late_and_repeated(kind):
    """E9: after the study was taken up, the same images again, then a late one: how often it is taken up once more"""
    if not kind.has_study_events:
        return "knows no studies"
    with running(kind) as receiver:
        store(receiver, 1, 2)
        first = events_after(receiver, 15, 1)
        store(receiver, 1, 2)
        repeated = events_after(receiver, 8, first + 1) - first
        store(receiver, 3)
        late = events_after(receiver, 15, first + repeated + 1) - first - repeated
        kind_of_event = ", as a revision that supersedes" if kind is Uptake else ", as an event like the first"
        return f"{repeated} / {late}{kind_of_event}"


def sequential_associations(kind):
    """E10: 200 associations one after the other: virtual/resident memory before and after"""
    with running(kind) as receiver:
        before = receiver.memory()
        for _ in range(200):
            with Association(receiver.port, receiver.title) as association:
                association.echo()
                association.release()
        return f"{before} → {receiver.memory()} MiB"


STIMULI = [silent_connection, broken_resend, full_at_last_page, full_in_last_fragment, nested_sequences,
           wrong_called_title, idle_associations, killed_while_waiting, late_and_repeated, sequential_associations]


def main():
    wanted = [word for word in sys.argv[1:] if word[0] == "E"]
    kinds = [kind for kind in ALL if kind.version() and ("--only" not in sys.argv or kind.name == sys.argv[-1])]
    print("| | " + " | ".join(f"{kind.name} ({kind.version()})" for kind in kinds) + " |")
    print("|---" * (len(kinds) + 1) + "|")
    for stimulus in STIMULI:
        if wanted and stimulus.__doc__.split(":")[0] not in wanted:
            continue
        print(f"| {stimulus.__doc__}", end="", flush=True)
        for kind in kinds:
            try:
                outcome = stimulus(kind)
            except Exception as error:  # a program that does not even start is a result too
                outcome = f"failed: {type(error).__name__}: {error}"
            print(f" | {outcome}", end="", flush=True)
        print(" |", flush=True)


if __name__ == "__main__":
    main()
