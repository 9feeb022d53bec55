"""The text form, line by line against lines written by hand; ranges, kinds, API values."""

import json

import pytest
import sample
from build import Records, Writer, layout

from daybook import Fixed, Journal
from daybook.records import KINDS
from daybook.text import decimal, instant


@pytest.fixture
def journal(tmp_path):
    with Journal(sample.writer().save(tmp_path)) as opened:
        yield opened


def test_every_kind_is_written_as_the_format_page_says(journal):
    assert list(journal.ndjson()) == sample.lines()


def test_the_sample_has_every_kind(journal):
    assert {entry.kind for entry in journal.entries()} == set(KINDS.values())


def test_every_line_is_json(journal):
    for sequence, line in enumerate(journal.ndjson(), 1):
        assert json.loads(line)["seq"] == sequence


@pytest.mark.parametrize(
    ("start", "end"),
    [(1, 1), (32, 33), (40, 50), (33, None), (None, 5), (128, 128), (129, 134), (9, 3)],
)
def test_a_range_has_the_same_lines_as_the_whole(journal, start, end):
    lines = sample.lines()
    assert list(journal.ndjson(start, end)) == lines[(start or 1) - 1 : end]


@pytest.mark.parametrize("start", [1, 2, 32, 33, 34, 127, 128, 129, 2**64 - 1, 2**64])
def test_entries_start_where_asked(journal, start):
    wanted = list(range(start, 129)) if start < 129 else []
    assert [entry.sequence for entry in journal.entries(start)] == wanted


def test_one_kind_is_picked_with_the_scales_of_what_came_before(journal):
    wanted = [line for line in sample.lines() if '"kind":"replaced"' in line]
    assert list(journal.ndjson(kind="replaced")) == wanted
    assert len(wanted) == 1


def test_entries_carry_integers_names_and_none(journal):
    quote = next(journal.entries(6, 6))
    assert (quote.sequence, quote.kind, quote.cause) == (6, "quote", 0)
    assert quote.time == quote.received == sample.T + 3
    assert quote.fields == {
        "instrument": 7, "bid": None, "ask": 579_999, "bid_size": 0, "ask_size": 4,
    }
    intent = next(entry for entry in journal.entries() if entry.kind == "intent")
    assert intent.fields["values"] == (("fast", Fixed(-15, 1)), ("slow", Fixed(7, 0)))


def test_a_new_definition_of_an_instrument_counts_from_its_own_entry(tmp_path):
    def define(symbol, scale):
        return layout("HHssBssBBqqqq", 1, 1, "V", symbol, 1, "", "USD", scale, 0, 5, 1, 10**9, 0)

    block = Records(0).market(2, 2, 1, 0, "qq", 123, 1).note(32, 0, define("A", 2))
    block.market(2, 2, 1, 0, "qq", 123, 1).note(32, 0, define("B", 4))
    block.market(2, 2, 1, 0, "qq", 123, 1)
    with Journal(Writer().block(block).save(tmp_path)) as journal:
        found = [json.loads(line) for line in journal.ndjson(kind="trade")]
    assert [(row["instrument"], row["price"]) for row in found] == [
        ("#1", "123"), ("A", "1.23"), ("B", "0.0123"),
    ]


@pytest.mark.parametrize(
    ("value", "scale", "text"),
    [(0, 0, "0"), (0, 2, "0.00"), (-5, 2, "-0.05"), (-100, 2, "-1.00"), (7, 0, "7"), (12, 1, "1.2"),
     (-(2**127), 12, "-170141183460469231731687303.715884105728"), (1, 20, "0." + "0" * 19 + "1")],
)
def test_decimals_have_exactly_their_scale(value, scale, text):
    assert decimal(value, scale) == text


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(0, "1970-01-01T00:00:00.000000000Z"), (-1, "1969-12-31T23:59:59.999999999Z"),
     (-(2**63), "1677-09-21T00:12:43.145224192Z"), (2**63 - 1, "2262-04-11T23:47:16.854775807Z"),
     (951_782_400_000_000_001, "2000-02-29T00:00:00.000000001Z")],
)
def test_instants_cover_the_whole_range(nanoseconds, text):
    assert instant(nanoseconds) == text
