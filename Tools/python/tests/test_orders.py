"""Terms, plans and routes: as values, and what of them is damage."""

import pytest
from build import ABSENT, U64, Records, Writer, layout
from orders import FILL, FULL, NOTES, PLAIN, intent, ticket

from daybook import Candidate, Fixed, Journal, JournalDamage, Plan, payloads


def read(kind, payload):
    return payloads.read(kind, payload)


def test_terms_and_plans_are_values():
    held = read(72, ticket(1, 4, 5) + FULL + layout("BqqHsqB", 1, -5, 7, 1, "n", 25, 1))
    assert held["terms"] == {
        "stop": 3_650_000, "trigger": "last", "trail_unit": "price", "trail": 2500,
        "limit_offset": -100, "peg": "mid", "peg_offset": 5, "display": 250, "marks": 3,
        "expiry": 1_702_630_800_000_000_000, "parent": 500, "activation": "parent_filled",
        "list": 2**64 - 1, "linkage": "oco", "lots": (),
    }
    assert held["plan"] == Plan("twap", -5, 7, (("n", Fixed(25, 1)),))


@pytest.mark.parametrize(
    ("kind", "payload"),
    [(66, ticket(1, 1, 1)), (66, ticket(1, 1, 1) + PLAIN), (72, ticket(1, 1, 1) + PLAIN),
     (64, intent()), (64, intent(PLAIN)), (64, intent(PLAIN, b"\0"))],
)  # fmt: skip
def test_terms_that_are_left_out_are_those_of_a_plain_order(kind, payload):
    fields = read(kind, payload)
    assert fields["terms"] == payloads.PLAIN
    assert fields.get("plan") is None


def test_candidates_are_values():
    shape = "QHqH" + "Hqqqqqqq" * 2
    payload = layout(shape, 1, 0, 9, 2, 7, 1, 2, 3, 4, 5, 6, 7, 8, ABSENT, 0, -1, 0, 0, 0, 0)
    assert read(75, payload)["candidates"] == (
        Candidate(7, 1, 2, 3, 4, 5, 6, 7), Candidate(8, None, 0, -1, 0, 0, 0, 0),
    )


def changed(place, value, terms=PLAIN):
    return terms[:place] + bytes([value]) + terms[place + 1 :]


@pytest.mark.parametrize(
    ("terms", "says"),
    [
        (b"\x46", "ends"), (b"\0\0", "at least 70"), (changed(0, 69), "at least 70"),
        (changed(0, 71), "ends"), (PLAIN[:-1], "ends"), (changed(10, 5), "none of standard"),
        (changed(11, 3), "none of none price ppm"), (changed(28, 4), "none of none primary"),
        (changed(45, 16), "reserved"), (changed(45, 128), "reserved"),
        (changed(62, 3), "none of immediate"), (changed(71, 3), "none of none oco"),
    ],
)
def test_terms_that_are_not_as_specified_are_damage(terms, says):
    for kind, payload in ((66, ticket(1, 1, 1)), (72, ticket(1, 1, 1)), (64, intent())):
        with pytest.raises(payloads.Unreadable, match=says):
            read(kind, payload + terms)


@pytest.mark.parametrize(
    "plan",
    [b"\x08" + bytes(18), b"\x01", layout("BqqH", 1, 0, 0, 1),
     layout("BqqHsqB", 1, 0, 0, 1, "n", 1, 19)],
)  # fmt: skip
def test_plans_that_are_not_as_specified_are_damage(plan):
    for payload, kind in ((ticket(1, 1, 1) + PLAIN, 72), (intent(PLAIN), 64)):
        with pytest.raises(payloads.Unreadable):
            read(kind, payload + plan)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (72, ticket(1, 1, 1)), (72, ticket(1, 11, 1) + PLAIN), (72, ticket(1, 1, 8) + PLAIN),
        (73, ticket(1, 1, 1) + layout("Bqx", 0, 1, PLAIN)),
        (73, ticket(1, 1, 1) + layout("Bqx", 4, 1, PLAIN)),
        (73, ticket(1, 1, 1) + layout("Bq", 1, 1)), (74, layout("QB", 1, 0)),
        (74, layout("QB", 1, 12)), (67, layout("QB", 1, 11)), (79, layout("HHHB", 4, 4, 4, 0)),
        (79, layout("HHHBIqqqqBqB", 4, 4, 4, 1, 20_131_319, 0, 0, 0, 0, 0, 0, 1)), (75, layout("QHqH", 1, 0, 9, 1)),
        (49, layout("HBqq", 8, 0, 1, 0)), (49, layout("HBqq", 8, 8, 1, 0)),
        (50, layout("HBBqqqqq", 8, 0, 1, 1, 1, 1, 1, 1)),
        (50, layout("HBBqqqqq", 8, 5, 1, 1, 1, 1, 1, 1)),
        (50, layout("HBBqqqqq", 8, 1, 3, 1, 1, 1, 1, 1)), (51, layout("Hq", 8, 1)),
        (36, FILL + b"\0\0"), (36, FILL + b"\x17\0"), (36, FILL + b"\1\4"),
        (36, FILL + b"\3\2\0" + bytes(16)), (36, FILL + b"\3\2\7" + bytes(16)),
        (36, FILL + b"\1\1"), (52, U64.pack(1)), (53, layout("QQ", 1, 2)),
        (54, layout("QQqqmsB", 1, 2, 3, 4, 5, "USD", 1)),
    ],
)  # fmt: skip
def test_payloads_that_are_not_as_specified_are_damage(kind, payload):
    with pytest.raises(payloads.Unreadable):
        read(kind, payload)


_MAY_END = ("terms", "plan", "basis", "charge", "closing")


def test_a_payload_cut_short_is_damage_or_lacks_what_may_be_left_out():
    for kind, payload, *_ in NOTES:
        for length in range(len(payload)):
            try:
                fields = read(kind, payload[:length])
            except payloads.Unreadable:
                continue
            whole = read(kind, payload)
            if kind == 65:
                # What a refusal says beyond value and limit may not be there.
                assert whole | {"more": ("", ())} == fields
                continue
            left_out = fields | {name: whole.get(name) for name in _MAY_END}
            assert whole == {key: left_out[key] for key in whole}
            if kind == 36:
                assert fields["basis"] is None
            elif kind == 76:
                assert fields["charge"] is None
            elif kind == 41:
                assert fields["closing"] is None
            else:
                assert fields["terms"] == payloads.PLAIN or fields.get("plan") is None


def test_parents_and_lists_have_no_place_in_the_index(tmp_path):
    writer = Writer().block(Records(0).note(72, 0, ticket(1, 4, 5) + FULL, order=1))
    with Journal(writer.save(tmp_path / "right")) as journal:
        assert journal.verify().orders == 1
    writer.orders.add((500, 1))
    with Journal(writer.save(tmp_path / "wrong")) as journal:
        with pytest.raises(JournalDamage, match="does not account"):
            journal.verify()


@pytest.mark.parametrize("kind", [52, 53, 54, 72, 73, 74, 75])
def test_an_order_that_the_index_does_not_know_is_refused(tmp_path, kind):
    payload = next(note[1] for note in NOTES if note[0] == kind)
    with Journal(Writer().block(Records(0).note(kind, 0, payload)).save(tmp_path)) as journal:
        with pytest.raises(JournalDamage, match="the index does not know"):
            journal.verify()
