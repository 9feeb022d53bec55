/// Payloads of venue reports (docs/journal-format.md, section 4.3).
extension VenueReport {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(order.raw)
    switch outcome {
    case .accepted(let venueOrder):
      out.append(string: venueOrder)
      return .accepted
    case .rejected(let code, let text):
      out.append(code)
      out.append(string: text)
      return .rejected
    case .filled(let fill):
      fill.encode(to: &out)
      fill.basis?.encode(to: &out)
      return .filled
    case .cancelled(let cause, let text):
      out.append(cause.rawValue)
      out.append(string: text)
      return .cancelled
    case .replaced(let quantity, let price):
      out.append(quantity.raw)
      out.append(price.raw)
      return .replaced
    case .expired: return .expired
    case .requestRejected(let request, let code, let text):
      out.append(request.rawValue)
      out.append(code)
      out.append(string: text)
      return .requestRejected
    case .status(let state, let filled):
      out.append(state.rawValue)
      out.append(filled.raw)
      return .orderStatus
    case .triggered(let price):
      out.append(price.raw)
      return .triggered
    case .busted(let fill, let text):
      out.append(fill)
      out.append(string: text)
      return .busted
    case .corrected(let fill, let text):
      fill.encode(to: &out)
      out.append(string: text)
      return .corrected
    }
  }

  init(_ kind: EntryKind, _ input: inout ByteReader) throws(Damage) {
    let order = try input.readOrder()
    switch kind {
    case .accepted: self.init(order: order, .accepted(venueOrder: try input.readString()))
    case .rejected:
      self.init(
        order: order,
        .rejected(code: try input.read(UInt16.self), text: try input.readString()))
    case .filled:
      var fill = try Fill(&input)
      if input.remaining > 0 { fill.basis = try FillBasis(&input) }
      self.init(order: order, .filled(fill))
    case .cancelled:
      self.init(
        order: order, .cancelled(try input.read(named: "why"), text: try input.readString()))
    case .replaced:
      self.init(
        order: order,
        .replaced(quantity: try input.readQuantity(), price: try input.readPrice()))
    case .expired: self.init(order: order, .expired)
    case .requestRejected:
      self.init(
        order: order,
        .requestRejected(
          try input.read(named: "request"), code: try input.read(UInt16.self),
          text: try input.readString()))
    case .orderStatus:
      self.init(
        order: order,
        .status(try input.read(named: "state"), filled: try input.readQuantity()))
    case .triggered: self.init(order: order, .triggered(price: try input.readPrice()))
    case .busted:
      self.init(
        order: order,
        .busted(fill: try input.read(UInt64.self), text: try input.readString()))
    case .corrected:
      self.init(
        order: order, .corrected(try Fill(&input), text: try input.readString()))
    default: throw Damage(at: input.offset, "kind \(kind.rawValue) is not an observation")
    }
  }
}

/// The fields without the basis, which a correction has not.
extension Fill {
  func encode(to out: inout ByteBuffer) {
    out.append(id)
    out.append(price.raw)
    out.append(quantity.raw)
    out.append(fee.raw)
    out.append(string: feeCurrency)
    out.append(liquidity.rawValue)
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      id: try input.read(UInt64.self), price: try input.readPrice(),
      quantity: try input.readQuantity(), fee: Money(raw: try input.read(Int128.self)),
      feeCurrency: try input.readString(), liquidity: try input.read(named: "liquidity"))
  }
}

extension Fill {
  /// Appends the fill, as in a journal, but for its basis.
  public func encodeState(to out: inout ByteBuffer) { encode(to: &out) }

  /// Reads what `encodeState` wrote.
  public init(state input: inout ByteReader) throws(Damage) { try self.init(&input) }
}
