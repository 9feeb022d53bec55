import Events
import Testing
import Venues

/// Statements as comma-separated values.
@Suite struct StatementRowsTests {
  static let good = """
    type,date,instrument,side,quantity,price,fee,currency,order,execution
    from,2024-03-05,,,,,,,,
    to,2024-03-06T00:00,,,,,,,,
    execution,2024-03-05T15:00:05.25Z,SHR,buy,100,99.98,0.35,USD,ord-17,2
    execution,2024-03-05,XTST:SHR,sell,1.5,-0.01,,,18,
    order,,SHR,buy,100,99.5,,,ord-19,
    position,,SHR,,-98.5,,,,,
    cash,,,,-90001.65,,,USD,,
    """

  @Test func `each type of row has its fields`() throws {
    let statement = try StatementRows.read(Array(Self.good.utf8))
    #expect(statement.format == .csv)
    #expect(statement.from.text == "2024-03-05T00:00:00.000000000Z")
    #expect(statement.to.text == "2024-03-06T00:00:00.000000000Z")
    #expect(statement.lines.map(\.subject) == [.execution, .execution, .order, .position, .cash])
    #expect(statement.lines.map(\.line) == [4, 5, 6, 7, 8])
    #expect(
      statement.lines.map { "\($0.quantity)" } == ["100", "1.5", "100", "-98.5", "-90001.65"])
    let first = statement.lines[0]
    #expect(first.instrument == "SHR" && first.side == .buy && first.currency == "USD")
    #expect(first.order == OrderID(17) && first.execution == 2)
    #expect(first.date == CivilDate(year: 2024, month: 3, day: 5))
    #expect(first.price.map { "\($0)" } == "99.98" && first.fee.map { "\($0)" } == "0.35")
    let second = statement.lines[1]
    #expect(second.order == OrderID(18) && second.execution == nil && second.fee == nil)
    #expect(second.price.map { "\($0)" } == "-0.01")
  }

  @Test func `line ends of both kinds and a byte order mark are taken`() throws {
    let text = "\u{FEFF}" + Self.good.replacing("\n", with: "\r\n")
    #expect(
      try StatementRows.read(Array(text.utf8)) == StatementRows.read(Array(Self.good.utf8)))
  }

  /// The line that is put in the place of line `number`, and the fault.
  @Test(
    arguments: [
      (1, "type,date", "must be the columns type,date,instrument,side,quantity,"),
      (1, "", "must be the columns"),
      (4, "execution,2024-03-05", "has 2 fields, not 10"),
      (4, "", "has 1 fields, not 10"),
      (4, "trade,,,,,,,,,", "type: `trade` is none of from, to, execution, order, position, cash"),
      (2, "from,yesterday,,,,,,,,", "date: `yesterday` is not a moment"),
      (2, "from,2024-03-05,SHR,,,,,,,", "instrument: must be empty in a row of type `from`"),
      (2, "cash,,,,1,,,USD,,", "comes before the rows `from` and `to`"),
      (4, "from,2024-03-05,,,,,,,,", "`from` is there twice"),
      (4, "execution,2024-03-05,,buy,1,1,,,,", "instrument: is missing"),
      (4, "execution,2024-03-05,SHR,bought,1,1,,,,", "side: `bought` is not buy or sell"),
      (4, "execution,2024-03-05,SHR,buy,0,1,,,,", "quantity: must be above 0"),
      (4, "execution,2024-03-05,SHR,buy,-1,1,,,,", "quantity: must be above 0"),
      (4, "execution,2024-03-05,SHR,buy,1e3,1,,,,", "quantity: `1e3` is not a decimal number"),
      (4, "execution,2024-03-05,SHR,buy,1,,,,,", "price: is missing"),
      (4, "execution,2024-02-30,SHR,buy,1,1,,,,", "date: `2024-02-30` is not a date"),
      (4, "execution,,SHR,buy,1,1,,,,", "date: is missing"),
      (4, "execution,2024-03-05,SHR,buy,1,1,2,,,", "currency: is missing"),
      (4, "execution,2024-03-05,SHR,buy,1,1,,USD,,", "currency: must be empty"),
      (4, "execution,2024-03-05,SHR,buy,1,1,,,ord-0,", "order: `ord-0` is not an order"),
      (4, "execution,2024-03-05,SHR,buy,1,1,,,017,", "order: `017` is not an order"),
      (4, "execution,2024-03-05,SHR,buy,1,1,,,1,x", "execution: `x` is not a whole number"),
      (6, "order,,SHR,buy,1,,,,,", "order: is missing"),
      (6, "order,2024-03-05,SHR,buy,1,,,,1,", "date: must be empty in a row of type `order`"),
      (7, "position,,SHR,,,,,,,", "quantity: is missing"),
      (7, "position,,SHR,buy,1,,,,,", "side: must be empty in a row of type `position`"),
      (7, "cash,,,,1,,,USD,,", "has the cash in USD"),
      (8, "cash,,,,1.0000000000000000001,,,USD,,", "quantity: `1.0000000000000000001` is not"),
      (8, "position,,SHR,,5,,,,,", "has the position in SHR, which line 7 has"),
      (5, "execution,2024-03-05,SHR,buy,1,1,,,17,2", "has execution 2 of ord-17, which line 4"),
      (3, "to,2024-03-05,,,,,,,,", "`from` is not before `to`"),
    ] as [(Int, String, String)])
  func `what is not as it should be is a fault with its line`(
    number: Int, row: String, fault: String
  ) {
    var lines = Self.good.split(separator: "\n").map(String.init)
    lines[number - 1] = row
    let text = lines.joined(separator: "\n")
    do throws(StatementFault) {
      let read = try StatementRows.read(Array(text.utf8))
      Issue.record("read \(read.lines.count) lines")
    } catch {
      #expect(error.what.contains(fault), "\(error)")
      // What only the whole file shows is told of where it is seen.
      let seen = fault.hasPrefix("`from` is not") || fault.hasPrefix("has the cash") ? 8 : number
      #expect(error.line == seen)
    }
  }

  @Test func `an empty file, or one without its time, is a fault`() {
    #expect(throws: StatementFault(1, "the file is empty")) { try StatementRows.read([]) }
    let header = StatementRows.columns.joined(separator: ",")
    #expect(throws: StatementFault(2, "there is no row `from`")) {
      try StatementRows.read(Array(header.utf8))
    }
  }

  @Test func `damaged files are read or refused, never worse`() {
    let good = Array(Self.good.utf8)
    var random = SeededRandom(seed: 62, stream: 0)
    var refused = 0
    for _ in 0..<4000 {
      let bytes = mutated(good, &random)
      do throws(StatementFault) { _ = try StatementRows.read(bytes) } catch {
        refused += 1
        #expect(error.line >= 1 && !error.what.isEmpty)
      }
    }
    #expect(refused > 1000)
  }
}

/// A copy with one to four bytes changed, taken out or put in, or its end cut off.
func mutated(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
  var bytes = bytes
  let likely = Array(",\n=|0198.-\u{1}".utf8)
  for _ in 0...Int(random.next() % 4) where !bytes.isEmpty {
    let place = Int(random.next() % UInt64(bytes.count))
    let byte =
      random.next() % 2 == 0
      ? UInt8(truncatingIfNeeded: random.next()) : likely[Int(random.next() % UInt64(likely.count))]
    switch random.next() % 8 {
    case 0: bytes.removeSubrange(place...)
    case 1, 2: bytes.remove(at: place)
    case 3, 4: bytes.insert(byte, at: place)
    default: bytes[place] = byte
    }
  }
  return bytes
}
