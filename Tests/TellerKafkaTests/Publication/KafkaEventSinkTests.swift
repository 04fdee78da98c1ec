import KafkaClient
import Testing

@testable import Teller
@testable import TellerKafka

@Suite struct `An event sink` {
  let stage: Stage

  init() throws {
    stage = try Stage(partitions: 2)
    for topic in OutputTopic.allCases {
      try stage.cluster.createTopic(topic.name(beside: stage.topic), partitions: 2)
    }
  }

  private func sink(_ more: [String: String] = [:], topic: String? = nil) throws -> KafkaEventSink {
    try KafkaEventSink(
      configuration: stage.configuration.with(more), topic: topic ?? stage.topic, partitionCount: 2)
  }

  @Test func `sends to both topics, whole and in order, and reports each tag`() throws {
    let sink = try sink()
    #expect(sink.prepare() == nil)
    var reports = try sink.send(0..<500) + sink.send(500..<510, to: .deadLetters, partition: 1)
    let bare = EventDraft(key: nil, value: nil, headers: [("empty", ""), ("null", nil)])
    try sink.send(bare, to: .deadLetters, partition: 1, tag: 510)
    reports += sink.reports(511 - reports.count)
    #expect(reports.allSatisfy { $0.failure == nil })
    #expect(reports.map(\.tag).filter { $0 < 500 } == Array(0..<500))
    let events = try kept(in: "records-outcomes", stage.configuration)
    #expect(events.map(\.number) == Array(0..<500))
    #expect(events[7] == Kept(key: Array("key-7".utf8), value: Array("7 ".utf8), headers: ["number"]))
    let dead = try kept(in: "records-dead-letters", partition: 1, stage.configuration)
    #expect(dead.dropLast().map(\.number) == Array(500..<510))
    #expect(dead.last == Kept(key: nil, value: [], headers: ["empty", "null"]))
    #expect(sink.trouble == nil)
    #expect(sink.close(within: .seconds(10)))
  }

  @Test func `sends nothing before it is prepared, and after it is closed`() throws {
    let sink = try sink()
    #expect(throws: SendFailure.self) { try sink.send(0..<1) }
    #expect(sink.prepare() == nil)
    #expect(sink.close(within: .seconds(10)))
    #expect(throws: SendFailure.self) { try sink.send(0..<1) }
    #expect(sink.poll(.zero).isEmpty)
    #expect(sink.prepare() != nil)
    sink.reset()
    #expect(sink.close(within: .seconds(1)))
  }

  @Test
  func
    `names missing topics and how to make them, where the broker cannot, and does not make them by asking`()
    throws
  {
    let sink = try sink(topic: "other")
    for _ in 0..<2 {
      let flaw = try #require(sink.prepare())
      #expect(flaw.contains("other-outcomes is missing") && flaw.contains("other-dead-letters is missing"))
      #expect(flaw.contains("teller broker --topic other-outcomes:2"))
      #expect(flaw.contains("kafka-topics.sh --create --topic other-dead-letters --partitions 2"))
      #expect(throws: SendFailure.self) { try sink.send(0..<1) }
    }
    let admin = try TopicAdmin(stage.configuration)
    #expect(try admin.topicPartitions().keys.filter { $0.hasPrefix("other") }.isEmpty)
    for name in ["other-outcomes", "other-dead-letters"] {
      try stage.cluster.createTopic(name, partitions: 2)
    }
    #expect(sink.prepare() == nil)
    #expect(try sink.send(0..<3).isEmpty && sink.reports(3).allSatisfy { $0.failure == nil })
    #expect(admin.close() && sink.close(within: .seconds(10)))
  }

