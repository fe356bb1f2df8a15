"""One kept-alive HTTP connection to a tracking server."""

import http.client
import json
import os
import ssl
import time
from urllib.parse import quote, urlsplit

from ._errors import TrackingError, warn_once

_TIMEOUT_SECONDS = 60
_LONGEST_PAUSE_SECONDS = 5.0


def patience_seconds():
    """How long a service that is away (it may be restarting) is waited for."""
    return float(os.environ.get("MLOPS_TRACKING_PATIENCE", "300"))


class Refused(TrackingError):
    """The server has understood and says no; asking again would not help."""


class Unreachable(Exception):
    """Nobody answered within the patience."""


class Server:
    """Not for use by two threads at once: each makes its own."""

    def __init__(self, uri):
        parts = urlsplit(uri)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise TrackingError(
                f"The tracking address must be an http address of a tracking server, not {parts.scheme or uri!r}."
            )
        self._secure = parts.scheme == "https"
        self._host = parts.hostname
        self._port = parts.port
        self._prefix = parts.path.rstrip("/")
        self._connection = None
        self._lost = False

    def call(self, method, endpoint, message=None, query="", patience=None):
        """The reply of an endpoint below ``/api/2.0/mlflow/``, as a dictionary."""
        body = None if message is None else json.dumps(message).encode()
        headers = {} if body is None else {"Content-Type": "application/json"}
        path = f"/api/2.0/mlflow/{endpoint}{query}"
        return json.loads(self._request(method, path, lambda: body, headers, patience) or b"{}")

    def put_file(self, artifact_path, open_body, size):
        """Uploads what ``open_body()`` opens; opened anew for each try."""
        path = "/api/2.0/mlflow-artifacts/artifacts/" + quote(artifact_path)
        self._request("PUT", path, open_body, {"Content-Length": str(size)}, None)

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def forget(self):
        """After a fork the connection belongs to the parent: it is dropped here, not closed."""
        self._connection = None

    def _request(self, method, path, open_body, headers, patience):
        patience = patience_seconds() if patience is None else patience
        deadline = time.monotonic() + (0 if self._lost else patience)
        pause = 0.0
        while True:
            try:
                reply = self._once(method, path, open_body, headers)
                self._lost = False
                return reply
            except (OSError, http.client.HTTPException) as error:
                self.close()
                if time.monotonic() + pause >= deadline:
                    self._lost = True
                    raise Unreachable(str(error)) from error
                time.sleep(pause)
                pause = min(max(0.05, pause * 2), _LONGEST_PAUSE_SECONDS)

    def _once(self, method, path, open_body, headers):
        if self._connection is None:
            self._connection = self._connect()
        body = open_body()
        try:
            self._connection.request(method, self._prefix + path, body=body, headers=headers)
            response = self._connection.getresponse()
            text = response.read()
        finally:
            if hasattr(body, "close"):
                body.close()
        if response.status < 300:
            return text
        if response.status >= 500 and response.status != 501 or response.status in (408, 429):
            raise http.client.HTTPException(f"status {response.status}")
        raise Refused(_sentence(response.status, text))

    def _connect(self):
        if self._secure:
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=_TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        return http.client.HTTPConnection(self._host, self._port, timeout=_TIMEOUT_SECONDS)

    def warn_lost(self, reason):
        # Host and port only: the path of the address is a secret.
        warn_once(
            f"the tracking server at {self._host}:{self._port} does not answer ({reason}). "
            "The script goes on; what it logs meanwhile is not recorded."
        )


def _sentence(status, text):
    try:
        return json.loads(text)["message"]
    except (ValueError, KeyError, TypeError):
        return f"The tracking server answered with status {status}."
