"""Payloads of observations and decisions, as tables (journal-format.md, 4.3)."""

from __future__ import annotations

import struct
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

_ABSENT = -(1 << 63)


class Fixed(NamedTuple):
    """A decimal number: mantissa / 10^scale."""

    mantissa: int
    scale: int


class Plan(NamedTuple):
    """How an algorithm works an order; times in nanoseconds since 1970."""

    algorithm: str
    start: int
    end: int
    values: tuple[tuple[str, Fixed], ...]


class Check(NamedTuple):
    """A figure of a statement beside the journal's; an empty text is nothing."""

    kind: str
    instrument: int
    order: int
    key: str
    ours: str
    theirs: str
    entry: int
    line: int


class Candidate(NamedTuple):
    """A venue's instrument that an order may be routed to; fee and score × 10^12, rate × 10^9."""

    instrument: int
    price: int | None
    size: int
    fee: int
    latency: int
    fill_rate: int
    score: int
    quantity: int


class Lot(NamedTuple):
    """A part of a position that one entry opened, and what it had cost (× 10^12)."""

    id: int
    quantity: int
    cost: int


class Charge(NamedTuple):
    """What interest or a fee is on (× 10^12), its rate (× 10^6), days, and days of a year."""

    base: int
    rate: int
    days: int
    year: int


class Closing(NamedTuple):
    """A position that a liquidation closes, and what must be kept for it (× 10^12)."""

    strategy: int
    instrument: int
    quantity: int
    required: int


class Use(NamedTuple):
    """How much of a limit an order uses; value and limit are integers of the scale."""

    rule: str
    scope: str
    value: int
    limit: int
    scale: int
    unit: str


class Close(NamedTuple):
    """What an operator closes; lots are the sequences of the entries that opened them."""

    instrument: int
    quantity: int
    lots: tuple[int, ...]


class ScaledLimit(NamedTuple):
    """A limit as configured and as it holds; both are integers of the scale."""

    key: str
    base: int
    effective: int
    scale: int
    unit: str


class Unreadable(Exception):
    """The payload does not hold what its kind needs."""


class Payload:
    """A cursor over one payload's bytes."""

    __slots__ = ("bytes", "offset")

    def __init__(self, data: bytes) -> None:
        self.bytes = data
        self.offset = 0

    def take(self, count: int) -> bytes:
        end = self.offset + count
        if end > len(self.bytes):
            raise Unreadable(f"the payload ends at byte {len(self.bytes)}, {end} needed")
        taken = self.bytes[self.offset : end]
        self.offset = end
        return taken

    def ends(self) -> bool:
        return self.offset == len(self.bytes)


Reader = Callable[[Payload], Any]


def _number(layout: str) -> Reader:
    shape = struct.Struct(layout)
    return lambda payload: shape.unpack(payload.take(shape.size))[0]


U8, U16, U32, U64, I64 = (_number("<" + code) for code in "BHIQq")


def _truth(payload: Payload) -> bool:
    return U8(payload) & 1 == 1


def DAY(payload: Payload) -> date:
    number = U32(payload)
    try:
        return date(number // 10_000, number // 100 % 100, number % 100)
    except ValueError:
        raise Unreadable(f"{number} is no date") from None


def I128(payload: Payload) -> int:
    return int.from_bytes(payload.take(16), "little", signed=True)


def PRICE(payload: Payload) -> int | None:
    value = I64(payload)
    return None if value == _ABSENT else value


def _text(payload: Payload, length: int) -> str:
    data = payload.take(length)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"a text is not UTF-8 ({error.reason})") from None


def STR(payload: Payload) -> str:
    return _text(payload, U16(payload))


def DIGEST(payload: Payload) -> bytes:
    return payload.take(32)


def ITEMS(payload: Payload) -> tuple[tuple[str, str], ...]:
    items: list[tuple[str, str]] = []
    before = None
    for _ in range(U32(payload)):
        key = STR(payload)
        order = key.encode("utf-8")
        if before is not None and order <= before:
            raise Unreadable("the items are not in ascending order of their keys")
        before = order
        items.append((key, _text(payload, U32(payload))))
    return tuple(items)


