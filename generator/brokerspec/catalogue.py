"""List every code that a finding can have: how grave it is, who asks, and what it asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from brokerspec.diagnostics import Diagnostic, Severity, SpecError, did_you_mean

Family: TypeAlias = Literal[
    "file", "form", "openapi", "client", "extension", "house", "sample", "command", "ignore"
]

_E: Final = Severity.ERROR
_W: Final = Severity.WARNING


@dataclass(frozen=True, slots=True)
class Rule:
    """Describe what one code means; `level` is what it has under the house rules."""

    code: str
    family: Family
    level: Severity
    summary: str


_FILE: Final = (
    ("no-such-file", _E, "The file exists."),
    ("not-a-file", _E, "A file is named where a file is needed, not a folder."),
    ("unreadable-file", _E, "The file can be read."),
    (
        "too-large",
        _E,
        "The file has at most 32 MiB and 350,000 values, and not too many of a kind.",
    ),
    ("not-text", _E, "The file is text, not a PDF, an archive or another binary."),
    ("not-utf-8", _E, "The text is encoded as UTF-8."),
    ("empty-file", _E, "The file says something."),
)
_FORM: Final = (
    ("syntax", _E, "The file is valid YAML or JSON."),
    ("control-character", _E, "The file has no control characters."),
    ("several-documents", _E, "A file holds one YAML document."),
    ("duplicate-key", _E, "A mapping has each key once."),
    ("non-string-key", _E, "Every key is a text."),
    ("complex-key", _E, "No key is a mapping, a list or an alias."),
    ("merge-key", _E, "Members are written out, not merged with `<<`."),
    ("explicit-tag", _E, "Values carry no YAML tags."),
    ("number-too-long", _E, "A number has a sensible length."),
    ("too-deep", _E, "Values are nested no deeper than 100 levels."),
    ("unknown-alias", _E, "An alias names an anchor that stands before it."),
    ("alias-cycle", _E, "An alias does not stand inside its own anchor."),
    ("too-many-aliases", _E, "Aliases stand for a bounded number of nodes."),
)
_OPENAPI: Final = (
    ("openapi", _E, "The spec follows the schema of OpenAPI."),
    ("swagger-2", _E, "The spec is OpenAPI 3, not Swagger 2."),
    ("not-openapi", _E, "The spec says that it is OpenAPI 3.0 or 3.1."),
    ("wrong-shape", _E, "A node is the mapping, list or text that it has to be."),
    ("unknown-type", _E, "A type is one of JSON's."),
    ("dangling-reference", _E, "A reference leads somewhere."),
    ("reference-cycle", _E, "A reference does not lead back to itself."),
    ("reference-outside", _E, "References stay inside the folder of the spec."),
    ("unsupported-reference", _E, "A reference is a JSON Pointer."),
    ("reference-sibling", _W, "What stands beside a reference has an effect."),
    ("name-collision", _E, "Schemas of several files have different names."),
    ("missing-operation-id", _E, "Every operation has an operationId."),
    ("duplicate-operation-id", _E, "Every operationId is there once."),
    ("duplicate-parameter", _E, "An operation declares a parameter once."),
    ("undeclared-scheme", _W, "Every security scheme that is asked for is declared."),
    ("undeclared-path-parameter", _E, "Every placeholder of a path is declared."),
    ("unused-path-parameter", _E, "Every path parameter stands in the path."),
    ("ignored-header", _W, "No parameter has the name of a header that OpenAPI ignores."),
    ("unknown-keyword", _E, "Every keyword of a schema is known."),
    ("unsupported-node", _W, "The client supports all that the spec says."),
    ("left-out", _E, "The client can send all that the spec describes."),
)
_CLIENT: Final = (
    ("argument-collision", _E, "The arguments of a method have different names."),
    ("dangling-pointer", _E, "A pointer into an answer leads to a member of it."),
    ("pagination", _E, "The pages of a list follow each other the way that is declared."),
    ("security-scheme", _W, "The client can send what a security scheme asks for."),
    ("too-tangled", _E, "References stand for a bounded number of schemas."),
    ("untyped-recursion", _W, "A schema that contains itself does so through an object."),
    ("not-python", _E, "What is generated is Python."),
    ("format", _E, "What is generated can be formatted."),
    ("not-as-planned", _E, "What is generated holds nothing but what was planned."),
)
_EXTENSION: Final = (
    ("unknown-extension", _E, "Every `x-` key is one of ours."),
    ("misplaced-extension", _E, "An `x-` key stands where it means something."),
    ("bad-extension", _E, "An `x-` key has the shape that it needs."),
    ("missing-evidence", _E, "A fact that is not in the document has its evidence."),
    ("missing-provenance", _E, "Evidence says what kind it is."),
)
_HOUSE: Final = (
    ("operation-name", _E, "An operationId is in snake_case and begins with a verb."),
    ("operation-source", _E, "Every operation says where it is documented."),
    ("operation-sample", _E, "Every operation that sends or answers a body has a sample."),
    ("operation-safety", _E, "Every operation says whether it may be sent twice; orders may not."),
    ("operation-success", _E, "Every operation has an answer that means success."),
    ("operation-summary", _E, "Every operation has a summary of one sentence."),
    ("unknown-setting", _E, "What fills a value is a setting of the client."),
    ("unused-setting", _E, "Every credential of the client goes somewhere."),
    ("session", _E, "A session names operations, and pointers into their results."),
    ("correlate", _E, "An order can be found again the way it is promised."),
    ("payload", _E, "The pointer to the payload leads somewhere."),
    ("failure-rule", _E, "Only a read can answer an empty list."),
    ("missing-description", _E, "Every schema, property and parameter is described."),
    ("component-name", _E, "Component schemas are named in PascalCase."),
    ("unused-schema", _E, "Every schema is used by an operation."),
    ("inline-object", _E, "Every object with properties has a name."),
    ("unknown-required", _E, "What is required is declared."),
    ("type-mismatch", _E, "An `x-type` fits the JSON type that it stands beside."),
    ("amount-type", _E, "Every amount of money is a decimal."),
    ("missing-time-zone", _E, "Times without a zone have the zone of the broker."),
    ("empty-value", _E, "What can be empty can be None."),
    ("enum-source", _E, "Every list of values has a source."),
    ("enum-names", _E, "Every value of a list has one valid name."),
    ("unstated-secret", _E, "What sounds like a secret says whether it is one."),
)
_SAMPLE: Final = (
    ("sample-name", _E, "A sample is named after its operation and its direction."),
    ("unused-sample", _E, "The spec refers to every sample."),
    ("missing-sample", _E, "Every sample that the spec refers to is there."),
    ("sample-mismatch", _E, "A sample fits its schema."),
    ("undeclared-key", _E, "The schema declares every member of a sample."),
    ("unlisted-value", _W, "The values of an answer are in their list."),
)
_COMMAND: Final = (
    ("no-project", _E, "The command runs inside a project."),
    ("no-spec", _E, "A folder that is named holds a spec."),
    ("no-specs", _E, "The replay server has a spec to replay."),
    ("unknown-broker", _E, "A broker that is named has a spec."),
    ("unknown-rule", _E, "A rule that is named exists."),
    ("package-name", _E, "A package has a name that Python can import."),
    ("bad-output", _E, "A package goes into a folder of its own, without links."),
    ("not-ours", _E, "A file that was not generated is not replaced."),
    ("no-address", _E, "The replay server can listen on its address."),
    ("bad-overlay", _E, "An overlay has the form that OpenAPI gives it."),
    ("bad-demo", _E, "The script of the demo fits the spec."),
)
_IGNORE: Final = (
    ("bad-ignore-file", _E, "An entry of the ignore file has a fingerprint and a reason."),
    ("expired-ignore", _W, "An entry of the ignore file has not expired."),
    ("unused-ignore", _W, "An entry of the ignore file still hides something."),
)
_GROUPS: Final[tuple[tuple[Family, tuple[tuple[str, Severity, str], ...]], ...]] = (
    ("file", _FILE),
    ("form", _FORM),
    ("openapi", _OPENAPI),
    ("client", _CLIENT),
    ("extension", _EXTENSION),
    ("house", _HOUSE),
    ("sample", _SAMPLE),
    ("command", _COMMAND),
    ("ignore", _IGNORE),
)

CATALOGUE: Final[Mapping[str, Rule]] = {
    code: Rule(code, family, level, summary)
    for family, group in _GROUPS
    for code, level, summary in group
}
# What a foreign spec may do without is an error in a spec of ours.
HOUSE_ERRORS: Final = frozenset(
    {"missing-operation-id", "left-out", "undeclared-scheme", "unknown-keyword"}
)
# A file of which nothing could be read is wrong input rather than a finding.
UNREADABLE: Final = frozenset(code for code, _, _ in _FILE)


def rule(code: str) -> Rule:
    """Return what a code means; raise `SpecError` for one that does not exist."""
    found = CATALOGUE.get(code)
    if found is None:
        message = f"there is no rule {code!r}"
        hint = did_you_mean(code, CATALOGUE) or "`brokerspec rules` lists them"
        raise SpecError([Diagnostic(_E, "unknown-rule", None, message, hint)])
    return found


def page(code: str) -> str:
    """Return the page of a rule, from the package or from a checkout."""
    packaged = Path(__file__).with_name("pages")
    folder = packaged if packaged.is_dir() else Path(__file__).parents[2] / "docs" / "rules"
    return (folder / f"{rule(code).code}.md").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Selection:
    """Choose which rules a spec is held to."""

    codes: frozenset[str]
    is_house: bool

    @property
    def is_whole(self) -> bool:
        """Say whether every rule is asked for."""
        return self.codes >= CATALOGUE.keys()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """List the rules that a check of specs can break, in the order of the catalogue."""
        return tuple(
            item
            for item in CATALOGUE.values()
            if item.code in self.codes and item.family not in ("client", "command")
        )

    def keeps(self, diagnostic: Diagnostic) -> bool:
        """Say whether a finding is asked for; what cannot be read is always told."""
        found = CATALOGUE.get(diagnostic.code)
        is_fatal = found is None or found.family in ("file", "form")
        return is_fatal or diagnostic.code in self.codes


def _of(*families: Family) -> frozenset[str]:
    return frozenset(item.code for item in CATALOGUE.values() if item.family in families)


HOUSE: Final = Selection(frozenset(CATALOGUE), is_house=True)
OPENAPI: Final = Selection(_of("file", "form", "openapi"), is_house=False)


def selection(names: Iterable[str]) -> Selection:
    """Read the words `house` and `openapi` and codes; raise `SpecError` for any other."""
    codes: frozenset[str] = frozenset()
    is_house = False
    for name in names:
        if name == "house":
            return HOUSE
        if name == "openapi":
            codes |= OPENAPI.codes
        else:
            codes |= {rule(name).code}
            is_house = is_house or CATALOGUE[name].family not in ("file", "form", "openapi")
    return Selection(codes, is_house) if codes else HOUSE
