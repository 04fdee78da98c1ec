import KafkaClient
import Testing

@Suite struct `A Kafka configuration` {
  @Test func `refuses an unknown property and names the nearest`() throws {
    let wrong = KafkaConfiguration(brokers: "localhost:1", overrides: ["sesion.timeout.ms": "6000"])
    let error = #expect(throws: KafkaError.self) { try Consumer(wrong) }
    #expect(error?.code == KafkaError.Code.invalidArgument)
    #expect(error?.message.contains("sesion.timeout.ms") == true)
    #expect(error?.hint?.contains("did you mean session.timeout.ms") == true)
  }

  @Test func `refuses a wrong value`() {
    let wrong = KafkaConfiguration(brokers: "localhost:1", overrides: ["session.timeout.ms": "soon"])
    let error = #expect(throws: KafkaError.self) { try wrong.validate(for: .consumer) }
    #expect(error?.message.contains("session.timeout.ms") == true)
  }

  @Test func `refuses a contradiction that only the client finds`() {
    let wrong = KafkaConfiguration(
      brokers: "localhost:1",
      overrides: ["group.id": "g", "session.timeout.ms": "6000", "max.poll.interval.ms": "100"])
    #expect(throws: KafkaError.self) { try Consumer(wrong) }
  }

  @Test(arguments: [
    ("enable.auto.commit", "true"), ("enable.auto.offset.store", "true"),
    ("auto.offset.reset", "earliest"), ("isolation.level", "read_uncommitted"),
    ("partition.assignment.strategy", "cooperative-sticky"), ("log.queue", "false"),
  ])
  func `refuses what would break a member's promises`(name: String, value: String) {
    let wrong = KafkaConfiguration(brokers: "localhost:1", overrides: ["group.id": "g", name: value])
    let error = #expect(throws: KafkaError.self) { try wrong.validate(for: .consumer) }
    #expect(error?.message.hasPrefix("\(name) cannot be \(value)") == true)
  }

  @Test func `lets a reader without a group see aborted records`() throws {
    let reader = KafkaConfiguration(
      brokers: "localhost:1", overrides: ["isolation.level": "read_uncommitted"])
    try reader.validate(for: .consumer)
  }

  @Test func `holds only properties that librdkafka knows`() throws {
    let plain = KafkaConfiguration(brokers: "localhost:1")
    for role in [KafkaConfiguration.Role.consumer, .producer, .admin] { try plain.validate(for: role) }
  }

  @Test func `never shows a secret`() {
    let secret = "hunter2"
    let names = [
      "sasl.password", "ssl.key.password", "ssl.keystore.password", "ssl.key.pem",
      "sasl.oauthbearer.client.secret", "sasl.oauthbearer.config",
    ]
    for name in names {
      let held = KafkaConfiguration(brokers: "localhost:1", overrides: [name: secret, "client.id": "me"])
      var dumped = ""
      dump(held, to: &dumped)
      for shown in [held.description, String(reflecting: held), "\(held)", dumped] {
        #expect(!shown.contains(secret))
        #expect(shown.contains("<redacted>") && shown.contains("me"))
      }
      do { try held.with(["securty.protocol": "SSL"]).validate(for: .consumer) } catch {
        #expect(!error.description.contains(secret))
      }
      do { _ = try Consumer(held.with(["security.protocol": "SSL"])) } catch {
        #expect(!error.description.contains(secret))
      }
    }
  }

  @Test func `warns of SCRAM where librdkafka cannot do it`() {
    let scram = KafkaConfiguration(brokers: "b", overrides: ["sasl.mechanism": "SCRAM-SHA-512"])
    let plain = KafkaConfiguration(brokers: "b", overrides: ["sasl.mechanism": "PLAIN"])
    #expect(scram.warnings.first?.contains("#4895") == true || KafkaConfiguration.libraryVersion > "2.6")
    #expect(plain.warnings.isEmpty)
  }
}
