"""Remember compiled templates: to compile them takes longer than to make a small package."""

from __future__ import annotations

from base64 import b64decode, b64encode

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from brokerspec import cache


class CompiledTemplates(BytecodeCache):
    """Keep compiled templates where finished work is kept.

    The name of an entry covers the generator's own source, its templates among it, and an
    entry also says for which Python it is.
    """

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take a template that is known."""
        known = cache.recall(_key(bucket))
        code = known.get("code") if known else None
        if isinstance(code, str):
            bucket.bytecode_from_string(b64decode(code))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep a template."""
        code = b64encode(bucket.bytecode_to_string()).decode()
        cache.remember(_key(bucket), {"code": code})


def _key(bucket: Bucket) -> str:
    return cache.key_of(b"template", bucket.key.encode())
