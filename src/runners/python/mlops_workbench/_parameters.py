"""Reads params.yaml without a YAML library."""

import os
import re


def load_parameters(path="params.yaml"):
    """The parameters of this run as a dictionary.

    Inside a run of the Workbench these are the values of that run, changed ones included; otherwise those
    in ``path``. Understands what params.yaml mostly is: ``key: value`` lines, sections by indentation,
    lists in brackets or with dashes, quoted text and comments. Anything else in YAML raises ``ValueError``
    with the line; use a YAML library for it.
    """
    actual = os.environ.get("MLOPS_PARAMS") or path
    with open(actual, encoding="utf-8-sig") as file:
        lines = [_Line(number, text) for number, text in enumerate(file, 1)]
    lines = [line for line in lines if line.content and line.content != "---"]
    values, rest = _mapping(lines, 0)
    if rest:
        raise rest[0].error("is indented in a way that is not understood")
    return values


class _Line:
    def __init__(self, number, text):
        self.number = number
        self.content = _without_comment(text).strip()
        self.indent = len(text) - len(text.lstrip(" "))
        if self.content and text[self.indent] == "\t":
            raise self.error("is indented with a tab")

    def error(self, problem):
        return ValueError(f"params.yaml, line {self.number} {problem}: {self.content}")


def _mapping(lines, indent):
    values = {}
    while lines and lines[0].indent == indent:
        line = lines[0]
        match = re.match(r"""^("[^"]*"|'[^']*'|[^\s"'\[\]{}&*!|>%@`#,-][^:]*?|-?[\w.]+)\s*:(?:\s+(.*))?$""", line.content)
        if not match:
            raise line.error("is not understood")
        key, text = _scalar_key(match.group(1)), match.group(2)
        if key in values:
            raise line.error("names a key again")
        if text:
            values[key] = _value(line, text)
            lines = lines[1:]
        else:
            values[key], lines = _block(lines[1:], indent)
    return values, lines


def _block(lines, indent):
    if lines and lines[0].indent > indent and not _is_item(lines[0]):
        return _mapping(lines, lines[0].indent)
    if lines and lines[0].indent >= indent and _is_item(lines[0]):
        return _sequence(lines, lines[0].indent)
    return None, lines


def _sequence(lines, indent):
    items = []
    while lines and lines[0].indent == indent and _is_item(lines[0]):
        items.append(_value(lines[0], lines[0].content[1:].strip()))
        lines = lines[1:]
    return items, lines


def _is_item(line):
    return line.content == "-" or line.content.startswith("- ")


def _value(line, text):
    if text.startswith("[") and text.endswith("]"):
        inside = text[1:-1].strip()
        return [_value(line, part.strip()) for part in _split(inside)] if inside else []
    if text == "{}":
        return {}
    if text and text[0] in "[{&*!|>%@`":
        raise line.error("is not understood")
    if text[:1] in "\"'" and text[:1]:
        return _quoted(line, text)
    if re.search(r":\s", text):
        raise line.error("is not understood")
    return _plain(text)


def _quoted(line, text):
    if len(text) < 2 or text[-1] != text[0]:
        raise line.error("has an open quote")
    inside = text[1:-1]
    if text[0] == "'":
        return inside.replace("''", "'")
    escapes = {"n": "\n", "t": "\t", '"': '"', "\\": "\\", "/": "/"}
    return re.sub(r"\\(.)", lambda match: escapes.get(match.group(1), match.group(0)), inside)


def _plain(text):
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    if re.match(r"^[-+]?(0|[1-9][0-9_]*)$", text):
        return int(text.replace("_", ""))
    if re.match(r"^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$", text):
        return float(text)
    if re.match(r"^[-+]?\.(inf|Inf|INF)$", text):
        return float(text.replace(".", ""))
    return float("nan") if text in (".nan", ".NaN", ".NAN") else text


def _scalar_key(text):
    return text[1:-1] if text[0] in "\"'" else text


def _split(text):
    """At commas outside of quotes and brackets."""
    return re.findall(r"""(?:[^,"'\[\]]|"[^"]*"|'[^']*'|\[[^\]]*\])+""", text)


def _without_comment(text):
    match = re.match(r"""^(?:[^"'#]|"(?:[^"\\]|\\.)*"|'[^']*'|(?<=[^\s])#|(?<=\w)')*""", text)
    end = match.end()
    return text[:end] if text[end : end + 1] == "#" else text