def VALUES(payload: Payload) -> tuple[tuple[str, Fixed], ...]:
    return tuple((STR(payload), _fixed(payload)) for _ in range(U16(payload)))


def _fixed(payload: Payload) -> Fixed:
    value = Fixed(I64(payload), U8(payload))
    if value.scale > 18:
        raise Unreadable(f"a number has scale {value.scale}")
    return value


def _named(
    code: Reader, names: str, first: int = 0, others: dict[int, str] | None = None
) -> Reader:
    table = dict(enumerate(names.split(), first)) | (others or {})

    def read(payload: Payload) -> str:
        value = code(payload)
        if value not in table:
            raise Unreadable(f"{value} is none of {' '.join(table.values())}")
        return table[value]

    return read


SIDE = _named(U8, "none buy sell")
TYPE = _named(
    U8,
    "none market limit stop stop_limit trailing_stop trailing_stop_limit market_if_touched "
    "limit_if_touched market_to_limit pegged",
)
TIME_IN_FORCE = _named(U8, "none day gtc ioc fok gtd at_open at_close")
CLASS = _named(U8, "equity future option forex crypto perpetual index inverse continuous", 1)
SCOPE = _named(U8, "all strategy instrument venue order account")
RULE = _named(
    U16,
    "engine.halted instrument.unknown instrument.not_trading order.invalid order.max_quantity "
    "order.max_notional position.max_quantity order.price_collar order.max_rate "
    "order.no_reference_price order.unknown order.not_cancellable arithmetic.overflow "
    "order.post_only_would_take order.not_reducing order.price_band order.unsupported "
    "order.limit_currency exposure.max_gross exposure.max_net exposure.max_leverage "
    "exposure.max_concentration orders.max_open orders.max_cancel_rate orders.max_message_ratio "
    "order.period_collar order.duplicate order.self_match instrument.restricted "
    "strategy.not_permitted short.no_locate short.price_test loss.max drawdown.max "
    "currency.no_rate scope.reducing var.max shortfall.max stress.max "
    "margin.available cash.available margin.unknown instrument.expired",
    1,
)
ALERT = _named(
    U16,
    "report.unknown_order report.illegal report.overfill report.duplicate_fill books.overflow "
    "strategy.failed order.unknown_state list.both_filled report.busted "
    "execution.unhedged limit.refused act.not_permitted",
    1, {30: "books.free_riding", 31: "books.unpriced"},
)
ISSUE = _named(
    U8,
    "gap duplicate out_of_order crossed impossible_value malformed unknown_order stale conflated",
    1,
)
BOOKING = _named(
    U8,
    "opening settled dividend split delisted variation expired exercised assigned delivered "
    "funding interest borrow_fee closed liquidation_fee",
    1,
)
STATE = _named(U8, "working filled cancelled rejected expired never_received", 1)
ALGORITHM = _named(U8, "twap vwap pov shortfall iceberg pairs route", 1)


def _marks(payload: Payload) -> int:
    marks = U8(payload)
    if marks > 15:
        raise Unreadable(f"the terms' marks {marks:#04x} are reserved")
    return marks


_TERMS: tuple[tuple[str, Reader], ...] = (
    ("stop", PRICE), ("trigger", _named(U8, "standard last bid_ask mid mark")),
    ("trail_unit", _named(U8, "none price ppm")), ("trail", I64), ("limit_offset", I64),
    ("peg", _named(U8, "none primary mid market")), ("peg_offset", I64), ("display", I64),
    ("marks", _marks), ("expiry", I64), ("parent", U64),
    ("activation", _named(U8, "immediate parent_filled parent_filling")), ("list", U64),
    ("linkage", _named(U8, "none oco ouo")),
)
_TERMS_LENGTH = 70
# The terms of an order that says nothing beyond its ticket.
PLAIN = {
    "stop": None, "trigger": "standard", "trail_unit": "none", "trail": 0, "limit_offset": 0,
    "peg": "none", "peg_offset": 0, "display": 0, "marks": 0, "expiry": 0, "parent": 0,
    "activation": "immediate", "list": 0, "linkage": "none", "lots": (),
}
_MAX_LOTS = 1000


