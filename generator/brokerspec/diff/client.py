"""How the client as a whole changed: its constructor, its session and its sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from msgspec.structs import replace

from brokerspec import ir
from brokerspec.diff.arguments import filled
from brokerspec.diff.change import BREAKING, CLIENT, COMPATIBLE, Log, fingerprint
from brokerspec.diff.failures import compare_failures
from brokerspec.diff.pairs import closest, renames
from brokerspec.diff.types import Names, fits, read_as, renamed, shown
from brokerspec.plan_correlation import Reconciling, reconciling
from brokerspec.plan_settings import server, server_parameter, with_role
from brokerspec.text import literal

_REQUIRED: Final = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument of the constructor; a required one has no default."""

    role: str
    is_secret: bool
    default: str
    documented: object = None

    @property
    def text(self) -> str:
        """The type and default as they are declared."""
        kind = "str | Secret" if self.is_secret else "str"
        if self.default == _REQUIRED:
            return kind
        return f"{kind}{' | None' if self.default == 'None' else ''} = {self.default}"


def compare_client(old: ir.Api, new: ir.Api, names: Names, log: Log) -> None:
    """Note everything that belongs to no method and no class."""
    _compare_settings(old, new, log)
    if old.zone != new.zone:
        log.add(
            "time-zone-changed",
            BREAKING,
            CLIENT,
            f"times are read and written as of {new.zone} instead of {old.zone}",
            before=old.zone,
            after=new.zone,
            old_place=f"{CLIENT}!zone",
            new_place=f"{CLIENT}!zone",
        )
    compare_failures(CLIENT, old.failures, new.failures, log)
    _compare_opening(old, new, names, log)
    _compare_reconciling(reconciling(old), reconciling(new), names, log)
    _compare_sign_in(old, new, names, log)
    if old.oauth2 != new.oauth2:
        texts = [fingerprint(str(api.oauth2)) for api in (old, new)]
        message = "the client fetches its access tokens in another way"
        log.add(
            "token-fetching-changed", COMPATIBLE, CLIENT, message, before=texts[0], after=texts[1]
        )
    groups = {group.name: group for group in new.groups}
    for group in old.groups:
        said = groups.get(group.name, group)
        log.document(f"{CLIENT}.{group.name}", "the documentation", group, said)
    log.document(
        CLIENT,
        "the documentation",
        (old.title, old.version, old.description, old.source, old.servers[1:]),
        (new.title, new.version, new.description, new.source, new.servers[1:]),
    )


def parameters(api: ir.Api) -> dict[str, Parameter]:
    """Return the arguments of the constructor that a spec decides about."""
    found: dict[str, Parameter] = {}
    for setting in api.settings:
        if setting.role == "server":
            continue
        default = _REQUIRED if setting.is_required else "None"
        if setting.default is not None:
            default = literal(setting.default)
        documented = (setting.description, setting.origin, setting.variable, setting.choices)
        found[setting.name] = Parameter(setting.role, setting.is_secret, default, documented)
    own, first = with_role(api, "server"), api.servers[:1]
    said = (
        (own.description, own.origin) if own else (),
        [(one.description, one.origin, one.is_placeholder) for one in first],
    )
    url = server_parameter(api).partition(" = ")[2]
    found[server(api)] = Parameter("server", False, url, said)
    if with_role(api, "proxy-url") is None:
        found["proxy"] = Parameter("proxy-url", False, "None")
    if with_role(api, "session") is not None:
        found["token_store"] = Parameter("token store", False, "None")
        found["reauthenticate"] = Parameter("renewal", False, "None")
    return found


