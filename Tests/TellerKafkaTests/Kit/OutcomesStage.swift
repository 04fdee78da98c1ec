// An outcomes topic, and a publisher that writes what a test wants.

import KafkaClient
import Teller
import TellerKafka
import Testing

/// A mock cluster with `transfers-outcomes`.
struct OutcomesStage {
  let cluster: MockCluster
  let configuration: KafkaConfiguration
  static let historyID = "0f0e0d0c-0b0a-4908-8706-050403020100"

  init(partitions: Int32 = 1) throws {
    cluster = try MockCluster()
    try cluster.createTopic("transfers-outcomes", partitions: partitions)
    configuration = KafkaConfiguration(brokers: cluster.bootstrapServers)
  }

  func reader(
    from start: OutcomeReader.Start, partitions: [Int32]? = nil, heldMax: Int = 100
  ) throws -> OutcomeReader {
    try OutcomeReader(
      configuration: configuration, topic: "transfers", partitions: partitions, from: start, heldMax: heldMax)
  }

  /// Publishes events, each after the one that is given before it.
  func publish(_ events: [Event], partition: Int32 = 0) throws {
    let producer = try Producer(configuration, onReport: { #expect($0.error == nil) })
    for event in events {
      try producer.produce(
        topic: "transfers-outcomes", partition: partition, key: Array(event.account.utf8),
        value: event.value, headers: event.headers(partition))
    }
    #expect(producer.flush(timeout: .seconds(30)))
    #expect(producer.close(within: .seconds(10)))
  }

  /// Something that is no event.
  func publishNoise(partition: Int32 = 0) throws {
    let producer = try Producer(configuration, onReport: { #expect($0.error == nil) })
    try producer.produce(topic: "transfers-outcomes", partition: partition, key: nil, value: [0x7b])
    #expect(producer.flush(timeout: .seconds(30)))
    #expect(producer.close(within: .seconds(10)))
  }

  /// One event, as Published.md says.
  struct Event {
    var offset: Int64
    var previous: Int64?
    var key: String
    var account = "acct-1"
    var history = 1

    init(_ offset: Int64, after previous: Int64? = nil, key: String? = nil, history: Int = 1) {
      self.offset = offset
      self.previous = previous
      self.key = key ?? "order-\(offset)"
      self.history = history
    }

    var value: [UInt8] {
      Array(
        (#"{"outcome":"applied","code":null,"decided_at":"2026-11-24T08:15:30.123456Z","#
          + #""request":{"idempotency_key":"\#(key)"},"balances":null,"first":null}"#).utf8)
    }

    func headers(_ partition: Int32) -> [(String, [UInt8]?)] {
      let parts: [(String, String?)] = [
        ("teller-outcome", "applied"), ("teller-event-id", "5f1c3d52-aaaa-8bbb-9ccc-00000000000a"),
        ("teller-idempotency-key", key), ("teller-origin-topic", "transfers"),
        ("teller-origin-partition", "\(partition)"), ("teller-origin-offset", "\(offset)"),
        ("teller-previous-offset", previous.map { "\($0)" }), ("teller-incarnation", "1"),
        ("teller-epoch", "1"), ("teller-history", "\(history):\(OutcomesStage.historyID)"),
      ]
      return parts.compactMap { name, value in value.map { (name, Array($0.utf8)) } }
    }
  }

  /// Events at the offsets of a range, each after the one before it.
  static func chain(_ offsets: Range<Int64>) -> [Event] {
    offsets.map { Event($0, after: $0 == 0 ? nil : $0 - 1) }
  }
}

extension OutcomeReader {
  /// The origins of the next events, as many as are wanted; fewer, and a failed test, after 30 s.
  func offsets(_ count: Int) throws -> [Int64] {
    try (0..<count).compactMap { _ in
      let delivery = try next(within: .seconds(30))
      #expect(delivery != nil)
      return delivery?.event.origin.offset
    }
  }
}