  @Test func `refuses a topic with another number of partitions`() throws {
    try stage.cluster.createTopic("few-outcomes", partitions: 1)
    try stage.cluster.createTopic("few-dead-letters", partitions: 3)
    let sink = try sink(topic: "few")
    let flaw = try #require(sink.prepare())
    #expect(flaw.contains("few-outcomes has 1 partitions, and needs 2"))
    #expect(flaw.contains("--alter --topic few-outcomes --partitions 2"))
    #expect(flaw.contains("few-dead-letters has 3 partitions, and needs 2"))
    #expect(sink.close(within: .seconds(10)))
  }

  @Test func `says that it is full, drops all at a reset, and reports nothing old afterwards`() throws {
    let sink = try sink()
    #expect(sink.prepare() == nil)
    try stage.cluster.setBrokerDown(1)
    let draft = EventDraft(key: "k", value: String(repeating: "x", count: 100_000))
    var count: UInt64 = 0
    let failure = #expect(throws: SendFailure.self) {
      for tag in UInt64(0)..<1000 {
        count = tag
        try sink.send(draft, to: .outcomes, partition: 0, tag: tag)
      }
    }
    #expect(failure == .full)
    #expect((100..<200).contains(count))
    while sink.trouble == nil { #expect(sink.poll(.milliseconds(100)).isEmpty) }
    #expect(sink.trouble?.contains("no broker takes events") == true)
    sink.reset()
    try stage.cluster.setBrokerUp(1)
    sink.prepared()
    let reports = try sink.send(1000..<1010) + sink.reports(10)
    #expect(reports.map(\.tag) == Array(1000..<1010))
    #expect(sink.trouble == nil)
    #expect(sink.poll(.zero).isEmpty)
    #expect(sink.close(within: .seconds(10)))
  }

  @Test func `says that a record is too large, and foresees it`() throws {
    let sink = try sink()
    #expect(sink.prepare() == nil)
    #expect(sink.sizeLimit(of: .outcomes) == 1_000_000 - 512)
    let draft = EventDraft(key: nil, value: String(repeating: "x", count: 9 << 20))
    let failure = #expect(throws: SendFailure.self) {
      try sink.send(draft, to: .deadLetters, partition: 0, tag: 0)
    }
    #expect(failure == .tooLarge)
    #expect(sink.close(within: .seconds(10)))
  }

  @Test func `takes another client after a fatal error`() throws {
    // The code that ends an idempotent producer: the broker's memory of its numbers is gone.
    let outOfOrder: Int32 = 45
    let sink = try sink()
    #expect(sink.prepare() == nil)
    try stage.cluster.pushErrors(apiKey: .produce, codes: Array(repeating: outOfOrder, count: 50))
    _ = try sink.send(0..<100)
    let failed = sink.reports(100)
    try stage.cluster.clearErrors(apiKey: .produce)
    sink.reset()
    sink.prepared()
    #expect(try (sink.send(100..<200) + sink.reports(100)).allSatisfy { $0.failure == nil && $0.tag >= 100 })
    #expect(failed.contains { $0.failure != nil })
    #expect(sink.close(within: .seconds(10)))
  }

  @Test func `keeps its promises against the user's properties, and gives way in tuning`() throws {
    let all = stage.configuration.with([
      "enable.idempotence": "false", "delivery.timeout.ms": "5", "acks": "1", "retries": "0",
      "compression.type": "zstd", "group.id": "g", "batch.size": "7",
    ])
    let own = all.forPublication(batchBytes: 1000).properties
    #expect(own["enable.idempotence"] == "true" && own["acks"] == "all" && own["message.timeout.ms"] == "0")
    #expect(own["allow.auto.create.topics"] == "false" && own["batch.size"] == "1000")
    #expect(own["delivery.timeout.ms"] == nil && own["retries"] == nil && own["group.id"] == nil)
    #expect(own["compression.type"] == "zstd" && own["compression.codec"] == nil && own["linger.ms"] == "100")
    try all.forPublication(batchBytes: 1000).validate(for: .producer)
    let failure = #expect(throws: LogFailure.self) { try sink(["linger.mss": "1"]) }
    #expect(failure?.kind == .fatal)
  }
}
