import Events
import Journaling
import Testing

struct Sha256Tests {
  /// FIPS 180-4 examples.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `the standard's examples hold`(text: String, expected: String) {
    let hasher = Sha256()
    for _ in 0..<3 { #expect("\(hasher.hash([UInt8](text.utf8)))" == expected) }
  }

  @Test func `the chain starts from the journal's id`() {
    // printf 'daybook journal\\0\\1…\\17' | sha256sum
    #expect(testMeta.id.chainStart == Sha256().hash([UInt8]("daybook journal".utf8) + (0..<16)))
    #expect("\(testMeta.id)" == "000102030405060708090a0b0c0d0e0f")
    #expect(JournalID([1, 2, 3]) == nil)
    #expect(JournalID.random() != JournalID.random())
  }
}
