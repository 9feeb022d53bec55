import Testing

@testable import Trading

@Suite struct RingTests {
  @Test(arguments: [0, 1, 3, 8]) func `it holds what an array would hold`(capacity: Int) {
    var ring = Ring<String>(capacity: capacity)
    var array: [String] = []
    var state: UInt64 = 7
    func draw(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    for step in 0..<4_000 {
      let value = "value \(step), too long to be kept in place"
      switch draw(9) {
      case 0...3:
        ring.append(value)
        array.append(value)
      case 4:
        let index = draw(array.count + 1)
        ring.insert(value, at: index)
        array.insert(value, at: index)
      case 5 where !array.isEmpty:
        let index = draw(array.count)
        ring.remove(at: index)
        array.remove(at: index)
      case 6 where !array.isEmpty:
        let index = draw(array.count)
        ring[index] += "!"
        array[index] += "!"
      case 7:
        let count = draw(min(array.count, 4) + 1)
        ring.removeFirst(count)
        array.removeFirst(count)
      case 8 where draw(4) == 0:
        let modulus = draw(3) + 2
        ring.removeAll { $0.utf8.count % modulus == 0 }
        array.removeAll { $0.utf8.count % modulus == 0 }
      default: break
      }
      #expect(ring.elementsEqual(array))
    }
    ring.removeFirst(ring.count)
    #expect(ring.isEmpty)
    ring.append("one")
    #expect(Array(ring) == ["one"])
  }

  @Test func `a place beyond its values is none`() async {
    await #expect(processExitsWith: .failure) {
      var ring = Ring<Int>(capacity: 4)
      ring.append(1)
      ring.removeFirst(1)
      _ = ring[0]
    }
  }
}
