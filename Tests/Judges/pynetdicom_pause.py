"""Has pynetdicom's reactor leave the answers alone that somebody waits for. Import it for that.

Who sends a request pauses the reactor first and then takes the answer himself. The reactor says that it is paused once in
every turn, also when nobody asked it to be; who pauses it just then goes on at once, the reactor finishes its turn, and now
and then that turn takes the answer, for which its owner waits in vain (seen in one of fifty C-MOVEs under load, pynetdicom
3.0). So here the reactor takes nothing while it is asked to pause.
"""

from pynetdicom.dimse import DIMSEServiceProvider

_taken = DIMSEServiceProvider.get_msg


def _get_msg(self, block=False):
    if not block and not self.assoc._reactor_checkpoint.is_set():
        return None, None
    return _taken(self, block)


DIMSEServiceProvider.get_msg = _get_msg