def _compare_settings(old: ir.Api, new: ir.Api, log: Log) -> None:
    before, after = parameters(old), parameters(new)
    removed = {name: one for name, one in before.items() if name not in after}
    added = {name: one for name, one in after.items() if name not in before}
    moved = renames(removed, added, [lambda one: None if one.role == "credential" else one.role])
    moved |= closest(
        {name: one for name, one in removed.items() if name not in moved},
        {name: one for name, one in added.items() if name not in moved.values()},
        lambda one, two: (one.role, one.is_secret) == (two.role, two.is_secret),
    )
    for name, one in removed.items():
        subject = f"{CLIENT}({name})"
        if name in moved:
            log.add(
                "setting-renamed",
                BREAKING,
                subject,
                f"the client takes `{moved[name]}` instead of `{name}`",
                before=name,
                after=moved[name],
                new_place=f"{CLIENT}({moved[name]})",
                hint=f"write `{moved[name]}=` where `{name}=` is given",
            )
        else:
            message = f"the client no longer takes `{name}`"
            log.add("setting-removed", BREAKING, subject, message, before=one.text)
    for name, one in added.items():
        if name not in moved.values():
            is_needed = one.default == _REQUIRED
            message = f"the client {'needs' if is_needed else 'takes'} `{name}: {one.text}`"
            level = BREAKING if is_needed else COMPATIBLE
            log.add("setting-added", level, f"{CLIENT}({name})", message, after=one.text)
    for name, one in before.items():
        now = moved.get(name, name)
        if now in after:
            _compare_setting(name, now, one, after[now], log)


def _compare_setting(before: str, after: str, one: Parameter, two: Parameter, log: Log) -> None:
    """Note how one argument of the constructor changed."""
    subject, was = f"{CLIENT}({after})", f"{CLIENT}({before})"
    is_server = "server" in (one.role, two.role)
    places = {
        "old_place": f"{CLIENT}!server" if is_server else was,
        "new_place": f"{CLIENT}!server" if is_server else subject,
    }
    texts = {"before": one.text, "after": two.text, **places}
    if one.default != two.default:
        if two.default == _REQUIRED:
            message = f"the client now needs `{after}`; its default was {one.default}"
            log.add("setting-now-required", BREAKING, subject, message, **texts)
        elif one.default == _REQUIRED:
            message = f"the client no longer needs `{after}`; its default is {two.default}"
            log.add("setting-now-optional", COMPATIBLE, subject, message, **texts)
        elif is_server:
            message = f"calls go to {two.default} instead of {one.default}"
            log.add("host-changed", COMPATIBLE, subject, message, **texts)
        else:
            message = f"the default of `{after}` is {two.default} instead of {one.default}"
            log.add("setting-default-changed", BREAKING, subject, message, **texts)
    if one.is_secret != two.is_secret:
        if two.is_secret:
            message = f"`{after}` is secret now; a `str` is still taken"
            log.add("setting-now-secret", COMPATIBLE, subject, message, **texts)
        else:
            message = f"`{after}` is no longer secret; only a `str` is taken"
            log.add("setting-no-longer-secret", BREAKING, subject, message, **texts)
    if one.role != two.role:
        message = f"`{after}` is a {two.role} instead of a {one.role}"
        texts |= {"before": one.role, "after": two.role}
        log.add("setting-role-changed", COMPATIBLE, subject, message, **texts)
    log.document(subject, "the description", one.documented, two.documented, old_place=was)


@dataclass(frozen=True, slots=True)
class Chain:
    """The method `open_session`: what it calls, takes and returns."""

    calls: tuple[str, ...]
    takes: Mapping[str, str]
    needs: frozenset[str]
    returns: ir.TypeRef | None


def chain_of(api: ir.Api) -> Chain | None:
    """Return what `open_session` does, None where the client has no such method."""
    plain = {found.name: found for found in api.operations if not found.sign_in}
    if not api.opening or "open_session" in plain or any(n not in plain for n in api.opening):
        return None
    given = [one for name in api.opening for one in filled(plain[name]).arguments.values()]
    return Chain(
        api.opening,
        {one.argument.name: one.text for one in given},
        frozenset(one.argument.name for one in given if not one.may_be_none),
        plain[api.opening[-1]].returns,
    )


