import Events
import Journaling
import Venues

/// What a built-in exchange plays instead of a generated market: a recording, how fast, and who says when.
public struct Playback: ~Copyable {
  /// The recording's name, for the record.
  public let name: String
  public let pace: PlaybackPace
  let control: PlaybackControl
  private(set) var recording: Recording
  /// Whether a person was told where it is, and that it is over.
  private var hasTold = true
  private var hasToldEnd = false
  private var toldTicks: UInt64 = 0

  public init(
    _ recording: consuming Recording, named name: String, _ pace: PlaybackPace,
    _ control: PlaybackControl
  ) {
    self.recording = recording
    (self.name, self.pace, self.control) = (name, pace, control)
  }

  /// The instruments of the recording.
  public var instruments: [Instrument] { recording.instruments }
  /// Whether it has bars and no other market data.
  public var isOfBars: Bool { recording.isOfBars }

  /// What a person is told at the start.
  /// - Parameter waits: for a client.
  public func greeting(waits: Bool) -> String {
    let names = instruments.prefix(12).map(\.fullName).joined(separator: ", ")
    let begin = pace == .stepwise ? ", by hand" : waits ? ", once a client is there" : ""
    return "playing \(name)\(begin): \(names)" + (instruments.count > 12 ? ", …" : "")
  }

  /// Has its instruments played under other numbers, by their names.
  mutating func renumber(_ ours: InstrumentNumbers) { recording.renumber(ours) }

  /// The exchange that plays it.
  func market(_ exchange: ExchangeConfiguration, at time: Instant) -> PaperMarket {
    PaperMarket(playing: RecordedMarket(pace), exchange, at: time)
  }

  /// Gives the market what it needs, and has it follow what a person said.
  /// - Returns: why the recording cannot be read on; the market has halted then.
  mutating func attend(_ market: inout PaperMarket, at now: Instant) -> JournalError? {
    if market.recording?.awaitsOrder == true, let order = control.take() {
      market.recording?.follow(order, at: now)
      hasTold = order == .quit
      if order == .quit { control.end() }
    }
    do throws(JournalError) { try recording.fill(&market, at: now) } catch {
      market.recording?.fail("\(error)", at: now)
      return error
    }
    return nil
  }

  /// Tells a person where the recording is, once it waits for them or is over.
  mutating func report(_ market: borrowing PaperMarket) {
    guard let played = market.recording else { return }
    let position = played.position
    if played.isOver, !hasToldEnd {
      hasToldEnd = true
      control.tell(
        "the recording has ended at \(Self.text(position.sequence)): the market is halted")
    }
    guard played.isByHand, played.isAtRest, !hasTold else { return }
    hasTold = true
    let count = position.ticks - toldTicks
    toldTicks = position.ticks
    control.tell(
      "\(count) market event\(count == 1 ? "" : "s"), through \(Self.text(position.sequence)) of "
        + position.time.text)
  }

  /// Tells where it stopped.
  func tellStop(_ market: borrowing PaperMarket) {
    guard let played = market.recording, played.position.sequence > 0, !played.isOver else {
      return
    }
    let position = played.position
    control.tell(
      "stopped behind \(Self.text(position.sequence)) of \(position.time.text); --from \(position.sequence + 1) "
        + "goes on there")
  }

  /// `#18,442,905`
  private static func text(_ sequence: UInt64) -> String {
    var text = ""
    for (place, digit) in String(sequence).reversed().enumerated() {
      if place > 0, place % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return "#" + String(text.reversed())
  }
}
