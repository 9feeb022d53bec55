/// What a client wants to hear, and how far it has heard it.
struct Subscriptions: Sendable {
  private struct One: Sendable {
    var channel: Channels
    var name: String
    /// Symbols; empty for all.
    var instruments: Set<String>
    /// Sequence of the message sent last on the channel, or where it began.
    var previous: UInt64
  }

  private var all: [One] = []
  /// Sequence up to which everything was looked at for all subscriptions; nil before the first.
  private(set) var position: UInt64?

  var isEmpty: Bool { all.isEmpty }

  /// The channels that are subscribed to.
  var channels: Channels { all.reduce(into: []) { $0.formUnion($1.channel) } }

  /// Adds a subscription, or changes the one to the same channel. All channels are read together, so one that
  /// begins earlier takes the others back with it, whose messages are not sent again.
  /// - Parameter start: the sequence after which it begins.
  mutating func add(
    _ channel: Channels, _ name: String, _ instruments: [String], from start: UInt64
  ) {
    all.removeAll { $0.channel == channel }
    all.append(
      One(channel: channel, name: name, instruments: Set(instruments), previous: start))
    position = min(position ?? start, start)
  }

  mutating func remove(_ channel: Channels) { all.removeAll { $0.channel == channel } }

  /// What of a bulletin is to be sent, each as one JSON text; all of it counts as looked at.
  /// - Precondition: the bulletin goes on after `position`, though it may begin before.
  mutating func take(_ bulletin: Bulletin) -> [String] {
    var texts: [String] = []
    let after = position ?? 0
    for message in bulletin.messages where message.sequence > after {
      for index in all.indices where message.channels.contains(all[index].channel) {
        let one = all[index]
        guard message.sequence > one.previous else { continue }
        if !one.instruments.isEmpty {
          guard let symbol = message.symbol, one.instruments.contains(symbol) else { continue }
        }
        texts.append(
          "{\"ch\":\"\(one.name)\",\"seq\":\(message.sequence),\"prev\":\(one.previous),"
            + "\"data\":\(message.line)}")
        all[index].previous = message.sequence
      }
    }
    position = max(after, bulletin.range.upperBound)
    return texts
  }
}
