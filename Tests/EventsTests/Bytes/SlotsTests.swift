import Events
import Testing

@Suite struct SlotsTests {
  /// Counts itself while it is there.
  private final class Counted {
    nonisolated(unsafe) static var count = 0
    let number: Int
    init(_ number: Int) {
      self.number = number
      Self.count += 1
    }
    deinit { Self.count -= 1 }
  }

  private struct Alone: ~Copyable {
    var number: Int
  }

  @Test func `slots grow, are changed in place and give back what they hold`() {
    do {
      var slots = Slots<Counted>()
      let isEmptyAtFirst = slots.isEmpty
      for number in 0..<100 { slots.append(Counted(number)) }
      slots[7] = Counted(-7)
      let numbers = slots.map(\.number)
      let (count, indices) = (slots.count, slots.indices)
      #expect(isEmptyAtFirst && count == 100 && indices == 0..<100 && Counted.count == 100)
      #expect(numbers == (0..<100).map { $0 == 7 ? -7 : $0 })
    }
    #expect(Counted.count == 0)
  }

  @Test func `slots hold what cannot be copied`() {
    var slots = Slots<Alone>()
    for number in 0..<10 { slots.append(Alone(number: number)) }
    slots[3].number += 100
    let numbers = [slots[3].number, slots[9].number]
    #expect(numbers == [103, 9])
  }

  @Test func `slots of an array are its copies`() {
    var slots = Slots([[1], [2, 3]])
    let before = slots.map { $0 }
    slots[0].append(4)
    let after = slots.map { $0 }
    #expect(before == [[1], [2, 3]] && after == [[1, 4], [2, 3]])
  }

  @Test(arguments: [-1, 2, Int.max]) func `a slot that is none stops the process`(_ index: Int)
    async
  {
    await #expect(processExitsWith: .failure) { [index] in
      let slots = Slots([5, 6])
      print(slots[index])
    }
  }

  @Test func `no slot is there before the first`() async {
    await #expect(processExitsWith: .failure) {
      var slots = Slots<Int>()
      slots[0] = 1
      print(slots[0])
    }
  }
}
