import Events
import Testing

@Suite struct DamageTests {
  /// A block with entries of all kinds, some of them in several forms.
  private func block(seed: UInt64, count: Int) -> [UInt8] {
    var random = RandomEntries(seed: seed)
    return content(of: random.block(of: count, from: 1 + seed, at: 1_767_225_600_000_000_000))
  }

  /// Reads a block that may be damaged: damage lies inside it, and what is read can be written again
  /// and as text. Returns whether it was whole.
  private func survives(_ content: [UInt8], _ decoder: inout BlockDecoder) -> Bool {
    do throws(Damage) {
      let read = try entries(of: content, with: &decoder)
      var text = EntryText()
      for entry in read {
        text.note(entry.event)
        #expect(text.line(entry).closed.count > 60)
      }
      let isWritable = read.allSatisfy {
        $0.event.kind.isDecision ? $0.header.eventTime == $0.header.receiveTime : true
      }
      if isWritable {
        let again = EventsTests.content(of: read)
        #expect((try? entries(of: again)) == read)
      }
      return true
    } catch {
      #expect(error.offset >= 0 && error.offset <= content.count, "\(error)")
      #expect(!error.what.isEmpty)
      return false
    }
  }

  @Test func `every truncation of a block is damage`() {
    var decoder = BlockDecoder()
    let whole = block(seed: 1, count: 60)
    for length in 0..<whole.count {
      var cut = Array(whole.prefix(length))
      #expect(!survives(cut, &decoder))
      guard length >= 72 else { continue }
      overwrite(&cut, at: 20, UInt32(length - 72))
      #expect(!survives(cut, &decoder))
    }
    #expect(survives(whole, &decoder))
    #expect(!survives(whole + [0], &decoder))
  }

  @Test(arguments: 0..<4)
  func `mutated blocks are damage or entries, never a trap`(part: Int) {
    var random = SplitMix64(seed: UInt64(part) + 77)
    var decoder = BlockDecoder()
    var whole = 0
    let edges: [UInt8] = [0, 1, 2, 3, 4, 7, 8, 11, 12, 0x20, 0x30, 0x42, 0x7F, 0x80, 0xFE, 0xFF]
    for seed in 0..<500 as Range<UInt64> {
      let original = block(seed: seed + UInt64(part) * 1000, count: Int(seed % 12) + 1)
      for _ in 0..<110 {
        var content = original
        for _ in 0...Int(random.next(upperBound: 4 as UInt64)) {
          let offset = Int(random.next(upperBound: UInt64(content.count)))
          switch random.next(upperBound: 6 as UInt64) {
          case 0: content[offset] = edges.randomElement(using: &random)!
          case 1: content[offset] ^= 1 << UInt8(random.next(upperBound: 8 as UInt64))
          case 2: content[offset] &+= 1
          case 3:
            let end = min(offset + 8, content.count)
            for index in offset..<end { content[index] = random.oneIn(2) ? 0xFF : 0x7F }
          case 4: content.remove(at: offset)
          default: content.insert(UInt8(truncatingIfNeeded: random.next()), at: offset)
          }
        }
        if content.count >= 72, !random.oneIn(8) {
          overwrite(&content, at: 0, 0x4B42_5944 as UInt32)
          overwrite(&content, at: 4, 1 as UInt32)
          overwrite(&content, at: 20, UInt32(content.count - 72))
        }
        if survives(content, &decoder) { whole += 1 }
      }
    }
    // Some mutations leave a block that can be read: the test reaches that side, too.
    #expect(whole > 1000)
  }

  /// Offset of the byte that is changed in a block of one wide trade, its new value, the damage.
  @Test(
    arguments: [
      (0, 0x45, 0, "not a block"), (4, 2, 4, "block version 2"), (6, 1, 6, "reserved bytes not 0"),
      (8, 0, 8, "impossible sequence or count"), (16, 0, 8, "impossible sequence or count"),
      (16, 2, 96, "ends too early"), (20, 23, 20, "24 bytes of records, not 23"),
      (24, 1, 32, "last time before base time"), (32, 1, 96, "last time is not the last entry's"),
      (72, 13, 72, "unknown kind 13"), (72, 31, 72, "unknown kind 31"),
      (72, 61, 72, "unknown kind 61"),
      (72, 87, 72, "unknown kind 87"),
      (72, 255, 72, "unknown kind 255"),
      (72, 1, 72, "ends too early"), (72, 32, 72, "ends too early"),
      (73, 0x03, 72, "no such form of kind 2"), (73, 0x82, 72, "no such form of kind 2"),
      (73, 0x1A, 72, "no such form of kind 2"), (73, 0x06, 72, "ends too early"),
      (73, 0x01, 72, "compact record of an instrument without a reference"),
    ] as [(Int, UInt8, Int, String)])
  func `damage says where and what`(at: Int, value: UInt8, offset: Int, what: String) {
    let trade = Trade(instrument: InstrumentID(0), price: Price(1), size: Quantity(1), side: .buy)
    var content = content(of: [entry(.market(.trade(trade)), at: 0)])
    content[at] = value
    #expect(throws: Damage(at: offset, what)) { try entries(of: content) }
  }

