"""The base of frozen values: what a frozen dataclass offers, made in a fraction of its time.

A dataclass compiles its methods when its module is imported. That took a quarter of the time that
setting up an account took (docs/decisions/0008).
"""

from annotationlib import Format
from collections import defaultdict
from collections.abc import Callable, Collection
from operator import attrgetter
from types import FunctionType
from typing import Any, ClassVar, Final, Never, Self, dataclass_transform, override

# Names that come from files may have any order, so the remembered orders are limited.
_MOST_REMEMBERED: Final = 32


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Frozen:
    """A value whose fields are the annotations of its class, which has no further subclasses.

    Equal values have equal fields. `secret` names the fields that are kept out of its repr.
    `copy.replace` makes a value with other fields.
    """

    _fields: ClassVar[tuple[str, ...]]
    _names: ClassVar[frozenset[str]]
    _required: ClassVar[frozenset[str]]
    _secret: ClassVar[Collection[str]]
    # Returns the values of all fields, by which values are compared and hashed.
    _parts: ClassVar[Callable[..., object]]
    # Sets of field names that have passed the check of `__init__`, so that it runs once for each.
    _complete: ClassVar[set[tuple[str, ...]]]

    @override
    def __init_subclass__(cls, *, secret: Collection[str] = ()) -> None:
        """Read the fields of a class."""
        fields = _annotated_names(cls)
        names = frozenset(fields)
        if unknown := set(secret) - names:
            raise TypeError(f"{cls.__name__} has no field {min(unknown)}")
        cls._fields = fields
        cls._names = names
        cls._parts = attrgetter(*fields)
        cls._complete = set()
        # A default is a class attribute: attribute look-up finds it where a value has none of its own.
        cls._required = names.difference(vars(cls))
        cls._secret = secret

    def __init__(self, **values: Any) -> None:
        if tuple(values) not in self._complete:
            self._check(values)
        self.__dict__.update(values)

    def _check(self, values: dict[str, Any]) -> None:
        names = values.keys()
        if not names <= self._names or not names >= self._required:
            wrong = self._required.difference(names) or names - self._names
            raise TypeError(f"{type(self).__name__}: {min(wrong)}")
        if len(self._complete) < _MOST_REMEMBERED:
            self._complete.add(tuple(values))

    @override
    def __setattr__(self, name: str, value: object) -> Never:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")

    @override
    def __delattr__(self, name: str) -> Never:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be deleted")

    def __replace__(self, **changes: Any) -> Self:
        """Return a value with other fields, for `copy.replace`."""
        return type(self)(**{**vars(self), **changes})

    def differing_fields(self) -> dict[str, Any]:
        """Return the fields that differ from their defaults, in order."""
        return {
            name: getattr(self, name)
            for name in self._fields
            if name in self._required or getattr(self, name) != vars(type(self))[name]
        }

    @override
    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self is other or self._parts(self) == other._parts(other)

    @override
    def __hash__(self) -> int:
        return hash(self._parts(self))

    @override
    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name}={getattr(self, name)!r}"
            for name in self._fields
            if name not in self._secret
        )
        return f"{type(self).__name__}({shown})"


def _annotated_names(cls: type) -> tuple[str, ...]:
    """Return the names that a class annotates, in order.

    The types are not evaluated: that would take most of the time of creating a class, and some types
    are imported for type checkers only. `annotationlib.Format` documents this way to call an annotate
    function.
    """
    annotate = cls.__annotate__
    if not isinstance(annotate, FunctionType):
        return ()
    # Every name is that of a list, of which any union and any generic type can be made.
    names: defaultdict[str, type] = defaultdict(lambda: list)
    without_types = FunctionType(annotate.__code__, names, closure=annotate.__closure__)
    return tuple(without_types(Format.VALUE_WITH_FAKE_GLOBALS))
