"""The text form: one JSON object a line (journal-format.md, 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from .payloads import Candidate, Check, Closing, ScaledLimit
from .records import ABSENT, MARKET_KINDS, Entry

NO_INSTRUMENT = 65535
NO_STRATEGY = 65535
MONEY_SCALE = 12
RATIO_SCALE = 12
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_ESCAPES = {code: f"\\u{code:04x}" for code in range(0x20)} | {
    ord('"'): '\\"', ord("\\"): "\\\\", ord("\n"): "\\n", ord("\r"): "\\r", ord("\t"): "\\t",
}


def decimal(value: int, scale: int) -> str:
    """value / 10^scale with exactly `scale` digits after the point."""
    if scale == 0:
        return str(value)
    digits = str(abs(value)).rjust(scale + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-scale]}.{digits[-scale:]}"


def instant(nanoseconds: int) -> str:
    """Nanoseconds since 1970 as `YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ`."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return f"{_second(seconds)}.{rest:09d}Z"


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")


def quoted(text: str) -> str:
    """A JSON string with only the escapes of section 7."""
    return f'"{text.translate(_ESCAPES)}"'


class TextForm:
    """Writes entries as text; learns instruments and orders' instruments as entries pass."""

    # What `learn` needs to have seen from entry 1 on before `line` is right for a later entry.
    LEARNS = frozenset((32, 66, 72))

    def __init__(self) -> None:
        self._instruments: dict[int, tuple[str, int, int]] = {}
        self._venues: dict[int, str] = {}
        self._orders: dict[int, int] = {}

    def learn(self, entry: Entry) -> None:
        """Takes note of a definition of an instrument or of an order submitted or held."""
        fields = entry.fields
        if entry.kind == "instrument":
            scales = fields["price_scale"], fields["quantity_scale"]
            self._instruments[fields["id"]] = (fields["symbol"], *scales)
            self._venues[fields["id"]] = fields["venue"]
        elif entry.kind in ("submitted", "held"):
            self._orders[fields["order"]] = fields["instrument"]

    def line(self, entry: Entry) -> str:
        """The entry's line, without a line feed; learns from the entry first."""
        self.learn(entry)
        time = instant(entry.time)
        received = time if entry.received == entry.time else instant(entry.received)
        parts = [
            f'{{"seq":{entry.sequence},"kind":"{entry.kind}","time":"{time}",'
            f'"received":"{received}","cause":{entry.cause}'
        ]
        fields = entry.fields
        if entry.kind == "routed":
            fields = {**fields, "candidates": self._candidates(fields["candidates"])}
        if entry.kind == "statement":
            checks = [(str(n), self._check(each)) for n, each in enumerate(fields["checks"], 1)]
            fields = {**fields, "checks": checks}
        if entry.kind == "liquidation":
            closings = [
                (str(rank), self._closing(each))
                for rank, each in enumerate(fields["positions"], 1)
            ]
            fields = {**fields, "positions": closings}
        if entry.kind == "rolled":
            ends = {end: self._contract(fields[end]) for end in ("from", "to")}
            fields = {**fields, **ends}
        symbol, price_scale, quantity_scale = self._scales(entry)
        for name, form in _FORMS[entry.kind]:
            value = form(fields, symbol, price_scale, quantity_scale)
            if value is not None:
                parts.append(f',"{name}":{value}')
        parts.append("}")
        return "".join(parts)

    def _scales(self, entry: Entry) -> tuple[str, int, int]:
        fields = entry.fields
        if entry.kind == "instrument":
            return fields["symbol"], fields["price_scale"], fields["quantity_scale"]
        number = fields.get("instrument")
        if fields.get("closing"):
            number = fields["closing"].instrument
        if number is None:
            number = self._orders.get(fields.get("order", 0))
            if number is None:
                return "", 0, 0
        return self._instruments.get(number) or (f"#{number}", 0, 0)

    def _check(self, check: Check) -> str:
        symbol = "none"
        if check.instrument != 0xFFFF:
            symbol = self._instruments.get(check.instrument, (f"#{check.instrument}",))[0]
        return (
            f"{check.kind} {check.key}: {check.ours or 'nothing'} here, "
            f"{check.theirs or 'nothing'} there (instrument {symbol}, order {check.order}, "
            f"entry {check.entry}, line {check.line})"
        )

    def _candidates(self, candidates: tuple[Candidate, ...]) -> list[tuple[str, str]]:
        return [(str(rank), self._candidate(each)) for rank, each in enumerate(candidates, 1)]

    def _contract(self, number: int) -> str | None:
        return None if number == 0xFFFF else self._instruments.get(number, (f"#{number}",))[0]

    def _closing(self, closing: Closing) -> str:
        number = closing.instrument
        symbol, _, scale = self._instruments.get(number, (f"#{number}", 0, 0))
        return (
            f"{closing.strategy} {symbol} {decimal(closing.quantity, scale)}"
            f" required {decimal(closing.required, MONEY_SCALE)}"
        )

    def _candidate(self, candidate: Candidate) -> str:
        number = candidate.instrument
        name, price, quantity = f"#{number}", 0, 0
        if number in self._instruments:
            symbol, price, quantity = self._instruments[number]
            name = f"{self._venues[number]}:{symbol}"
        shown = "null" if candidate.price is None else decimal(candidate.price, price)
        return (
            f"{name} {shown} x {decimal(candidate.size, quantity)}"
            f" fee {decimal(candidate.fee, MONEY_SCALE)} latency {candidate.latency}"
            f" fill_rate {decimal(candidate.fill_rate, 9)}"
            f" score {decimal(candidate.score, MONEY_SCALE)}"
            f" sent {decimal(candidate.quantity, quantity)}"
        )


