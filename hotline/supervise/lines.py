"""Log lines of many processes as one stream a person can read. Pure."""

import json
from typing import Any

WIDTH = 10
_LEFT_OUT = frozenset({"at", "process", "pid", "level", "event"})


def worth_showing(name: str, line: str) -> bool:
    """Leaves out what Redis tells about itself and the line by which the switch names its URL."""
    if name == "redis":
        return any(word in line.lower() for word in ("error", "fatal", "can't", "fail"))
    return not (name == "switch" and line.startswith('{"url"'))


def readable(name: str, line: str) -> str:
    """`12:30:01 dispatcher  warning  part_ended  exit_code=1` for a JSON line, else the line."""
    fields = _fields(line)
    if fields is None:
        return f"{'':8} {name:{WIDTH}}  {line}"
    clock = str(fields.get("at", ""))[11:19]
    rest = "  ".join(f"{k}={v}" for k, v in fields.items() if k not in _LEFT_OUT)
    level, event = fields.get("level", ""), fields.get("event", "")
    return f"{clock:8} {name:{WIDTH}}  {level:7}  {event}  {rest}".rstrip()


def _fields(line: str) -> dict[str, Any] | None:
    try:
        fields = json.loads(line)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None
