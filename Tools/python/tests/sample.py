"""A journal with every kind of record in every form, and its text form written by hand."""

from __future__ import annotations

from build import ABSENT, BUY, LAST, SELL, SNAPSHOT, Records, Writer, layout
from orders import NOTES as ORDER_NOTES

# 2023-11-14T22:13:20Z
T = 1_700_000_000_000_000_000
DIGEST = bytes(range(32))
D = "2023-11-14T22:13:2"

ESZ3 = layout(
    "HHssBssBBqqqq", 7, 3, "CME", "ESZ3", 2, "", "USD", 2, 0, 25, 1, 50_000_000_000,
    1_702_630_800_000_000_000,
)
BTC = layout(
    "HHssBssBBqqqq", 8, 4, "BINANCE", 'BTC"USDT\\', 5, "BTC", "USDT", 2, 3, 1, 1, 1_000_000_000, 0
)


def market() -> Records:
    """Sequences 1 to 32: definitions, then market events in all their forms."""
    block = Records(T)
    block.note(32, 0, ESZ3).note(32, 0, BTC)
    block.market(1, 2, 7, 1, "qqqq", 480_000, 480_025, 12, 9, delay=-3_000_000_000)
    block.market(1, 0, 7, 2, "hHHH", -25, 50, 65535, 1, delay=2)
    block.market(1, 1, 7, 3, "iIII", 100_000, 25, 100_000, 3)
    block.market(1, 2, 7, 3, "qqqq", ABSENT, 579_999, 0, 4)
    block.market(2, 0, 7, 4, "hH", 25, 2, side=BUY)
    block.market(2, 1, 7, 4, "iI", -100_000, 70_000, side=SELL, delay=-1)
    block.market(2, 2, 7, 4, "qq", -12345, 1)
    block.market(3, 2, 8, 5, "qq", 3_700_001, 1500, side=BUY, flags=SNAPSHOT)
    block.market(3, 0, 8, 5, "hH", -1, 0, side=SELL, flags=LAST)
    block.market(3, 1, 8, 5, "iI", 70_000, 70_000, side=BUY, flags=LAST | SNAPSHOT)
    block.market(4, 0, 9, 6, "", side=0, flags=LAST)
    block.market(4, 2, 8, 6, "", side=SELL, delay=6_000_000_006)
    block.market(5, 0, 8, 7, "ihH", -1, 1, 5, side=BUY)  # id 0 - 1 wraps to 2^64 - 1
    block.market(5, 1, 8, 7, "QiI", 1000, 100, 5, side=SELL)
    block.market(5, 2, 8, 7, "Qqq", 2**63, 3_700_000, 2**40, side=SELL)
    block.market(6, 0, 8, 8, "ihH", 1, -1, 6, side=SELL)
    block.market(7, 0, 8, 8, "ihH", 0, 0, 1, side=SELL)
    block.market(8, 2, 8, 8, "Qqq", 5, ABSENT, 0, side=SELL, flags=LAST)
    block.market(9, 1, 8, 8, "QiI", 6, 2, 3, side=BUY)
    block.market(9, 2, 10, 8, "Qqq", 77, ABSENT, 3, side=BUY)
    block.market(2, 0, 10, 8, "hH", 4, 4)  # the absent price made the reference 0
    block.market(5, 0, 10, 8, "ihH", 1, 1, 4, side=BUY)  # and the order id stayed 77
    block.market(10, 2, 8, 9, "", side=BUY, flags=SNAPSHOT)
    block.market(11, 2, 7, 9, "qqqqqq", 60_000_000_000, 10, 30, 5, 20, 1000, side=2)
    block.market(11, 1, 7, 9, "IiiIII", 60, 1, -2, 3, 4, 9, side=1)
    block.market(2, 0, 7, 9, "hH", 0, 1)  # the close became the reference
    block.market(12, 0, 11, 9, "I", 7)
    block.time_base(T + 5_000_000_000)
    block.market(12, 0, 7, 4_294_967_295, "I", 3, delay=2_147_483_647)
    block.market(12, 2, 8, 4_294_967_295, "I", 8)
    block.market(2, 2, 12, 4_294_967_295, "qq", ABSENT, 1)
    return block


