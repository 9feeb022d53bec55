r"""The sample's orders with terms, held orders, plans, routes and reference values, and their text.

Each note is a kind, its payload, the order for the index, the cause, the kind's name, and the text
after the cause. Instrument 8 is `BTC"USDT\` of BINANCE with scales 2 and 3, instrument 7 `ESZ3` of
CME with 2 and 0, instrument 99 has no definition; order 500 is of instrument 8.
"""

from __future__ import annotations

from build import ABSENT, layout

# 2023-12-15T09:00:00Z
EXPIRY = 1_702_630_800_000_000_000
MOST, LEAST = 2**63 - 1, -(2**63)

TICKET = "QHHHBBBqq"
TERMS = "HqBBqqBqqBqQBQB"
PLAIN = layout(TERMS, 70, ABSENT, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
FULL = layout(
    TERMS, 70, 3_650_000, 1, 1, 2500, -100, 2, 5, 250, 3, EXPIRY, 500, 1, 2**64 - 1, 1
)
FULL_TEXT = (
    '"terms":{"stop":"36500.00","trigger":"last","trail":"25.00","limit_offset":"-1.00",'
    '"peg":"mid","peg_offset":"0.05","display":"0.250","post_only":"true","reduce_only":"true",'
    '"expiry":"2023-12-15T09:00:00.000000000Z","parent":"500","activation":"parent_filled",'
    '"list":"18446744073709551615","linkage":"oco"}'
)
BTC = '"instrument":"BTC\\"USDT\\\\"'


def ticket(order: int, type_: int, time_in_force: int, price: int = ABSENT) -> bytes:
    return layout(TICKET, order, 1, 2, 8, 2, type_, time_in_force, 1500, price)


def ticket_text(order: int, type_: str, time_in_force: str, price: str) -> str:
    return (
        f'"order":{order},"strategy":1,"account":2,{BTC},"side":"sell","type":"{type_}",'
        f'"time_in_force":"{time_in_force}","quantity":"1.500","price":{price}'
    )


def intent(*tail: object) -> bytes:
    return layout("HBHBBBqqQsHx", 1, 5, 8, 1, 10, 0, 5, ABSENT, 0, "", 0, b"".join(tail))


INTENT_TEXT = (
    f'"strategy":1,"action":"execute",{BTC},"side":"buy","type":"pegged","time_in_force":"none",'
    '"quantity":"0.005","price":null,"order":null,"reason":"","values":{}'
)

FILL = layout("QQqqmsB", 600, 8, 3_650_001, 250, 0, "", 1)
FILL_TEXT = (
    '"order":600,"fill":8,"price":"36500.01","quantity":"0.250","fee":"0.000000000000",'
    '"fee_currency":"","liquidity":"maker",'
)

NOTES: list[tuple[int, bytes, int, int, str, str]] = [
    # Held orders: all terms; a plan; bytes that a later version may append to the terms and after
    # the place of the plan; terms at the limits of their numbers.
    (72, ticket(600, 4, 5, 3_640_000) + FULL, 600, 3, "held",
     ticket_text(600, "stop_limit", "gtd", '"36400.00"') + "," + FULL_TEXT),
    (72, ticket(601, 1, 6) + PLAIN
     + layout("BqqHsqBsqB", 2, 0, EXPIRY, 2, "a\"", -15, 1, "b", 7, 18), 601, 3, "held",
     ticket_text(601, "market", "at_open", "null")
     + ',"algorithm":"vwap","start":"1970-01-01T00:00:00.000000000Z",'
     '"end":"2023-12-15T09:00:00.000000000Z",'
     '"plan":{"a\\"":"-1.5","b":"0.000000000000000007"}'),
    (72, ticket(602, 3, 7) + layout("Hxx", 75, PLAIN[2:], b"\0\0\xff\xff\xff") + b"\0later",
     602, 3, "held",
     ticket_text(602, "stop", "at_close", "null")),
    (72, ticket(603, 5, 2)
     + layout(TERMS, 70, 0, 4, 2, LEAST, LEAST, 3, MOST, -1, 2, -1, 0, 2, 0, 2)
     + layout("BqqH", 7, LEAST, MOST, 0), 603, 3, "held",
     ticket_text(603, "trailing_stop", "gtc", "null")
     + ',"terms":{"stop":"0.00","trigger":"mark","trail_ppm":"-9223372036854775808",'
     '"limit_offset":"-92233720368547758.08","peg":"market","peg_offset":"92233720368547758.07",'
     '"display":"-0.001","reduce_only":"true","expiry":"1969-12-31T23:59:59.999999999Z",'
     '"activation":"parent_filling","linkage":"ouo"},'
     '"algorithm":"route","start":"1677-09-21T00:12:43.145224192Z",'
     '"end":"2262-04-11T23:47:16.854775807Z","plan":{}'),
    # Orders that are sent: with a few terms; with plain ones said; with a trail that means nothing.
    (66, ticket(604, 9, 1) + layout(TERMS, 70, ABSENT, 2, 1, LEAST, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0),
     604, 3, "submitted",
     ticket_text(604, "market_to_limit", "day", "null")
     + ',"terms":{"trigger":"bid_ask","trail":"-92233720368547758.08","peg":"primary",'
     '"post_only":"true"}'),
    (66, ticket(605, 6, 2) + PLAIN, 605, 3, "submitted",
     ticket_text(605, "trailing_stop_limit", "gtc", "null")),
    (66, ticket(606, 7, 3) + layout(TERMS, 70, ABSENT, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
     606, 3, "submitted", ticket_text(606, "market_if_touched", "ioc", "null")),
    # Intents: with terms; with terms and a plan; with a plan alone.
    (64, intent(layout(TERMS, 70, 5, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)), 0, 5, "intent",
     INTENT_TEXT + ',"terms":{"stop":"0.05","trigger":"mid"}'),
    (64, intent(FULL, layout("BqqHsqB", 4, 0, 0, 1, "risk", 5, 0)), 0, 5, "intent",
     f"{INTENT_TEXT},{FULL_TEXT}"
     ',"algorithm":"shortfall","start":"1970-01-01T00:00:00.000000000Z",'
     '"end":"1970-01-01T00:00:00.000000000Z","plan":{"risk":"5"}'),
    (64, intent(PLAIN, layout("BqqH", 6, 0, 0, 0)), 0, 5, "intent",
     INTENT_TEXT + ',"algorithm":"pairs","start":"1970-01-01T00:00:00.000000000Z",'
     '"end":"1970-01-01T00:00:00.000000000Z","plan":{}'),
    # What becomes of orders that were held; their prices have the scales of the held order.
    (73, ticket(600, 2, 2, 3_640_000) + layout("Bqx", 1, 3_649_999, FULL), 600, 3, "released",
     ticket_text(600, "limit", "gtc", '"36400.00"') + f',{FULL_TEXT},"why":"triggered",'
     '"seen":"36499.99"'),
    (73, ticket(601, 8, 0) + layout("Bqx", 3, ABSENT, PLAIN), 601, 3, "released",
     ticket_text(601, "limit_if_touched", "none", "null") + ',"why":"opened","seen":null'),
    (74, layout("QB", 602, 5), 602, 3, "ended", '"order":602,"why":"parent_ended"'),
    (74, layout("QB", 603, 8), 603, 3, "ended", '"order":603,"why":"completed"'),
    (67, layout("QB", 600, 7), 600, 3, "cancel_requested", '"order":600,"why":"algorithm"'),
    (52, layout("Qq", 600, 3_649_999), 600, 0, "triggered", '"order":600,"price":"36499.99"'),
    (53, layout("QQs", 600, 2**64 - 1, "error"), 600, 0, "busted",
     '"order":600,"fill":18446744073709551615,"text":"error"'),
    (54, layout("QQqqmsBs", 600, 8, 3_650_001, 250, 10**12, "USDT", 2, "price"), 600, 0,
     "corrected",
     '"order":600,"fill":8,"price":"36500.01","quantity":"0.250","fee":"1.000000000000",'
     '"fee_currency":"USDT","liquidity":"taker","text":"price"'),
    # Fills with a basis: each detail, sizes unknown, and a fill of an order without an instrument.
    (36, FILL + layout("BB", 22, 0), 600, 0, "filled", FILL_TEXT + '"basis":"lean_if_touched"'),
    (36, FILL + layout("BBq", 2, 1, 25), 600, 0, "filled",
     FILL_TEXT + '"basis":"top","slippage":"0.25"'),
    (36, FILL + layout("BBBqq", 3, 2, 1, 250, 0), 600, 0, "filled",
     FILL_TEXT + '"basis":"queue","queue":"exact","placed":"0.250","left":"0.000"'),
    (36, FILL + layout("BBBqq", 4, 2, 6, -1, -1), 600, 0, "filled",
     FILL_TEXT + '"basis":"through","queue":"logarithmic","placed":null,"left":null'),
    (36, FILL + layout("BBqq", 7, 3, 48, 160), 600, 0, "filled",
     FILL_TEXT + '"basis":"pro_rata","shared":"0.048","among":"0.160"'),
    (75, layout("QHqH" + "Hqqqqqqq" * 3, 600, 65535, 1500, 3,
                7, 480_000, 12, 3_000_000_000, 1_000_000, 900_000_000, -1, 1,
                99, 5, 7, 0, 0, 10**9, MOST, 0,
                8, ABSENT, 0, LEAST, -1, 0, 0, 1499), 600, 3, "routed",
     '"order":600,"round":65535,"quantity":"1.500","candidates":{'
     '"1":"CME:ESZ3 4800.00 x 12 fee 0.003000000000 latency 1000000 fill_rate 0.900000000 '
     'score -0.000000000001 sent 1",'
     '"2":"#99 5 x 7 fee 0.000000000000 latency 0 fill_rate 1.000000000 '
     'score 9223372.036854775807 sent 0",'
     '"3":"BINANCE:BTC\\"USDT\\\\ null x 0.000 fee -9223372.036854775808 latency -1 '
     'fill_rate 0.000000000 score 0.000000000000 sent 1.499"}'),
    (75, layout("QHqH", 998, 0, 1500, 0), 998, 3, "routed",
     '"order":998,"round":0,"quantity":"1500","candidates":{}'),
    # Reference values: one of each field, an absent price, and an instrument without a definition.
    (49, layout("HBqq", 8, 1, 3_700_001, 0), 0, 0, "reference",
     BTC + ',"field":"mark","value":"37000.01","effective":null'),
    (49, layout("HBqq", 8, 2, ABSENT, 0), 0, 0, "reference",
     BTC + ',"field":"index","value":null,"effective":null'),
    (49, layout("HBqq", 8, 3, -100_000, EXPIRY), 0, 0, "reference",
     BTC + ',"field":"funding_rate","value":"-0.000100000",'
     '"effective":"2023-12-15T09:00:00.000000000Z"'),
    (49, layout("HBqq", 8, 4, ABSENT, 0), 0, 0, "reference",
     BTC + ',"field":"open_interest","value":"-9223372036854775.808","effective":null'),
    (49, layout("HBqq", 99, 5, 5, 0), 0, 0, "reference",
     '"instrument":"#99","field":"settlement","value":"5","effective":null'),
    (49, layout("HBqq", 8, 6, 1, 0), 0, 0, "reference",
     BTC + ',"field":"short_sale_restricted","value":"1","effective":null'),
    (49, layout("HBqq", 65535, 7, 1, -1), 0, 0, "reference",
     '"instrument":null,"field":"previous_close","value":"1",'
     '"effective":"1969-12-31T23:59:59.999999999Z"'),
    (50, layout("HBBqqqqq", 8, 3, 2, 1, 2, 3, 4, ABSENT), 0, 0, "imbalance",
     BTC + ',"auction":"reopening","side":"sell","paired":"0.001","surplus":"0.002",'
     '"reference":"0.03","near":"0.04","far":null'),
    (51, layout("Hqq", 7, ABSENT, 500_000), 0, 0, "price_band",
     '"instrument":"ESZ3","lower":null,"upper":"5000.00"'),
    # The books: corporate actions, notices, rates and bookings, with and without lots.
    (55, layout("HBmsIIsq", 8, 2, 0, "", 7, 1, "", 0), 0, 0, "corporate_action",
     BTC + ',"action":"split","amount":"0.000000000000","currency":"","new":7,"old":1,'
     '"new_symbol":"","payable":null'),
    (55, layout("HBmsIIsq", 99, 1, 10**12, "USD", 0, 0, "N", EXPIRY), 0, 0, "corporate_action",
     '"instrument":"#99","action":"dividend","amount":"1.000000000000","currency":"USD","new":0,'
     '"old":0,"new_symbol":"N","payable":"2023-12-15T09:00:00.000000000Z"'),
    (56, layout("HHBq", 1, 8, 3, 250), 0, 0, "option_notice",
     '"account":1,' + BTC + ',"notice":"abandon","quantity":"0.250"'),
    (57, layout("ssq", "EUR", "USD", 1_250_000_001), 0, 0, "exchange_rate",
     '"base":"EUR","currency":"USD","rate":"1.250000001"'),
    (76, layout("BHHHqqsmmmqHQqmQqmQ", 14, 1, 2, 8, -250, 3_650_001, "USDT", 10**12, -1, 0, EXPIRY,
                2, 17, -150, 5, 2**64 - 1, -100, -6, 600), 600, 3, "booked",
     '"booking":"closed","account":1,"strategy":2,' + BTC + ',"quantity":"-0.250",'
     '"price":"36500.01","currency":"USDT","cash":"1.000000000000","cost":"-0.000000000001",'
     '"variation":"0.000000000000","settles":"2023-12-15T09:00:00.000000000Z",'
     '"lots":{"17":"-0.150 cost 0.000000000005",'
     '"18446744073709551615":"-0.100 cost -0.000000000006"},"order":600'),
    (77, layout("HBsmm", 1, 1, "USD", -1, 10**12), 0, 3, "margin_call",
     '"account":1,"state":"called","currency":"USD","equity":"-0.000000000001",'
     '"required":"1.000000000000"'),
    (76, layout("BHHHqqsmmmqHQ", 1, 0, 65535, 65535, 0, ABSENT, "", 0, 0, 0, 0, 0, 0), 0, 3, "booked",
     '"booking":"opening","account":0,"strategy":null,"instrument":null,"quantity":"0",'
     '"price":null,"currency":"","cash":"0.000000000000","cost":"0.000000000000",'
     '"variation":"0.000000000000","settles":null,"lots":{},"order":null'),
    (76, layout("BHHHqqsmmmqHQmqHH", 12, 1, 65535, 65535, 0, ABSENT, "USD", -(10**12), 0, 0, 0, 0, 0,
                -360 * 10**12, 50_000, 2, 360), 0, 3, "booked",
     '"booking":"interest","account":1,"strategy":null,"instrument":null,"quantity":"0",'
     '"price":null,"currency":"USD","cash":"-1.000000000000","cost":"0.000000000000",'
     '"variation":"0.000000000000","settles":null,"lots":{},"order":null,'
     '"base":"-360.000000000000","rate":"0.050000","days":2,"year":360'),
    (78, layout("HBIsmmH" + "HHqm" * 2, 1, 2, 3, "USD", -1, 10**12, 2, 4, 8, -250, 5, 0, 99, 7, 0),
     0, 3, "liquidation",
     '"account":1,"reason":"call_not_met","round":3,"currency":"USD",'
     '"equity":"-0.000000000001","required":"1.000000000000","positions":{'
     '"1":"4 BTC\\"USDT\\\\ -0.250 required 0.000000000005",'
     '"2":"0 #99 7 required 0.000000000000"}'),
    (79, layout("HHHBIqqqqBqB", 8, 65535, 4, 1, 20_131_219, 20_131_220, 0, ABSENT, 1025, 0, 0, 1),
     0, 3, "rolled",
     BTC + ',"from":null,"to":"#4","rule":"calendar","day":"2013-12-19",'
     '"from_figure":"20131220","to_figure":"0","from_price":null,"to_price":"10.25",'
     '"adjust":"none","adjustment":null,"positions":"carry"'),
    (79, layout("HHHBIqqqqBqB", 8, 8, 65535, 3, 20_131_219, 1500, 2, 1025, ABSENT, 2, 10**12, 3),
     0, 3, "rolled",
     BTC + ',"from":"BTC\\"USDT\\\\","to":null,"rule":"open_interest","day":"2013-12-19",'
     '"from_figure":"1.500","to_figure":"0.002","from_price":"10.25","to_price":null,'
     '"adjust":"ratio","adjustment":"1.000000000000","positions":"hold"'),
    (67, layout("QB", 500, 9), 500, 3, "cancel_requested", '"order":500,"why":"liquidation"'),
    (72, ticket(602, 1, 1) + layout("H", 88) + PLAIN[2:45] + b"\6" + PLAIN[46:] + layout("HQQ", 2, 17, 5),
     602, 3, "held",
     ticket_text(602, "market", "day", "null")
     + ',"terms":{"reduce_only":"true","liquidation":"true","lots":"17 5"}'),
    (59, layout("ssssq", "risk.x", "2 USD", "ann", "ok", EXPIRY), 0, 0, "limit_change",
     '"key":"risk.x","value":"2 USD","author":"ann","reason":"ok",'
     '"effective":"2023-12-15T09:00:00.000000000Z"'),
    (59, layout("ssssq", "k", "", "a", "", 0), 0, 0, "limit_change",
     '"key":"k","value":"","author":"a","reason":"","effective":null'),
    (41, layout("BBQssHqHQQ", 7, 1, 2, "anna", "tax", 8, 1500, 2, 17, 258), 0, 0, "operator",
     '"act":"close","scope":"strategy","scope_id":2,"subject":"anna","reason":"tax",'
     + BTC + ',"quantity":"1.500","lots":"17 258"'),
    (86, layout("sBBQqmmBsH" + "smmBs" * 2, "calm", 1, 2, 8, 500_000, 421_300, 200_000, 4, "%", 2,
                "exposure.max_gross", 1000, 500, 1, "USD", "x", 7, -1, 0, ""), 0, 3,
     "limits_scaled",
     '"rule":"calm","watch":"volatility","scope":"instrument","scope_id":8,"factor":"0.500000",'
     '"value":"42.1300","bound":"20.0000","unit":"%",'
     '"limits":{"exposure.max_gross":"100.0 USD to 50.0 USD","x":"7 to -1"}'),
    (86, layout("sBBQqmmBsH", "", 2, 0, 0, 1_000_000, 0, 0, 0, "", 0), 0, 3, "limits_scaled",
     '"rule":"","watch":"drawdown","scope":"all","scope_id":0,"factor":"1.000000","value":"0",'
     '"bound":"0","unit":"","limits":{}'),
    (80, layout("sBBQBHmmBss", "fast", 3, 2, 8, 2, 8, 25_000, -1, 4, "%", "tripped"), 0, 3,
     "breaker_changed",
     '"breaker":"fast","watch":"spread","scope":"instrument","scope_id":8,"state":"reducing",'
     + BTC + ',"value":"2.5000","limit":"-0.0001","unit":"%","reason":"tripped"'),
    (80, layout("sBBQBHmmBss", "", 11, 0, 0, 1, 65535, 0, 0, 0, "", "ann"), 0, 3,
     "breaker_changed",
     '"breaker":"","watch":"exposure","scope":"all","scope_id":0,"state":"active",'
     '"instrument":null,"value":"0","limit":"0","unit":"","reason":"ann"'),
    (81, layout("BQIIHQQ", 1, 2, 3, 2, 2, 1, 258), 0, 3, "kill_report",
     '"scope":"strategy","scope_id":2,"round":3,"open":2,"orders":"1,258"'),
    (81, layout("BQIIH", 0, 0, 0, 0, 0), 0, 3, "kill_report",
     '"scope":"all","scope_id":0,"round":0,"open":0,"orders":""'),
    (82, layout("sssQ", "risk.x", "", "ann", 2**64 - 1), 0, 3, "limit_applied",
     '"key":"risk.x","value":"","author":"ann","change":18446744073709551615'),
    (83, layout("QHHsmmBs", 500, 1, 19, "firm", 75, 100, 1, "USD"), 500, 3, "limits_used",
     '"order":500,"limits":{"1":"exposure.max_gross firm 7.5 of 10.0 USD"}'),
    (65, layout("HHHBqqmmBssHsqB", 1, 8, 37, 1, 5, ABSENT, 2, 1, 0, "USD", "firm", 1, "before",
                15, 1), 0, 2, "refused",
     '"strategy":1,' + BTC + ',"rule":"var.max","side":"buy","quantity":"0.005","price":null,'
     '"value":"2","limit":"1","unit":"USD","context":"firm","values":{"before":"1.5"}'),
    # Statements and breaks.
    (62, layout("s", "broker.csv") + bytes(range(32))
     + layout("BHqqQII" + "BHQsssQI" * 2, 1, 3, EXPIRY, EXPIRY + 1, 12, 41, 2,
              4, 7, 600, "execution ord-600/8", "100.05", "100.06", 11, 4,
              1, 65535, 0, "cash \"USD\"", "", "5", 0, 0), 0, 0, "statement",
     '"source":"broker.csv","digest":"' + bytes(range(32)).hex() + '","format":"csv",'
     '"account":3,"from":"2023-12-15T09:00:00.000000000Z",'
     '"to":"2023-12-15T09:00:00.000000001Z","through":12,"compared":41,"checks":{'
     '"1":"price execution ord-600/8: 100.05 here, 100.06 there (instrument ESZ3, order 600, '
     'entry 11, line 4)",'
     '"2":"missing_here cash \\"USD\\": nothing here, 5 there (instrument none, order 0, '
     'entry 0, line 0)"}'),
    (58, layout("ssHBHBBBqqQsH", "a-1", "ann", 2, 2, 7, 1, 2, 1, 1500, 480_000, 0, "hedge", 0),
     0, 0, "instruction",
     '"client_order":"a-1","subject":"ann","strategy":2,"action":"order","instrument":"ESZ3",'
     '"side":"buy","type":"limit","time_in_force":"day","quantity":"1500","price":"4800.00",'
     '"order":null,"reason":"hedge","values":{}'),
    (60, layout("qQBs", -2, 515, 1, "kernel"), 0, 0, "clock_reading",
     '"offset":-2,"error":515,"synchronised":true,"source":"kernel"'),
    (63, layout("QBsss", 9, 1, "ann", "ops", "ask them"), 0, 0, "break_resolution",
     '"break":9,"act":"assign","subject":"ann","owner":"ops","reason":"ask them"'),
    (84, layout("QHBHQsssQI", 9, 3, 2, 7, 600, "order ord-600", "buy 1", "", 11, 0), 600, 3,
     "break_opened",
     '"break":9,"account":3,"difference":"missing_there","instrument":"ESZ3","order":600,'
     '"key":"order ord-600","ours":"buy 1","theirs":"","entry":11,"line":0'),
    (85, layout("QB", 9, 2), 0, 3, "break_closed", '"break":9,"why":"resolved"'),
]
