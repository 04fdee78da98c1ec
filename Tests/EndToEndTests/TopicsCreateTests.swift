import CommandTable
import Foundation
import KafkaClient
import Synchronization
import TellerIntegrationKit
import Testing

@testable import TellerCLI

/// One line of `teller topics create --json`.
private struct TopicLine: Decodable, Equatable {
  var topic: String
  var state: String
  var partitions: Int
  var problem: String?
}

/// Runs the command in this process.
private func create(_ line: String, _ brokers: String) throws -> (code: ExitCode, lines: [TopicLine]) {
  let out = Mutex("")
  let words = "topics create --json --brokers \(brokers) \(line)".split(separator: " ").map { String($0) }
  let code = Program.run(words, [:], sink: { text in out.withLock { $0 += text } }, errors: { _ in })
  let lines = out.withLock { $0 }.split(separator: "\n")
  return (code, try lines.map { try JSONDecoder().decode(TopicLine.self, from: Data($0.utf8)) })
}

@Suite struct `The command topics create on the embedded broker` {
  @Test func `checks what is there, and says what to do about the rest`() throws {
    let cluster = try MockCluster()
    try cluster.createTopic("transfers", partitions: 4)
    let first = try create("", cluster.bootstrapServers)
    #expect(first.code == .checkFailed)
    #expect(first.lines.map(\.state) == ["exists", "refused", "refused"])
    #expect(first.lines[1].problem?.contains("teller broker --topic transfers-outcomes:4") == true)
    for name in ["transfers-outcomes", "transfers-dead-letters"] {
      try cluster.createTopic(name, partitions: 4)
    }
    let then = try create("", cluster.bootstrapServers)
    #expect(then.code == .done)
    #expect(then.lines.map(\.state) == ["exists", "exists", "exists"])
  }

  @Test func `needs the number of partitions for an input that is not there, and a broker`() throws {
    let cluster = try MockCluster()
    #expect(try create("--topic none", cluster.bootstrapServers).code == .wrongUsage)
    #expect(try create("--partitions 0", cluster.bootstrapServers).code == .wrongUsage)
    #expect(try create("--partitions 4", "127.0.0.1:1").code == .unreachable)
  }
}

@Suite(.enabled(if: RealKafka.isExpected, "KAFKA_HOME is not set"))
struct `The command topics create on a real broker` {
  private func admin(_ kafka: RealKafka) throws -> TopicAdmin {
    try TopicAdmin(KafkaConfiguration(brokers: kafka.bootstrapServers))
  }

  @Test func `creates all three with their settings, and does nothing the second time`() throws {
    let kafka = try #require(try RealKafka.shared)
    let names = ["made", "made-outcomes", "made-dead-letters"]
    let line = "--topic made --partitions 5 --retention 2h"
    let admin = try admin(kafka)
    let planned = try create(line + " --dry-run", kafka.bootstrapServers)
    #expect(planned.code == .done)
    #expect(planned.lines.allSatisfy { $0.state == "would be created" })
    #expect(try admin.topicPartitions()["made"] == nil)
    let first = try create(line, kafka.bootstrapServers)
    #expect(first.code == .done)
    #expect(first.lines == names.map { TopicLine(topic: $0, state: "created", partitions: 5) })
    for name in names {
      let settings = try admin.topicConfiguration(name)
      #expect(settings["cleanup.policy"] == "delete" && settings["retention.ms"] == "7200000")
      #expect((settings["max.message.bytes"] == "8388608") == (name == "made-dead-letters"))
      #expect(try admin.topicPartitions()[name] == 5)
    }
    let again = try create("--topic made", kafka.bootstrapServers)
    #expect(again.code == .done)
    #expect(again.lines == names.map { TopicLine(topic: $0, state: "exists", partitions: 5) })
    #expect(admin.close())
  }

  @Test func `refuses an input that is compacted, and other numbers of partitions`() throws {
    let kafka = try #require(try RealKafka.shared)
    let admin = try admin(kafka)
    try admin.createTopic("shrunk", partitions: 3, config: ["cleanup.policy": "compact,delete"])
    try admin.createTopic("shrunk-outcomes", partitions: 1)
    let found = try create("--topic shrunk", kafka.bootstrapServers)
    #expect(found.code == .checkFailed)
    #expect(found.lines.map(\.state) == ["refused", "wrong count", "created"])
    #expect(found.lines[0].problem?.contains("cleanup.policy=compact") == true)
    #expect(found.lines[1].partitions == 1)
    #expect(found.lines[1].problem?.contains("has 1 partitions, and needs 3") == true)
    let other = try create("--topic shrunk --partitions 6", kafka.bootstrapServers)
    #expect(other.lines[0].problem?.contains("a stream keeps the number it began with") == true)
    #expect(admin.close())
  }
}
