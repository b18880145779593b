"""Check parameters against an endpoint's declaration before anything is sent."""

from __future__ import annotations

import base64
import difflib
from collections.abc import Mapping

from connectors.errors import CallRejectedError
from connectors.mvb2000.endpoints.declaration import Condition, Endpoint

PLATFORM = "mvb2000"


def check_params(endpoint: Endpoint, params: Mapping[str, object], *, allow_all: bool = False) -> dict[str, str]:
    """Return the parameters as text, ready to be encoded into a query.

    None leaves a parameter out. Raises `CallRejectedError` naming the parameter and what is allowed; the message never
    quotes a value, which may be a number or a password.
    """
    declared = endpoint.params_by_name
    checked: dict[str, str] = {}
    for name, value in params.items():
        if value is None:
            continue
        text = value if type(value) is str else _write(endpoint, name, value)
        param = declared.get(name)
        if param is None:
            near = difflib.get_close_matches(name, declared, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise _refuse(endpoint, name, f"has no parameter {name}{hint}")
        if (param.choices or param.format or param.maximum is not None) and (
            not param.accepts(text) and (text or param.required is True)
        ):
            raise _refuse(endpoint, name, f"parameter {name} must be {param.allowed}")
        checked[name] = base64.b64encode(text.encode()).decode() if param.base64 and text else text
    for name in endpoint.always_required:
        if not checked.get(name):
            allowed = declared[name].allowed
            raise _refuse(endpoint, name, f"needs {name}: {declared[name].what}" + (f" ({allowed})" if allowed else ""))
    for param in endpoint.conditional_params:
        condition = param.required
        assert isinstance(condition, Condition)
        if not checked.get(param.name) and condition.holds(checked):
            raise _refuse(endpoint, param.name, f"needs {param.name} when {condition}: {param.what}")
    dangerous = endpoint.dangerous_without
    if dangerous and not allow_all and not any(checked.get(name, "").strip(" ,") for name in dangerous):
        raise _refuse(
            endpoint,
            dangerous[0],
            f"without {' or '.join(dangerous)} takes effect on everything; refused unless allow_all is set",
        )
    return checked


def _write(endpoint: Endpoint, name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise _refuse(endpoint, name, f"parameter {name} must be text or a number, not {type(value).__name__}")
    return str(value)


def _refuse(endpoint: Endpoint, name: str, what: str) -> CallRejectedError:
    return CallRejectedError(f"MVB2000 {endpoint.name} {what}", platform=PLATFORM, operation=endpoint.name, field=name)
