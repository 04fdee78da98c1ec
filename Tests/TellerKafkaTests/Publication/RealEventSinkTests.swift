import KafkaClient
import TellerIntegrationKit
import Testing

@testable import Teller
@testable import TellerKafka

/// One that would create topics by itself, with one partition: the sink must not make it.
private let broker = Result { try RealKafka(properties: ["auto.create.topics.enable": "true"]) }

@Suite(.enabled(if: RealKafka.isExpected, "KAFKA_HOME is not set"))
struct `An event sink on a real broker` {
  let configuration: KafkaConfiguration

  init() throws { configuration = KafkaConfiguration(brokers: try broker.get().bootstrapServers) }

  private func sink(_ topic: String, partitions: Int32 = 2) throws -> KafkaEventSink {
    try KafkaEventSink(configuration: configuration, topic: topic, partitionCount: partitions)
  }

  private func administer(_ work: (TopicAdmin) throws -> Void) throws {
    let admin = try TopicAdmin(configuration)
    defer { admin.close() }
    try work(admin)
  }

  @Test func `creates both topics with the input's partitions and their settings`() throws {
    let sinks = try (0..<2).map { _ in try sink("made", partitions: 3) }
    for sink in sinks { #expect(sink.prepare() == nil) }
    try administer { admin in
      let counts = try admin.topicPartitions()
      #expect(counts["made-outcomes"] == 3 && counts["made-dead-letters"] == 3)
      #expect(try admin.topicConfiguration("made-outcomes")["cleanup.policy"] == "delete")
      let dead = try admin.topicConfiguration("made-dead-letters")
      #expect(dead["cleanup.policy"] == "delete" && dead["max.message.bytes"] == "8388608")
    }
    #expect(sinks[0].sizeLimit(of: .outcomes) == 1_048_588 - 512)
    #expect(sinks[0].sizeLimit(of: .deadLetters) == (8 << 20) - 512)
    // The largest that is foreseen to fit does fit.
    let limit = sinks[0].sizeLimit(of: .deadLetters)
    var draft = EventDraft(key: "k", value: nil, headers: [("h", "v")])
    draft = EventDraft(
      key: "k", value: String(repeating: "x", count: limit - draft.size), headers: [("h", "v")])
    #expect(draft.size == limit)
    try sinks[0].send(draft, to: .deadLetters, partition: 2, tag: 7)
    #expect(sinks[0].reports(1) == [SendReport(tag: 7, failure: nil)])
    for sink in sinks { #expect(sink.close(within: .seconds(10))) }
  }

  @Test func `sends small records to a topic that takes little, and says which are too large`() throws {
    try administer { admin in
      try admin.createTopic("little-outcomes", partitions: 2, config: ["max.message.bytes": "3000"])
    }
    let sink = try sink("little")
    #expect(sink.prepare() == nil)
    #expect(sink.sizeLimit(of: .outcomes) == 3000 - 512)
    var reports = try sink.send(0..<2000, size: 100)
    reports += sink.reports(2000 - reports.count)
    #expect(reports.allSatisfy { $0.failure == nil })
    // Not compressible to nothing: each byte another.
    var random = SystemRandomNumberGenerator()
    let noise = String(
      decoding: (0..<4000).map { _ in UInt8.random(in: 33..<127, using: &random) }, as: UTF8.self)
    try sink.send(EventDraft(key: nil, value: "9999 " + noise), to: .outcomes, partition: 0, tag: 9999)
    #expect(sink.reports(1) == [SendReport(tag: 9999, failure: .tooLarge)])
    #expect(try kept(in: "little-outcomes", configuration).map(\.number) == Array(0..<2000))
    #expect(sink.close(within: .seconds(10)))
  }

  @Test func `drops what has no report, and goes on in order with the same numbers or others`() throws {
    let sink = try sink("dropped")
    #expect(sink.prepare() == nil)
    for round in 0..<5 {
      let start = round * 10_000
      _ = try sink.send(start..<start + 5_000, size: 500)
      sink.reset()
      #expect(sink.prepare() == nil)
      var reports = try sink.send(start + 5_000..<start + 6_000)
      reports += sink.reports(1_000 - reports.count)
      #expect(reports.map(\.tag) == (start + 5_000..<start + 6_000).map { UInt64($0) })
      #expect(reports.allSatisfy { $0.failure == nil })
    }
    let numbers = try kept(in: "dropped-outcomes", configuration).map(\.number)
    #expect(numbers == numbers.sorted())
    for round in 0..<5 {
      let sent = (round * 10_000 + 5_000..<round * 10_000 + 6_000)
      #expect(numbers.filter { sent.contains($0) } == Array(sent))
    }
    #expect(sink.close(within: .seconds(10)))
  }

  @Test func `comes back after its topic was deleted and made anew`() throws {
    let sink = try sink("lost")
    #expect(sink.prepare() == nil)
    let first = try sink.send(0..<10) + sink.reports(10)
    #expect(first.allSatisfy { $0.failure == nil })
    try administer { try $0.deleteTopic("lost-outcomes") }
    _ = try? sink.send(10..<20)
    // All of them at once, with no timeout to wait for.
    let lost = sink.reports(10)
    guard case .failed(let why)? = lost.first?.failure else {
      Issue.record("it did not fail: \(lost)")
      return
    }
    #expect(why.contains("lost-outcomes, or a partition of it, does not exist any more"))
    sink.reset()
    sink.prepared()
    let later = try sink.send(20..<30) + sink.reports(10)
    #expect(later.map(\.tag) == Array(20..<30))
    #expect(later.allSatisfy { $0.failure == nil })
    #expect(try kept(in: "lost-outcomes", configuration).map(\.number) == Array(20..<30))
    try administer { admin in
      let counts = try admin.topicPartitions()
      #expect(counts["lost-outcomes"] == 2)
    }
    #expect(sink.close(within: .seconds(10)))
  }

  @Test func `comes back after somebody else made its topic anew, before or after it noticed`() throws {
    for (name, isNoticed) in [("anew-seen", true), ("anew-unseen", false)] {
      let sink = try sink(name)
      #expect(sink.prepare() == nil)
      let first = try sink.send(0..<10) + sink.reports(10)
      #expect(first.allSatisfy { $0.failure == nil })
      try administer { admin in
        try admin.deleteTopic("\(name)-outcomes")
        if isNoticed {
          sink.prepared()
        } else {
          try eventually { try admin.createTopic("\(name)-outcomes", partitions: 2) }
        }
      }
      // Whoever publishes sends until something fails, and then all again from the last report on.
      var tag = 10
      let deadline = ContinuousClock.now + .seconds(60)
      while ContinuousClock.now < deadline {
        let reports = (try? sink.send(tag..<tag + 10)).map { $0 + sink.reports(10) } ?? []
        tag += 10
        if reports.count == 10, reports.allSatisfy({ $0.failure == nil }) { break }
        sink.reset()
        sink.prepared()
      }
      let numbers = try kept(in: "\(name)-outcomes", configuration).map(\.number)
      #expect(numbers.suffix(10) == Array(tag - 10..<tag))
      #expect(numbers == numbers.sorted())
      #expect(sink.close(within: .seconds(10)))
    }
  }

  @Test func `says which topic is missing where it may not create, and who is in the way`() throws {
    // More replicas than brokers: any order that the broker refuses for good.
    let setup = TopicSetup(configuration: configuration)
    let order = TopicOrder(name: "refused", partitions: 1, replicas: 3, settings: [:])
    guard case .refused(let why)? = try setup.fulfil([order]).first else {
      Issue.record("it was not refused")
      return
    }
    #expect(why.contains("the topic refused is missing") && why.contains("INVALID_REPLICATION_FACTOR"))
  }
}

/// Asks again until it is answered; fails after 30 s.
private func eventually(_ question: () throws -> Void) throws {
  let deadline = ContinuousClock.now + .seconds(30)
  while true {
    do {
      return try question()
    } catch {
      if ContinuousClock.now > deadline { throw error }
    }
  }
}
