import Foundation
import KafkaClient
import PostgresClient
import Teller
import TellerKafka
import TellerPostgres

typealias StockWorker = Worker<StockHandler, PostgresStore, KafkaLog, KafkaLogReader>

/// Creates or updates the schemas: the engine's, then the job's own.
func migrateStock(database url: String) throws {
  let migrator = try SchemaMigrator(PostgresConfiguration(url: url, applicationName: "stock-migrate"))
  for history in [SchemaHistory.engine, .stock] { _ = try migrator.migrate(history) }
}

/// A worker that has joined its group; `run` on it begins the work.
func makeStockWorker(
  kafka: KafkaConfiguration, database url: String, topic: String, group: String, untilIdle: Duration? = nil,
  report: @escaping @Sendable (WorkerEvent) -> Void
) throws -> StockWorker {
  // README: wiring begins
  // The name under which this process owns partitions: never the same for two starts.
  let owner = UUID().uuidString
  let sessions = try SessionSettings.worker(url: url, owner: owner)
  let scout = try TopicScout(configuration: kafka, topic: topic)
  defer { scout.close(within: .seconds(5)) }
  // Finds the stream as it was adopted, or adopts it; throws where the topic is not the one it was.
  let stream = try PostgresOwnershipStore(sessions).openStream(scout.sight(for: group))
  let log = try KafkaLog(
    configuration: kafka, topic: topic, group: group, partitionCount: stream.partitionCount)
  let reader = try KafkaLogReader(configuration: kafka, topic: topic)
  try log.join()
  // Outcome events and dead letters go to the topics beside the input.
  let sink = try KafkaEventSink(
    configuration: kafka, topic: topic, partitionCount: stream.partitionCount)
  let start = ContinuousClock.now
  let now: @Sendable () -> Duration = { ContinuousClock.now - start }
  var configuration = WorkerConfiguration(topic: topic, group: group, writers: 2, owner: owner)
  configuration.untilIdle = untilIdle
  let ports = WorkerPorts(
    log: log, reader: reader,
    makeStore: { PostgresStore(sessions, stream: stream) },
    makeHandler: { StockHandler(topic: topic) },
    makeOwnershipStore: { PostgresOwnershipStore(sessions) },
    makeBlockerWatch: { PostgresBlockerWatch(sessions, owner: owner, now: now) },
    publication: PublicationPorts(sink: sink) { PostgresPublicationStore(sessions) },
    now: now)
  let worker = StockWorker(stream: stream, configuration: configuration, ports: ports, report: report)
  // README: wiring ends
  return worker
}
