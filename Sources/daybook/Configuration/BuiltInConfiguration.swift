/// What `daybook run` trades if it is told nothing, and what `daybook init` writes.
enum BuiltInConfiguration {
  /// The place that errors name.
  static let path = "the built-in configuration"

  static let text = """
    # Daybook's configuration. Every key is listed by `daybook config schema`; a wrong one is an error with
    # its place. Values of the environment (DAYBOOK_RISK__ORDER__MAX_NOTIONAL) and of --set come above it.

    # What the account starts with, and what its worth is told in.
    [account]
    cash = "1000000 USD"

    # Limits that every order passes. These bite now and then, so that there is something to explain.
    [risk]
    order.max_notional = "60000 USD"
    order.price_collar = "2 %"
    order.max_rate = "20/s"
    instrument.IDX.order.max_notional = "300000 USD"
    instrument.IDX.position.max_quantity = 1
    instrument.BRVO.position.max_quantity = 300

    # Buys an average of 16 quotes above that of 64, and sells below.
    [strategy.cross]
    kind = "ema-cross"
    instruments = ["IDX"]
    clock = "quote"
    fast = 16
    slow = 64
    size = 1
    mode = "flip"

    # Quotes both sides of the coin around its middle price.
    [strategy.maker]
    kind = "market-maker"
    instruments = ["COINUSD"]
    size = "0.05"
    spread = 6
    skew = 1
    requote = 4
    max_position = "0.25"

    # Follows the model whose signals the built-in exchange publishes every ten seconds.
    [strategy.follow]
    kind = "signal-follower"
    instruments = ["ALFA", "BRVO"]
    size = 200
    enter = "0.6"
    exit = "0.1"

    # In its name people give orders: `daybook order`, POST /api/v1/orders/{id}.
    [strategy.desk]
    kind = "manual"
    instruments = ["ALFA", "BRVO", "IDX", "COINUSD"]

    # How the built-in exchange treats our orders.
    [venue]
    fill_model = "automatic"
    latency = "1ms"

    # How the daemon treats its disk, and how many times faster than the clock the built-in exchange's traders
    # act. With venues = ["127.0.0.1:7401"] it trades on a `daybook venue` instead.
    [live]
    durability = "group"
    speed = 5

    """
}
