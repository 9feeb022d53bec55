import Testing

@testable import API

struct TargetTests {
  private static func read(_ text: String) -> Target? {
    do throws(Problem) { return try Target(text) } catch { return nil }
  }

  @Test func `a target is taken apart and decoded`() throws {
    let target = try Target("/a/b%20c/%C3%A9?x=1&y=a+b%26c&z&w=")
    #expect(target.path == ["a", "b c", "é"])
    #expect(target.query.map(\.name) == ["x", "y", "z", "w"])
    #expect(target.query.map(\.value) == ["1", "a b&c", "", ""])
    #expect(try Target("/").path == [""])
    // A slash that is encoded belongs to a segment.
    #expect(try Target("/a%2Fb").path == ["a/b"])
    #expect(try Target("/a+b").path == ["a+b"])
  }

  @Test(arguments: [
    "", "a", "*", "/%", "/%4", "/%zz", "/%ff", "/%00", "/a?x=1&x=2", "/a%0d%0ab", "/\u{7F}",
    "/" + String(repeating: "a", count: Target.longest),
  ])
  func `a target that cannot be read is refused`(_ text: String) {
    #expect(Self.read(text) == nil)
  }

  @Test func `whatever comes is read or refused, and reads the same again`() {
    var random = Seeded(seed: 11)
    let seeds = ["/api/v1/orders?after_seq=1&limit=2", "/a%20b/%C3%A9?x=%26&y=+"].map {
      Array($0.utf8)
    }
    var taken = 0
    for _ in 0..<20_000 {
      let text = String(
        decoding: random.mutate(seeds.randomElement(using: &random)!), as: UTF8.self)
      guard let target = Self.read(text) else { continue }
      taken += 1
      #expect(Self.read(text) == target)
      #expect(target.path.allSatisfy { !$0.unicodeScalars.contains { $0.value < 0x20 } })
    }
    #expect(taken > 1000 && taken < 20_000)
  }
}

/// A seeded source of mutations (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Bytes with a few changes: flipped, removed, doubled, cut.
  mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
      let place = Int.random(in: 0..<bytes.count, using: &self)
      switch UInt8.random(in: 0..<5, using: &self) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &self)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(bytes[place], at: place)
      case 3: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      default: bytes = Array(bytes[..<place])
      }
    }
    return bytes
  }
}
