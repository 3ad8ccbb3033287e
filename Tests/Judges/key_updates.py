"""A TLS 1.3 client that renews its keys without end and sends nothing else.

    key_updates.py PORT CERTIFICATE KEY

Prints "ready" after the first hundred KeyUpdates (RFC 8446 section 4.6.3), goes on until its standard input ends, and prints how many
they were. OpenSSL by ctypes, as Python's ssl has no call for it.
"""

import ctypes
import select
import socket
import sys

ssl = ctypes.CDLL("libssl.so.3")
for name in ("TLS_client_method", "SSL_CTX_new", "SSL_new"):
    getattr(ssl, name).restype = ctypes.c_void_p
ssl.SSL_CTX_new.argtypes = [ctypes.c_void_p]
ssl.SSL_CTX_use_certificate_chain_file.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
ssl.SSL_CTX_use_PrivateKey_file.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
ssl.SSL_new.argtypes = [ctypes.c_void_p]
ssl.SSL_set_fd.argtypes = [ctypes.c_void_p, ctypes.c_int]
ssl.SSL_connect.argtypes = ssl.SSL_do_handshake.argtypes = [ctypes.c_void_p]
ssl.SSL_key_update.argtypes = [ctypes.c_void_p, ctypes.c_int]

port, certificate, key = int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3].encode()
context = ssl.SSL_CTX_new(ssl.TLS_client_method())
assert ssl.SSL_CTX_use_certificate_chain_file(context, certificate) == 1
assert ssl.SSL_CTX_use_PrivateKey_file(context, key, 1) == 1
connection = socket.create_connection(("127.0.0.1", port))
session = ssl.SSL_new(context)
assert ssl.SSL_set_fd(session, connection.fileno()) == 1
assert ssl.SSL_connect(session) == 1

count, update_not_requested = 0, 0
while not (count >= 100 and count % 100 == 0 and select.select([sys.stdin], [], [], 0)[0]):
    if ssl.SSL_key_update(session, update_not_requested) != 1 or ssl.SSL_do_handshake(session) != 1:
        break
    count += 1
    if count == 100:
        print("ready", flush=True)
print(count)
