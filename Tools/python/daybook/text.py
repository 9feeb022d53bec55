"""The text form: one JSON object a line (journal-format.md, 7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from .records import MARKET_KINDS, Entry

NO_INSTRUMENT = 65535
MONEY_SCALE = 12
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
    LEARNS = frozenset((32, 66))

    def __init__(self) -> None:
        self._instruments: dict[int, tuple[str, int, int]] = {}
        self._orders: dict[int, int] = {}

    def learn(self, entry: Entry) -> None:
        """Takes note of a definition of an instrument or a submitted order."""
        fields = entry.fields
        if entry.kind == "instrument":
            scales = fields["price_scale"], fields["quantity_scale"]
            self._instruments[fields["id"]] = (fields["symbol"], *scales)
        elif entry.kind == "submitted":
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
        symbol, price_scale, quantity_scale = self._terms(entry)
        for name, form in _FORMS[entry.kind]:
            parts.append(f',"{name}":{form(fields, symbol, price_scale, quantity_scale)}')
        parts.append("}")
        return "".join(parts)

    def _terms(self, entry: Entry) -> tuple[str, int, int]:
        fields = entry.fields
        if entry.kind == "instrument":
            return fields["symbol"], fields["price_scale"], fields["quantity_scale"]
        number = fields.get("instrument")
        if number is None:
            number = self._orders.get(fields.get("order", 0))
            if number is None:
                return "", 0, 0
        return self._instruments.get(number) or (f"#{number}", 0, 0)


Form = Callable[[dict[str, Any], str, int, int], str]


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


def _expiry(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str:
    return f'"{instant(fields["expiry"])}"' if fields["expiry"] else "null"


def _digest(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str:
    return f'"{fields["digest"].hex()}"'


def _items(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str:
    return "{" + ",".join(f"{quoted(key)}:{quoted(value)}" for key, value in fields["items"]) + "}"


def _values(fields: dict[str, Any], symbol: str, price: int, quantity: int) -> str:
    items = (f'{quoted(name)}:"{decimal(*value)}"' for name, value in fields["values"])
    return "{" + ",".join(items) + "}"


_MEANINGS: dict[str, Callable[[str], Form]] = {
    "number": _number, "number?": _number_or_null, "word": _word, "text": _text,
    "price": _price, "quantity": _quantity, "nano": lambda name: _scaled(name, 9),
    "money": lambda name: _scaled(name, MONEY_SCALE), "own": _own_scale, "truth": _truth,
    "symbol": lambda name: _instrument,
    "expiry": lambda name: _expiry, "digest": lambda name: _digest,
    "items": lambda name: _items, "values": lambda name: _values,
}

_ORDER_EVENT = (
    "instrument:symbol order:number side:word price:price size:quantity last:truth snapshot:truth"
)
_CLEAR = "instrument:symbol side:word last:truth snapshot:truth"
_SCOPE = "scope:word scope_id:number reason:text"
_CHANGE = "order:number quantity:quantity price:price"

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
    "multiplier:nano expiry:expiry",
    "signal": "instrument:symbol score:nano model:text version:text digest:digest",
    "accepted": "order:number venue_order:text",
    "rejected": "order:number code:number text:text",
    "filled": "order:number fill:number price:price quantity:quantity fee:money "
    "fee_currency:text liquidity:word",
    "cancelled": "order:number why:word text:text",
    "replaced": _CHANGE,
    "expired": "order:number",
    "timer": "strategy:number timer:number",
    "operator": "act:word scope:word scope_id:number subject:text reason:text",
    "configuration": "items:items",
    "run_started": "mode:word seed:number engine:text strategies:text source:text",
    "run_stopped": "why:word text:text",
    "data_quality": "issue:word instrument:symbol expected:number actual:number detail:text",
    "request_rejected": "order:number request:word code:number text:text",
    "order_status": "order:number state:word filled:quantity",
    "connection": "venue:number state:word text:text",
    "intent": "strategy:number action:word instrument:symbol side:word type:word "
    "time_in_force:word quantity:quantity price:price order:number? reason:text values:values",
    "refused": "strategy:number instrument:symbol rule:word side:word quantity:quantity "
    "price:price value:own limit:own unit:text",
    "submitted": "order:number strategy:number account:number instrument:symbol side:word "
    "type:word time_in_force:word quantity:quantity price:price",
    "cancel_requested": "order:number why:word",
    "replace_requested": _CHANGE,
    "alert": "severity:word code:word instrument:symbol order:number? text:text",
    "halted": _SCOPE,
    "resumed": _SCOPE,
}

_FORMS: dict[str, tuple[tuple[str, Form], ...]] = {
    kind: tuple(
        (name, _MEANINGS[meaning](name))
        for name, meaning in (field.split(":") for field in layout.split())
    )
    for kind, layout in _LAYOUT.items()
}
