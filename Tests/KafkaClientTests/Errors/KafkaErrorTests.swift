import KafkaClient
import Testing

@Suite struct `A Kafka error` {
  @Test func `says name, cause and hint`() {
    let error = KafkaError(code: KafkaError.Code.authentication, message: "refused")
    #expect(error.name == "_AUTHENTICATION")
    #expect(error.description.hasPrefix("_AUTHENTICATION: refused (check sasl.mechanism"))
    #expect(error.isLoginRefused && !error.isRetriable && !error.isFatal)
  }

  @Test func `knows what may be retried`() {
    #expect(KafkaError(code: KafkaError.Code.transport).isRetriable)
    #expect(KafkaError(code: KafkaError.Code.rebalanceInProgress).isRetriable)
    #expect(!KafkaError(code: KafkaError.Code.illegalGeneration).isRetriable)
    #expect(!KafkaError(code: KafkaError.Code.topicAuthorizationFailed).isRetriable)
  }

  @Test func `has a text for a code that nobody knows`() {
    let error = KafkaError(code: 31_999)
    #expect(!error.name.isEmpty && !error.message.isEmpty && error.hint == nil)
  }
}
