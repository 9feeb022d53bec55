import Events
import Journaling
import Sequencing

/// Why an entry is in the journal: the chain of entries that led to it and followed from it, down to the
/// market data, oldest first.
public struct Explanation: Sendable {
  /// One link of the chain.
  public struct Step: Sendable {
    public var entry: Entry
    /// The kind in a word, as people say it.
    public var label: String
    /// The entry in a few words.
    public var text: String
    /// The entry as in `export --ndjson`.
    public var line: JSONLine
  }

  /// An order that was asked for on behalf of the one explained.
  public struct Child: Sendable {
    /// nil if the gate refused it.
    public var order: OrderID?
    public var sequence: UInt64
    public var time: Instant
    /// The reason that its intent gave.
    public var why: String
    public var text: String
    public var outcome: String
  }

  /// The order explained; nil if it is another entry.
  public var order: OrderID?
  /// `ord-1  BUY 100 DAYB at market  FILLED`
  public var title: String
  public var steps: [Step]
  /// In order of sequence.
  public var children: [Child] = []

  /// Explains an order.
  /// - Returns: nil if the journal has no such order.
  /// - Throws: `JournalError` if the journal is damaged.
  public init?(of order: OrderID, in reader: JournalReader) throws(JournalError) {
    let own = try reader.sequences(ofOrder: order.raw)
    guard !own.isEmpty else { return nil }
    var chain = Chain(reader)
    for sequence in own { try chain.add(sequence, isOwn: true) }
    try chain.addPricing(of: order)
    try chain.addMarginCall()
    // How its parent came to be is part of why a child is there.
    for parent in chain.parents(of: order) {
      if let first = try reader.sequences(ofOrder: parent.raw).first { try chain.add(first) }
    }
    let glossary = try Glossary(reader, of: chain.entries)
    self.init(chain, glossary, order)
    let family = try Family(reader, of: order, from: own[0])
    children = family.members.map { glossary.child($0) }
    if let filled = family.filled { title += "  \(glossary.sum(filled, of: order)) filled" }
  }

  /// Whether the entry with which its order was sent or kept is among the steps; true of what is no order.
  public var hasBeginning: Bool {
    guard let order else { return true }
    return steps.contains { step in
      switch step.entry.event {
      case .decision(.submitted(let sent)): sent.order == order
      case .decision(.held(let kept, _)): kept.order == order
      default: false
      }
    }
  }

  /// Explains the entry at a sequence.
  /// - Returns: nil if the journal has no such entry.
  /// - Throws: `JournalError` if the journal is damaged.
  public init?(of sequence: UInt64, in reader: JournalReader) throws(JournalError) {
    var chain = Chain(reader)
    try chain.add(sequence)
    guard !chain.entries.isEmpty else { return nil }
    try chain.addMarginCall()
    // A break is about an entry of ours, which did not cause it.
    for entry in chain.entries {
      if case .decision(.breakOpened(let record)) = entry.event {
        try chain.add(record.check.entry)
      }
    }
    self.init(chain, try Glossary(reader, of: chain.entries), nil)
  }

  /// Explains the order to which a person gave a name, or why the gate refused it. O(journal).
  /// - Returns: nil if the journal has no such name.
  /// - Throws: `JournalError` if the journal is damaged.
  public init?(ofGiven name: String, in reader: JournalReader) throws(JournalError) {
    guard let sequence = try GivenOrder.find(name, in: reader).sequence else { return nil }
    let given = try GivenOrder(of: sequence, in: reader)
    if let order = given.order {
      try self.init(of: order, in: reader)
    } else {
      try self.init(of: max(given.last, sequence), in: reader)
    }
  }

  /// Explains entries together.
  init(of sequences: [UInt64], in reader: JournalReader) throws(JournalError) {
    var chain = Chain(reader)
    for sequence in sequences { try chain.add(sequence) }
    self.init(chain, try Glossary(reader, of: chain.entries), nil)
  }

