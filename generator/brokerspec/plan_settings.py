"""The constructor of a client: its settings, its server and its proxy."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from brokerspec import ir
from brokerspec.lower_servers import host_of
from brokerspec.text import literal, plain


class SettingView(Struct, frozen=True):
    """A keyword argument of the constructor, and the value kept for calls."""

    name: str
    parameter: str
    kept: str
    is_secret: bool


def with_role(api: ir.Api, role: str) -> ir.Setting | None:
    """Return the setting that plays a role."""
    return next((setting for setting in api.settings if setting.role == role), None)


def settings(api: ir.Api) -> Iterator[SettingView]:
    """Return the constructor's arguments: required ones first."""
    shown = [s for s in api.settings if s.role != "server"]
    for setting in sorted(shown, key=lambda s: not (s.is_required and s.default is None)):
        kind = "str | Secret" if setting.is_secret else "str"
        if setting.choices:
            kind = f"Literal[{', '.join(literal(choice) for choice in setting.choices)}]"
        if setting.default is not None:
            default = f" = {literal(setting.default)}"
        elif setting.is_required:
            default = ""
        else:
            kind, default = f"{kind} | None", " = None"
        is_kept = not setting.role.startswith("proxy") and setting.role != "server-variable"
        yield SettingView(
            name=setting.name,
            parameter=f"{setting.name}: {kind}{default}",
            kept=f"{literal(setting.name)}: {setting.name}" if is_kept else "",
            is_secret=setting.is_secret,
        )


def account(api: ir.Api) -> str:
    """Return the settings that tell one account from another: rate limits are counted by them."""
    names = [setting.name for setting in api.settings if setting.role == "credential"]
    return "(" + "".join(f"{name}, " for name in names).rstrip() + ")"


def server(api: ir.Api) -> str:
    """Return the name of the argument that holds the base URL."""
    own = with_role(api, "server")
    return own.name if own else "server"


def server_parameter(api: ir.Api) -> str:
    """Return that argument; a placeholder is no default."""
    name = server(api)
    first = api.servers[0] if api.servers else None
    if first is None or first.is_placeholder or not _is_whole(api, first.url):
        return f"{name}: str"
    return f"{name}: str = {literal(first.url)}"


def _is_whole(api: ir.Api, url: str) -> bool:
    """Say whether a base URL says everything, with what the settings fill in."""
    url = plain(url)
    for setting in api.settings:
        if setting.variable:
            variable, default = plain(setting.variable), plain(setting.default or "x")
            url = url.replace("{" + variable + "}", default)
    return url.startswith("http") and bool(host_of(url)) and "{" not in url


def proxy(api: ir.Api) -> str:
    """Return the expression that makes the proxy of the settings."""
    url = with_role(api, "proxy-url")
    if url is None:
        return "proxy_of(proxy)"
    user, password = with_role(api, "proxy-user"), with_role(api, "proxy-password")
    names = [url.name, user.name if user else "None", password.name if password else "None"]
    return f"proxy_of({', '.join(names)})"


def checked_servers(api: ir.Api) -> tuple[str, ...]:
    """Return the statements that fill in and check the base URLs, where a document needs them."""
    variables = [setting for setting in api.settings if setting.role == "server-variable"]
    made: list[str] = []
    if variables:
        entries = ", ".join(
            f"{literal(one.variable)}: ({literal(one.name)}, {one.name}, {one.choices!a})"
            for one in variables
        )
        made.append(_checked(server(api), f"{{{entries}}}"))
    others = [setting for setting in api.settings if setting.role == "other-server"]
    made += [_checked(one.name, "{}", may_be_none=one.default is None) for one in others]
    return tuple(made)


def _checked(name: str, variables: str, *, may_be_none: bool = False) -> str:
    lead = f"None if {name} is None else " if may_be_none else ""
    return f"{name} = {lead}wire.server({name}, {variables}, allow_plain_http=allow_plain_http)"
