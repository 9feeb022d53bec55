import Events
import Testing

@testable import Monitoring

struct DeliveryQueueTests {
  private static func message(_ number: Int) -> AlertMessage {
    Messages.opened(.feedStale, "I\(number)", at: Messages.at(Double(number)))
  }

  @Test func `messages go in their order, one at a time`() {
    var queue = DeliveryQueue()
    #expect(queue.next(at: Messages.at(0)) == .idle)
    for number in 0..<3 { queue.offer(Self.message(number)) }
    for number in 0..<3 {
      #expect(queue.next(at: Messages.at(5)) == .deliver(Self.message(number)))
      queue.succeed()
    }
    #expect(queue.next(at: Messages.at(5)) == .idle)
    #expect((queue.delivered, queue.lost, queue.depth) == (3, 0, 0))
  }

  @Test func `pauses double after failures, up to a bound, and a success ends them`() {
    var queue = DeliveryQueue()
    queue.offer(Self.message(0))
    var now = Messages.at(0)
    var pauses: [Int64] = []
    for _ in 0..<12 {
      #expect(queue.next(at: now) == .deliver(Self.message(0)))
      queue.fail(isFinal: false, at: now)
      guard case .wait(let moment) = queue.next(at: now) else {
        Issue.record("it must wait")
        return
      }
      pauses.append(moment.since(now) / 1_000_000_000)
      now = moment
    }
    #expect(pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300])
    #expect(queue.failuresInARow == 12)
    _ = queue.next(at: now)
    queue.succeed()
    #expect((queue.failuresInARow, queue.delivered, queue.attempts) == (0, 1, 13))
  }

  @Test
  func `what fails for good is given up and counted, and the next has its turn after a pause`() {
    var queue = DeliveryQueue()
    queue.offer(Self.message(0))
    queue.offer(Self.message(1))
    _ = queue.next(at: Messages.at(0))
    queue.fail(isFinal: true, at: Messages.at(0))
    #expect(queue.lost == 1)
    #expect(queue.next(at: Messages.at(0)) == .wait(Messages.at(1)))
    #expect(queue.next(at: Messages.at(1)) == .deliver(Self.message(1)))
  }

  @Test(arguments: [false, true])
  func `where there is no room the oldest goes that is not under way`(_ isUnderWay: Bool) {
    var queue = DeliveryQueue()
    for number in 0..<DeliveryQueue.capacity { queue.offer(Self.message(number)) }
    if isUnderWay { _ = queue.next(at: Messages.at(0)) }
    queue.offer(Self.message(1000))
    #expect(queue.depth == DeliveryQueue.capacity)
    #expect(queue.lost == 1)
    if isUnderWay { queue.succeed() }
    #expect(
      queue.next(at: Messages.at(1000)) == .deliver(Self.message(isUnderWay ? 2 : 1)),
      "the newest are kept")
  }

  @Test func `what is too old is given up and counted`() {
    var queue = DeliveryQueue()
    queue.offer(Self.message(0))
    queue.offer(Self.message(1))
    let late = Messages.at(0).advanced(by: DeliveryQueue.patience)
    #expect(queue.next(at: late) == .deliver(Self.message(1)))
    #expect(queue.lost == 1)
  }

  @Test func `two at a time are a broken promise`() async {
    await #expect(processExitsWith: .failure) {
      var queue = DeliveryQueue()
      queue.offer(Messages.opened())
      _ = queue.next(at: Messages.at(0))
      _ = queue.next(at: Messages.at(0))
    }
  }
}