def TERMS(payload: Payload) -> dict[str, Any]:
    length = U16(payload)
    if length < _TERMS_LENGTH:
        raise Unreadable(f"terms have at least {_TERMS_LENGTH} bytes, not {length}")
    terms = Payload(payload.take(length))
    fields = {name: reader(terms) for name, reader in _TERMS}
    fields["lots"] = NAMED_LOTS(terms) if length > _TERMS_LENGTH else ()
    return fields


def NAMED_LOTS(terms: Payload) -> tuple[int, ...]:
    count = U16(terms)
    if count > _MAX_LOTS:
        raise Unreadable(f"a list of {count} lots")
    return tuple(U64(terms) for _ in range(count))


def CLOSE_IF_ANY(payload: Payload) -> Close | None:
    if payload.ends():
        return None
    return Close(U16(payload), I64(payload), NAMED_LOTS(payload))


def TERMS_IF_ANY(payload: Payload) -> dict[str, Any]:
    return dict(PLAIN) if payload.ends() else TERMS(payload)


def PLAN_IF_ANY(payload: Payload) -> Plan | None:
    if payload.ends() or payload.bytes[payload.offset] == 0:
        return None
    return Plan(ALGORITHM(payload), I64(payload), I64(payload), VALUES(payload))


def CANDIDATES(payload: Payload) -> tuple[Candidate, ...]:
    readers = (U16, PRICE, I64, I64, I64, I64, I64, I64)
    return tuple(
        Candidate(*(reader(payload) for reader in readers)) for _ in range(U16(payload))
    )


def MORE(payload: Payload) -> tuple[str, tuple[tuple[str, Fixed], ...]]:
    """A refusal's context and values, which may both be left out."""
    return ("", ()) if payload.ends() else (STR(payload), VALUES(payload))


def ORDERS(payload: Payload) -> tuple[int, ...]:
    count = U16(payload)
    if count > 1000:
        raise Unreadable(f"a list of {count} orders")
    return tuple(U64(payload) for _ in range(count))


def USES(payload: Payload) -> tuple[Use, ...]:
    readers = (RULE, STR, I128, I128, U8, STR)
    return tuple(Use(*(reader(payload) for reader in readers)) for _ in range(U16(payload)))


def SCALED(payload: Payload) -> tuple[ScaledLimit, ...]:
    readers = (STR, I128, I128, U8, STR)
    return tuple(ScaledLimit(*(reader(payload) for reader in readers)) for _ in range(U16(payload)))


def LOTS(payload: Payload) -> tuple[Lot, ...]:
    return tuple(Lot(U64(payload), I64(payload), I128(payload)) for _ in range(U16(payload)))


def CHARGE_IF_ANY(payload: Payload) -> Charge | None:
    if payload.ends():
        return None
    return Charge(I128(payload), I64(payload), U16(payload), U16(payload))


def CLOSINGS(payload: Payload) -> tuple[Closing, ...]:
    return tuple(
        Closing(U16(payload), U16(payload), I64(payload), I128(payload))
        for _ in range(U16(payload))
    )


def OPTION_IF_ANY(payload: Payload) -> dict[str, Any] | None:
    if payload.ends() or payload.bytes[payload.offset] == 0:
        return None
    return {name: reader(payload) for name, reader in _OPTION}


