/// What a `filled` payload goes on with (docs/journal-format.md, section 4.5).
extension FillBasis {
  /// What follows the rule.
  private enum Tag {
    static let none: UInt8 = 0
    static let slippage: UInt8 = 1
    static let queue: UInt8 = 2
    static let share: UInt8 = 3
  }

  func encode(to out: inout ByteBuffer) {
    out.append(rule.rawValue)
    switch detail {
    case .none: out.append(Tag.none)
    case .slippage(let difference):
      out.append(Tag.slippage)
      out.append(difference)
    case .queue(let queue, let placed, let left):
      out.append(Tag.queue)
      out.append(queue.rawValue)
      out.append(placed.raw)
      out.append(left.raw)
    case .share(let trade, let all):
      out.append(Tag.share)
      out.append(trade.raw)
      out.append(all.raw)
    }
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(try input.read(named: "rule"))
    let offset = input.offset
    switch try input.read(UInt8.self) {
    case Tag.none: detail = .none
    case Tag.slippage: detail = .slippage(try input.read(Int64.self))
    case Tag.queue:
      detail = .queue(
        try input.read(named: "queue"), placed: try input.readQuantity(),
        left: try input.readQuantity())
    case Tag.share:
      detail = .share(of: try input.readQuantity(), among: try input.readQuantity())
    case let other: throw Damage(at: offset, "unknown detail \(other)")
    }
  }
}
