"""Queries that a page asks each time: Django makes their SQL once a process, and a call only puts its values in.

Making the SQL takes several times as long as what is left: sending it and reading the rows.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from functools import cache, wraps
from typing import Any, Self

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone


@dataclass(frozen=True)
class Blank:
    """Among the parameters of the SQL the place of an argument's value."""

    name: str

    def of(self, given: dict[str, Any]) -> object:
        """What is sent for it. Raises TypeError for None, and for a row that is not stored yet."""
        value = given[self.name]
        if isinstance(value, Model):
            value = value.pk
        if value is None:
            raise TypeError(f"{self.name} is None, and in SQL nothing equals that.")
        return value


class Filled(SQLCompiler):
    """What Django reads rows by, with the SQL and the values of one call; in the place of a query it gives itself."""

    def __init__(self, made: SQLCompiler, sql: str, params: tuple[object, ...]) -> None:
        vars(self).update(vars(made))
        self.filled = sql, params

    def as_sql(self, *args: object, **kwargs: object) -> tuple[str, tuple[Any, ...]]:
        return self.filled

    def get_compiler(self, *args: object, **kwargs: object) -> Self:
        return self


@dataclass(frozen=True)
class Statement[Row]:
    rows: QuerySet[Any, Row]
    compiler: SQLCompiler
    sql: str
    params: tuple[object, ...]

    def ask(self, given: dict[str, Any]) -> list[Row]:
        """One query."""
        params = tuple(each.of(given) if isinstance(each, Blank) else each for each in self.params)
        filled: Any = Filled(self.compiler, self.sql, params)
        found: Any = self.rows._iterable_class(QuerySet(self.rows.model, filled))
        return [*found]


def prepared[**P, M: Model, Row](make: Callable[P, QuerySet[M, Row]]) -> Callable[P, list[Row]]:
    """The rows of a queryset, as a function of what its columns are compared with: values, keys, rows of models.

    `make` runs at the first call only, and with blanks for its arguments: it can hand them to filters, not look into
    them, and what else it reads holds for good. Raises TypeError for None, for arguments that are not those of `make`,
    and for what would be wrong without a word: a default, an instant or a time zone that would hold for good, rows
    that are fetched besides.
    """
    signature = inspect.signature(make)
    names = tuple(signature.parameters)
    if any(each.default is not each.empty for each in signature.parameters.values()):
        raise TypeError(f"{make.__qualname__} has a default, which no call would use.")

    @cache
    def statement() -> Statement[Row] | None:
        blanks: dict[str, Any] = {name: Value(Blank(name)) for name in names}
        rows = make(**blanks)  # type: ignore[call-arg]
        compiler = rows.query.get_compiler(connection=connection)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        if any(isinstance(each, date | time) for each in params):
            raise TypeError(f"{make.__qualname__} would always ask of the instant of its first call.")
        if timezone.get_current_timezone_name() in params:
            raise TypeError(f"{make.__qualname__} would always ask in the time zone of its first call.")
        if rows._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise TypeError(f"{make.__qualname__} would leave out what it fetches besides.")
        return Statement(rows, compiler, sql, tuple(params))

    @wraps(make)
    def ask(*args: P.args, **kwargs: P.kwargs) -> list[Row]:
        given: dict[str, Any] = dict(zip(names, args, strict=False)) | kwargs
        if len(args) + len(kwargs) != len(names) or given.keys() != signature.parameters.keys():
            signature.bind(*args, **kwargs)  # raises TypeError; each time it would cost more than putting values in
        made = statement()
        return made.ask(given) if made else []

    return ask


class AnyOf(Value):
    """`filter(micro=AnyOf(keys))` asks what `micro__in=keys` asks, in the same words for any number of keys."""

    def __init__(self, keys: Any) -> None:
        super().__init__(keys.value)

    def as_sql(self, compiler: object, connection: object) -> tuple[str, tuple[Any]]:
        return "ANY(%s::bigint[])", (self.value,)
