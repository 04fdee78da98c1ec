/// The `server.properties` of one test broker that is also its own controller.
struct KafkaProperties: Sendable {
  let brokerPort: UInt16
  let controllerPort: UInt16
  let logFolder: String
  /// Laid over the settings below.
  let overrides: [String: String]

  /// The file's text.
  var text: String {
    settings.merging(overrides) { $1 }
      .sorted { $0.key < $1.key }
      .map { "\($0.key)=\($0.value)\n" }
      .joined()
  }

  private var settings: [String: String] {
    [
      "process.roles": "broker,controller",
      "node.id": "1",
      "listeners": "PLAINTEXT://127.0.0.1:\(brokerPort),CONTROLLER://127.0.0.1:\(controllerPort)",
      "advertised.listeners": "PLAINTEXT://127.0.0.1:\(brokerPort)",
      "controller.listener.names": "CONTROLLER",
      "controller.quorum.voters": "1@127.0.0.1:\(controllerPort)",
      "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
      "log.dirs": logFolder,
      "offsets.topic.replication.factor": "1",
      "offsets.topic.num.partitions": "5",
      "transaction.state.log.replication.factor": "1",
      "transaction.state.log.min.isr": "1",
      "transaction.state.log.num.partitions": "5",
      "share.coordinator.state.topic.replication.factor": "1",
      "share.coordinator.state.topic.min.isr": "1",
      "group.initial.rebalance.delay.ms": "0",
      "auto.create.topics.enable": "false",
      // A killed broker comes back in 4 s instead of 13 s: it waits for its old registration to expire.
      "broker.session.timeout.ms": "1500",
      "broker.heartbeat.interval.ms": "300",
    ]
  }
}
