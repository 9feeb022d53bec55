import Events
import Testing

@testable import Trading

@Suite struct ExecutionStateTests {
  static func bytes(_ execution: Execution) -> [UInt8] {
    var out = ByteBuffer()
    execution.encode(to: &out)
    return out.array
  }

  static func execution(_ bytes: [UInt8]) throws(Damage) -> Execution {
    try bytes.withBytes { (span) throws(Damage) in
      var input = ByteReader(span)
      let execution = try Execution(&input)
      guard input.remaining == 0 else { throw Damage(at: input.offset, "bytes are left") }
      return execution
    }
  }

  @Test func `changed bytes are damage or another execution, never a trap`() throws {
    var damaged = 0
    for seed in 1...12 as ClosedRange<UInt64> {
      var day = try RandomDay(seed)
      for _ in 0..<30 { day.step() }
      let bytes = Self.bytes(day.execution)
      for index in bytes.indices {
        for change: UInt8 in [1, 0x80, 0xFF] {
          var changed = bytes
          changed[index] ^= change
          do throws(Damage) {
            var execution = try Self.execution(changed)
            _ = (execution.working, execution.exposure, execution.unhedged)
            for seconds in [0, 1 << 20, 1 << 33] as [Int64] {
              let now = Instant(nanoseconds: seconds * Parents.second)
              _ = execution.traded(Quantity(.max), at: now)
              for _ in 0..<3 { _ = execution.wake(at: now, in: Parents.view()) }
              _ = execution.childEnded(OrderID(100), at: now)
              _ = execution.childFilled(OrderID(101), InstrumentID(0), Quantity(.max), at: now)
            }
          } catch {
            damaged += 1
          }
        }
      }
      for length in bytes.indices {
        #expect(throws: Damage.self) { try Self.execution(Array(bytes[..<length])) }
      }
    }
    #expect(damaged > 1000)
  }
}

@Suite struct ExecutionsTests {
  static func executions(_ orders: ClosedRange<UInt64>) throws -> Executions {
    var executions = Executions()
    for order in orders {
      var ticket = Parents.ticket(100)
      ticket.order = OrderID(order)
      let plan = Parents.plan(.pov, seconds: 100 + Int64(order), ["rate": 0.1 * Double(order)])
      executions.add(try Execution(ticket, plan, Parents.instrument()))
    }
    return executions
  }

  @Test func `parents are found, woken and forgotten`() throws {
    var executions = try Self.executions(1...4)
    #expect(executions.nextWake == Parents.noon)
    #expect(executions.due(at: Parents.at(-1)) == [])
    #expect(executions.due(at: Parents.noon).map(\.raw) == [1, 2, 3, 4])
    for order in 1...4 as ClosedRange<UInt64> {
      let action = executions.change(OrderID(order)) {
        $0.wake(at: Parents.noon, in: Parents.view())
      }
      #expect(action == .nothing)
    }
    #expect(executions.nextWake == Parents.at(101))
    // A tenth, a fifth … of three: the third and fourth are due a unit.
    #expect(executions.traded(InstrumentID(1), Quantity(99), at: Parents.at(1)) == [])
    #expect(
      executions.traded(InstrumentID(0), Quantity(4), at: Parents.at(1)).map(\.raw) == [3, 4])
    let ended = executions.change(OrderID(2)) {
      _ = $0.cancel(.operator)
      return $0.wake(at: Parents.at(1), in: Parents.view())
    }
    #expect(ended == .complete(.operator))
    #expect(executions.live.map(\.parent.order.raw) == [1, 3, 4])
    #expect(executions[OrderID(2)] == nil)
    #expect(executions[OrderID(3)]?.volume == 4)
    #expect(executions.change(OrderID(2)) { $0.cancel(.halt) } == nil)
  }

  @Test func `executions read back are the same`() throws {
    let executions = try Self.executions(3...9)
    var out = ByteBuffer()
    executions.encode(to: &out)
    let copy = try out.withBytes { (span) throws(Damage) in
      var input = ByteReader(span)
      return try Executions(&input)
    }
    #expect(copy == executions)
  }
}
