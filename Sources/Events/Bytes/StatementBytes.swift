/// Payloads of statements and breaks (docs/journal-format.md, sections 4.3 and 4.5).
extension StatementTaken {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(string: source)
    out.append(digest.bytes)
    out.append(format.rawValue)
    out.append(account.raw)
    out.append(from.nanoseconds)
    out.append(to.nanoseconds)
    out.append(through)
    out.append(compared)
    out.append(UInt32(checks.count))
    for check in checks { check.encode(to: &out) }
    return .statement
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      source: try input.readString(), digest: Digest(try input.read(count: 32))!,
      format: try input.read(named: "format"), account: AccountID(try input.read(UInt16.self)),
      from: Instant(nanoseconds: try input.read(Int64.self)),
      to: Instant(nanoseconds: try input.read(Int64.self)),
      through: try input.read(UInt64.self), compared: try input.read(UInt32.self), checks: [])
    for _ in 0..<(try input.read(UInt32.self)) { checks.append(try StatementCheck(&input)) }
  }
}

extension StatementCheck {
  func encode(to out: inout ByteBuffer) {
    out.append(kind.rawValue)
    out.append(instrument.raw)
    out.append(order.raw)
    out.append(string: key)
    out.append(string: ours)
    out.append(string: theirs)
    out.append(entry)
    out.append(line)
  }

  init(_ input: inout ByteReader) throws(Damage) {
    let kind: BreakKind = try input.read(named: "break")
    let instrument = InstrumentID(try input.read(UInt16.self))
    let order = try input.readOrder()
    let key = try input.readString()
    let ours = try input.readString()
    let theirs = try input.readString()
    self.init(
      kind, key, ours: ours, theirs: theirs, instrument: instrument, order: order,
      entry: try input.read(UInt64.self), line: try input.read(UInt32.self))
  }
}

extension BreakResolution {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(breakID)
    out.append(act.rawValue)
    out.append(string: subject)
    out.append(string: owner)
    out.append(string: reason)
    return .breakResolution
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      breakID: try input.read(UInt64.self), act: try input.read(named: "act"),
      subject: try input.readString(), owner: try input.readString(),
      reason: try input.readString())
  }
}

extension BreakRecord {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    encodeState(to: &out)
    return .breakOpened
  }

  /// Appends the record, as in a journal.
  public func encodeState(to out: inout ByteBuffer) {
    out.append(id)
    out.append(account.raw)
    check.encode(to: &out)
  }

  /// Reads what `encodeState` wrote.
  public init(state input: inout ByteReader) throws(Damage) {
    self.init(
      id: try input.read(UInt64.self), account: AccountID(try input.read(UInt16.self)),
      check: try StatementCheck(&input))
  }
}
