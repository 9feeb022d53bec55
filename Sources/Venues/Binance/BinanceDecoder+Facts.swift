import Events

extension BinanceDecoder {
  /// Learns from a line what holds for all files. What is wrong with it is told when it is read again.
  func learn(_ bytes: Span<UInt8>, _ range: Range<Int>, _ facts: inout BinanceFacts) {
    let space = Self.space(bytes, range)
    guard space < range.upperBound,
      parseInteger(bytes, range.lowerBound..<space).flatMap({ Self.received($0) }) != nil,
      let message = try? BinanceMessage.read(bytes, (space + 1)..<range.upperBound)
    else { return facts.addFault() }
    guard let list = message.list else { return learn(message, bytes, &facts) }
    guard let parts = try? BinanceMessage.parts(of: list, bytes) else { return facts.addFault() }
    for part in parts {
      guard let one = try? BinanceMessage.read(bytes, part) else { return facts.addFault() }
      learn(one, bytes, &facts)
    }
  }

  private func learn(_ message: BinanceMessage, _ bytes: Span<UInt8>, _ facts: inout BinanceFacts) {
    let kind = message.kind(bytes)
    guard let name = message.symbol else {
      if kind == .depthUpdate { facts.addFault() }
      return
    }
    // A snapshot may have lost its times.
    guard kind != .other, kind != .snapshot, let market = message.market(kind) else { return }
    facts.add(name, bytes, market, isDepth: kind == .depthUpdate)
  }
}
