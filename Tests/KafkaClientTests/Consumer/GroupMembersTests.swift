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

  @Test func `names a topic only by its whole name`() {
    let bytes = assignment("orders", "payments-eu")
    #expect(Consumer.names("orders", in: bytes.span.bytes))
    #expect(Consumer.names("payments-eu", in: bytes.span.bytes))
    for other in ["payments", "order", "ayments-eu", "nothing", "payments-eu-and-much-more-than-there-is-in-all"] {
      #expect(!Consumer.names(other, in: bytes.span.bytes))
    }
    #expect(!Consumer.names("orders", in: [UInt8]().span.bytes))
  }
}
