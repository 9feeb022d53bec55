/// Payloads of what people order, and of clocks (docs/journal-format.md, section 4.3).
extension Instruction {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(string: clientOrder)
    out.append(string: subject)
    _ = intent.encode(into: &out)
    return .instruction
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      clientOrder: try input.readString(), subject: try input.readString(),
      intent: try IntentRecord(&input))
  }
}

extension ClockReading {
  func encode(into out: inout ByteBuffer) -> EntryKind {
    out.append(offset)
    out.append(error)
    out.append(UInt8(isSynchronised ? 1 : 0))
    out.append(string: source)
    return .clockReading
  }

  init(_ input: inout ByteReader) throws(Damage) {
    self.init(
      offset: try input.read(Int64.self), error: try input.read(UInt64.self),
      isSynchronised: try input.read(UInt8.self) & 1 == 1, source: try input.readString())
  }
}
