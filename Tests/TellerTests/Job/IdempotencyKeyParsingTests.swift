import Teller
import Testing

@Suite struct `An idempotency key` {
  @Test func `of 36 characters of hyphenated hex is a UUID in either case`() throws {
    let lower = try #require(IdempotencyKey(parsing: "8b1f0c2e-aa00-4f6d-9bCD-0123456789aF", topic: "t"))
    let upper = try #require(IdempotencyKey(parsing: "8B1F0C2E-AA00-4F6D-9BCD-0123456789AF", topic: "u"))
    #expect(lower == upper)
    #expect(lower.text == nil)
    #expect(lower.bits == 0x8b1f_0c2e_aa00_4f6d_9bcd_0123_4567_89af)
    #expect(upper.uuidString == "8b1f0c2e-aa00-4f6d-9bcd-0123456789af")
    #expect(upper.description == upper.uuidString)
  }

  @Test(arguments: [
    "8b1f0c2eaa004f6d9bcd0123456789af", "{8b1f0c2e-aa00-4f6d-9bcd-0123456789a}",
    "8b1f0c2e-aa00-4f6d-9bcd-0123456789ag", "8b1f0c2e-aa00-4f6d-9bcd 0123456789af",
    "8b1f0c2e,aa00-4f6d-9bcd-0123456789af", "8b1f0c2e-aa00,4f6d-9bcd-0123456789af",
    "8b1f0c2e-aa00-4f6d/9bcd-0123456789af", "8b1f0c2e-aa00-4f6d-9bcd.0123456789af",
    "8b1f0c2e-aa00-4f6d-9bcd-01234567\u{10}9af", "8b1f0c2e-aa00-4f6d-9bcd-0123456789:f",
    "8b1f0c2e-aa00-4f6d-9bcd-0123456789`f", "8b1f0c2e-aa00-4f6d-9bcd-0123456789@f",
    "8b1f0c2e-aa00-4f6d-9bcd-0123456789/f", "8b1f0c2e-aa00-4f6d-9bcd-012345678éf",
  ])
  func `that is nearly a UUID is a natural key`(text: String) {
    #expect(IdempotencyKey(parsing: text, topic: "t")?.text == text)
  }

  /// Made with Python's hashlib and uuid.
  @Test(arguments: [
    ("transfers", "order-1", "2f76b450-843c-843b-959b-784cd7aec7ea"),
    ("transfers", "ORDER-1", "4376202d-4820-81cb-abb0-8a4dc71cd913"),
    ("payments", "order-1", "23a6add5-e970-85bc-ad2f-45b6a57276cf"),
    ("transfers", "Bestellung-ä-€-😀", "62a0746d-3a8f-83ed-86f7-57219cc48959"),
    ("transfers", String(repeating: "x", count: 64), "0c96c41b-1b65-8abd-b6db-c2f940b0dceb"),
  ])
  func `that is natural has the bits that Python computes`(topic: String, text: String, uuid: String) throws {
    let key = try #require(IdempotencyKey(parsing: text, topic: topic))
    #expect(key.uuidString == uuid)
    #expect(key.text == text)
    #expect(key.description == text)
  }

  @Test func `is refused where it is empty, too long, not UTF-8, or holds U+0000`() {
    #expect(IdempotencyKey(parsing: "", topic: "t") == nil)
    #expect(IdempotencyKey(parsing: String(repeating: "x", count: 65), topic: "t") == nil)
    #expect(IdempotencyKey(parsing: String(repeating: "ä", count: 33), topic: "t") == nil)
    #expect(IdempotencyKey(parsing: "a\u{0}b", topic: "t") == nil)
    for bytes: [UInt8] in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x61, 0xe2, 0x82]] {
      #expect(IdempotencyKey(parsing: bytes.span.bytes, topic: "t") == nil)
    }
  }
}
