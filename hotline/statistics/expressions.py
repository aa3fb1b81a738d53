"""What SQLite and PostgreSQL spell differently: days, months and seconds of moments in UTC."""

from typing import Any

from sqlalchemy import Integer, String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import GenericFunction


class day_of(GenericFunction[str]):
    """The day of a moment: "2026-11-24"."""

    type = String()
    inherit_cache = True


class month_of(GenericFunction[str]):
    """The month of a moment by its first day: "2026-11-01"."""

    type = String()
    inherit_cache = True


class hour_of_week(GenericFunction[str]):
    """Weekday (0 is Sunday) and hour of a moment: "2 21"."""

    type = String()
    inherit_cache = True


class seconds_between(GenericFunction[int]):
    """Whole seconds from the first moment to the second, rounded."""

    type = Integer()
    inherit_cache = True


def _arguments(element: GenericFunction[Any], compiler: SQLCompiler, **kw: Any) -> list[str]:
    arguments: list[ColumnElement[Any]] = list(element.clauses)
    return [compiler.process(each, **kw) for each in arguments]


# SQLite keeps a moment as text, "2026-11-24 02:06:12.000000".


@compiles(day_of, "sqlite")
def _day_sqlite(element: day_of, compiler: SQLCompiler, **kw: Any) -> str:
    return f"substr({_arguments(element, compiler, **kw)[0]}, 1, 10)"


@compiles(month_of, "sqlite")
def _month_sqlite(element: month_of, compiler: SQLCompiler, **kw: Any) -> str:
    return f"substr({_arguments(element, compiler, **kw)[0]}, 1, 7) || '-01'"


@compiles(hour_of_week, "sqlite")
def _hour_sqlite(element: hour_of_week, compiler: SQLCompiler, **kw: Any) -> str:
    return f"strftime('%w %H', {_arguments(element, compiler, **kw)[0]})"


@compiles(seconds_between, "sqlite")
def _seconds_sqlite(element: seconds_between, compiler: SQLCompiler, **kw: Any) -> str:
    first, second = _arguments(element, compiler, **kw)
    return f"CAST(round((julianday({second}) - julianday({first})) * 86400) AS INTEGER)"


@compiles(day_of, "postgresql")
def _day_postgresql(element: day_of, compiler: SQLCompiler, **kw: Any) -> str:
    return _to_char(element, compiler, "YYYY-MM-DD", **kw)


@compiles(month_of, "postgresql")
def _month_postgresql(element: month_of, compiler: SQLCompiler, **kw: Any) -> str:
    return _to_char(element, compiler, "YYYY-MM-01", **kw)


@compiles(hour_of_week, "postgresql")
def _hour_postgresql(element: hour_of_week, compiler: SQLCompiler, **kw: Any) -> str:
    moment = f"{_arguments(element, compiler, **kw)[0]} AT TIME ZONE 'UTC'"
    return f"(extract(dow from {moment})::int || ' ' || to_char({moment}, 'HH24'))"


@compiles(seconds_between, "postgresql")
def _seconds_postgresql(element: seconds_between, compiler: SQLCompiler, **kw: Any) -> str:
    first, second = _arguments(element, compiler, **kw)
    return f"round(extract(epoch from {second} - {first}))::int"


def _to_char(element: GenericFunction[Any], compiler: SQLCompiler, shape: str, **kw: Any) -> str:
    return f"to_char({_arguments(element, compiler, **kw)[0]} AT TIME ZONE 'UTC', '{shape}')"