_OPTION: tuple[tuple[str, Reader], ...] = (
    ("right", _named(U8, "call put", 1)), ("style", _named(U8, "american european", 1)),
    ("settlement", _named(U8, "physical cash", 1)), ("strike", PRICE), ("underlying", STR),
)
DIFFERENCE = _named(
    U8, "missing_here missing_there quantity price fee currency date position cash", 1
)
_CHECK: tuple[tuple[str, Reader], ...] = (
    ("difference", DIFFERENCE), ("instrument", U16), ("order", U64), ("key", STR), ("ours", STR),
    ("theirs", STR), ("entry", U64), ("line", U32),
)


def CHECKS(payload: Payload) -> tuple[Check, ...]:
    return tuple(
        Check(*(reader(payload) for _, reader in _CHECK)) for _ in range(U32(payload))
    )


_INTENT: tuple[tuple[str, Reader], ...] = (
    ("strategy", U16), ("action", _named(U8, "target order cancel replace execute", 1)),
    ("instrument", U16), ("side", SIDE), ("type", TYPE), ("time_in_force", TIME_IN_FORCE),
    ("quantity", I64), ("price", PRICE), ("order", U64), ("reason", STR), ("values", VALUES),
    ("terms", TERMS_IF_ANY), ("plan", PLAN_IF_ANY),
)
_FILL: tuple[tuple[str, Reader], ...] = (
    ("order", U64), ("fill", U64), ("price", PRICE), ("quantity", I64), ("fee", I128),
    ("fee_currency", STR), ("liquidity", _named(U8, "unknown maker taker")),
)
_RULE = _named(
    U8,
    "level top queue through crossed touch pro_rata top_order auction auction_reference "
    "last_trade session_open session_close bar_open bar_close bar_path bar_limit lean_market "
    "lean_limit lean_stop lean_stop_limit lean_if_touched",
    1,
)
_BASIS_DETAILS: tuple[tuple[tuple[str, Reader], ...], ...] = (
    (),
    (("slippage", I64),),
    (
        ("queue", _named(U8, "exact risk_averse power_1 power_2 power_3 logarithmic", 1)),
        ("placed", I64), ("left", I64),
    ),
    (("shared", I64), ("among", I64)),
)


def BASIS_IF_ANY(payload: Payload) -> dict[str, Any] | None:
    if payload.ends():
        return None
    rule, detail = _RULE(payload), U8(payload)
    if detail >= len(_BASIS_DETAILS):
        raise Unreadable(f"a fill's basis has no detail {detail}")
    return {"rule": rule} | {name: read(payload) for name, read in _BASIS_DETAILS[detail]}


_TICKET: tuple[tuple[str, Reader], ...] = (
    ("order", U64), ("strategy", U16), ("account", U16), ("instrument", U16), ("side", SIDE),
    ("type", TYPE), ("time_in_force", TIME_IN_FORCE), ("quantity", I64), ("price", PRICE),
)

