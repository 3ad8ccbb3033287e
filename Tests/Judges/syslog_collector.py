"""A syslog collector over TLS (RFC 5425): every message that comes becomes a line of a file.

Usage: syslog_collector.py PORT AUTHORITY CERTIFICATE KEY FILE
Prints the port it listens on (PORT may be 0). Peers have to present a certificate of the authority.
"""
import socket
import ssl
import sys
import threading


def messages(stream):
    """The messages of a stream: MSG-LEN SP SYSLOG-MSG."""
    while True:
        length = b""
        while not length.endswith(b" "):
            byte = stream.read(1)
            if not byte:
                return
            length += byte
        count = int(length)
        message = stream.read(count)
        if len(message) != count:
            return
        yield message


def serve(connection, context, path, lock):
    try:
        with context.wrap_socket(connection, server_side=True) as secure, secure.makefile("rb") as stream:
            for message in messages(stream):
                with lock, open(path, "ab") as file:
                    file.write(message + b"\n")
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr, flush=True)


def main():
    port, authority, certificate, key, path = sys.argv[1:]
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(certificate, key)
    lock = threading.Lock()
    with socket.create_server(("127.0.0.1", int(port))) as listening:
        print(listening.getsockname()[1], flush=True)
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=serve, args=(connection, context, path, lock), daemon=True).start()


main()
