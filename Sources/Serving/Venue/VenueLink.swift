import Events
import Sequencing

/// A way to a venue, whatever is behind it.
protocol VenueLink: AnyObject, Sendable {
  /// Sends commands, oldest first.
  func send(_ commands: [Command])
  /// Asks what has become of orders.
  func ask(_ orders: [OrderID])
  /// Ends the connection.
  func stop()
}
