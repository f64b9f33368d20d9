"""What the settings types allow at each place: asked when secrets are looked up and when mistakes are worded."""

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from config.read.locate import KeyPath
from config.settings import Settings


def inside(kind: object, step: str | int) -> object:
    """Return the type that stands at a key (or index) of a table or list of this type, or None if nothing may."""
    for option in _options(kind):
        if isinstance(option, type) and issubclass(option, BaseModel):
            field = fields(option).get(str(step))
            return field.annotation if field else None
        arguments = get_args(option)
        if get_origin(option) is dict:
            return arguments[1]
        if get_origin(option) in (tuple, list):
            return arguments[0]
    return None


def at(path: KeyPath) -> object:
    """Return the type that stands at this place of the file, or None if nothing may."""
    kind: object = Settings
    for step in path:
        kind = inside(kind, step)
    return kind


def given(path: KeyPath, document: Any) -> Any:
    """Return what the document says at this place, or None."""
    for step in path:
        try:
            document = document[step]
        except (KeyError, IndexError, TypeError):
            return None
    return document


def fields(kind: object) -> dict[str, FieldInfo]:
    """Return the settings of a table of this type, by the names that are written in the file."""
    for option in _options(kind):
        if isinstance(option, type) and issubclass(option, BaseModel):
            return {field.alias or name: field for name, field in option.model_fields.items()}
    return {}


def is_secret(kind: object) -> bool:
    """Tell whether a secret stands at a place of this type."""
    return SecretStr in _options(kind)


def places(value: Any, *, of: type, kind: object = Settings, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    """Yield every place of the document where something of this type is expected, with what stands there."""
    if of in _options(kind):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, of=of, kind=inside(kind, key), path=(*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from places(inner, of=of, kind=inside(kind, index), path=(*path, index))


def table_name(path: KeyPath) -> str:
    """Write the header under which this table's settings stand: [bridge], [carriers.main], [[dids]]."""
    keys = ".".join(step for step in path if isinstance(step, str))
    kinds = {get_origin(option) for option in _options(at(path))}
    if tuple in kinds or isinstance(path[-1], int):
        return f"[[{keys}]]"
    return f"[{keys}.NAME]" if dict in kinds else f"[{keys}]"


def _options(kind: Any) -> Iterator[object]:
    """Yield what a type may be: the members of unions, without their annotations."""
    if get_origin(kind) is Annotated:
        yield from _options(get_args(kind)[0])
    elif get_origin(kind) in (Union, UnionType):
        for member in get_args(kind):
            yield from _options(member)
    else:
        yield kind
