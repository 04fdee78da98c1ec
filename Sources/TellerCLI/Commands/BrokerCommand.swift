import CommandTable
import Foundation
import KafkaClient
import Teller

/// `teller broker`: librdkafka's mock cluster, for a first try without Kafka.
enum BrokerCommand: ProgramCommand {
  static let command = Command(
    ["broker"], summary: "run a broker in memory, for trying things out",
    discussion: """
      Starts librdkafka's mock cluster in this process and prints its address. With each topic come those
      beside it, for its outcomes and dead letters. Nothing is kept when the broker ends: for
      demonstrations and tests, never for data. It gives a group its partitions slowly: some
      seconds when a worker joins, up to half a minute when one has just left.
      """,
    example: "teller broker --topic transfers:16 --port-file /tmp/broker",
    options: [
      Option(
        "--topic", .repeated, "NAME:PARTITIONS", isRequired: true, isInFile: false, help: "A topic to create."
      ),
      Option(
        "--port-file", .string, "FILE", isInFile: false, completesFiles: true,
        help: "Where to write HOST:PORT, whole, once the broker answers."),
    ])

  /// A topic to create.
  struct Topic: Equatable {
    let name: String
    let partitions: Int32

    init(name: String, partitions: Int32) {
      self.name = name
      self.partitions = partitions
    }

    /// Reads `NAME:PARTITIONS`; names as Kafka allows them.
    init(_ text: String) throws(UsageError) {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
      guard parts.count == 2, let partitions = Int32(parts[1]), (1...10_000).contains(partitions),
        (1...249).contains(parts[0].count), parts[0].allSatisfy({ letters.contains($0) })
      else {
        throw UsageError(
          .invalidValue, what: "--topic cannot be \"\(text.prefix(60))\"",
          why: "a topic here is a Kafka name, a colon and 1 to 10000 partitions", hint: "write transfers:16")
      }
      name = String(parts[0])
      self.partitions = partitions
    }
  }

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    let topics = try invocation.list("--topic").map { try Topic($0) }
    guard Set(topics.map(\.name)).count == topics.count else {
      throw UsageError(
        .contradiction, what: "--topic names a topic twice", why: "each can be created once",
        hint: "name each once")
    }
    var end = EndSignal()
    let cluster: MockCluster
    do {
      cluster = try MockCluster()
      for topic in withOutputs(topics) {
        try cluster.createTopic(topic.name, partitions: topic.partitions)
      }
    } catch { throw CommandFailure(error) }
    let brokers = cluster.bootstrapServers
    if let file = invocation.string("--port-file") { try write(brokers, to: file) }
    output.result("listening on \(brokers)", ["brokers": .string(brokers)])
    end.wait()
    // The cluster ends with its last use: not before the signal.
    withExtendedLifetime(cluster) {}
    return .done
  }

  /// A worker may not create topics here: those it publishes to are made with its input, unless they were asked for.
  private static func withOutputs(_ topics: [Topic]) -> [Topic] {
    let names = Set(topics.map(\.name))
    let isOutput = { (name: String) in OutputTopic.allCases.contains { name.hasSuffix("-\($0.rawValue)") } }
    let outputs = topics.filter { !isOutput($0.name) }.flatMap { topic in
      OutputTopic.allCases.map { Topic(name: $0.name(beside: topic.name), partitions: topic.partitions) }
    }
    return topics + outputs.filter { !names.contains($0.name) }
  }

  /// Whole or not at all: whoever waits for the file may read it at once.
  private static func write(_ brokers: String, to file: String) throws {
    do {
      try Data("\(brokers)\n".utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    } catch {
      throw CommandFailure(
        .fatal, code: "port_file", what: "the file \(file) cannot be written",
        meaning: "the broker was ended again; it kept nothing", hint: "check the path given to --port-file")
    }
  }
}