MARKET = [
    f'"instrument","time":"{D}0.000000000Z","received":"{D}0.000000000Z","cause":0,"id":7,'
    '"symbol":"ESZ3","venue":"CME","venue_id":3,"class":"future","base":"","currency":"USD",'
    '"price_scale":2,"quantity_scale":0,"tick_size":"0.25","lot_size":"1",'
    '"multiplier":"50.000000000","expiry":"2023-12-15T09:00:00.000000000Z"}',
    f'"instrument","time":"{D}0.000000000Z","received":"{D}0.000000000Z","cause":0,"id":8,'
    '"symbol":"BTC\\"USDT\\\\","venue":"BINANCE","venue_id":4,"class":"crypto","base":"BTC",'
    '"currency":"USDT","price_scale":2,"quantity_scale":3,"tick_size":"0.01","lot_size":"0.001",'
    '"multiplier":"1.000000000","expiry":null}',
    f'"quote","time":"{D}3.000000001Z","received":"{D}0.000000001Z","cause":0,'
    '"instrument":"ESZ3","bid":"4800.00","ask":"4800.25","bid_size":"12","ask_size":"9"}',
    f'"quote","time":"{D}0.000000000Z","received":"{D}0.000000002Z","cause":0,'
    '"instrument":"ESZ3","bid":"4799.75","ask":"4800.25","bid_size":"65535","ask_size":"1"}',
    f'"quote","time":"{D}0.000000003Z","received":"{D}0.000000003Z","cause":0,'
    '"instrument":"ESZ3","bid":"5799.75","ask":"5800.00","bid_size":"100000","ask_size":"3"}',
    f'"quote","time":"{D}0.000000003Z","received":"{D}0.000000003Z","cause":0,'
    '"instrument":"ESZ3","bid":null,"ask":"5799.99","bid_size":"0","ask_size":"4"}',
    f'"trade","time":"{D}0.000000004Z","received":"{D}0.000000004Z","cause":0,'
    '"instrument":"ESZ3","price":"5800.00","size":"2","side":"buy"}',
    f'"trade","time":"{D}0.000000005Z","received":"{D}0.000000004Z","cause":0,'
    '"instrument":"ESZ3","price":"4800.00","size":"70000","side":"sell"}',
    f'"trade","time":"{D}0.000000004Z","received":"{D}0.000000004Z","cause":0,'
    '"instrument":"ESZ3","price":"-123.45","size":"1","side":"none"}',
    f'"depth","time":"{D}0.000000005Z","received":"{D}0.000000005Z","cause":0,'
    '"instrument":"BTC\\"USDT\\\\","side":"buy","price":"37000.01","size":"1.500","last":false,'
    '"snapshot":true}',
    f'"depth","time":"{D}0.000000005Z","received":"{D}0.000000005Z","cause":0,'
    '"instrument":"BTC\\"USDT\\\\","side":"sell","price":"37000.00","size":"0.000","last":true,'
    '"snapshot":false}',
    f'"depth","time":"{D}0.000000005Z","received":"{D}0.000000005Z","cause":0,'
    '"instrument":"BTC\\"USDT\\\\","side":"buy","price":"37700.00","size":"70.000","last":true,'
    '"snapshot":true}',
    f'"depth_clear","time":"{D}0.000000006Z","received":"{D}0.000000006Z","cause":0,'
    '"instrument":"#9","side":"none","last":true,"snapshot":false}',
    '"depth_clear","time":"2023-11-14T22:13:14.000000000Z",'
    f'"received":"{D}0.000000006Z","cause":0,'
    '"instrument":"BTC\\"USDT\\\\","side":"sell","last":false,"snapshot":false}',
    f'"order_add","time":"{D}0.000000007Z","received":"{D}0.000000007Z","cause":0,'
    '"instrument":"BTC\\"USDT\\\\","order":18446744073709551615,"side":"buy","price":"37700.01",'
    '"size":"0.005","last":false,"snapshot":false}',
    f'"order_add","time":"{D}0.000000007Z","received":"{D}0.000000007Z","cause":0,'
    '"instrument":"BTC\\"USDT\\\\","order":1000,"side":"sell","price":"37701.01","size":"0.005",'
    '"last":false,"snapshot":false}',
    f'"order_add","time":"{D}0.000000007Z","received":"{D}0.000000007Z","cause":0,'
    '"instrument":"BTC\\"USDT\\\\","order":9223372036854775808,"side":"sell","price":"37000.00",'
    '"size":"1099511627.776","last":false,"snapshot":false}',
    f'"order_modify","time":"{D}0.000000008Z","received":"{D}0.000000008Z","cause":0,'
    '"instrument":"BTC\\"USDT\\\\","order":9223372036854775809,"side":"sell","price":"36999.99",'
    '"size":"0.006","last":false,"snapshot":false}',
    f'"order_cancel","time":"{D}0.000000008Z","received":"{D}0.000000008Z","cause":0,'
    '"instrument":"BTC\\"USDT\\\\","order":9223372036854775809,"side":"sell","price":"36999.99",'
    '"size":"0.001","last":false,"snapshot":false}',
    f'"order_delete","time":"{D}0.000000008Z","received":"{D}0.000000008Z","cause":0,'
    '"instrument":"BTC\\"USDT\\\\","order":5,"side":"sell","price":null,"size":"0.000","last":true,'
    '"snapshot":false}',
    f'"order_execute","time":"{D}0.000000008Z","received":"{D}0.000000008Z","cause":0,'
    '"instrument":"BTC\\"USDT\\\\","order":6,"side":"buy","price":"37000.01","size":"0.003",'
    '"last":false,"snapshot":false}',
    f'"order_execute","time":"{D}0.000000008Z","received":"{D}0.000000008Z","cause":0,'
    '"instrument":"#10","order":77,"side":"buy","price":null,"size":"3","last":false,'
    '"snapshot":false}',
    f'"trade","time":"{D}0.000000008Z","received":"{D}0.000000008Z","cause":0,'
    '"instrument":"#10","price":"4","size":"4","side":"none"}',
    f'"order_add","time":"{D}0.000000008Z","received":"{D}0.000000008Z","cause":0,'
    '"instrument":"#10","order":78,"side":"buy","price":"5","size":"4","last":false,'
    '"snapshot":false}',
    f'"order_clear","time":"{D}0.000000009Z","received":"{D}0.000000009Z","cause":0,'
    '"instrument":"BTC\\"USDT\\\\","side":"buy","last":false,"snapshot":true}',
    f'"bar","time":"{D}0.000000009Z","received":"{D}0.000000009Z","cause":0,'
    '"instrument":"ESZ3","side":"sell","interval":60000000000,"open":"0.10","high":"0.30",'
    '"low":"0.05","close":"0.20","volume":"1000"}',
    f'"bar","time":"{D}0.000000009Z","received":"{D}0.000000009Z","cause":0,'
    '"instrument":"ESZ3","side":"buy","interval":60000000000,"open":"0.21","high":"0.24",'
    '"low":"0.17","close":"0.19","volume":"9"}',
    f'"trade","time":"{D}0.000000009Z","received":"{D}0.000000009Z","cause":0,'
    '"instrument":"ESZ3","price":"0.19","size":"1","side":"none"}',
    f'"status","time":"{D}0.000000009Z","received":"{D}0.000000009Z","cause":0,'
    '"instrument":"#11","status":"paused"}',
    f'"status","time":"{D}7.147483648Z","received":"{D}9.294967295Z","cause":0,'
    '"instrument":"ESZ3","status":"trading"}',
    f'"status","time":"{D}9.294967295Z","received":"{D}9.294967295Z","cause":0,'
    '"instrument":"BTC\\"USDT\\\\","status":"quote_only"}',
    f'"trade","time":"{D}9.294967295Z","received":"{D}9.294967295Z","cause":0,'
    '"instrument":"#12","price":null,"size":"1","side":"none"}',
]