# By kind: its name, and the fields in the order of their bytes.
PAYLOADS: dict[int, tuple[str, tuple[tuple[str, Reader], ...]]] = {
    32: ("instrument", (
        ("id", U16), ("venue_id", U16), ("venue", STR), ("symbol", STR), ("class", CLASS),
        ("base", STR), ("currency", STR), ("price_scale", U8), ("quantity_scale", U8),
        ("tick_size", PRICE), ("lot_size", I64), ("multiplier", I64), ("expiry", I64),
        ("option", OPTION_IF_ANY),
    )),
    33: ("signal", (
        ("instrument", U16), ("score", I64), ("model", STR), ("version", STR), ("digest", DIGEST),
    )),
    34: ("accepted", (("order", U64), ("venue_order", STR))),
    35: ("rejected", (("order", U64), ("code", U16), ("text", STR))),
    36: ("filled", (*_FILL, ("basis", BASIS_IF_ANY))),
    37: ("cancelled", (
        ("order", U64), ("why", _named(U8, "requested venue immediate connection_lost", 1)),
        ("text", STR),
    )),
    38: ("replaced", (("order", U64), ("quantity", I64), ("price", PRICE))),
    39: ("expired", (("order", U64),)),
    40: ("timer", (("strategy", U16), ("timer", U32))),
    41: ("operator", (
        ("act", _named(U8, "halt resume note cancel kill enable close block", 1)), ("scope", SCOPE),
        ("scope_id", U64), ("subject", STR), ("reason", STR),
        ("closing", CLOSE_IF_ANY),
    )),
    42: ("configuration", (("items", ITEMS),)),
    43: ("run_started", (
        ("mode", _named(U8, "import backtest live simulate", 1)), ("seed", U64), ("engine", STR),
        ("strategies", STR), ("source", STR),
    )),
    44: ("run_stopped", (("why", _named(U8, "finished operator failed", 1)), ("text", STR))),
    45: ("data_quality", (
        ("issue", ISSUE), ("instrument", U16), ("expected", U64), ("actual", U64), ("detail", STR),
    )),
    46: ("request_rejected", (
        ("order", U64), ("request", _named(U8, "cancel replace", 1)), ("code", U16), ("text", STR),
    )),
    47: ("order_status", (("order", U64), ("state", STATE), ("filled", I64))),
    48: ("connection", (
        ("venue", U16), ("state", _named(U8, "connected disconnected", 1)), ("text", STR),
    )),
    49: ("reference", (
        ("instrument", U16),
        ("field", _named(
            U8,
            "mark index funding_rate open_interest settlement short_sale_restricted "
            "previous_close",
            1,
        )),
        ("value", I64), ("effective", I64),
    )),
    50: ("imbalance", (
        ("instrument", U16), ("auction", _named(U8, "opening closing reopening intraday", 1)),
        ("side", SIDE), ("paired", I64), ("surplus", I64), ("reference", PRICE), ("near", PRICE),
        ("far", PRICE),
    )),
    51: ("price_band", (("instrument", U16), ("lower", PRICE), ("upper", PRICE))),
    52: ("triggered", (("order", U64), ("price", PRICE))),
    53: ("busted", (("order", U64), ("fill", U64), ("text", STR))),
    54: ("corrected", (*_FILL, ("text", STR))),
    55: ("corporate_action", (
        ("instrument", U16), ("action", _named(U8, "dividend split symbol_change delisting", 1)),
        ("amount", I128), ("currency", STR), ("new", U32), ("old", U32), ("new_symbol", STR),
        ("payable", I64),
    )),
    56: ("option_notice", (
        ("account", U16), ("instrument", U16),
        ("notice", _named(U8, "exercise assignment abandon", 1)), ("quantity", I64),
    )),
    57: ("exchange_rate", (("base", STR), ("currency", STR), ("rate", I64))),
    58: ("instruction", (("client_order", STR), ("subject", STR), *_INTENT)),
    59: ("limit_change", (
        ("key", STR), ("value", STR), ("author", STR), ("reason", STR), ("effective", I64),
    )),
    60: ("clock_reading", (
        ("offset", I64), ("error", U64), ("synchronised", _truth), ("source", STR),
    )),
    62: ("statement", (
        ("source", STR), ("digest", DIGEST), ("format", _named(U8, "csv fix venue", 1)),
        ("account", U16), ("from", I64), ("to", I64), ("through", U64), ("compared", U32),
        ("checks", CHECKS),
    )),
    63: ("break_resolution", (
        ("break", U64), ("act", _named(U8, "assign resolve", 1)), ("subject", STR),
        ("owner", STR), ("reason", STR),
    )),
    64: ("intent", _INTENT),
    65: ("refused", (
        ("strategy", U16), ("instrument", U16), ("rule", RULE), ("side", SIDE), ("quantity", I64),
        ("price", PRICE), ("value", I128), ("limit", I128), ("scale", U8), ("unit", STR),
        ("more", MORE),
    )),
    66: ("submitted", (*_TICKET, ("terms", TERMS_IF_ANY))),
    67: ("cancel_requested", (
        ("order", U64),
        ("why", _named(
            U8, "strategy operator halt linked parent_ended expired algorithm adjusted liquidation "
            "roll",
            1,
        )),
    )),
    68: ("replace_requested", (("order", U64), ("quantity", I64), ("price", PRICE))),
    69: ("alert", (
        ("severity", _named(U8, "info warning critical", 1)), ("code", ALERT), ("instrument", U16),
        ("order", U64), ("text", STR),
    )),
    70: ("halted", (("scope", SCOPE), ("scope_id", U64), ("reason", STR))),
    71: ("resumed", (("scope", SCOPE), ("scope_id", U64), ("reason", STR))),
    72: ("held", (*_TICKET, ("terms", TERMS), ("plan", PLAN_IF_ANY))),
    73: ("released", (
        *_TICKET, ("why", _named(U8, "triggered activated opened", 1)), ("seen", PRICE),
        ("terms", TERMS),
    )),
    74: ("ended", (
        ("order", U64),
        ("why", _named(
            U8, "strategy operator halt linked parent_ended expired refused completed adjusted "
            "liquidation roll",
            1,
        )),
    )),
    75: ("routed", (
        ("order", U64), ("round", U16), ("quantity", I64), ("candidates", CANDIDATES),
    )),
    76: ("booked", (
        ("booking", BOOKING), ("account", U16), ("strategy", U16), ("instrument", U16),
        ("quantity", I64), ("price", PRICE), ("currency", STR), ("cash", I128), ("cost", I128),
        ("variation", I128), ("settles", I64), ("lots", LOTS), ("order", U64), ("charge", CHARGE_IF_ANY),
    )),
    77: ("margin_call", (
        ("account", U16), ("state", _named(U8, "called met", 1)), ("currency", STR),
        ("equity", I128), ("required", I128),
    )),
    78: ("liquidation", (
        ("account", U16), ("reason", _named(U8, "maintenance call_not_met", 1)), ("round", U32),
        ("currency", STR), ("equity", I128), ("required", I128), ("positions", CLOSINGS),
    )),
    79: ("rolled", (
        ("instrument", U16), ("from", U16), ("to", U16),
        ("rule", _named(U8, "calendar volume open_interest", 1)), ("day", DAY),
        ("from_figure", I64), ("to_figure", I64), ("from_price", PRICE), ("to_price", PRICE),
        ("adjust", _named(U8, "none difference ratio", 0)), ("adjustment", I64),
        ("positions", _named(U8, "carry close hold", 1)),
    )),
    80: ("breaker_changed", (
        ("breaker", STR),
        ("watch", _named(
            U8,
            "price_move volatility spread staleness rejects fill_price signal_score signal_rate "
            "executions loss exposure",
            1,
        )),
        ("scope", SCOPE), ("scope_id", U64), ("state", _named(U8, "active reducing halted", 1)),
        ("instrument", U16), ("value", I128), ("limit", I128), ("scale", U8), ("unit", STR),
        ("reason", STR),
    )),
    81: ("kill_report", (
        ("scope", SCOPE), ("scope_id", U64), ("round", U32), ("open", U32), ("orders", ORDERS),
    )),
    82: ("limit_applied", (("key", STR), ("value", STR), ("author", STR), ("change", U64))),
    83: ("limits_used", (("order", U64), ("limits", USES))),
    84: ("break_opened", (("break", U64), ("account", U16), *_CHECK)),
    85: ("break_closed", (("break", U64), ("why", _named(U8, "agreed resolved", 1)))),
    86: ("limits_scaled", (
        ("rule", STR), ("watch", _named(U8, "volatility drawdown", 1)), ("scope", SCOPE),
        ("scope_id", U64), ("factor", I64), ("value", I128), ("bound", I128), ("scale", U8),
        ("unit", STR), ("limits", SCALED),
    )),
}


def read(kind: int, data: bytes) -> dict[str, Any]:
    """The fields of a payload; bytes after the last known field are ignored."""
    payload = Payload(data)
    return {name: reader(payload) for name, reader in PAYLOADS[kind][1]}