  /// The records of a block of `count` entries that begins at time 100 and ends at time `last`.
  private func damage(_ records: String, count: UInt32 = 1, last: Int64 = 100) -> Damage? {
    var content = bytes("4459424b 0100 0000 0100000000000000 00000000 00000000")
    content += bytes("6400000000000000 6400000000000000") + [UInt8](repeating: 0, count: 32)
    content += bytes(records)
    overwrite(&content, at: 16, count)
    overwrite(&content, at: 20, UInt32(content.count - 72))
    overwrite(&content, at: 32, last)
    do throws(Damage) {
      _ = try entries(of: content)
      return nil
    } catch {
      return error
    }
  }

  @Test func `a block's times are those of its records`() {
    let first = "0c 00 0000 00000000 01000000"
    #expect(damage(first) == nil)
    #expect(damage(first + "0c 00 0000 05000000 01000000", count: 2, last: 105) == nil)
    #expect(
      damage(first + "0c 00 0000 05000000 01000000", count: 2)
        == Damage(at: 96, "last time is not the last entry's"))
    #expect(
      damage("0c 00 0000 01000000 01000000", last: 101)
        == Damage(at: 24, "base time is not the first entry's"))
    let base = "00 00000000000000 6300000000000000"
    #expect(damage(base + "0c 00 0000 01000000 01000000") == nil)
    #expect(
      damage(base + "0c 00 0000 02000000 01000000", last: 101)
        == Damage(at: 24, "base time is not the first entry's"))
    #expect(
      damage(first + base + "0c 00 0000 00000000 01000000", count: 2)
        == Damage(at: 100, "time goes backwards"))
    #expect(
      damage(first + base, count: 1) == Damage(at: 84, "bytes after the last entry"))
    #expect(
      damage(first + "00 01000000000000 6400000000000000", count: 2)
        == Damage(at: 84, "reserved bytes not 0"))
    #expect(
      damage(first + "00 00000000000000 ffffffffffffff7f 0c 00 0000 01000000 01000000", count: 2)
        == Damage(at: 100, "time out of range"))
    let quote = "01 02 0000 00000000" + String(repeating: "0100000000000000", count: 4)
    let compact = "01 00 0000 01000000 0000 0000 0100 0100"
    for (end, damaged) in [("fe", nil), ("ff", Damage(at: 128, "time out of range"))] {
      let late = "00 00000000000000 \(end)ffffffffffff7f"
      #expect(damage(quote + late + compact, count: 2, last: .max) == damaged)
    }
    #expect(
      damage("0c 06 0000 00000000 0000000000000080 01000000")
        == Damage(at: 72, "time out of range"))
    #expect(damage("", last: 99) == Damage(at: 32, "last time before base time"))
  }

  @Test func `sums beyond the range are damage`() {
    let most = "02 02 0000 00000000 ffffffffffffff7f 0100000000000000"
    let least = "02 02 0000 00000000 0100000000000080 0100000000000000"
    let out = Damage(at: 96, "price out of range")
    #expect(damage(most + "02 00 0000 00000000 0100 0100", count: 2) == out)
    #expect(damage(most + "02 00 0000 00000000 0000 0100", count: 2) == nil)
    #expect(damage(least + "02 01 0000 00000000 ffffffff 01000000", count: 2) == out)
    #expect(damage(least + "02 01 0000 00000000 feffffff 01000000", count: 2) == out)
    #expect(damage(most + "01 00 0000 00000000 ffff 0200 0100 0100", count: 2) == out)
    #expect(damage(most + "01 00 0000 00000000 ffff 0100 0100 0100", count: 2) == nil)
    let bar = "0b 01 0000 00000000 01000000"
    for rest in [
      "00000000 01000000 00000000 00000000", "00000000 00000000 01000000 00000000",
      "01000000 00000000 00000000 00000000",
    ] {
      #expect(damage(most + bar + rest + "00000000", count: 2) == out)
    }
    #expect(
      damage(least + bar + "00000000 00000000 00000000 01000000 00000000", count: 2) == out)
    #expect(
      damage(least + "0b 01 0000 00000000 00000000" + String(repeating: "00", count: 20), count: 2)
        == Damage(at: 96, "bar without an interval"))
  }

  @Test func `unknown values are damage`() {
    let unknown = damage("0c 00 0000 00000000 09000000")
    #expect(unknown?.what == "unknown trading status")
    #expect(damage("0c 18 0000 00000000 01000000")?.what == "no such form of kind 12")
    #expect(damage("0c 01 0000 00000000 01000000")?.what == "no such form of kind 12")
    #expect(damage("04 01 0000 00000000")?.what == "no such form of kind 4")
    let bar = "0b 00 0000 00000000" + String(repeating: "00", count: 48)
    #expect(damage(bar)?.what == "no such form of kind 11")
  }

  /// A record other than a market event, with this head and payload.
  @Test func `records with a wrong head or payload are damage`() {
    let tail = "0000000000000000 0000000000000000"
    #expect(damage("27 01 0000 00000000 \(tail) 08000000 00000000 0100000000000000")?.offset == 72)
    #expect(damage("27 00 0001 00000000 \(tail) 08000000 00000000 0100000000000000")?.offset == 72)
    #expect(damage("27 00 0000 00000000 \(tail) 08000000 00000001 0100000000000000")?.offset == 72)
    #expect(damage("27 00 0000 00000000 \(tail) 08000000 00000000 0100000000000000") == nil)
    #expect(
      damage("27 00 0000 00000000 \(tail) 07000000 00000000 0100000000000001")
        == Damage(at: 111, "padding is not 0"))
    #expect(
      damage("27 00 0000 00000000 \(tail) 07000000 00000000 0100000000000000")
        == Damage(at: 104, "ends too early"))
    #expect(
      damage("27 00 0000 00000000 \(tail) ffffffff 00000000 0100000000000000")
        == Damage(at: 72, "ends too early"))
    #expect(
      damage(
        "27 00 0000 00000000 0100000000000000 0000000000000000 08000000 00000000 0100000000000000")
        == Damage(at: 80, "cause comes later"))
  }

  private func damage(_ kind: EntryKind, _ payload: String) -> Damage? {
    do throws(Damage) {
      let content = bytes(payload)
      _ = try kind.event(content.span.bytes, 0..<content.count)
      return nil
    } catch {
      return error
    }
  }

  @Test func `payloads with unknown or unordered values are damage`() {
    let scope = "01 00 0000000000000000"
    #expect(damage(.operatorAct, scope + "0000 0000") == nil)
    #expect(damage(.operatorAct, "09 00") == Damage(at: 0, "unknown act 9"))
    #expect(damage(.operatorAct, "01 09") == Damage(at: 1, "unknown scope 9"))
    #expect(damage(.operatorAct, scope + "0200 c328 0000") == Damage(at: 12, "text is not UTF-8"))
    #expect(damage(.operatorAct, scope + "0200 61") == Damage(at: 12, "ends too early"))
    let refused = String(repeating: "00", count: 4)
    #expect(damage(.refused, refused + "ffff") == Damage(at: 4, "unknown rule 65535"))
    let items = "02000000 0100 62 00000000 "
    #expect(damage(.configuration, items + "0100 63 00000000") == nil)
    #expect(
      damage(.configuration, items + "0100 62 00000000") == Damage(at: 4, "keys are not in order"))
    #expect(
      damage(.configuration, items + "0100 61 00000000") == Damage(at: 4, "keys are not in order"))
    #expect(damage(.configuration, "ffffffff 0000 ffffffff") == Damage(at: 10, "ends too early"))
    // Both keys are the same text to Unicode, but not the same bytes.
    #expect(damage(.configuration, "02000000 0300 65cc81 00000000 0200 c3a9 00000000") == nil)
    let instrument = bytes(Sample.observations[0].payload)
    var wrong = instrument
    wrong[24] = 10
    #expect(damage(.instrument, hex(wrong))?.what == "instrument: a scale above 9")
    wrong = [255, 255] + instrument.dropFirst(2)
    #expect(damage(.instrument, hex(wrong))?.what == "instrument without an id")
    let intent = bytes(Sample.decisions[0].payload)
    wrong = intent
    wrong[intent.count - 1] = 19
    #expect(damage(.intent, hex(wrong)) == Damage(at: intent.count, "a decimal with 19 digits"))
  }

  @Test(arguments: Sample.all)
  func `a payload cut short is damage but where terms or a plan may begin`(sample: Sample) {
    let whole = bytes(sample.payload)
    var ends: Set<Int> = [whole.count]
    for mark in sample.payload.indices where sample.payload[mark] == "|" {
      ends.insert(bytes(String(sample.payload[..<mark])).count)
    }
    for length in 0...whole.count {
      #expect((damage(sample.kind, hex(whole.prefix(length))) == nil) == ends.contains(length))
    }
  }

  @Test func `a basis that is not as specified is damage`() {
    let fill = Sample.fillPayload
    #expect(damage(.filled, fill) == nil)
    #expect(damage(.filled, fill + "01 00") == nil)
    #expect(damage(.filled, fill + "00 00") == Damage(at: 51, "unknown rule 0"))
    #expect(damage(.filled, fill + "17 00") == Damage(at: 51, "unknown rule 23"))
    #expect(damage(.filled, fill + "01 04") == Damage(at: 52, "unknown detail 4"))
    #expect(damage(.filled, fill + "03 02 00") == Damage(at: 53, "unknown queue 0"))
    #expect(damage(.filled, fill + "03 02 07") == Damage(at: 53, "unknown queue 7"))
    // What a later version appends is ignored.
    #expect(damage(.filled, fill + "01 00 ff") == nil)
  }

  /// Offset in the terms, new value, offset of the damage in the terms, the damage.
  @Test(
    arguments: [
      (0, 69, 2, "terms of 69 bytes"), (0, 0, 2, "terms of 0 bytes"), (0, 71, 2, "ends too early"),
      (1, 1, 2, "ends too early"), (10, 5, 10, "unknown trigger 5"),
      (11, 3, 11, "unknown unit of a trail 3"), (28, 4, 28, "unknown peg 4"),
      (45, 16, 45, "reserved marks not 0"), (45, 0x80, 45, "reserved marks not 0"),
      (62, 3, 62, "unknown activation 3"), (71, 3, 71, "unknown linkage 3"),
    ] as [(Int, UInt8, Int, String)])
  func `terms that are not as specified are damage`(
    at: Int, value: UInt8, offset: Int, what: String
  ) {
    let ticket = bytes(Sample.decisions[2].payload)
    var terms = bytes(Sample.termsPayload)
    terms[at] = value
    #expect(
      damage(.submitted, hex(ticket + terms)) == Damage(at: ticket.count + offset, what))
  }

  @Test func `unknown values of orders, plans and references are damage`() {
    let ticket = "0100000000000000 0200 0300 0700 01 02 02 8813000000000000 1953070000000000"
    let type = ticket.replacing("01 02 02", with: "01 0b 02")
    let time = ticket.replacing("01 02 02", with: "01 02 08")
    #expect(damage(.submitted, type) == Damage(at: 15, "unknown type 11"))
    #expect(damage(.submitted, time) == Damage(at: 16, "unknown time in force 8"))
    let held = ticket + Sample.plainPayload
    #expect(damage(.held, held + "08") == Damage(at: 105, "unknown algorithm 8"))
    #expect(damage(.held, held + "01") == Damage(at: 106, "ends too early"))
    let number = Sample.planPayload.dropLast(2) + "13"
    #expect(damage(.held, held + number) == Damage(at: 136, "a decimal with 19 digits"))
    for cause in [0, 4] as [UInt8] {
      let payload = ticket + hex([cause]) + "0000000000000000" + Sample.plainPayload
      #expect(damage(.released, payload) == Damage(at: 33, "unknown cause \(cause)"))
    }
    #expect(damage(.ended, "0100000000000000 0c") == Damage(at: 8, "unknown why 12"))
    #expect(damage(.cancelRequested, "0100000000000000 0b") == Damage(at: 8, "unknown why 11"))
    #expect(damage(.reference, "0700 08") == Damage(at: 2, "unknown field 8"))
    #expect(damage(.imbalance, "0700 05") == Damage(at: 2, "unknown auction 5"))
    #expect(damage(.imbalance, "0700 01 03") == Damage(at: 3, "unknown side 3"))
    #expect(damage(.corporateAction, "0700 05") == Damage(at: 2, "unknown action 5"))
    #expect(damage(.optionNotice, "0000 0700 00") == Damage(at: 4, "unknown notice 0"))
    #expect(damage(.marginCall, "0000 03") == Damage(at: 2, "unknown state 3"))
    #expect(damage(.booked, "10") == Damage(at: 0, "unknown booking 16"))
    #expect(damage(.rolled, "0000 0000 0000 04") == Damage(at: 6, "unknown rule 4"))
    #expect(damage(.rolled, "0000 0000 0000 01 00000000") == Damage(at: 7, "no date"))
    #expect(damage(.liquidation, "0000 03") == Damage(at: 2, "unknown reason 3"))
    #expect(damage(.intent, "0200 06") == Damage(at: 2, "unknown action 6"))
  }
}
