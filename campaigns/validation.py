"""Check data that people wrote (settings, campaign files) and say in their words what is wrong with it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, BeforeValidator, PlainSerializer, ValidationError

from campaigns.errors import SettingsError

Model = TypeVar("Model", bound=BaseModel)

_DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)\s*")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


def read_duration(value: object) -> object:
    """Turn "90s", "15m", "2h" or "1d" into a `timedelta`; anything else is left for pydantic to judge."""
    if isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        return timedelta(seconds=float(match[1]) * _SECONDS[match[2]])
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        raise ValueError('a duration is written like "90s", "15m", "2h" or "1d"')
    return value


def write_duration(value: timedelta) -> str:
    seconds = value.total_seconds()
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds and seconds % size == 0:
            return f"{int(seconds // size)}{unit}"
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"


Duration = Annotated[timedelta, BeforeValidator(read_duration), PlainSerializer(write_duration)]
"""A duration in settings and campaign files: "90s", "15m", "2h", "1d"."""


def check(model: type[Model], data: Mapping[str, Any], *, where: str) -> Model:
    """Validate `data`; raises `SettingsError` that names every wrong key, and for an unknown one the nearest known."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise SettingsError(describe(error, model, where=where)) from None


def describe(error: ValidationError, model: type[BaseModel], *, where: str) -> str:
    """Turn a validation error into one line per wrong key; no value is quoted, since it may be a secret."""
    lines = [f"{where}: {_sentence(detail, model)}" for detail in error.errors(include_url=False, include_input=False)]
    return "\n".join(lines)


def _sentence(detail: Any, model: type[BaseModel]) -> str:
    location = tuple(detail["loc"])
    key = ".".join(str(part) for part in location) or "the file"
    if detail["type"] == "missing":
        return f"`{key}` is missing"
    if detail["type"] != "extra_forbidden":
        return f"`{key}`: {detail['msg'].removeprefix('Value error, ')}"
    known = _known_keys(model, location[:-1])
    nearest = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
    hint = f"did you mean `{nearest[0]}`?" if nearest else f"known here: {', '.join(f'`{name}`' for name in known)}"
    return f"`{key}` is not known; {hint}"


def _known_keys(model: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    current: Any = model
    for part in path:
        models = _models_in(current.model_fields[part].annotation) if part in current.model_fields else []
        if not models:
            break
        current = models[0]
    return sorted(current.model_fields)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]