def _compare_opening(old: ir.Api, new: ir.Api, names: Names, log: Log) -> None:
    one, two = chain_of(old), chain_of(new)
    subject = "open_session"
    if one is None or two is None:
        if one is not None:
            message = "there is no method `open_session` any more"
            log.add("open-session-removed", BREAKING, subject, message, before=subject)
        if two is not None:
            message = f"`open_session` opens a session: {' → '.join(two.calls)}"
            log.add("open-session-added", COMPATIBLE, subject, message, after=subject)
        elif one is None and old.opening != new.opening:
            log.document(f"{CLIENT}!session", "the order of the calls", old.opening, new.opening)
        return
    if one.calls == two.calls:
        return
    first = None if one.returns is None else renamed(one.returns, names)
    is_good = (
        one.takes.items() <= two.takes.items()
        and two.needs <= one.needs
        and fits(read_as(two.returns), read_as(first))
    )
    log.add(
        "open-session-changed",
        COMPATIBLE if is_good else BREAKING,
        subject,
        f"`open_session` calls {' → '.join(two.calls)} instead of {' → '.join(one.calls)}",
        before=" ".join(one.calls),
        after=" ".join(two.calls),
    )


def _compare_reconciling(
    one: Reconciling | None, two: Reconciling | None, names: Names, log: Log
) -> None:
    subject = "reconcile"
    if one is None or two is None:
        if one is not None:
            message = "there is no method `reconcile` any more"
            hint = "an order of unknown outcome has to be looked for in the order book"
            log.add("reconcile-removed", BREAKING, subject, message, before=subject, hint=hint)
        if two is not None:
            message = "`reconcile` finds an order whose outcome is unknown"
            log.add("reconcile-added", COMPATIBLE, subject, message, after=subject)
        return
    texts = [
        f"{names.get(found.row, found.row) if found is one else found.row} of "
        + ", ".join(sorted(lookup.operation for lookup in found.lookups))
        for found in (one, two)
    ]
    if texts[0] != texts[1]:
        is_good = names.get(one.row, one.row) == two.row and {
            lookup.operation for lookup in one.lookups
        } <= {lookup.operation for lookup in two.lookups}
        log.add(
            "reconcile-changed",
            COMPATIBLE if is_good else BREAKING,
            subject,
            f"`reconcile` finds {texts[1]} instead of {texts[0]}",
            before=texts[0],
            after=texts[1],
        )


def _compare_sign_in(old: ir.Api, new: ir.Api, names: Names, log: Log) -> None:
    """Note how signing in through the browser changed."""
    subject = "sign_in"
    if old.oauth is None or new.oauth is None:
        if old.oauth is not None:
            message = "the client no longer signs in through the browser"
            log.add("sign-in-removed", BREAKING, subject, message, before=subject)
        if new.oauth is not None:
            message = "`sign_in` signs in through the browser"
            log.add("sign-in-added", COMPATIBLE, subject, message, after=subject)
        return
    ends = [{f.sign_in: f for f in api.operations if f.sign_in} for api in (old, new)]
    if (old.oauth, ends[0]) == (new.oauth, ends[1]):
        return
    results = [end["token"].returns for end in ends]
    first = None if results[0] is None else renamed(results[0], names)
    texts = [f"{api.oauth} {_bare(end)}" for api, end in zip((old, new), ends, strict=True)]
    if texts[0] == texts[1]:
        log.document(subject, "the documentation", ends[0], ends[1])
        return
    is_good = fits(read_as(results[1]), read_as(first))
    log.add(
        "sign-in-changed",
        COMPATIBLE if is_good else BREAKING,
        subject,
        "signing in works in another way"
        if is_good
        else f"signing in gives `{shown(results[1])}` instead of `{shown(first)}`",
        before=fingerprint(texts[0]),
        after=fingerprint(texts[1]),
    )


def _bare(ends: Mapping[Any, ir.Operation]) -> list[ir.Operation]:
    """Return the operations of a sign-in without what only describes them."""
    nowhere = ir.Origin()
    return [
        replace(found, summary="", description="", statuses=(), origin=nowhere, wire_origin=nowhere)
        for found in ends.values()
    ]