  private init(_ chain: borrowing Chain, _ glossary: Glossary, _ order: OrderID?) {
    self.order = order
    steps = chain.entries.map { entry in
      Step(
        entry: entry, label: glossary.label(entry.event), text: glossary.text(entry),
        line: glossary.names.line(entry))
    }
    title = glossary.title(chain.entries, order)
  }
}

/// Entries and all that caused them, in order of sequence.
private struct Chain: ~Copyable {
  let reader: JournalReader
  private(set) var entries: [Entry] = []

  init(_ reader: JournalReader) { self.reader = reader }

  /// The orders that an order was sent or kept for.
  func parents(of order: OrderID) -> [OrderID] {
    entries.compactMap { entry in
      switch entry.event {
      case .decision(.submitted(let ticket)), .decision(.held(let ticket, _)):
        ticket.order == order && ticket.terms.parent != .none ? ticket.terms.parent : nil
      default: nil
      }
    }
  }

  /// Adds the bars and trades that priced an order's fills.
  mutating func addPricing(of order: OrderID) throws(JournalError) {
    let instrument = entries.lazy.compactMap { entry in
      switch entry.event {
      case .decision(.submitted(let ticket)), .decision(.held(let ticket, _)):
        ticket.order == order ? ticket.instrument : nil
      default: nil
      }
    }.first
    guard let instrument else { return }
    for entry in entries {
      guard let tick = try Pricing(of: entry, instrument: instrument)?.find(in: reader) else {
        continue
      }
      try add(tick.header.sequence)
    }
  }

  /// Adds the margin call whose account was liquidated, if the chain has a liquidation. O(journal).
  mutating func addMarginCall() throws(JournalError) {
    for entry in entries {
      guard case .decision(.liquidation(let liquidation)) = entry.event else { continue }
      var call: UInt64?
      try reader.forEachRecord(of: .marginCall, through: entry.header.sequence) { event, header in
        if case .decision(.marginCall(let made)) = event, made.account == liquidation.account {
          call = header.sequence
        }
        return true
      }
      if let call { try add(call) }
    }
  }

  /// The decisions by which the limit of a refusal holds, if it was changed in the run, or a rule scales it.
  private static func limitSources(_ entry: Entry) -> [UInt64] {
    guard case .decision(.refused(let refusal)) = entry.event else { return [] }
    return refusal.values.compactMap { value in
      let isSource = value.name == Refusal.limitSource || value.name == Refusal.limitScaling
      return isSource ? UInt64(exactly: value.value.mantissa) : nil
    }
  }

  /// Adds an entry, what caused it, what caused that, and so on; of a refusal also who set the limit and
  /// what scales it.
  /// - Parameter isOwn: an entry of the order explained. Why a parent was routed again is a matter of its
  ///   children, who are listed.
  mutating func add(_ sequence: UInt64, isOwn: Bool = false) throws(JournalError) {
    var next = sequence
    while next != 0, !entries.contains(where: { $0.header.sequence == next }) {
      guard let entry = try reader.entry(next) else { return }
      let place = entries.firstIndex { $0.header.sequence > next } ?? entries.count
      entries.insert(entry, at: place)
      for source in Self.limitSources(entry) { try add(source) }
      if isOwn, entry.event.kind == .routed { return }
      next = entry.header.cause
    }
  }
}

extension JournalReader {
  /// The entry at a sequence; nil if there is none.
  /// - Throws: `JournalError` if the journal is damaged there.
  public func entry(_ sequence: UInt64) throws(JournalError) -> Entry? {
    try withBlock(containing: sequence) { (_, content) throws(Damage) -> Entry? in
      var decoder = BlockDecoder()
      _ = try decoder.begin(content)
      while true {
        let record = try decoder.next(content)
        let isWanted = decoder.header.sequence == sequence
        switch record {
        case .end: return nil
        case .market(let tick):
          if isWanted { return Entry(header: decoder.header, event: .observation(.market(tick))) }
        case .record(let kind, let payload):
          if isWanted {
            return Entry(header: decoder.header, event: try kind.event(content, payload))
          }
        }
      }
    } ?? nil
  }
}
