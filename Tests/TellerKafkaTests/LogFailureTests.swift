import KafkaClient
import Teller
import Testing

@testable import TellerKafka

@Suite struct `A Kafka error` {
  private typealias Code = KafkaError.Code

  @Test(arguments: [
    (Code.autoOffsetReset, LogFailure.Kind.outOfRange),
    (Code.offsetOutOfRange, .outOfRange),
    (Code.illegalGeneration, .notAMember),
    (Code.unknownMemberID, .notAMember),
    (Code.fencedInstanceID, .notAMember),
    (Code.assignmentLost, .notAMember),
    (Code.rebalanceInProgress, .transient),
    (Code.transport, .transient),
    (Code.timedOut, .transient),
    (Code.unknownTopicOrPartition, .transient),
    (Code.maxPollExceeded, .transient),
    (Code.authentication, .refused),
    (Code.saslAuthenticationFailed, .refused),
    (Code.ssl, .refused),
    (Code.topicAuthorizationFailed, .refused),
    (Code.groupAuthorizationFailed, .refused),
    (Code.fatal, .fatal),
    (Code.destroyed, .fatal),
    (Code.invalidArgument, .fatal),
  ])
  func `means this to the engine`(code: Int32, kind: LogFailure.Kind) {
    #expect(LogFailure(KafkaError(code: code)).kind == kind)
  }

  @Test func `is fatal where the client says so`() {
    #expect(LogFailure(KafkaError(code: Code.transport, isFatal: true)).kind == .fatal)
    #expect(LogFailure(fatal: KafkaError(code: Code.fencedInstanceID)).kind == .fatal)
  }

  @Test func `keeps its name, its cause and its hint`() {
    let failure = LogFailure(KafkaError(code: Code.ssl, message: "no certificate", hint: "give one"))
    #expect(failure.code == "_SSL")
    #expect(failure.message == "no certificate (give one)")
  }

  @Test func `bounds that are no range are no answer`() throws {
    #expect(try logRange(low: 3, high: 3) == 3..<3)
    for (low, high) in [(Int64(5), Int64(3)), (-1, 3), (-1, -1)] {
      let failure = #expect(throws: LogFailure.self) { try logRange(low: low, high: high) }
      #expect(failure?.kind == .transient)
    }
  }
}
