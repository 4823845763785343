"""What the modules of a package define, as its plan promises it."""

from __future__ import annotations

from collections.abc import Iterator

from brokerspec.plan import Package
from brokerspec.shape import Promise

_FIXED: frozenset[str] = frozenset({"FAILURES", "SPEC_DIGEST", "__all__", "__version__"})


def promise_of(package: Package) -> Promise:
    """Return what the modules of a package may define, by name."""
    arguments = {
        operation.name: frozenset(argument.name for argument in operation.arguments)
        for operation in package.api.operations
    }
    return Promise(
        classes=dict(_classes(package)),
        methods={method.name: arguments[method.name] for method in package.methods},
        functions=frozenset(encoder.name for encoder in package.encoders),
        values=_FIXED
        | {constant.name for constant in package.operations}
        | {made.alias for made in package.formats},
    )


def _classes(package: Package) -> Iterator[tuple[str, frozenset[str]]]:
    for model in package.api.models:
        yield model.name, frozenset(field.name for field in model.fields)
    for enum in package.api.enums:
        yield enum.name, frozenset(member.name for member in enum.members)
    members = {"prepare", "with_response"} | {method.name for method in package.methods}
    members |= {"_oauth"} if package.oauth else set()
    members |= {"open_session"} if package.opening else set()
    members |= {"reconcile"} if package.reconciling else set()
    for prefix in ("", "Async"):
        yield f"{prefix}Client", frozenset(members)
        yield f"{prefix}WithResponse", frozenset()
        yield f"{prefix}Prepare", frozenset()
