import Digests
import Testing

@Suite struct `A SHA-256 digester` {
  /// Made with Python's hashlib. 255 and 256 are on both sides of the buffer's size.
  static let vectors: [(text: String, digest: String)] = [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      String(repeating: "a", count: 255), "b0f3323e7a3cad8ae6778340cc2a17ae0cb31c818df3767cda7c3dd423725e90"
    ),
    (
      String(repeating: "a", count: 256), "02d7160d77e18c6447be80c2e355c7ed4388545271702c50253b0914c65ce5fe"
    ),
    (
      String(repeating: "a", count: 1000), "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"
    ),
  ]

  @Test func `agrees with hashlib, one message after the other`() {
    var digester = SHA256Digester()
    for vector in Self.vectors {
      digester.update(vector.text)
      #expect(digester.finish().description == vector.digest)
      digester.update(Array(vector.text.utf8))
      #expect(digester.finish().description == vector.digest)
      #expect(SHA256.digest(of: Array(vector.text.utf8)).description == vector.digest)
    }
  }

  @Test(arguments: [1, 7, 8, 100, 255, 256, 257, 999])
  func `does not mind how a message is cut`(piece: Int) {
    let message = Array(Self.vectors[4].text.utf8)
    var digester = SHA256Digester()
    for start in stride(from: 0, to: message.count, by: piece) {
      digester.update(Array(message[start..<min(start + piece, message.count)]))
    }
    #expect(digester.finish().description == Self.vectors[4].digest)
  }

  @Test func `writes integers with the most significant byte first`() {
    var digester = SHA256Digester()
    digester.update(bigEndian: UInt8(0x61))
    digester.update(bigEndian: UInt16(0x6263))
    #expect(digester.finish().description == Self.vectors[1].digest)
    digester.update(bigEndian: Int64(-2))
    digester.update(bigEndian: UInt32(1))
    #expect(
      digester.finish() == SHA256.digest(of: [255, 255, 255, 255, 255, 255, 255, 254, 0, 0, 0, 1]))
  }

  @Test func `gives its bytes in the written order`() {
    let digest = SHA256.digest(of: Array("abc".utf8))
    #expect(digest.bytes.count == 32)
    #expect(digest.bytes.prefix(4) == [0xba, 0x78, 0x16, 0xbf])
    #expect(digest.bytes.suffix(2) == [0x15, 0xad])
  }
}
