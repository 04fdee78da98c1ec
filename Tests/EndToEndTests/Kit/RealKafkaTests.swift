import KafkaClient
import Testing

@testable import TellerIntegrationKit

@Suite(.enabled(if: RealKafka.isExpected, "KAFKA_HOME is not set"))
struct `A real Kafka` {
  @Test func `serves again after stop, kill and freeze, with its topics`() throws {
    let kafka = try RealKafka()
    try kafka.createTopic("kept", partitions: 2)
    try kafka.restart()
    kafka.kill()
    #expect(!kafka.isRunning)
    try kafka.restart()
    #expect(kafka.isRunning)
    kafka.pause()
    kafka.resume()
    // The topic is still there, so it cannot be created again.
    let error = #expect(throws: KafkaError.self) { try kafka.createTopic("kept", partitions: 2) }
    #expect(error?.code == KafkaError.Code.topicAlreadyExists)
    try kafka.stop()
    #expect(!kafka.isRunning)
  }
}

@Suite struct `The search for a Kafka` {
  private func availability(_ environment: [String: String]) -> RealKafka.Availability {
    RealKafka.availability(in: environment)
  }

  @Test func `lets tests be skipped where nobody asked for one`() {
    guard case .skippable(let reason) = availability([:]) else {
      Issue.record("expected skippable")
      return
    }
    #expect(reason.contains("KAFKA_HOME"))
  }

  @Test(arguments: ["CI", "TELLER_REQUIRE_KAFKA"])
  func `fails where one is required`(variable: String) {
    guard case .missing(let error) = availability([variable: "1"]) else {
      Issue.record("expected missing")
      return
    }
    #expect(error.code == .notFound)
  }

  @Test func `does not take an empty folder for a Kafka`() {
    guard case .missing(let error) = availability(["CI": "true", "KAFKA_HOME": "/nowhere"]) else {
      Issue.record("expected missing")
      return
    }
    #expect(error.cause.contains("kafka-storage.sh"))
  }
}
