import Events
import Sequencing

/// A way to a venue, whatever is behind it.
protocol VenueLink: AnyObject, Sendable {
  /// As people know it.
  var name: String { get }
  /// Why nothing can be traded through it now; nil where it can.
  var trouble: String? { get }
  /// How long commands took to be out, from `send`.
  var latency: SendLatency { get }
  /// Sends commands, oldest first.
  func send(_ commands: [Command])
  /// Asks what has become of orders.
  func ask(_ orders: [OrderID])
  /// Ends the connection.
  func stop()
}