# None: the key is left out.
Form = Callable[[dict[str, Any], str, int, int], str | None]


def _number(name: str) -> Form:
    return lambda fields, symbol, price, quantity: str(fields[name])


def _number_or_null(name: str) -> Form:
    return lambda fields, symbol, price, quantity: str(fields[name] or "null")


def _word(name: str) -> Form:
    return lambda fields, symbol, price, quantity: f'"{fields[name]}"'


def _text(name: str) -> Form:
    return lambda fields, symbol, price, quantity: quoted(fields[name])


def _price(name: str) -> Form:
    def write(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str:
        value = fields[name]
        return "null" if value is None else f'"{decimal(value, price)}"'

    return write


def _quantity(name: str) -> Form:
    return lambda fields, symbol, price, quantity: f'"{decimal(fields[name], quantity)}"'


def _scaled(name: str, scale: int) -> Form:
    return lambda fields, symbol, price, quantity: f'"{decimal(fields[name], scale)}"'


def _own_scale(name: str) -> Form:
    return lambda fields, symbol, price, quantity: f'"{decimal(fields[name], fields["scale"])}"'


def _truth(name: str) -> Form:
    return lambda fields, symbol, price, quantity: "true" if fields[name] else "false"


def _instrument(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str:
    return "null" if fields["instrument"] == NO_INSTRUMENT else quoted(symbol)


def _time(name: str) -> Form:
    return lambda fields, symbol, price, quantity: f'"{instant(fields[name])}"'


def _time_or_null(name: str) -> Form:
    def write(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str:
        return f'"{instant(fields[name])}"' if fields[name] else "null"

    return write


def _digest(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str:
    return f'"{fields["digest"].hex()}"'


def _object(items: Iterable[tuple[str, str]]) -> str:
    return "{" + ",".join(f"{quoted(key)}:{quoted(value)}" for key, value in items) + "}"


def _items(name: str) -> Form:
    return lambda fields, symbol, price, quantity: _object(fields[name])


def _values(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str:
    return _object((name, decimal(*value)) for name, value in fields["values"])


def _plan(name: str) -> Form:
    def write(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str | None:
        plan = fields["plan"]
        if plan is None:
            return None
        if name == "plan":
            return _object((key, decimal(*value)) for key, value in plan.values)
        value = getattr(plan, name)
        return quoted(value if name == "algorithm" else instant(value))

    return write


def _basis(name: str) -> Form:
    def write(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str | None:
        basis = fields["basis"]
        key = "rule" if name == "basis" else name
        if basis is None or key not in basis:
            return None
        value = basis[key]
        if key in ("rule", "queue"):
            return f'"{value}"'
        if key in ("placed", "left") and value == -1:
            return "null"
        return f'"{decimal(value, price if key == "slippage" else quantity)}"'

    return write


def _terms(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str | None:
    terms = fields["terms"]
    unit, marks = terms["trail_unit"], terms["marks"]
    items = (
        ("stop", terms["stop"] is not None and decimal(terms["stop"], price)),
        ("trigger", terms["trigger"] != "standard" and terms["trigger"]),
        ("trail", unit == "price" and decimal(terms["trail"], price)),
        ("trail_ppm", unit == "ppm" and str(terms["trail"])),
        ("limit_offset", terms["limit_offset"] != 0 and decimal(terms["limit_offset"], price)),
        ("peg", terms["peg"] != "none" and terms["peg"]),
        ("peg_offset", terms["peg_offset"] != 0 and decimal(terms["peg_offset"], price)),
        ("display", terms["display"] != 0 and decimal(terms["display"], quantity)),
        ("post_only", marks & 1 != 0 and "true"),
        ("reduce_only", marks & 2 != 0 and "true"),
        ("expiry", terms["expiry"] != 0 and instant(terms["expiry"])),
        ("parent", terms["parent"] != 0 and str(terms["parent"])),
        ("activation", terms["activation"] != "immediate" and terms["activation"]),
        ("list", terms["list"] != 0 and str(terms["list"])),
        ("linkage", terms["linkage"] != "none" and terms["linkage"]),
        ("liquidation", marks & 4 != 0 and "true"),
        ("roll", marks & 8 != 0 and "true"),
        ("lots", " ".join(str(lot) for lot in terms["lots"])),
    )
    stated = [(key, value) for key, value in items if value]
    return _object(stated) if stated else None


def _strategy_or_null(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str:
    return "null" if fields["strategy"] == NO_STRATEGY else str(fields["strategy"])


def _lots(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str:
    return _object(
        (str(lot.id), f"{decimal(lot.quantity, quantity)} cost {decimal(lot.cost, MONEY_SCALE)}")
        for lot in fields["lots"]
    )


def _charge(name: str) -> Form:
    def write(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str | None:
        charge = fields["charge"]
        if charge is None:
            return None
        value = getattr(charge, name)
        scales = {"base": MONEY_SCALE, "rate": 6}
        return f'"{decimal(value, scales[name])}"' if name in scales else str(value)

    return write


def _text_or_null(name: str) -> Form:
    return lambda fields, symbol, price, quantity: (
        "null" if fields[name] is None else quoted(fields[name])
    )


def _figure(name: str) -> Form:
    """What a roll's rule looked at: a date of expiry, or a quantity."""

    def write(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str:
        return f'"{decimal(fields[name], 0 if fields["rule"] == "calendar" else quantity)}"'

    return write


def _close(name: str) -> Form:
    def write(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str | None:
        close = fields["closing"]
        if close is None:
            return None
        if name == "lots":
            return quoted(" ".join(map(str, close.lots)))
        if name == "instrument":
            return "null" if close.instrument == NO_INSTRUMENT else quoted(symbol)
        return f'"{decimal(close.quantity, quantity)}"'

    return write


def _adjustment(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str:
    if fields["adjust"] == "none":
        return "null"
    scale = price if fields["adjust"] == "difference" else RATIO_SCALE
    return f'"{decimal(fields["adjustment"], scale)}"'


def _option(name: str) -> Form:
    def write(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str | None:
        option = fields["option"]
        if option is None:
            return None
        if name == "strike":
            return f'"{decimal(option[name], price)}"'
        return quoted(option[name])

    return write


def _reference(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str:
    field, value = fields["field"], fields["value"]
    if field == "short_sale_restricted":
        return f'"{value}"'
    if field == "funding_rate":
        return f'"{decimal(value, 9)}"'
    if field == "open_interest":
        return f'"{decimal(value, quantity)}"'
    return "null" if value == ABSENT else f'"{decimal(value, price)}"'


def _more(name: str) -> Form:
    def write(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str | None:
        context, values = fields["more"]
        if not context and not values:
            return None
        return quoted(context) if name == "context" else _values({"values": values}, "", 0, 0)

    return write


def _numbers(name: str) -> Form:
    return lambda fields, symbol, price, quantity: quoted(",".join(map(str, fields[name])))


def _uses(name: str) -> Form:
    def write(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str:
        return _object(
            (
                str(rank),
                f"{use.rule} {use.scope} {decimal(use.value, use.scale)}"
                f" of {decimal(use.limit, use.scale)} {use.unit}",
            )
            for rank, use in enumerate(fields[name], 1)
        )

    return write


def _limits(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str:
    def amount(value: int, limit: ScaledLimit) -> str:
        return decimal(value, limit.scale) + (f" {limit.unit}" if limit.unit else "")

    return _object(
        (limit.key, f"{amount(limit.base, limit)} to {amount(limit.effective, limit)}")
        for limit in fields["limits"]
    )


_MEANINGS: dict[str, Callable[[str], Form]] = {
    "number": _number, "number?": _number_or_null, "word": _word, "text": _text,
    "price": _price, "quantity": _quantity, "nano": lambda name: _scaled(name, 9),
    "money": lambda name: _scaled(name, MONEY_SCALE), "own": _own_scale, "truth": _truth,
    "symbol": lambda name: _instrument,
    "time?": _time_or_null, "time": _time, "digest": lambda name: _digest, "items": _items,
    "values": lambda name: _values, "terms": lambda name: _terms, "plan": _plan, "basis": _basis,
    "reference": lambda name: _reference,
    "strategy?": lambda name: _strategy_or_null, "lots": lambda name: _lots, "option": _option,
    "charge": _charge, "close": _close,
    "text?": _text_or_null, "figure": _figure, "adjustment": lambda name: _adjustment,
    "more": _more, "numbers": _numbers, "uses": _uses,
    "scaled": lambda name: _limits, "factor": lambda name: _scaled(name, 6),
}

_ORDER_EVENT = (
    "instrument:symbol order:number side:word price:price size:quantity last:truth snapshot:truth"
)
_CLEAR = "instrument:symbol side:word last:truth snapshot:truth"
_SCOPE = "scope:word scope_id:number reason:text"
_CHANGE = "order:number quantity:quantity price:price"
_FILL = (
    "order:number fill:number price:price quantity:quantity fee:money fee_currency:text "
    "liquidity:word"
)
_BASIS = " ".join(
    f"{name}:basis"
    for name in "basis slippage queue placed left shared among".split()
)
_TICKET = (
    "order:number strategy:number account:number instrument:symbol side:word type:word "
    "time_in_force:word quantity:quantity price:price terms:terms"
)
_PLAN = "algorithm:plan start:plan end:plan plan:plan"
_INTENT = (
    "strategy:number action:word instrument:symbol side:word type:word "
    "time_in_force:word quantity:quantity price:price order:number? reason:text values:values "
    f"terms:terms {_PLAN}"
)

# By kind: key and meaning of each field, in the order written.
_LAYOUT = {
    "quote": "instrument:symbol bid:price ask:price bid_size:quantity ask_size:quantity",
    "trade": "instrument:symbol price:price size:quantity side:word",
    "depth": "instrument:symbol side:word price:price size:quantity last:truth snapshot:truth",
    "depth_clear": _CLEAR,
    "order_clear": _CLEAR,
    **{name: _ORDER_EVENT for kind, name in MARKET_KINDS.items() if 5 <= kind <= 9},
    "bar": "instrument:symbol side:word interval:number open:price high:price low:price "
    "close:price volume:quantity",
    "status": "instrument:symbol status:word",
    "instrument": "id:number symbol:text venue:text venue_id:number class:word base:text "
    "currency:text price_scale:number quantity_scale:number tick_size:price lot_size:quantity "
    "multiplier:nano expiry:time? right:option style:option settlement:option strike:option "
    "underlying:option",
    "signal": "instrument:symbol score:nano model:text version:text digest:digest",
    "accepted": "order:number venue_order:text",
    "rejected": "order:number code:number text:text",
    "filled": f"{_FILL} {_BASIS}",
    "cancelled": "order:number why:word text:text",
    "replaced": _CHANGE,
    "expired": "order:number",
    "timer": "strategy:number timer:number",
    "operator": "act:word scope:word scope_id:number subject:text reason:text "
    "instrument:close quantity:close lots:close",
    "configuration": "items:items",
    "run_started": "mode:word seed:number engine:text strategies:text source:text",
    "run_stopped": "why:word text:text",
    "data_quality": "issue:word instrument:symbol expected:number actual:number detail:text",
    "request_rejected": "order:number request:word code:number text:text",
    "order_status": "order:number state:word filled:quantity",
    "connection": "venue:number state:word text:text",
    "reference": "instrument:symbol field:word value:reference effective:time?",
    "imbalance": "instrument:symbol auction:word side:word paired:quantity surplus:quantity "
    "reference:price near:price far:price",
    "price_band": "instrument:symbol lower:price upper:price",
    "triggered": "order:number price:price",
    "statement": "source:text digest:digest format:word account:number from:time to:time "
    "through:number compared:number checks:items",
    "instruction": f"client_order:text subject:text {_INTENT}",
    "clock_reading": "offset:number error:number synchronised:truth source:text",
    "break_resolution": "break:number act:word subject:text owner:text reason:text",
    "break_opened": "break:number account:number difference:word instrument:symbol "
    "order:number? key:text ours:text theirs:text entry:number line:number",
    "break_closed": "break:number why:word",
    "busted": "order:number fill:number text:text",
    "corrected": f"{_FILL} text:text",
    "corporate_action": "instrument:symbol action:word amount:money currency:text new:number "
    "old:number new_symbol:text payable:time?",
    "option_notice": "account:number instrument:symbol notice:word quantity:quantity",
    "exchange_rate": "base:text currency:text rate:nano",
    "intent": _INTENT,
    "refused": "strategy:number instrument:symbol rule:word side:word quantity:quantity "
    "price:price value:own limit:own unit:text context:more values:more",
    "submitted": _TICKET,
    "cancel_requested": "order:number why:word",
    "replace_requested": _CHANGE,
    "alert": "severity:word code:word instrument:symbol order:number? text:text",
    "halted": _SCOPE,
    "resumed": _SCOPE,
    "held": f"{_TICKET} {_PLAN}",
    "released": f"{_TICKET} why:word seen:price",
    "ended": "order:number why:word",
    "routed": "order:number round:number quantity:quantity candidates:items",
    "booked": "booking:word account:number strategy:strategy? instrument:symbol "
    "quantity:quantity price:price currency:text cash:money cost:money variation:money "
    "settles:time? lots:lots order:number? base:charge rate:charge days:charge year:charge",
    "margin_call": "account:number state:word currency:text equity:money required:money",
    "liquidation": "account:number reason:word round:number currency:text equity:money "
    "required:money positions:items",
    "rolled": "instrument:symbol from:text? to:text? rule:word day:word from_figure:figure "
    "to_figure:figure from_price:price to_price:price adjust:word adjustment:adjustment "
    "positions:word",
    "limit_change": "key:text value:text author:text reason:text effective:time?",
    "breaker_changed": "breaker:text watch:word scope:word scope_id:number state:word "
    "instrument:symbol value:own limit:own unit:text reason:text",
    "kill_report": "scope:word scope_id:number round:number open:number orders:numbers",
    "limit_applied": "key:text value:text author:text change:number",
    "limits_scaled": "rule:text watch:word scope:word scope_id:number factor:factor value:own "
    "bound:own unit:text limits:scaled",
    "limits_used": "order:number limits:uses",
}

_FORMS: dict[str, tuple[tuple[str, Form], ...]] = {
    kind: tuple(
        (name, _MEANINGS[meaning](name))
        for name, meaning in (field.split(":") for field in layout.split())
    )
    for kind, layout in _LAYOUT.items()
}
