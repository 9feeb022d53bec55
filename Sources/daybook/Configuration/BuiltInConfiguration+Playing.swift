import Events

extension BuiltInConfiguration {
  /// What `daybook run --play` trades if it is told nothing: the recording's first instrument, by the lot.
  /// - Parameter isOfBars: whether the recording has bars and no quotes or books.
  static func text(playing instruments: [Instrument], isOfBars: Bool) -> String {
    guard let first = instruments.first else { return text }
    let lot = first.text(first.lotSize)
    let most = first.text(Quantity(min(first.lotSize.raw * 5, Quantity.limit)))
    let names = instruments.prefix(64).map { "\"\($0.fullName)\"" }.joined(separator: ", ")
    let maker = """
      [strategy.maker]
      kind = "market-maker"
      instruments = ["\(first.fullName)"]
      size = "\(lot)"
      spread = 2
      requote = 4
      max_position = "\(most)"

      """
    return """
      [account]
      cash = "1000000 \(first.currency)"

      [risk]
      order.price_collar = "5 %"
      order.max_rate = "50/s"

      [strategy.cross]
      kind = "ema-cross"
      instruments = ["\(first.fullName)"]
      clock = "\(isOfBars ? "bar:1m" : "quote")"
      fast = 16
      slow = 64
      size = "\(lot)"
      mode = "flip"

      \(isOfBars ? "" : maker)
      [strategy.desk]
      kind = "manual"
      instruments = [\(names)]

      [venue]
      latency = "1ms"

      """
  }
}
