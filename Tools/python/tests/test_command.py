"""The command line: output, exit codes, errors."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import sample
from build import KEY, PUBLIC_KEY, Writer
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "daybook", *map(str, arguments)], capture_output=True,
        encoding="utf-8", cwd=Path(__file__).parent.parent, timeout=60,
    )  # fmt: skip


@pytest.fixture
def journal(tmp_path):
    return sample.writer().save(tmp_path / "journal")


def test_export_writes_the_text_form(journal):
    ran = run("export", journal)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout == "".join(line + "\n" for line in sample.lines())


def test_export_takes_a_range_and_a_kind(journal):
    ran = run("export", journal, "--from", 30, "--to", 40, "--kind", "filled")
    assert [json.loads(line)["seq"] for line in ran.stdout.splitlines()] == [37, 38]


def test_verify_says_what_it_found(journal):
    found = json.loads(run("verify", journal, "--json").stdout)
    assert found["verified"] is True
    assert (found["blocks"], found["entries"], found["signed_through"]) == (3, 128, 128)
    assert "128" in run("verify", journal).stdout


def test_info_counts(journal):
    found = json.loads(run("info", journal, "--json").stdout)
    assert (found["entries"], found["first_sequence"], found["last_sequence"]) == (128, 1, 128)
    assert found["last_received"] == "2023-11-14T22:13:40.000000000Z"
    assert found["data_quality"] == {"impossible_value": 1, "out_of_order": 1}
    assert found["journal_id"] == bytes(range(16)).hex()


def test_info_of_an_empty_journal(tmp_path):
    ran = run("info", Writer().save(tmp_path))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "–" in ran.stdout


def test_public_keys_are_taken_in_the_usual_forms(journal, tmp_path):
    pem = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for number, data in enumerate((PUBLIC_KEY, PUBLIC_KEY.hex().encode() + b"\n", pem)):
        path = tmp_path / f"key{number}"
        path.write_bytes(data)
        assert run("verify", journal, "--public-key", path).returncode == 0
    assert run("verify", journal, "--public-key", PUBLIC_KEY.hex()).returncode == 0
    ran = run("verify", journal, "--public-key", "00" * 32)
    assert ran.returncode == 2
    assert "checkpoints, sequence 32" in ran.stderr


def test_damage_is_exit_2_and_names_the_place(tmp_path):
    writer = sample.writer()
    writer.blocks[33] = b"X" + writer.blocks[33][1:]
    path = writer.save(tmp_path)
    for command in ("verify", "export", "info"):
        ran = run(command, path)
        assert ran.returncode == 2
        assert "sequence 33" in ran.stderr
        assert "Traceback" not in ran.stderr


@pytest.mark.parametrize("command", ["verify", "export", "info"])
def test_missing_and_foreign_directories(tmp_path, command):
    assert run(command, tmp_path / "none").returncode == 66
    (tmp_path / "data.mdb").write_bytes(b"something else")
    assert run(command, tmp_path).returncode == 65


@pytest.mark.parametrize(
    "arguments",
    [(), ("verify",), ("burn", "x"), ("export", "x", "--from", "0"), ("export", "x", "--to", "-1"),
     ("export", "x", "--kind", "tick"), ("verify", "x", "--public-key", "abc")],
)
def test_usage_errors_are_exit_64(arguments):
    ran = run(*arguments)
    assert ran.returncode == 64
    assert "usage" in ran.stderr


def test_a_reader_that_leaves_early_is_no_error_message(tmp_path):
    writer = Writer()
    for _ in range(300):
        writer.block(sample.tail())
    path = writer.save(tmp_path)
    root = Path(__file__).parent.parent
    piped = subprocess.run(
        ["sh", "-c", '"$1" -m daybook export "$2" | head -n 1', "sh", sys.executable, str(path)],
        capture_output=True, text=True, cwd=root, timeout=60,
    )  # fmt: skip
    assert piped.stdout.count("\n") == 1
    assert piped.stderr == ""
