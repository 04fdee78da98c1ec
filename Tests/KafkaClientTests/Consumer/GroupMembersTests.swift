import Testing

@testable import KafkaClient

@Suite struct `A group member's assignment` {
  /// Version, count of topics, then each with its length, its name and its partitions (ConsumerProtocolAssignment).
  private func assignment(_ topics: String...) -> [UInt8] {
    let header: [UInt8] = [0, 1, 0, 0, 0, UInt8(topics.count)]
    return topics.reduce(header) { bytes, topic in
      bytes + [0, UInt8(topic.utf8.count)] + Array(topic.utf8) + [0, 0, 0, 1, 0, 0, 0, 3]
    } + [0, 0, 0, 0]
  }

  private func names(_ topic: String, _ bytes: [UInt8]) -> Bool {
    Consumer.names(topic, in: bytes.span.bytes)
  }

  @Test func `names a topic only by its whole name`() {
    let bytes = assignment("orders", "payments-eu")
    #expect(names("orders", bytes) && names("payments-eu", bytes))
    for other in ["payments", "order", "ayments-eu", "nothing", String(repeating: "x", count: 100)] {
      #expect(!names(other, bytes))
    }
    #expect(!names("orders", []))
  }
}
