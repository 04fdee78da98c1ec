import KafkaClient
import Teller
import TellerIntegrationKit
import Testing

/// Which broker a scenario runs on.
enum BrokerKind: String, CaseIterable, CustomTestStringConvertible, Sendable {
  case embedded
  case real

  /// Both, unless this machine has no Kafka and nobody asked for one.
  static var here: [BrokerKind] { RealKafka.isExpected ? allCases : [.embedded] }

  var testDescription: String { "\(rawValue) broker" }
}

/// A broker of either kind, with what a worker must know about it.
struct TestBroker: Sendable {
  let kind: BrokerKind
  let bootstrapServers: String
  /// librdkafka's mock cluster in this process, where it is that.
  let mock: MockCluster?
  let kafka: RealKafka?

  /// An embedded broker of its own, or the one real broker of this test run.
  init(_ kind: BrokerKind) throws {
    self.kind = kind
    switch kind {
    case .embedded:
      let cluster = try MockCluster()
      (mock, kafka, bootstrapServers) = (cluster, nil, cluster.bootstrapServers)
    case .real:
      let kafka = try #require(try RealKafka.shared)
      (mock, self.kafka, bootstrapServers) = (nil, kafka, kafka.bootstrapServers)
    }
  }

  /// A real broker that the scenario may kill.
  init(_ own: RealKafka) {
    (kind, mock, kafka, bootstrapServers) = (.real, nil, own, own.bootstrapServers)
  }

  /// The shortest that each kind of broker allows.
  var sessionTimeout: Duration { kind == .real ? .milliseconds(6000) : .milliseconds(4000) }

  /// What a worker's consumer is told beside the defaults.
  var workerProperties: [String: String] {
    kind == .real
      ? ["session.timeout.ms": "6000"] : ["session.timeout.ms": "4000", "fetch.wait.max.ms": "10"]
  }

  /// For readers and producers of the test itself.
  func configuration(_ overrides: [String: String] = [:]) -> KafkaConfiguration {
    KafkaConfiguration(brokers: bootstrapServers, overrides: overrides)
  }

  /// A topic and those beside it: the embedded broker creates none when a worker asks for it.
  func createTopics(_ name: String, partitions: Int32) throws {
    try createTopic(name, partitions: partitions)
    guard kind == .embedded else { return }
    for output in OutputTopic.allCases {
      try createTopic(output.name(beside: name), partitions: partitions)
    }
  }

  func createTopic(_ name: String, partitions: Int32) throws {
    try mock?.createTopic(name, partitions: partitions)
    try kafka?.createTopic(name, partitions: Int(partitions))
  }
}
