import Events
import Testing

@testable import Trading

@Suite struct StateCodingTests {
  struct Inner: Codable, Hashable {
    var flag = true
    var small: Int8 = -7
    var text = "ü"
  }

  enum Choice: Codable, Equatable {
    case none
    case pair(Int, label: String)
    case nested(Inner)
  }

  struct Everything: Codable, Equatable {
    var integers: [Int] = [1, -2, .max, .min]
    var wide: Int128 = .min
    var unsigned: UInt128 = .max
    var wides: [Int128] = [.max, -1]
    var unsigneds: [UInt128] = [.max, 1]
    var wideOptional: Int128? = 7
    var bytes: [UInt8] = []
    var float: Float = -0.0
    var there: Int? = 5
    var missing: Int?
    var doublyMissing: Int??
    var optionals: [Int?] = [nil, 3, nil]
    var matrix: [[Double]] = [[], [1, .infinity], [-.zero]]
    var emptyMatrix: [[[Int]]] = [[], [[]]]
    var names: [String: Inner] = ["b": Inner(), "a": Inner(flag: false, small: 1, text: "")]
    var numbers: [Int: [String]] = [3: ["x"], -1: [], 20: ["y", "z"]]
    var optionalValues: [String: Int?] = ["some": 1, "none": nil as Int?]
    var pairs: [Inner: Int] = [Inner(): 1, Inner(flag: false, small: 0, text: "k"): 2]
    var members: Set<String> = ["one", "two", "three"]
    var sets: [Set<Int>]? = [[3, 1, 2], []]
    var emptyText = ""
    var emptyNames: [String: Int] = [:]
    var choices: [Choice] = [.none, .pair(3, label: "l"), .nested(Inner())]
    var side: Side.RawValue = 2
    var range = 3..<9
  }

  @Test func `a nested value is read back as it was`() throws {
    let value = Everything()
    let bytes = try StateEncoder.bytes(of: value)
    let copy = try StateDecoder.decode(Everything.self, from: bytes)
    #expect(copy == value)
    #expect(copy.doublyMissing == nil)
    #expect(copy.float.sign == .minus && copy.matrix[2][0].sign == .minus)
    #expect(try StateEncoder.bytes(of: copy) == bytes)
  }

  @Test func `hash order never reaches the bytes`() throws {
    // Equal dictionaries and sets that grew differently differ in order within one process.
    var expected: [[UInt8]] = []
    for capacity in [0, 100, 5000] {
      var value = Everything()
      value.names = Dictionary(minimumCapacity: capacity)
      value.numbers = Dictionary(minimumCapacity: capacity)
      value.pairs = Dictionary(minimumCapacity: capacity)
      value.members = Set(minimumCapacity: capacity)
      for index in capacity == 0 ? Array(0..<200) : Array((0..<200).reversed()) {
        value.names["key \(index)"] = Inner()
        value.numbers[index - 100] = ["\(index)"]
        value.pairs[Inner(flag: true, small: 1, text: "\(index)")] = index
        value.members.insert("\(index)")
      }
      expected.append(try StateEncoder.bytes(of: value))
    }
    #expect(expected[0] == expected[1])
    #expect(expected[0] == expected[2])
  }

  @Test(arguments: [
    Double.nan, -.nan, .infinity, -0.0, .leastNonzeroMagnitude, 0.1,
    Double(bitPattern: 0x7FF0_0000_0000_0001),
  ])
  func `a double keeps its bits`(value: Double) throws {
    let copy = try StateDecoder.decode([Double].self, from: StateEncoder.bytes(of: [value]))
    #expect(copy[0].bitPattern == value.bitPattern)
  }

  struct Nothing: Codable, Equatable {}
  struct Wrapped: Codable, Equatable { var nothing = Nothing(), list: [Nothing] = [Nothing()] }

  @Test func `a value without parts is read back`() throws {
    let bytes = try StateEncoder.bytes(of: Wrapped())
    #expect(try StateDecoder.decode(Wrapped.self, from: bytes) == Wrapped())
    #expect(
      try StateDecoder.decode(Nothing.self, from: StateEncoder.bytes(of: Nothing())) == Nothing())
  }

  @Test func `the forms of nothing are told apart`() throws {
    let forms: [[UInt8]] = [
      try StateEncoder.bytes(of: [Int]()), try StateEncoder.bytes(of: ""),
      try StateEncoder.bytes(of: Int?.none), try StateEncoder.bytes(of: [String: Int]()),
    ]
    #expect(forms == [[2, 0, 0, 0, 0], [1, 0, 0, 0, 0], [0], [3, 0, 0, 0, 0]])
    #expect(throws: DecodingError.self) { try StateDecoder.decode([Int].self, from: forms[1]) }
    #expect(throws: DecodingError.self) { try StateDecoder.decode(String.self, from: forms[0]) }
    #expect(throws: DecodingError.self) { try StateDecoder.decode(Int.self, from: forms[2]) }
  }

  class Base: Codable {
    var base = 1
  }
  final class Derived: Base {
    var own = 2
    override init() { super.init() }
    enum Keys: CodingKey { case own }
    required init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Keys.self)
      own = try container.decode(Int.self, forKey: .own)
      try super.init(from: container.superDecoder())
    }
    override func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: Keys.self)
      try container.encode(own, forKey: .own)
      try super.encode(to: container.superEncoder())
    }
  }

  @Test func `a superclass's part is read back`() throws {
    let value = Derived()
    (value.base, value.own) = (11, 12)
    let copy = try StateDecoder.decode(Derived.self, from: StateEncoder.bytes(of: value))
    #expect(copy.base == 11 && copy.own == 12)
  }

  @Test func `changed bytes give an error or another value, never a trap`() throws {
    let bytes = try StateEncoder.bytes(of: Everything())
    var refused = 0
    for index in bytes.indices {
      for change: UInt8 in [1, 2, 0x80] {
        var changed = bytes
        changed[index] ^= change
        if (try? StateDecoder.decode(Everything.self, from: changed)) == nil { refused += 1 }
      }
    }
    #expect(refused > bytes.count)
    for length in 0..<bytes.count {
      #expect(throws: Damage.self) {
        try StateDecoder.decode(Everything.self, from: Array(bytes[..<length]))
      }
    }
    #expect(throws: Damage.self) { try StateDecoder.decode(Everything.self, from: bytes + [0]) }
  }
}
