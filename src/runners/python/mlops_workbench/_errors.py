"""What a caller did wrong, and the words for what went wrong without anybody's fault."""

import sys


class TrackingError(Exception):
    """A call that could never work: a changed parameter, an impossible name, a file that is not there."""


_said = set()


def warn_once(sentence):
    """One line on standard error; the training goes on."""
    if sentence not in _said:
        _said.add(sentence)
        print(f"mlops_workbench: {sentence}", file=sys.stderr, flush=True)
