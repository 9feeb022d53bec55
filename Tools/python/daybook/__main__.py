"""Command line: `python -m daybook {verify,export,info} DIR`.

Data on stdout, errors on stderr. Exit codes: 0; 1 failed; 2 damaged; 64 usage; 65 not a journal
(or a newer format); 66 missing; 130 interrupted.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import json
import os
import sys
from collections import Counter
from typing import Any, NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from .chain import genesis
from .errors import JournalError
from .journal import Journal
from .records import KINDS, decode
from .text import instant


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(64, f"{self.prog}: {message}\n")


def _sequence(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) < 1 << 64:
        raise argparse.ArgumentTypeError(f"{text!r} is no sequence (1, 2, 3 …)")
    return int(text)


def _public_key(text: str) -> bytes:
    """A key of 32 bytes from 64 hex digits, or from a file of hex, base64, raw bytes or PEM."""
    data = text.encode()
    if os.path.exists(text):
        with open(text, "rb") as file:
            data = file.read(10_000)
    if len(data) == 32:
        return data
    if b"-----BEGIN" in data:
        try:
            key = load_pem_public_key(data)
        except ValueError:
            key = None
        if isinstance(key, Ed25519PublicKey):
            return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    for decode in (bytes.fromhex, lambda line: base64.b64decode(line, validate=True)):
        try:
            decoded = decode(data.decode("ascii").strip())
        except (ValueError, binascii.Error):
            continue
        if len(decoded) == 32:
            return decoded
    raise argparse.ArgumentTypeError(
        f"{text!r} is no Ed25519 public key (64 hex digits, or a file with hex, base64 or PEM)"
    )


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="daybook", description="Reads Daybook journals.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    verify = commands.add_parser("verify", help="check everything the format promises")
    verify.add_argument("--public-key", type=_public_key, metavar="KEY", help="the signer's key")
    verify.add_argument("--json", action="store_true")
    verify.set_defaults(run=_verify)
    export = commands.add_parser("export", help="write the text form, a JSON object a line")
    export.add_argument("--from", type=_sequence, dest="start", metavar="SEQ")
    export.add_argument("--to", type=_sequence, dest="end", metavar="SEQ")
    export.add_argument("--kind", choices=sorted(KINDS.values()), metavar="KIND")
    export.add_argument("--ndjson", action="store_true", help="the only form, taken for granted")
    export.set_defaults(run=_export)
    info = commands.add_parser("info", help="what the journal is and how much of what it holds")
    info.add_argument("--json", action="store_true")
    info.set_defaults(run=_info)
    for command in (verify, export, info):
        command.add_argument("journal", metavar="DIR")
    return parser


def _show(facts: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(facts, ensure_ascii=False))
        return
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {count}" for key, count in value.items())
        elif isinstance(value, list):
            value = ", ".join(value)
        print(f"{name.replace('_', ' '):<{width}}  {'–' if value in (None, '') else value}")


def _verify(options: argparse.Namespace) -> None:
    with Journal(options.journal) as journal:
        found = journal.verify(options.public_key)
    facts = {
        "journal": options.journal, "verified": True, "blocks": found.blocks,
        "entries": found.entries, "chain_head": found.head.hex(),
        "checkpoints": found.checkpoints, "signed_through": found.covered,
        "signers": [key.hex() for key in found.signers], "snapshots": found.snapshots,
        "order_rows": found.orders,
    }
    _show(facts, options.json)


def _export(options: argparse.Namespace) -> None:
    with Journal(options.journal) as journal:
        for line in journal.ndjson(options.start, options.end, options.kind):
            sys.stdout.write(line)
            sys.stdout.write("\n")


def _info(options: argparse.Namespace) -> None:
    kinds: Counter[str] = Counter()
    issues: Counter[str] = Counter()
    first = last = None
    with Journal(options.journal) as journal:
        meta, head = journal.meta, genesis(journal.meta.journal_id)
        for block in journal.blocks():
            head = block.digest
            for entry in decode(block):
                kinds[entry.kind] += 1
                if entry.kind == "data_quality":
                    issues[entry.fields["issue"]] += 1
                first = first or entry
                last = entry
    facts = {
        "journal": options.journal, "format": meta.format, "journal_id": meta.journal_id.hex(),
        "created": instant(meta.created), "engine": meta.engine, "strategies": meta.strategies,
        "seed": meta.seed, "pending": meta.pending, "entries": kinds.total(),
        "first_sequence": first and first.sequence,
        "first_received": first and instant(first.received),
        "last_sequence": last and last.sequence,
        "last_received": last and instant(last.received),
        "kinds": dict(sorted(kinds.items())), "data_quality": dict(sorted(issues.items())),
        "chain_head": head.hex(),
    }
    _show(facts, options.json)


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    try:
        options.run(options)
        sys.stdout.flush()
    except JournalError as error:
        sys.stdout.flush()
        print(f"daybook: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output has gone; the interpreter's last flush must not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