# Kind, payload, order for the index, cause, text from `kind` to `}` without the times.
NOTES: list[tuple[int, bytes, int, int, str, str]] = [
    (66, layout("QHHHBBBqq", 500, 1, 2, 8, 1, 2, 2, 1500, 3_700_000), 500, 3, "submitted",
     '"order":500,"strategy":1,"account":2,"instrument":"BTC\\"USDT\\\\","side":"buy",'
     '"type":"limit","time_in_force":"gtc","quantity":"1.500","price":"37000.00"'),
    (33, layout("Hqssx", 7, -500_000_000, "mlp", "1.2", DIGEST), 0, 0, "signal",
     f'"instrument":"ESZ3","score":"-0.500000000","model":"mlp","version":"1.2",'
     f'"digest":"{DIGEST.hex()}"'),
    (34, layout("Qs", 500, "V-1"), 500, 0, "accepted", '"order":500,"venue_order":"V-1"'),
    (35, layout("QHs", 501, 12, "a\x01\n\r\t\x1f\x7fé€😀/"), 501, 0, "rejected",
     '"order":501,"code":12,"text":"a\\u0001\\n\\r\\t\\u001f\x7fé€😀/"'),
    (36, layout("QQqqmsB", 500, 2**64 - 1, 3_699_999, 500, -(10**12) // 4, "BNB", 1), 500, 0,
     "filled",
     '"order":500,"fill":18446744073709551615,"price":"36999.99","quantity":"0.500",'
     '"fee":"-0.250000000000","fee_currency":"BNB","liquidity":"maker"'),
    (36, layout("QQqqmsB", 999, 1, ABSENT, 5, 2**127 - 1, "", 2), 999, 0, "filled",
     '"order":999,"fill":1,"price":null,"quantity":"5",'
     '"fee":"170141183460469231731687303.715884105727","fee_currency":"","liquidity":"taker"'),
    (37, layout("QBs", 500, 4, ""), 500, 0, "cancelled",
     '"order":500,"why":"connection_lost","text":""'),
    (38, layout("Qqq", 500, 2000, 3_700_100), 500, 0, "replaced",
     '"order":500,"quantity":"2.000","price":"37001.00"'),
    (39, layout("Q", 500), 500, 0, "expired", '"order":500'),
    (40, layout("HI", 3, 4_000_000_000), 0, 0, "timer", '"strategy":3,"timer":4000000000'),
    (41, layout("BBQss", 4, 4, 500, "anna", "fat finger"), 0, 0, "operator",
     '"act":"cancel","scope":"order","scope_id":500,"subject":"anna","reason":"fat finger"'),
    (42, layout("IsIxsIx", 2, "a", 1, b"x", "a.b", 3, "é\"".encode()), 0, 0, "configuration",
     '"items":{"a":"x","a.b":"é\\""}'),
    (42, layout("I", 0), 0, 0, "configuration", '"items":{}'),
    (43, layout("BQsss", 2, 2**64 - 1, "0.1", "ema=1", "x.dbn"), 0, 0, "run_started",
     '"mode":"backtest","seed":18446744073709551615,"engine":"0.1","strategies":"ema=1",'
     '"source":"x.dbn"'),
    (44, layout("Bs", 3, "boom"), 0, 0, "run_stopped", '"why":"failed","text":"boom"'),
    (45, layout("BHQQs", 3, 65535, 10, 2, "late"), 0, 0, "data_quality",
     '"issue":"out_of_order","instrument":null,"expected":10,"actual":2,"detail":"late"'),
    (45, layout("BHQQs", 5, 7, 0, 0, ""), 0, 0, "data_quality",
     '"issue":"impossible_value","instrument":"ESZ3","expected":0,"actual":0,"detail":""'),
    (46, layout("QBHs", 500, 2, 9, "no"), 500, 0, "request_rejected",
     '"order":500,"request":"replace","code":9,"text":"no"'),
    (47, layout("QBq", 500, 6, 250), 500, 0, "order_status",
     '"order":500,"state":"never_received","filled":"0.250"'),
    (48, layout("HBs", 4, 2, "reset"), 0, 0, "connection",
     '"venue":4,"state":"disconnected","text":"reset"'),
    (64, layout("HBHBBBqqQsHsqBsqB", 1, 1, 7, 0, 0, 0, -5, ABSENT, 0, "cross", 2, "fast", -15, 1,
                "slow", 7, 0), 0, 5, "intent",
     '"strategy":1,"action":"target","instrument":"ESZ3","side":"none","type":"none",'
     '"time_in_force":"none","quantity":"-5","price":null,"order":null,"reason":"cross",'
     '"values":{"fast":"-1.5","slow":"7"}'),
    (64, layout("HBHBBBqqQsH", 1, 4, 8, 1, 2, 3, 5, 1, 500, "", 0), 500, 5, "intent",
     '"strategy":1,"action":"replace","instrument":"BTC\\"USDT\\\\","side":"buy","type":"limit",'
     '"time_in_force":"ioc","quantity":"0.005","price":"0.01","order":500,"reason":"","values":{}'),
    (65, layout("HHHBqqmmBs", 1, 7, 10, 2, 5, ABSENT, -7, 10**30, 3, "USD"), 0, 2, "refused",
     '"strategy":1,"instrument":"ESZ3","rule":"order.no_reference_price","side":"sell",'
     '"quantity":"5","price":null,"value":"-0.007","limit":"1000000000000000000000000000.000",'
     '"unit":"USD"'),
    (67, layout("QB", 500, 3), 500, 3, "cancel_requested", '"order":500,"why":"halt"'),
    (68, layout("Qqq", 500, 1, ABSENT), 500, 3, "replace_requested",
     '"order":500,"quantity":"0.001","price":null'),
    (69, layout("BHHQs", 3, 7, 65535, 0, "?"), 0, 3, "alert",
     '"severity":"critical","code":"order.unknown_state","instrument":null,"order":null,'
     '"text":"?"'),
    (69, layout("BHHQs", 1, 1, 8, 500, ""), 500, 3, "alert",
     '"severity":"info","code":"report.unknown_order","instrument":"BTC\\"USDT\\\\","order":500,'
     '"text":""'),
    (70, layout("BQs", 0, 0, "all"), 0, 3, "halted",
     '"scope":"all","scope_id":0,"reason":"all"'),
    (71, layout("BQs", 3, 4, "ok"), 0, 3, "resumed",
     '"scope":"venue","scope_id":4,"reason":"ok"'),
    # Bytes that a later version may append to a payload are ignored.
    (39, layout("QQ", 500, 12345), 500, 0, "expired", '"order":500'),
] + ORDER_NOTES


def notes() -> Records:
    """Sequences 33 on: every observation and decision."""
    block = Records(T + 10_000_000_000)
    for kind, payload, order, cause, _, _ in NOTES:
        block.note(kind, 0, payload, cause=cause, delay=10_000_000_000, order=order)
    return block


def tail() -> Records:
    return Records(T + 20_000_000_000).market(12, 0, 7, 0, "I", 5)


def writer() -> Writer:
    made = Writer().block(market(), sealed=True).checkpoint()
    made.snapshot(b"state").block(notes()).block(tail()).checkpoint()
    return made


def lines() -> list[str]:
    expected = [f'{{"seq":{seq},"kind":{rest}' for seq, rest in enumerate(MARKET, 1)]
    for seq, (_, _, _, cause, kind, rest) in enumerate(NOTES, len(expected) + 1):
        expected.append(
            f'{{"seq":{seq},"kind":"{kind}","time":"{D}0.000000000Z",'
            f'"received":"2023-11-14T22:13:30.000000000Z","cause":{cause},{rest}}}'
        )
    expected.append(
        f'{{"seq":{len(expected) + 1},"kind":"status","time":"2023-11-14T22:13:40.000000000Z",'
        '"received":"2023-11-14T22:13:40.000000000Z","cause":0,"instrument":"ESZ3",'
        '"status":"closed"}'
    )
    return expected
