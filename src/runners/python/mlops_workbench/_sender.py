"""Sends what is logged, in order, from one background thread.

There is no timer: as soon as one request is answered, all that has been queued meanwhile goes into the next.
At a low rate that is one request per call, within a millisecond; at a high rate batches of up to 1,000.
"""

import os
import sys
import threading
import time
from collections import deque

from ._errors import warn_once
from ._rest import Refused, Unreachable

MAX_BATCH = 1000
MAX_PARAMETERS = 100
MAX_TAGS = 100
# A script that logs faster than can be sent waits from here on, instead of filling the memory.
_FULL = 200_000

METRIC, PARAMETER, TAG, UPDATE = "metrics", "params", "tags", "update"


class Item:
    """One thing to send. ``done`` is set, and ``error`` with it, when the caller waits for the answer."""

    __slots__ = ("run_id", "kind", "content", "done", "error")

    def __init__(self, run_id, kind, content, waits=False):
        self.run_id = run_id
        self.kind = kind
        self.content = content
        self.done = threading.Event() if waits else None
        self.error = None

    def finish(self, error=None):
        self.error = error
        if self.done is not None:
            self.done.set()


class Sender:
    def __init__(self, server):
        self._server = server
        self._start_anew()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)

    def send(self, item):
        # Once nobody answers any more, waiting would only hold up the training.
        while len(self._items) >= _FULL and self._thread is not None and self._thread.is_alive():
            time.sleep(0.001)
        self._items.append(item)
        if self._thread is None:
            self._start_thread()
        if not self._wake.is_set():
            self._wake.set()

    def flush(self, timeout):
        """Waits until all that was queued before is sent or given up; says whether it is."""
        if self._thread is None:
            return True
        barrier = Item(None, None, None, waits=True)
        self.send(barrier)
        return barrier.done.wait(timeout)

    def _start_anew(self):
        self._items = deque()
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._thread = None

    def _start_thread(self):
        with self._lock:
            if self._thread is None:
                thread = threading.Thread(target=self._work, name="mlops_workbench", daemon=True)
                try:
                    thread.start()
                    self._thread = thread
                except RuntimeError:
                    # The interpreter is leaving and starts no threads any more.
                    self._send_queued()

    def _after_fork(self):
        """What was queued is the parent's to send; threads do not live on in a child."""
        self._server.forget()
        self._start_anew()
        util = sys.modules.get("multiprocessing.util")
        if util is not None:
            # Its children leave without atexit, but they run their own finalizers.
            util.register_after_fork(
                self, lambda sender: util.Finalize(None, sender.flush, args=(60,), exitpriority=10)
            )

    def _work(self):
        while True:
            self._wake.wait()
            self._wake.clear()
            self._send_queued()

    def _send_queued(self):
        while self._items:
            batch = self._next_batch()
            if batch:
                self._deliver(batch)

    def _next_batch(self):
        """Neighbours of one run that fit into one request; or one update of a run, alone."""
        batch, keys, counts = [], set(), {METRIC: 0, PARAMETER: 0, TAG: 0}
        while self._items and len(batch) < MAX_BATCH:
            item = self._items[0]
            if item.kind is None:
                if batch:
                    break
                self._items.popleft().finish()
                continue
            if item.kind == UPDATE:
                return batch or [self._items.popleft()]
            if batch and item.run_id != batch[0].run_id:
                break
            if item.kind == PARAMETER and (item.content["key"] in keys or counts[PARAMETER] == MAX_PARAMETERS):
                break
            if item.kind == TAG and counts[TAG] == MAX_TAGS:
                break
            if item.kind == PARAMETER:
                keys.add(item.content["key"])
            counts[item.kind] += 1
            batch.append(self._items.popleft())
        return batch

    def _deliver(self, batch):
        try:
            self._request(batch)
        except Refused as error:
            if len({item.kind for item in batch}) == 1 and batch[0].kind != PARAMETER or len(batch) == 1:
                self._refused(batch, error)
            else:
                # Nothing of a refused batch is stored, so what was right in it is sent again without the rest.
                self._deliver_apart(batch)
            return
        except Unreachable as error:
            self._server.warn_lost(error)
        except Exception as error:  # A mistake of ours must not end the thread that all logging rests on.
            warn_once(f"could not send: {error!r}")
        for item in batch:
            item.finish()

    def _deliver_apart(self, batch):
        for item in batch:
            if item.kind == PARAMETER:
                self._deliver([item])
        for kind in (METRIC, TAG):
            part = [item for item in batch if item.kind == kind]
            if part:
                self._deliver(part)

    def _refused(self, batch, error):
        if any(item.done is None for item in batch):
            warn_once(f"not recorded: {error}")
        for item in batch:
            item.finish(error)

    def _request(self, batch):
        first = batch[0]
        if first.kind == UPDATE:
            self._server.call("POST", "runs/update", dict(first.content, run_id=first.run_id))
            return
        message = {"run_id": first.run_id}
        for item in batch:
            message.setdefault(item.kind, []).append(item.content)
        self._server.call("POST", "runs/log-batch", message)
