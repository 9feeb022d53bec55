import Events
import Testing

@Suite struct ByteBufferTests {
  @Test func `integers of every width are written little-endian`() {
    var buffer = ByteBuffer(capacity: 1)
    buffer.append(UInt8(1))
    buffer.append(Int16(-2))
    buffer.append(UInt32(0x0304_0506))
    buffer.append(Int64(-7))
    buffer.append(Int128(-8))
    buffer.append(string: "ü\0")
    buffer.append(zeros: 2)
    #expect(
      hex(buffer.array)
        == hex(
          bytes(
            "01 feff 06050403 f9ffffffffffffff f8ffffffffffffffffffffffffffffff 0300 c3bc00 0000"))
    )
  }

  @Test func `a buffer grows by any amount and keeps what it has`() {
    var buffer = ByteBuffer(capacity: 64)
    var expected: [UInt8] = []
    for size in 0..<300 {
      let part = [UInt8](repeating: UInt8(truncatingIfNeeded: size), count: size)
      buffer.append(part)
      expected += part
    }
    #expect(buffer.array == expected && buffer.count == expected.count)
    buffer.overwrite(0xAABB as UInt16, at: 1)
    #expect(buffer.array[1...2] == [0xBB, 0xAA])
    buffer.removeAll()
    #expect(buffer.array.isEmpty)
  }

  @Test func `a reader stops at the end and stays where it was`() throws {
    let content = bytes("0100 02000000 0200 6869 0500 68")
    var reader = ByteReader(content.span.bytes)
    #expect(try reader.read(UInt16.self) == 1)
    #expect(try reader.read(UInt32.self) == 2)
    #expect(try reader.readString() == "hi")
    #expect(reader.remaining == 3)
    do {
      _ = try reader.read(UInt32.self)
      Issue.record("read past the end")
    } catch {
      #expect(error == Damage(at: 10, "ends too early"))
      #expect(error.description == "byte 10: ends too early")
    }
    #expect(reader.offset == 10)
    do {
      _ = try reader.readString()
      Issue.record("read past the end")
    } catch {
      #expect(error == Damage(at: 12, "ends too early"))
    }
  }

  @Test func `overwriting what was not written stops the process`() async {
    await #expect(processExitsWith: .failure) {
      var buffer = ByteBuffer()
      buffer.append(UInt32(0))
      buffer.overwrite(UInt32(0), at: 1)
      print(buffer.array)
    }
  }

  @Test func `digests are 32 bytes in order`() {
    let digest = Digest((0..<32).map { UInt8($0) })
    #expect(digest?.words.0 == 0x0001_0203_0405_0607)
    #expect(digest?.bytes == (0..<32).map { UInt8($0) })
    #expect(
      digest?.description == "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
    #expect(digest?.short == "0001..1e1f")
    #expect(Digest([]) == nil && Digest([UInt8](repeating: 0, count: 33)) == nil)
    #expect(Digest.zero == Digest([UInt8](repeating: 0, count: 32)))
    #expect(Digest.zero != digest)
  }
}
