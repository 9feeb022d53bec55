/// SplitMix64: the benchmarks' numbers, equal in every run.
struct SeededRandom {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// 0 up to, not including, `count`.
  mutating func below(_ count: Int) -> Int { Int(((next() >> 32) &* UInt64(count)) >> 32) }

  /// True once in `count` times.
  mutating func once(in count: Int) -> Bool { below(count) == 0 }

  /// How often a chance of 1 in `count` fails until it comes, at most 60 times.
  mutating func tries(_ count: Int) -> Int {
    var tries = 0
    while tries < 60, !once(in: count) { tries += 1 }
    return tries
  }
}
